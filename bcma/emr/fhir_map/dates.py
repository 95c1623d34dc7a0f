"""FHIR dates and times as aware instants; nothing is guessed."""

import re
from calendar import monthrange
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta, tzinfo

_INSTANT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d(\.\d{1,9})?)?(Z|[+-]\d\d:\d\d)", re.ASCII)
_DAY = re.compile(r"\d{4}-\d\d-\d\d", re.ASCII)
_MONTH = re.compile(r"(\d{4})-(\d\d)", re.ASCII)
_TIME = re.compile(r"\d\d:\d\d(:\d\d(\.\d{1,6})?)?", re.ASCII)
_FRACTION = re.compile(r"(\.\d{6})\d+")
_TICK = timedelta(microseconds=1)


@dataclass(frozen=True, slots=True)
class Moment:
    """What a dateTime stands for: one instant, or a whole day from first to last instant."""

    first: datetime
    last: datetime

    @property
    def exact(self) -> bool:
        """Tell whether it is one instant."""
        return self.first == self.last


def read_moment(text: str, zone: tzinfo | None) -> Moment | None:
    """Read a dateTime with a time and an offset, or a whole day of the given zone.

    ``None`` for everything else: a time without an offset, a month, a day without a zone,
    30 February.
    """
    try:
        if _INSTANT.fullmatch(text):
            instant = datetime.fromisoformat(_FRACTION.sub(r"\1", text))
            instant.utctimetuple()  # the edges of the calendar overflow here, not in a rule
            return Moment(instant, instant)
        if _DAY.fullmatch(text) and zone is not None:
            return _whole_day(date.fromisoformat(text), zone)
    except (ValueError, OverflowError):
        return None
    return None


def read_day(text: str) -> date | None:
    """Read a full date; of a dateTime its own day, as written."""
    head, mark, _ = text.partition("T")
    if mark and read_moment(text, None) is None:
        return None
    try:
        return date.fromisoformat(head) if _DAY.fullmatch(head) else None
    except ValueError:
        return None


def read_last_day(text: str) -> date | None:
    """Read a date, or the last day of a month given as ``2026-11`` (expiry dates)."""
    month = _MONTH.fullmatch(text)
    if month is None:
        return read_day(text)
    try:
        return date(int(month[1]), int(month[2]), monthrange(int(month[1]), int(month[2]))[1])
    except ValueError:
        return None


def read_time(text: str) -> time | None:
    """Read a time of day; 24:00 is none in FHIR."""
    try:
        return time.fromisoformat(text) if _TIME.fullmatch(text) else None
    except ValueError:
        return None


def _whole_day(day: date, zone: tzinfo) -> Moment:
    first = datetime.combine(day, time(), zone)
    return Moment(first, datetime.combine(day + timedelta(days=1), time(), zone) - _TICK)
