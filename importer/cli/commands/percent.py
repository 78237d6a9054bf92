"""Shares as people type them: 20%, 0.2."""

import math

import click


class Share(click.ParamType[float]):
    """A click type that gives a share from 0 to 1."""

    name = "share"

    def convert(self, value: object, param: click.Parameter | None, ctx: click.Context | None) -> float:
        """Read a percentage or a fraction; a bare number above 1 is neither, since it may mean both."""
        text = str(value).strip().replace(" ", "")
        try:
            share = float(text[:-1]) / 100 if text.endswith("%") else float(text)
        except ValueError:
            share = math.nan
        if not 0 <= share <= 1:
            self.fail(f'"{value}" is no share; write it like 20% or 0.2.', param, ctx)
        return share
