"""A brake for refusals that are not about the row: the same one, row after row, stops the run."""

from importer.sending.drain import Drain

SAME_REFUSALS = 25
"""Equal refusals in a row, no row accepted in between, after which the run stops."""

_OF_THE_ROW = frozenset({"300", "2101", "2102", "2104", "2106", "2113", "2114", "2116", "2117"})
"""Codes that are about one contact's values: Zoom's reference of create and update. A file may well have
hundreds of them in a row, and each is worth its line in the report."""


class Refusals:
    """Counts refusals with a code that the reference does not explain."""

    def __init__(self, drain: Drain) -> None:
        self._drain = drain
        self._last = ""
        self._count = 0

    def accepted(self) -> None:
        """Note that a row was taken: the refusals before it were about their rows."""
        self._count = 0

    def refused(self, code: str, message: str) -> None:
        """Note a refusal; begins the drain when it is always the same."""
        if code in _OF_THE_ROW:
            return
        self._count = self._count + 1 if code == self._last else 1
        self._last = code
        if self._count >= SAME_REFUSALS:
            self._drain.begin(
                "account",
                f"{self._count} rows in a row were refused for the same reason ({code}): {message} "
                "Mend that, then run the same command again.",
            )
