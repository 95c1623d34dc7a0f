"""FHIR dates of any precision as half-open ranges of instants, in text that sorts.

A bound is ISO 8601 in UTC with six decimals, so that comparing text compares instants.
"""

import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, tzinfo
from functools import cache

BEGINNING = "0001-01-01T00:00:00.000000+00:00"
END = "9999-12-31T23:59:59.999999+00:00"

_DATE = re.compile(
    r"(?P<year>\d{4})(?:-(?P<month>\d\d)(?:-(?P<day>\d\d)"
    r"(?:T(?P<hour>\d\d):(?P<minute>\d\d)(?::(?P<second>\d\d)(?:\.(?P<fraction>\d{1,9}))?)?"
    r"(?P<zone>Z|[+-]\d\d:\d\d)?)?)?)?",
    re.ASCII,
)
_DECEMBER = 12


@dataclass(frozen=True, slots=True)
class Range:
    """From ``low``, included, to ``high``, excluded."""

    low: str
    high: str


def sortable(instant: datetime) -> str:
    """Write an aware instant in the form that sorts."""
    return instant.astimezone(UTC).isoformat(timespec="microseconds")


def shown(moment: str) -> str:
    """Write a sortable moment as an instant to the millisecond, as HAPI does."""
    return moment[:23] + moment[26:]


def read_range(text: str, zone: tzinfo) -> Range | None:
    """Read a FHIR date, dateTime or instant; None where it is none.

    Args:
        text: ``2026``, ``2026-03``, ``2026-03-02``, or with a time of day.
        zone: of texts that name none.
    """
    match = _DATE.fullmatch(text)
    if match is None:
        return None
    try:
        low, high = _bounds(match, zone)
        return Range(sortable(low), sortable(high))
    except (ValueError, OverflowError):  # 30 February, or beyond the calendar of Python
        return None


def _bounds(match: re.Match[str], zone: tzinfo) -> tuple[datetime, datetime]:
    part = match.groupdict()
    year, month, day = int(part["year"]), int(part["month"] or 1), int(part["day"] or 1)
    if part["hour"] is None:
        low = datetime(year, month, day, tzinfo=zone)
        return low, _end_of_day_month_or_year(low, part)
    fraction = (part["fraction"] or "").ljust(6, "0")[:6]
    low = datetime(
        year,
        month,
        day,
        int(part["hour"]),
        int(part["minute"]),
        int(part["second"] or 0),
        int(fraction),
        tzinfo=zone if part["zone"] is None else _offset(part["zone"]),
    )
    return low, low + _width_of_time(part)


def _end_of_day_month_or_year(low: datetime, part: dict[str, str | None]) -> datetime:
    if part["day"] is not None:
        return low + timedelta(days=1)
    if part["month"] is None or low.month == _DECEMBER:
        return low.replace(year=low.year + 1, month=1)
    return low.replace(month=low.month + 1)


def _width_of_time(part: dict[str, str | None]) -> timedelta:
    if part["second"] is None:
        return timedelta(minutes=1)
    if part["fraction"] is None:
        return timedelta(seconds=1)
    return timedelta(microseconds=max(1, 10 ** (6 - len(part["fraction"]))))


@cache
def _offset(text: str) -> tzinfo:
    zone = datetime.strptime(text, "%z").tzinfo
    if zone is None:
        raise ValueError(text)
    return zone
