"""Reading the body of a reply: a JSON object, or something that did not come from the API."""

import json
from dataclasses import dataclass
from typing import cast

from importer.model import Reply

_LONGEST_MESSAGE = 500
"""Characters: a report's cell, not the log of a server that answers with a stack trace."""


@dataclass(frozen=True, slots=True)
class ApiError:
    """An error as the API words it: ``{"code": int, "message": str, "errors": [{"field", "message"}]}``.

    Attributes:
        code: the API's own number as text ("2102"), "" when the body is not one of the API's errors.
        message: its sentence, with the sentences of `errors` joined to it; "" when there is none.
        field: the field that `errors` names first, "" when none.
    """

    code: str
    message: str
    field: str = ""

    @property
    def readable(self) -> bool:
        """True when the body is an error of the API, not a page of something in between."""
        return bool(self.code)


_NOT_THE_API = ApiError("", "")


def read_object(body: bytes) -> dict[str, object] | None:
    """Read `body` as a JSON object; None when it is anything else (HTML, cut off, empty, not UTF-8)."""
    try:
        value = json.loads(body)
    except (ValueError, RecursionError):  # JSONDecodeError and UnicodeDecodeError are ValueErrors
        return None
    return cast("dict[str, object]", value) if isinstance(value, dict) else None


def api_error(reply: Reply) -> ApiError:
    """Read the error that a reply of status 400 and above carries; never raises."""
    found = read_object(reply.body)
    code = found.get("code") if found else None
    if found is None or isinstance(code, bool) or not isinstance(code, int | str) or code == "":
        return _NOT_THE_API
    details = _details(found.get("errors"))
    sentences = [str(found.get("message") or ""), *(sentence for _, sentence in details)]
    message = " ".join(dict.fromkeys(sentence for sentence in sentences if sentence))
    field = next((name for name, _ in details if name), "")
    return ApiError(str(code), message[:_LONGEST_MESSAGE], field)


def _details(errors: object) -> list[tuple[str, str]]:
    """Name the fields of a validation error and what is wrong with each: (field, "field: sentence")."""
    if not isinstance(errors, list):
        return []
    pairs = [
        (str(one.get("field") or ""), str(one.get("message") or ""))
        for one in errors
        if isinstance(one, dict)
    ]
    return [(field, f"{field}: {sentence}" if field else sentence) for field, sentence in pairs]
