"""How much of the account's rate an import may take, and when: `--share`, `--rate`, `--quiet-hours`.

    --share 50%                                half of the limit, the other half stays free for people
    --rate 12.5                                at most 12.5 calls a second
    --quiet-hours 08:00-18:00=25%              a quarter during office hours
    --quiet-hours 08:00-12:00=25%,22:00-06:00=100%    several, also over midnight; the first that fits counts

The times are those of the clock on the wall, read anew each time: a change to summer time moves them with it.
Pure: the time of day is an argument.
"""

import math
import re
from dataclasses import dataclass
from datetime import time

from importer.errors import SettingsError

_RANGE = re.compile(r"(\d{1,2}):(\d{2})\s*-\s*(\d{1,2}):(\d{2})\s*=\s*(.+)")
_DAY_MINUTES = 24 * 60


@dataclass(frozen=True, slots=True)
class QuietHours:
    """A share of the limit between two times of day.

    Attributes:
        start_minute: minutes after midnight, included.
        end_minute: minutes after midnight, not included; before `start_minute` when it is on the next day.
        share: 0 (nothing is sent) to 1.
    """

    start_minute: int
    end_minute: int
    share: float

    def cover(self, at: time) -> bool:
        """Whether the time of day lies inside."""
        minute = at.hour * 60 + at.minute
        if self.start_minute < self.end_minute:
            return self.start_minute <= minute < self.end_minute
        return minute >= self.start_minute or minute < self.end_minute

    def __str__(self) -> str:
        start, end = (f"{m // 60:02}:{m % 60:02}" for m in (self.start_minute, self.end_minute))
        return f"{start}-{end}={self.share:.0%}"


@dataclass(frozen=True, slots=True)
class PaceSchedule:
    """The ceiling that the person sets below the account's limit.

    Attributes:
        share: of the account's limit, more than 0, at most 1.
        rate: calls a second at most, None without such a ceiling, 0 for no pacing at all (sandbox only).
        quiet_hours: the first that covers the time of day replaces `share`.
    """

    share: float = 1.0
    rate: float | None = None
    quiet_hours: tuple[QuietHours, ...] = ()

    @property
    def unlimited(self) -> bool:
        """True for `--rate 0`: nothing is paced."""
        return self.rate == 0

    def quiet_at(self, at: time) -> QuietHours | None:
        """The quiet hours in force at this time of day."""
        return next((quiet for quiet in self.quiet_hours if quiet.cover(at)), None)

    def closed_s(self, at: time) -> float | None:
        """Seconds until the quiet hours allow something: 0 when they do now, None when they never do."""
        into_minute_s = at.second + at.microsecond / 1e6
        minute = at.hour * 60 + at.minute
        for ahead in range(_DAY_MINUTES):
            hour, minutes = divmod((minute + ahead) % _DAY_MINUTES, 60)
            quiet = self.quiet_at(time(hour, minutes))
            if quiet is None or quiet.share > 0:
                return max(0.0, ahead * 60 - into_minute_s)
        return None

    def ceiling(self, limit: float, at: time) -> float:
        """Calls a second that are allowed at this time of day under an account limit of `limit` a second."""
        quiet = self.quiet_at(at)
        allowed = limit * (quiet.share if quiet else self.share)
        return min(allowed, self.rate) if self.rate else allowed


def parse_share(text: str) -> float:
    """Read "50%" or "0.5" as 0.5.

    Raises:
        SettingsError: when it is no share above 0 and up to 100 %.
    """
    share = _share(text, "--share")
    if share == 0:
        raise SettingsError("--share 0% would never send anything. Give a share such as 50%.")
    return share


def parse_rate(text: str) -> float:
    """Read calls a second; 0 means no pacing, for the sandbox.

    Raises:
        SettingsError: when it is no number, or negative.
    """
    rate = _number(text)
    if rate is None or rate < 0 or 0 < rate < 0.01:
        raise SettingsError(
            f'--rate "{text}" is not a number of calls a second. Give a number such as 12.5 (at least 0.01).'
        )
    return rate


def parse_quiet_hours(text: str) -> tuple[QuietHours, ...]:
    """Read "08:00-18:00=25%", or several of them with commas between.

    Raises:
        SettingsError: names the part that cannot be read, and what one looks like.
    """
    found = tuple(_quiet_hours(part.strip()) for part in text.split(",") if part.strip())
    if PaceSchedule(quiet_hours=found).closed_s(time(0)) is None:
        raise SettingsError(f'--quiet-hours "{text}" would never send anything. Leave some time open.')
    return found


def _quiet_hours(part: str) -> QuietHours:
    match = _RANGE.fullmatch(part)
    if match is None:
        raise SettingsError(
            f'--quiet-hours "{part}" cannot be read. Write start, end and share, such as 08:00-18:00=25%.'
        )
    start = _minute(match[1], match[2], part)
    end = _minute(match[3], match[4], part)
    if start % _DAY_MINUTES == end % _DAY_MINUTES and (start, end) != (0, _DAY_MINUTES):
        raise SettingsError(
            f'--quiet-hours "{part}" starts and ends at the same time. For the whole day write 00:00-24:00.'
        )
    return QuietHours(start % _DAY_MINUTES, end, _share(match[5], "--quiet-hours"))


def _minute(hours: str, minutes: str, part: str) -> int:
    total = int(hours) * 60 + int(minutes)
    if int(minutes) > 59 or total > _DAY_MINUTES:
        raise SettingsError(
            f'--quiet-hours "{part}" has the time {hours}:{minutes}, which does not exist. '
            "Times go from 00:00 to 24:00."
        )
    return total


def _share(text: str, flag: str) -> float:
    body = text.strip()
    number = _number(body.removesuffix("%"))
    share = None if number is None else number / 100 if body.endswith("%") else number
    if share is None or not 0 <= share <= 1:
        hint = f" Did you mean {number:g}%?" if number is not None and 1 < number <= 100 else ""
        raise SettingsError(f'{flag} "{text}" is not a share between 0% and 100%.{hint}')
    return share


def _number(text: str) -> float | None:
    try:
        number = float(text)
    except ValueError:
        return None
    return number if math.isfinite(number) else None
