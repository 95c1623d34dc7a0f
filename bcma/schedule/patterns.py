"""The shapes in which doses recur, and the instants that each shape plans.

A pattern answers two questions: which instants lie between two others, and which is the
first of all. Steps of hours elapse (eight hours stay eight hours over a clock change);
steps of days, weeks, months and years are calendar steps at ward wall time: a wall time that
does not exist moves forward, a doubled one counts once (fhir.md, rule 11).
"""

import calendar
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from itertools import pairwise
from math import lcm
from typing import Protocol
from zoneinfo import ZoneInfo

_DAY = timedelta(days=1)
_CLOCK_CHANGE = timedelta(hours=1)
_DAYS_PER_WEEK = 7
_MONTHS_PER_YEAR = 12


class Pattern(Protocol):
    """A rule that plans instants."""

    def between(self, low: datetime, high: datetime) -> Iterator[datetime]:
        """Give the planned instants of a span, both ends included, in order."""
        ...

    def interval(self) -> timedelta | None:
        """Give the shortest distance between two planned instants; ``None`` for a single one."""
        ...

    def reach(self) -> timedelta:
        """Give a span that is never shorter than the distance between two neighbours."""
        ...


@dataclass(frozen=True, slots=True)
class Instants:
    """Exactly these instants (rule 1)."""

    planned: tuple[datetime, ...]

    def between(self, low: datetime, high: datetime) -> Iterator[datetime]:
        """Give those of the span."""
        yield from (at for at in sorted(set(self.planned)) if low <= at <= high)

    def interval(self) -> timedelta | None:
        """Give the shortest distance between two of them."""
        return min(self._gaps(), default=None)

    def reach(self) -> timedelta:
        """Give the longest distance between two of them."""
        return max(self._gaps(), default=timedelta(0))

    def _gaps(self) -> list[timedelta]:
        return [b - a for a, b in pairwise(sorted(set(self.planned)))]


@dataclass(frozen=True, slots=True)
class Elapsed:
    """Every so many hours, minutes or seconds from an anchor."""

    anchor: datetime
    step: timedelta

    def between(self, low: datetime, high: datetime) -> Iterator[datetime]:
        """Give those of the span."""
        count = -((self.anchor - low) // self.step)
        at = self.anchor.astimezone(UTC) + count * self.step
        while at <= high:
            yield at
            at += self.step

    def interval(self) -> timedelta:
        """Give the step."""
        return self.step

    def reach(self) -> timedelta:
        """Give the step."""
        return self.step


@dataclass(frozen=True, slots=True)
class WallTimes:
    """At these wall times of every n-th day, or of these weekdays of every n-th week.

    ``origin`` is day zero of the count; days before it are planned all the same and cut off
    by the order's bounds.
    """

    zone: ZoneInfo
    times: tuple[time, ...]
    origin: date
    every_days: int = 1
    weekdays: frozenset[int] = frozenset()
    shift: timedelta = timedelta(0)

    def between(self, low: datetime, high: datetime) -> Iterator[datetime]:
        """Give those of the span."""
        # A shift (minutes before a meal) may carry an instant over midnight: look a day wider.
        day = (low - self.shift).astimezone(self.zone).date() - _DAY
        last = (high - self.shift).astimezone(self.zone).date() + _DAY
        while day <= last:
            if self._is_planned(day):
                yield from (at for at in self._instants(day) if low <= at <= high)
            day += _DAY

    def interval(self) -> timedelta:
        """Give the shortest distance between two slots."""
        return min(self._gaps())

    def reach(self) -> timedelta:
        """Give the longest distance between two slots, an hour of clock change included."""
        return max(self._gaps()) + _CLOCK_CHANGE

    def _gaps(self) -> tuple[timedelta, ...]:
        return _gaps_of(self.times, self.every_days, self.weekdays)

    def _is_planned(self, day: date) -> bool:
        if not self.weekdays:
            return (day - self.origin).days % self.every_days == 0
        if day.weekday() not in self.weekdays:
            return False
        if self.every_days % _DAYS_PER_WEEK:
            return (day - self.origin).days % self.every_days == 0
        # Every so many weeks: any weekday of those weeks, whichever day the count began on.
        monday = self.origin - timedelta(days=self.origin.weekday())
        return (day - monday).days // _DAYS_PER_WEEK % (self.every_days // _DAYS_PER_WEEK) == 0

    def _instants(self, day: date) -> tuple[datetime, ...]:
        # Two times that differ in their fold alone are equal, and mean two instants.
        folds = tuple(at.fold for at in self.times)
        return _instants_of(day, self.times, folds, self.zone, self.shift)


@lru_cache(maxsize=4096)  # the days around now, for each table of times
def _instants_of(
    day: date,
    times: tuple[time, ...],
    folds: tuple[int, ...],
    zone: ZoneInfo,
    shift: timedelta,
) -> tuple[datetime, ...]:
    """Give the instants of a day's wall times, in order, a doubled one once."""
    walls = (at.replace(fold=fold) for at, fold in zip(times, folds, strict=True))
    return tuple(sorted({wall_instant(day, at, zone) + shift for at in walls}))


@lru_cache(maxsize=1024)  # a ward knows few rhythms, and asks for each of them again and again
def _gaps_of(
    times: tuple[time, ...], every_days: int, weekdays: frozenset[int]
) -> tuple[timedelta, ...]:
    """List the distances of wall times over two ordinary cycles."""
    start = datetime(2001, 1, 1, tzinfo=UTC)  # a Monday
    plain = WallTimes(ZoneInfo("UTC"), times, start.date(), every_days, weekdays)
    cycle = lcm(every_days, _DAYS_PER_WEEK) if weekdays else every_days
    planned = plain.between(start, start + 2 * cycle * _DAY)
    return tuple(b - a for a, b in pairwise(planned))


@dataclass(frozen=True, slots=True)
class CalendarMonths:
    """Every n months at the anchor's day and wall time; the 31st falls on the last day."""

    zone: ZoneInfo
    anchor: datetime
    months: int

    def between(self, low: datetime, high: datetime) -> Iterator[datetime]:
        """Give those of the span."""
        start = self.anchor.astimezone(self.zone)
        local = low.astimezone(self.zone)
        passed = (local.year - start.year) * _MONTHS_PER_YEAR + local.month - start.month
        count = passed // self.months - 1
        while (at := self._instant(start, count)) <= high:
            if at >= low:
                yield at
            count += 1

    def after_anchor(self) -> datetime:
        """Give the instant one step after the anchor."""
        return self._instant(self.anchor.astimezone(self.zone), 1)

    def interval(self) -> timedelta:
        """Give the shortest such step."""
        return timedelta(days=28 * self.months)

    def reach(self) -> timedelta:
        """Give the longest such step."""
        return timedelta(days=31 * self.months) + _CLOCK_CHANGE

    def _instant(self, start: datetime, count: int) -> datetime:
        month_index = start.year * _MONTHS_PER_YEAR + start.month - 1 + count * self.months
        year, month = divmod(month_index, _MONTHS_PER_YEAR)
        last = calendar.monthrange(year, month + 1)[1]
        day = date(year, month + 1, min(start.day, last))
        return wall_instant(day, start.time(), self.zone)


@dataclass(frozen=True, slots=True)
class OnWeekdays:
    """Those instants of another pattern that fall on these weekdays of the ward (rule 7)."""

    pattern: Pattern
    zone: ZoneInfo
    weekdays: frozenset[int]

    def between(self, low: datetime, high: datetime) -> Iterator[datetime]:
        """Give those of the span."""
        for at in self.pattern.between(low, high):
            if at.astimezone(self.zone).weekday() in self.weekdays:
                yield at

    def interval(self) -> timedelta | None:
        """Give the shortest distance on a planned day."""
        return self.pattern.interval()

    def reach(self) -> timedelta:
        """Give a week, or what a rarer pattern takes to fall on such a day again."""
        return _DAYS_PER_WEEK * max(self.pattern.reach(), _DAY)


def wall_instant(day: date, at: time, zone: ZoneInfo) -> datetime:
    """Give the instant of a wall time: an absent one moves forward, a doubled one counts once.

    Of a doubled wall time the first is meant, unless ``at`` itself is the second (``fold``): an
    order that starts in the second hour has its first dose then.
    """
    first = datetime.combine(day, at.replace(tzinfo=None, fold=0), zone).astimezone(UTC)
    if not at.fold:
        return first
    return max(first, datetime.combine(day, at.replace(tzinfo=None), zone).astimezone(UTC))
