"""Properties over years and zones: no dose lost or doubled, whatever the clocks do."""

import itertools
from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bcma.model.order import PeriodUnit, Span, Timing
from bcma.schedule import Plan, plan
from bcma.schedule.patterns import OnWeekdays, wall_instant
from tests.rules.builders import DAY, HOUR
from tests.schedule.frames import MO, WK, ZONES, D, H, frame

ZONE = st.sampled_from(ZONES)
ANCHOR = st.datetimes(datetime(2019, 1, 1), datetime(2031, 1, 1))  # noqa: DTZ001 - made aware below
CODES = st.sampled_from(["QD", "BID", "TID", "QID", "QHS", "QOD", "Q4H", "Q6H", "Q8H", "Q12H"])
PERIODS = st.sampled_from(
    [(1, D), (2, D), (3, D), (1, WK), (2, WK), (1, MO), (3, MO), (1, PeriodUnit.YEAR), (36, H)]
)
WEEKDAYS = st.sets(st.integers(0, 6), max_size=7).map(lambda days: tuple(sorted(days)))


@st.composite
def timings(draw: st.DrawFn, zone: ZoneInfo) -> Timing:
    start = draw(ANCHOR).replace(tzinfo=zone, fold=draw(st.integers(0, 1)))
    times = draw(st.sets(st.times().map(lambda t: t.replace(second=0, microsecond=0)), max_size=4))
    value, unit = draw(PERIODS)
    kind = draw(st.sampled_from(["code", "times", "period", "frequency"]))
    count = draw(st.none() | st.integers(1, 20))
    if kind == "times" and times:
        return Timing(
            times_of_day=tuple(sorted(times)),
            bounds_start=start,
            count=count,
            days_of_week=draw(WEEKDAYS),
        )
    if kind == "period":
        return Timing(period=Decimal(value), period_unit=unit, bounds_start=start, count=count)
    if kind == "frequency":
        often = draw(st.integers(1, 6))
        return Timing(
            frequency=often, period=Decimal(1), period_unit=D, bounds_start=start, count=count
        )
    return Timing(code=draw(CODES), bounds_start=start, count=count, days_of_week=draw(WEEKDAYS))


@st.composite
def plans(draw: st.DrawFn) -> tuple[Plan, datetime]:
    zone = draw(ZONE)
    timing = draw(timings(zone))
    assert timing.bounds_start is not None
    return plan(timing, frame(timing.bounds_start, zone=zone)), timing.bounds_start


@settings(max_examples=150, deadline=None)
@given(plans(), st.integers(-3, 60), st.integers(0, 900), st.integers(0, 900))
def test_a_span_and_the_next_make_the_whole(
    made: tuple[Plan, datetime], begin: int, first: int, second: int
) -> None:
    found, start = made
    a = start.astimezone(UTC) + begin * DAY
    b, c = a + first * HOUR, a + (first + second) * HOUR
    parts = set(found.between(a, b)) | set(found.between(b, c))
    whole = found.between(a, c)
    assert parts == set(whole)
    assert list(whole) == sorted(set(whole))


@settings(max_examples=100, deadline=None)
@given(plans())
def test_nothing_lies_before_the_start_or_beyond_the_count(made: tuple[Plan, datetime]) -> None:
    found, start = made
    whole = found.between(start - 40 * DAY, start + 40 * DAY)
    assert all(at >= start for at in whole)
    assert found.limit is None or len(whole) <= found.limit
    assert not whole or whole[0] == found.first()


@settings(max_examples=100, deadline=None)
@given(plans())
def test_neighbours_are_as_far_apart_as_the_pattern_says(made: tuple[Plan, datetime]) -> None:
    found, start = made
    pattern = found.pattern
    look = 3 * pattern.reach() + 3 * DAY
    whole = list(pattern.between(start, start + look))
    gaps = [b - a for a, b in itertools.pairwise(whole)]
    shortest = pattern.interval()
    assert shortest is not None
    assert all(gap <= pattern.reach() for gap in gaps)
    assert len(whole) >= 2
    assert isinstance(pattern, OnWeekdays) or all(gap >= shortest - HOUR for gap in gaps)


@pytest.mark.hazard("H56", "H57")
@settings(max_examples=100, deadline=None)
@given(
    ZONE,
    st.dates(date(2019, 1, 1), date(2031, 12, 31)),
    st.sets(st.times().map(lambda t: t.replace(second=0, microsecond=0)), min_size=1, max_size=4),
)
def test_every_wall_time_falls_exactly_once_a_day(
    zone: ZoneInfo, day: date, times: set[time]
) -> None:
    """Midnight, month ends, 29 February and both clock changes included."""
    begin = wall_instant(day - 2 * DAY, time(0), zone)
    end = wall_instant(day + 3 * DAY, time(0), zone)
    timing = Timing(times_of_day=tuple(sorted(times)), bounds_start=begin)
    found = plan(timing, frame(begin, zone=zone)).between(begin, end - timedelta(microseconds=1))
    expected = {wall_instant(d, at, zone) for d in _days(day) for at in times}
    assert set(found) == expected
    assert len(found) == len(expected)


def _days(day: date) -> Iterator[date]:
    for offset in range(-2, 3):
        yield day + offset * DAY


@pytest.mark.hazard("H56")
@settings(max_examples=60, deadline=None)
@given(ZONE, ANCHOR, st.integers(0, 1), st.integers(1, 47))
def test_hours_elapse_over_a_clock_change(
    zone: ZoneInfo, naive: datetime, fold: int, hours: int
) -> None:
    """Eight hours stay eight hours (rule 11)."""
    start = naive.replace(tzinfo=zone, fold=fold)
    timing = Timing(period=Decimal(hours), period_unit=H, bounds_start=start)
    found = plan(timing, frame(start, zone=zone)).between(start, start + 300 * DAY)
    first = start.astimezone(UTC)
    assert found[0] == first
    assert {b - a for a, b in itertools.pairwise(found)} == {hours * HOUR}


@pytest.mark.hazard("H56")
@settings(max_examples=60, deadline=None)
@given(ZONE, ANCHOR, st.integers(0, 1))
def test_the_first_daily_dose_is_at_the_start_itself(
    zone: ZoneInfo, naive: datetime, fold: int
) -> None:
    """Also where the start is the second of a doubled hour."""
    start = naive.replace(tzinfo=zone, fold=fold)
    start = start.astimezone(UTC).astimezone(zone)  # an absent wall time is no start
    timing = Timing(period=Decimal(1), period_unit=D, bounds_start=start)
    assert plan(timing, frame(start, zone=zone)).first() == start.astimezone(UTC)


@settings(max_examples=60, deadline=None)
@given(ZONE, st.dates(date(2019, 1, 1), date(2031, 12, 31)), st.integers(1, 30))
def test_so_many_days_hold_so_many_daily_doses(zone: ZoneInfo, day: date, days: int) -> None:
    start = wall_instant(day, time(0), zone)
    timing = Timing(code="QD", bounds_start=start, bounds_length=Span(Decimal(days), D))
    found = plan(timing, frame(start, zone=zone))
    assert len(found.between(start, start + (days + 10) * DAY)) == days


@pytest.mark.hazard("H57")
def test_the_29th_of_february_and_the_31st_fall_on_the_last_day() -> None:
    zone = ZONES[0]
    start = datetime(2024, 2, 29, 8, tzinfo=zone)
    yearly = Timing(period=Decimal(1), period_unit=PeriodUnit.YEAR, bounds_start=start)
    found = plan(yearly, frame(start)).between(start, start + 1500 * DAY)
    days = [at.astimezone(zone).date().isoformat() for at in found]
    assert days == ["2024-02-29", "2025-02-28", "2026-02-28", "2027-02-28", "2028-02-29"]
    start = datetime(2026, 1, 31, 8, tzinfo=zone)
    monthly = Timing(period=Decimal(1), period_unit=MO, bounds_start=start)
    found = plan(monthly, frame(start)).between(start, start + 100 * DAY)
    days = [at.astimezone(zone).date().isoformat() for at in found]
    assert days == ["2026-01-31", "2026-02-28", "2026-03-31", "2026-04-30"]


@pytest.mark.hazard("H56")
def test_an_absent_wall_time_moves_forward_and_a_doubled_one_counts_once() -> None:
    york = ZONES[2]
    half_past_two = Timing(times_of_day=(time(2, 30),))
    spring = datetime(2026, 3, 7, tzinfo=york)
    found = plan(half_past_two, frame(spring, zone=york)).between(spring, spring + 3 * DAY)
    assert [f"{at.astimezone(york):%d %H:%M}" for at in found] == [
        "07 02:30",
        "08 03:30",
        "09 02:30",
    ]
    half_past_one = Timing(times_of_day=(time(1, 30),))
    autumn = datetime(2026, 10, 31, tzinfo=york)
    found = plan(half_past_one, frame(autumn, zone=york)).between(autumn, autumn + 3 * DAY)
    assert [at.isoformat() for at in found] == [
        "2026-10-31T05:30:00+00:00",
        "2026-11-01T05:30:00+00:00",
        "2026-11-02T06:30:00+00:00",
    ]
