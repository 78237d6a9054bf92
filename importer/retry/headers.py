"""`Retry-After` in the three forms that are met, and the end of a day when the header is missing."""

import re
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime

_SECONDS = re.compile(r"\d{1,9}(\.\d+)?")


def retry_after(headers: Mapping[str, str], now: datetime) -> float | None:
    """Seconds that the server asks us to wait, from `Retry-After`; header names are lower case.

    Three forms: seconds (`120`), an HTTP date (`Fri, 27 Nov 2026 00:00:00 GMT`, RFC 9110) and an ISO 8601
    time (`2026-11-27T00:00:00Z`, which is what Zoom's daily limit sends). A time without a zone is UTC.

    Returns:
        Seconds from `now` (aware), 0 for a time that has passed, None when the header is missing or garbage.
    """
    text = headers.get("retry-after", "").strip()
    if _SECONDS.fullmatch(text):
        return float(text)
    moment = _moment(text)
    return None if moment is None else max(0.0, (moment - now).total_seconds())


def next_midnight_s(now: datetime) -> float:
    """Seconds until the next midnight UTC.

    An assumption, used only when a daily limit comes without a readable `Retry-After`: Zoom's examples show
    times of midnight UTC, and its reference does not say more. Waking too early costs one more 429.
    """
    today = now.astimezone(UTC)
    midnight = (today + timedelta(days=1)).replace(hour=0, minute=0, second=0, microsecond=0)
    return (midnight - today).total_seconds()


def _moment(text: str) -> datetime | None:
    """Read an ISO 8601 time or an HTTP date; None for anything else."""
    for read in (datetime.fromisoformat, parsedate_to_datetime):
        try:
            moment = read(text)
            # `astimezone` as well as the parser: a year near 1 or 9999 overflows in either.
            return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).astimezone(UTC)
        except (ValueError, TypeError, IndexError, OverflowError):
            continue
    return None
