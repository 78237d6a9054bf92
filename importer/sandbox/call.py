"""One request as the operations see it."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING
from urllib.parse import parse_qsl

from importer.sandbox.answers import Dropped, Refused

if TYPE_CHECKING:
    from starlette.types import Receive, Scope

LARGEST_BODY = 1_000_000
"""Bytes; a contact with every field at its limit has about a tenth of it."""


@dataclass(frozen=True)
class Call:
    """One request: its path's parameters, its headers with names in lower case, its whole body."""

    path_params: Mapping[str, str]
    headers: Mapping[str, str]
    query_string: str
    raw: bytes

    @cached_property
    def query(self) -> list[tuple[str, str]]:
        """The parameters of the query in their order, repeated ones included."""
        return parse_qsl(self.query_string, keep_blank_values=True)

    def parameter(self, name: str) -> str:
        """Give a parameter of the query, "" where it is missing."""
        return next((value for key, value in self.query if key == name), "")

    def values(self, name: str) -> tuple[str, ...]:
        """Give a parameter that can be repeated or hold several values between commas."""
        texts = (value for key, value in self.query if key == name)
        return tuple(part.strip() for text in texts for part in text.split(",") if part.strip())

    def json(self) -> object:
        """Read the body.

        Raises:
            Refused: 400 code 300, the body is no JSON.
        """
        try:
            return json.loads(self.raw)
        except (ValueError, RecursionError) as error:
            raise Refused(400, 300, "Request Body should be a valid JSON object.") from error

    def form(self) -> dict[str, str]:
        """Give the fields of a form, those of the query included, as the OAuth server takes them."""
        return dict(self.query) | dict(parse_qsl(self.raw.decode("utf-8", "replace")))


async def read_call(scope: "Scope", receive: "Receive") -> Call:
    """Read a request to its end.

    Raises:
        Refused: 413, the body is larger than anything the API takes.
        Dropped: the client has gone before it had sent all of it.
    """
    raw, more = b"", True
    while more:
        message = await receive()
        if message["type"] == "http.disconnect":
            raise Dropped
        raw += message.get("body", b"")
        more = message.get("more_body", False)
        if len(raw) > LARGEST_BODY:
            raise Refused(413, 413, "The request body is too large.")
    headers = {name.decode("latin-1"): value.decode("latin-1") for name, value in scope["headers"]}
    return Call(scope.get("path_params", {}), headers, scope["query_string"].decode("latin-1"), raw)
