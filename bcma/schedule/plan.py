"""From an ordered Timing to the instants that it plans (fhir.md, the sixteen rules)."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from itertools import islice
from typing import Final
from zoneinfo import ZoneInfo

from bcma.model.frequency import NoRhythm, read_frequency
from bcma.model.lengths import scaled
from bcma.model.order import PeriodUnit, Priority, Problem, Span, Timing
from bcma.policy import Policy
from bcma.schedule.patterns import (
    CalendarMonths,
    Elapsed,
    Instants,
    OnWeekdays,
    Pattern,
    WallTimes,
    wall_instant,
)

_ELAPSED: Final[Mapping[PeriodUnit, timedelta]] = {
    PeriodUnit.SECOND: timedelta(seconds=1),
    PeriodUnit.MINUTE: timedelta(minutes=1),
    PeriodUnit.HOUR: timedelta(hours=1),
}
_DAYS: Final[Mapping[PeriodUnit, int]] = {PeriodUnit.DAY: 1, PeriodUnit.WEEK: 7}
_MONTHS: Final[Mapping[PeriodUnit, int]] = {PeriodUnit.MONTH: 1, PeriodUnit.YEAR: 12}
#: Ward tables by doses a day (rule 5).
_CODE_BY_DAILY: Final = {1: "QD", 2: "BID", 3: "TID", 4: "QID"}
#: No order plans more often than this; a shorter step is a misread unit.
_SHORTEST = timedelta(minutes=1)
#: Nor more rarely than this: the first dose is looked for as far as this from the start.
_FAR = timedelta(days=366 * 3)
_MOST_MONTHS = 36
_DAY = timedelta(days=1)


class UnplannableError(Exception):
    """The timing says nothing that can be planned; carries what could not be read."""

    def __init__(self, path: str, written: str) -> None:
        self.problem = Problem(path, written)
        super().__init__(path)


@dataclass(frozen=True, slots=True, kw_only=True)
class Frame:
    """What a timing is read against: the order's instants and the ward's tables.

    ``follows`` is the end of the instructions before this one (rule 13): without bounds of its
    own it begins after them.
    """

    zone: ZoneInfo
    policy: Policy
    authored_on: datetime | None = None
    priority: Priority = Priority.ROUTINE
    follows: datetime | None = None


@dataclass(frozen=True, slots=True)
class Plan:
    """A pattern within its bounds; ``limit`` caps the doses from the first on (rule 4)."""

    pattern: Pattern
    start: datetime | None
    end: datetime | None
    limit: int | None = None

    def between(self, low: datetime, high: datetime) -> tuple[datetime, ...]:
        """Give the planned instants of a span, both ends included."""
        if self.limit is None:
            return tuple(self._within(low, high))
        counted = islice(self._within(self.first() or low, high), self.limit)
        return tuple(at for at in counted if at >= low)

    def first(self) -> datetime | None:
        """Give the first planned instant of all; ``None`` where the start is not known."""
        if isinstance(self.pattern, Instants):
            return min(self.pattern.planned, default=None)
        if self.start is None:
            return None
        return next(iter(self._within(self.start, self.start + _FAR)), None)

    def last(self) -> datetime | None:
        """Give the instant after which nothing is planned; ``None`` for a plan without end."""
        begin = self.first()
        if self.limit is None or begin is None:
            return self.end
        return max(self.between(begin, begin + _FAR), default=self.end)

    def _within(self, low: datetime, high: datetime) -> Iterator[datetime]:
        low = low if self.start is None else max(low, self.start)
        high = high if self.end is None else min(high, self.end)
        return self.pattern.between(low, high)


def plan(timing: Timing | None, frame: Frame) -> Plan:
    """Read one timing.

    Raises:
        UnplannableError: it cannot be read without guessing.
    """
    if timing is None:
        return _unscheduled(Timing(), frame)
    try:
        return _plan(timing, frame)
    except OverflowError as beyond:  # lengths that no calendar holds
        raise UnplannableError(path="timing", written=_written(timing)) from beyond


def _plan(timing: Timing, frame: Frame) -> Plan:
    if not (timing.events or timing.has_repeat or timing.code):
        return _unscheduled(timing, frame)
    if timing.events:
        return Plan(Instants(timing.events), None, None, timing.count_max or timing.count)
    pattern = _pattern(timing, frame)
    start = timing.bounds_start or frame.follows or frame.authored_on
    bare = Plan(pattern, start, timing.bounds_end)
    end = timing.bounds_end
    if timing.bounds_length is not None:
        begin = bare.first()
        if begin is None:
            raise UnplannableError(
                path="timing.repeat.bounds", written=str(timing.bounds_length.value)
            )
        # A dose at the very end of "for five days" belongs to day six.
        length_end = after(begin, timing.bounds_length, frame.zone) - timedelta(microseconds=1)
        end = length_end if end is None else min(end, length_end)
    return Plan(pattern, start, end, timing.count_max or timing.count)


def after(at: datetime, span: Span, zone: ZoneInfo) -> datetime:
    """Give the instant a length of time later: hours elapse, days are calendar steps.

    Raises:
        UnplannableError: a part of a month is no calendar step.
    """
    if span.unit in _ELAPSED:
        return at + scaled(_ELAPSED[span.unit], span.value)
    if span.unit in _DAYS:
        local = at.astimezone(zone)
        days = timedelta(days=float(span.value * _DAYS[span.unit]))
        return wall_instant((local + days).date(), (local + days).time(), zone)
    months = span.value * _MONTHS[span.unit]
    if months != months.to_integral_value() or months < 1:
        raise UnplannableError(path="timing.repeat.bounds", written=f"{span.value} {span.unit}")
    return CalendarMonths(zone, at, int(months)).after_anchor()


def _unscheduled(timing: Timing, frame: Frame) -> Plan:
    """Plan an order with no timing: one dose at once when urgent, else unreadable (rule 16)."""
    if frame.priority is Priority.ROUTINE or frame.authored_on is None:
        raise UnplannableError(path="dosageInstruction.timing", written="")
    return Plan(Instants((timing.bounds_start or frame.authored_on,)), None, None)


def _pattern(timing: Timing, frame: Frame) -> Pattern:
    if timing.times_of_day:
        return _at_times(timing, frame)
    if timing.when:
        return _meals(timing, frame)
    if timing.frequency is not None or timing.period is not None:
        return _on_weekdays(_repeated(timing, frame), timing, frame)
    coded = _coded(timing, frame)
    if coded is not None:
        return coded
    if timing.days_of_week:
        return _wall(timing, frame, (_anchor_time(timing, frame),))
    if timing.code is not None:
        raise UnplannableError(path="timing.code", written=timing.code)
    return _counted_once(timing, frame)


def _on_weekdays(pattern: Pattern, timing: Timing, frame: Frame) -> Pattern:
    """Filter by the ordered weekdays what does not know them itself (rule 7)."""
    if not timing.days_of_week or isinstance(pattern, WallTimes):
        return pattern
    return OnWeekdays(pattern, frame.zone, frozenset(timing.days_of_week))


def _at_times(timing: Timing, frame: Frame) -> Pattern:
    """Plan at ward wall times (rule 6), every so many days or months where it says so."""
    if timing.period is None or timing.period_unit not in _MONTHS:
        return _wall(timing, frame, timing.times_of_day)
    if len(timing.times_of_day) != 1 or timing.days_of_week:
        raise UnplannableError(path="timing.repeat.timeOfDay", written=_written(timing))
    anchor = wall_instant(_origin(timing, frame), timing.times_of_day[0], frame.zone)
    return CalendarMonths(frame.zone, anchor, _whole_months(timing))


def _counted_once(timing: Timing, frame: Frame) -> Pattern:
    """Plan a bare ``count`` of one: a single dose at the start."""
    start = timing.bounds_start or frame.authored_on
    if timing.count != 1 or start is None:
        raise UnplannableError(path="timing.repeat", written=f"count {timing.count}")
    return Instants((start,))


def _wall(timing: Timing, frame: Frame, times: tuple[time, ...]) -> WallTimes:
    return WallTimes(
        frame.zone,
        times,
        _origin(timing, frame),
        _every_days(timing),
        frozenset(timing.days_of_week),
    )


def _every_days(timing: Timing) -> int:
    """Give on every how many days wall times are planned; hours within a day say nothing more."""
    if timing.period is None or timing.period_unit is None:
        return 1
    if timing.period_unit in _DAYS:
        return _whole_days(timing)
    if timing.period_unit in _MONTHS:
        raise UnplannableError(path="timing.repeat.period", written=_written(timing))
    length = scaled(_ELAPSED[timing.period_unit], timing.period)
    if length > _DAY and length % _DAY:
        raise UnplannableError(path="timing.repeat.period", written=_written(timing))
    return max(1, length // _DAY)


def _meals(timing: Timing, frame: Frame) -> WallTimes:
    """Plan by meals (rule 8): the offset lies before the meal for ``AC...``, else after."""
    times: list[time] = []
    for event in timing.when:
        if not frame.policy.meal_times.get(event):
            raise UnplannableError(path="timing.repeat.when", written=event)
        times.extend(frame.policy.meal_times[event])
    minutes = timedelta(minutes=timing.offset or 0)
    before = timing.when[0].startswith("AC")
    if minutes and any(event.startswith("AC") != before for event in timing.when):
        raise UnplannableError(path="timing.repeat.offset", written=str(timing.offset))
    plain = _wall(timing, frame, tuple(times))
    return WallTimes(
        plain.zone,
        plain.times,
        plain.origin,
        plain.every_days,
        plain.weekdays,
        -minutes if before else minutes,
    )


def _repeated(timing: Timing, frame: Frame) -> Pattern:
    """Plan frequency f per period p (rule 5)."""
    if timing.period is None or timing.period_unit is None or timing.period <= 0:
        raise UnplannableError(path="timing.repeat.period", written=str(timing.period))
    frequency = 1 if timing.frequency is None else timing.frequency
    if frequency < 1:
        raise UnplannableError(path="timing.repeat.frequency", written=str(timing.frequency))
    if timing.period_unit in _ELAPSED:
        return _elapsed(timing, frame, _ELAPSED[timing.period_unit], frequency)
    if timing.period_unit in _MONTHS:
        return _monthly(timing, frame, frequency)
    if timing.period_unit is PeriodUnit.WEEK and timing.days_of_week:
        # So many times a week on so many weekdays: once on each, or it contradicts itself.
        if timing.frequency not in (None, len(set(timing.days_of_week))):
            raise UnplannableError(path="timing.repeat.dayOfWeek", written=_written(timing))
        frequency = 1
    return _daily(timing, frame, frequency)


def _daily(timing: Timing, frame: Frame, frequency: int) -> Pattern:
    if frequency == 1:
        return _wall(timing, frame, (_anchor_time(timing, frame),))
    code = _CODE_BY_DAILY.get(frequency)
    one_day = timing.period == 1 and timing.period_unit is PeriodUnit.DAY
    times = frame.policy.times_for(code) if one_day and code is not None else None
    if times:
        return _wall(timing, frame, times)
    days = timedelta(days=_DAYS[timing.period_unit or PeriodUnit.DAY])
    return _elapsed(timing, frame, days, frequency)


def _monthly(timing: Timing, frame: Frame, frequency: int) -> Pattern:
    if frequency != 1 or timing.days_of_week:
        raise UnplannableError(path="timing.repeat.frequency", written=_written(timing))
    return CalendarMonths(frame.zone, _anchor(timing, frame), _whole_months(timing))


def _elapsed(timing: Timing, frame: Frame, unit: timedelta, frequency: int) -> Elapsed:
    step = scaled(unit, timing.period or Decimal(1)) / frequency
    if not _SHORTEST <= step <= _FAR:
        raise UnplannableError(path="timing.repeat.period", written=_written(timing))
    return Elapsed(_anchor(timing, frame), step)


def _coded(timing: Timing, frame: Frame) -> Pattern | None:
    """Plan by a code or the site's text (rule 2); ``None`` where the ward knows no such code."""
    code = (timing.code or "").strip()
    times = frame.policy.times_for(code)
    if times:
        return _wall(timing, frame, times)
    read = read_frequency(code)
    if isinstance(read, NoRhythm) or read.as_needed:
        return None  # planned times of what is given on need: it contradicts itself
    said = read.repeat
    if said.code is not None:
        named = frame.policy.times_for(said.code)
        days = said.days_of_week or timing.days_of_week
        at = replace(timing, days_of_week=days, period=said.period, period_unit=said.period_unit)
        return None if not named else _wall(at, frame, named)
    return _pattern(_merged(timing, said), frame)


def _merged(timing: Timing, said: Timing) -> Timing:
    """Put what a code says into the timing that it stands in."""
    return replace(
        timing,
        code=None,
        count=said.count or timing.count,
        frequency=said.frequency,
        period=said.period,
        period_max=said.period_max,
        period_unit=said.period_unit,
        times_of_day=said.times_of_day,
        when=said.when,
    )


def _anchor(timing: Timing, frame: Frame) -> datetime:
    """Give the instant from which steps are counted (rule 16)."""
    if timing.bounds_start is not None:
        return timing.bounds_start
    return wall_instant(_origin(timing, frame), _ward_morning(frame), frame.zone)


def _anchor_time(timing: Timing, frame: Frame) -> time:
    if timing.bounds_start is not None:
        return timing.bounds_start.astimezone(frame.zone).time()
    return _ward_morning(frame)


def _ward_morning(frame: Frame) -> time:
    times = frame.policy.times_for("QD")
    if not times:
        raise UnplannableError(path="timing", written="QD")
    return times[0]


def _origin(timing: Timing, frame: Frame) -> date:
    start = timing.bounds_start or frame.authored_on
    if start is None:
        raise UnplannableError(path="authoredOn", written="")
    return start.astimezone(frame.zone).date()


def _whole_days(timing: Timing) -> int:
    days = (timing.period or Decimal(1)) * _DAYS[timing.period_unit or PeriodUnit.DAY]
    if days != days.to_integral_value() or not 1 <= days <= _FAR.days:
        raise UnplannableError(path="timing.repeat.period", written=_written(timing))
    return int(days)


def _whole_months(timing: Timing) -> int:
    months = (timing.period or Decimal(1)) * _MONTHS[timing.period_unit or PeriodUnit.MONTH]
    if months != months.to_integral_value() or not 1 <= months <= _MOST_MONTHS:
        raise UnplannableError(path="timing.repeat.period", written=_written(timing))
    return int(months)


def _written(timing: Timing) -> str:
    """Give how often was ordered, for a person who has to find what could not be read."""
    return f"{timing.frequency or ''} / {timing.period or ''} {timing.period_unit or ''}".strip()
