"""Pages: page_size and next_page_token, which says where the last page ended and dies after 15 minutes."""

import base64
import binascii
import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from importer.sandbox.answers import Refused, invalid

LARGEST = 300


@dataclass(frozen=True, slots=True)
class PageRequest:
    """Which page is asked for: `size` things after the place `after` of the listing `of`."""

    of: str
    size: int
    after: int


def page_request(of: str, size: str, token: str, wall: float) -> PageRequest:
    """Read the paging parameters of a query; `of` names the listing with its filters.

    Raises:
        Refused: 400 code 300, a size out of range, or a token that is too old or of another listing.
    """
    if size and not (size.isascii() and size.isdigit() and len(size) < 4 and 1 <= int(size) <= LARGEST):
        raise invalid([("page_size", f"The value must be between 1 and {LARGEST}.")])
    return PageRequest(of, int(size or 30), _place(of, token, wall) if token else 0)


def page_token(page: PageRequest, place: int, expires_at: float) -> str:
    """Make the token of the page after `place`."""
    text = json.dumps([page.of, place, expires_at], separators=(",", ":"))
    return base64.urlsafe_b64encode(text.encode()).decode().rstrip("=")


def _place(of: str, token: str, wall: float) -> int:
    refusal = Refused(400, 300, "The next page token is invalid or expired.")
    try:
        listing, place, expires_at = json.loads(base64.urlsafe_b64decode(token + "=" * (-len(token) % 4)))
    except (binascii.Error, ValueError, TypeError) as error:
        raise refusal from error
    if listing != of or not isinstance(place, int) or not wall < expires_at:
        raise refusal
    return place


def listing(
    name: str, things: Sequence[object], page: PageRequest, token_for: Callable[[PageRequest, int], str]
) -> dict[str, object]:
    """Give one page of a list that is held in memory, in the shape of the API."""
    end = page.after + page.size
    return {
        "next_page_token": token_for(page, end) if end < len(things) else "",
        "page_size": page.size,
        "total_records": len(things),
        name: list(things[page.after : end]),
    }
