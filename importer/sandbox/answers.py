"""Answers in Zoom's shape, and the refusals that the documentation names."""

import json
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime

from importer.sandbox.limits import Admission

JSON_TYPE = "application/json;charset=UTF-8"


@dataclass(frozen=True, slots=True)
class Answer:
    """Status, body and the headers besides Content-Length."""

    status: int
    body: bytes = b""
    content_type: str = JSON_TYPE
    headers: Mapping[str, str] = field(default_factory=dict)


def json_answer(status: int, content: object) -> Answer:
    """Answer with JSON."""
    return Answer(status, json.dumps(content, ensure_ascii=False, separators=(",", ":")).encode())


class Refused(Exception):  # noqa: N818 - named for what happens
    """A call that is answered with an error. `errors` are pairs of field and message."""

    def __init__(
        self,
        status: int,
        code: int,
        message: str,
        errors: Sequence[tuple[str, str]] = (),
        headers: Mapping[str, str] | None = None,
    ) -> None:
        super().__init__(message)
        self.status = status
        self.code = code
        self.message = message
        self.errors = errors
        self.headers = headers or {}

    def answer(self) -> Answer:
        """Give the JSON that Zoom answers such a call with."""
        content: dict[str, object] = {"code": self.code, "message": self.message}
        if self.errors:
            content["errors"] = [{"field": name, "message": text} for name, text in self.errors]
        plain = json_answer(self.status, content)
        return Answer(plain.status, plain.body, headers=self.headers)


class Dropped(Exception):  # noqa: N818 - named for what happens
    """A call that gets no answer: its connection is cut."""


def invalid(errors: Sequence[tuple[str, str]]) -> Refused:
    """Refuse a body or a query whose fields have the wrong shape."""
    return Refused(400, 300, "Validation Failed.", errors)


def no_such_book(book_id: str) -> Refused:
    """Refuse a call for an address book that there is not."""
    return Refused(404, 2001, f"Address book does not exist: {book_id}.")


def no_such_contact(contact_id: str) -> Refused:
    """Refuse a call for a contact that there is not."""
    return Refused(404, 2101, f"Contact does not exist: {contact_id}.")


def bad_token(message: str = "Invalid access token.") -> Refused:
    """Refuse a call whose access token is unknown or too old."""
    return Refused(401, 124, message)


def rate_headers(admission: Admission) -> dict[str, str]:
    """Give the headers that tell a client how much of its limit is left."""
    if not admission.limit:
        return {}
    headers = {
        "X-RateLimit-Category": admission.label.capitalize(),
        "X-RateLimit-Type": "Daily-limit" if admission.refusal == "day" else "QPS",
        "X-RateLimit-Limit": str(admission.limit),
        "X-RateLimit-Remaining": str(admission.remaining),
    }
    if admission.refusal == "day":
        # Rounded up: at the second that is named the day has really ended.
        reset = datetime.fromtimestamp(math.ceil(admission.reset_at), UTC)
        headers["Retry-After"] = reset.strftime("%Y-%m-%dT%H:%M:%SZ")
    return headers


def too_fast(admission: Admission, headers: Mapping[str, str]) -> Refused:
    """Refuse a call over the limit, with the message for a second or for a day."""
    if admission.refusal == "day":
        text = (
            "You have reached the maximum daily rate limit for this API. Refer to the response header for "
            "details on when you can make another request."
        )
    else:
        text = "You have reached the maximum per-second rate limit for this API. Try again later."
    return Refused(429, 429, text, headers=headers)
