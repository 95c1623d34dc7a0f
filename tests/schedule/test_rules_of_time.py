"""The sixteen rules by which a Timing becomes planned instants (one table)."""

from datetime import UTC, datetime, time, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest

from bcma.model.order import PeriodUnit, Priority, Span, Timing
from bcma.schedule import Plan, UnplannableError, plan
from bcma.schedule.patterns import WallTimes
from bcma.schedule.plan import after
from tests.rules.builders import DAY, HANOI, HOUR, at, policy
from tests.schedule.frames import MO, WK, D, H, Y, frame, planned

ONE, TWO = Decimal(1), Decimal(2)
START = at(8)
#: name, timing, days to look at from 2 March 00:00, what is planned
TABLE = (
    (
        "1 events are exactly those instants",
        Timing(events=(at(9), at(17), at(9)), frequency=1, period=ONE, period_unit=H),
        1,
        ["02 09:00", "02 17:00"],
    ),
    ("1 a count caps events", Timing(events=(at(9), at(17)), count=1), 1, ["02 09:00"]),
    ("2 a code has the ward's times", Timing(code=" bid "), 1, ["02 08:00", "02 20:00"]),
    (
        "2 every n hours from the start",
        Timing(code="Q8H", bounds_start=at(6)),
        1,
        ["02 06:00", "02 14:00", "02 22:00"],
    ),
    ("2 every other day", Timing(code="QOD"), 4, ["02 08:00", "04 08:00"]),
    (
        "2 a more specific repeat wins",
        Timing(code="BID", times_of_day=(time(9),)),
        1,
        ["02 09:00"],
    ),
    (
        "2 a code on some weekdays keeps its times",
        Timing(code="BID", days_of_week=(1,)),
        3,
        ["03 08:00", "03 20:00"],
    ),
    (
        "2 hours on some weekdays",
        Timing(code="Q12H", days_of_week=(1,)),
        3,
        ["03 08:00", "03 20:00"],
    ),
    (
        "2 the repeat wins over words that nobody knows",
        Timing(code="thứ ba", days_of_week=(1,)),
        9,
        ["03 08:00", "10 08:00"],
    ),
    (
        "3 both bounds belong to it",
        Timing(code="BID", bounds_start=at(8), bounds_end=at(8, day=3)),
        4,
        ["02 08:00", "02 20:00", "03 08:00"],
    ),
    (
        "3 a length counts from the first dose",
        Timing(code="QD", bounds_length=Span(TWO, D), bounds_start=at(9)),
        9,
        ["03 08:00", "04 08:00"],
    ),
    (
        "3 a range plans to its low end",
        Timing(code="QD", bounds_length=Span(ONE, D), bounds_length_max=Span(Decimal(9), D)),
        9,
        ["02 08:00"],
    ),
    (
        "3 the nearer of two ends holds",
        Timing(code="QD", bounds_length=Span(Decimal(5), D), bounds_end=at(8, day=3)),
        9,
        ["02 08:00", "03 08:00"],
    ),
    ("4 count caps", Timing(code="BID", count=3), 9, ["02 08:00", "02 20:00", "03 08:00"]),
    ("4 countMax caps", Timing(code="BID", count=1, count_max=2), 9, ["02 08:00", "02 20:00"]),
    ("4 one dose at the start", Timing(count=1, bounds_start=at(9)), 9, ["02 09:00"]),
    (
        "5 once per period from the anchor",
        Timing(frequency=1, period=Decimal(6), period_unit=H, bounds_start=at(10)),
        1,
        ["02 10:00", "02 16:00", "02 22:00"],
    ),
    (
        "5 without a frequency it is once",
        Timing(period=TWO, period_unit=D, bounds_start=at(10)),
        3,
        ["02 10:00", "04 10:00"],
    ),
    (
        "5 several a day have standard times",
        Timing(frequency=3, period=ONE, period_unit=D),
        1,
        ["02 08:00", "02 14:00", "02 20:00"],
    ),
    (
        "5 else equal spacing",
        Timing(frequency=6, period=ONE, period_unit=D, bounds_start=at(2)),
        1,
        ["02 02:00", "02 06:00", "02 10:00", "02 14:00", "02 18:00", "02 22:00"],
    ),
    (
        "5 several a week are spaced equally",
        Timing(frequency=2, period=ONE, period_unit=WK, bounds_start=at(8)),
        8,
        ["02 08:00", "05 20:00", "09 08:00"],
    ),
    (
        "6 times of day at the ward",
        Timing(times_of_day=(time(6, 30), time(22))),
        1,
        ["02 22:00"],  # written at 07:00: half past six was before
    ),
    (
        "6 every second day at a time",
        Timing(times_of_day=(time(9),), period=TWO, period_unit=D),
        4,
        ["02 09:00", "04 09:00"],
    ),
    (
        "6 every 48 hours at a time",
        Timing(times_of_day=(time(9),), period=Decimal(48), period_unit=H),
        4,
        ["02 09:00", "04 09:00"],
    ),
    (
        "6 times stand in place of hours within a day",
        Timing(times_of_day=(time(9), time(21)), period=Decimal(12), period_unit=H),
        1,
        ["02 09:00", "02 21:00"],
    ),
    (
        "6 every month at a time",
        Timing(times_of_day=(time(9),), period=ONE, period_unit=MO, bounds_start=at(10)),
        60,
        ["02 09:00"],
    ),
    (
        "7 days of the week",
        Timing(days_of_week=(0, 2), bounds_start=at(9)),
        7,
        ["02 09:00", "04 09:00"],
    ),
    (
        "7 days of the week filter times of day",
        Timing(days_of_week=(2,), times_of_day=(time(9), time(21))),
        7,
        ["04 09:00", "04 21:00"],
    ),
    (
        "7 days of the week filter hours",
        Timing(
            frequency=1, period=Decimal(8), period_unit=H, days_of_week=(1,), bounds_start=at(6)
        ),
        4,
        ["03 06:00", "03 14:00", "03 22:00"],
    ),
    (
        "7 twice on those days",
        Timing(frequency=2, period=ONE, period_unit=D, days_of_week=(1,)),
        4,
        ["03 08:00", "03 20:00"],
    ),
    (
        "7 every second day, if it is one of those",
        Timing(frequency=1, period=TWO, period_unit=D, days_of_week=(0, 1, 2)),
        7,
        ["02 08:00", "04 08:00"],
    ),
    (
        "7 every second week",
        Timing(frequency=1, period=TWO, period_unit=WK, days_of_week=(4,), bounds_start=at(9)),
        20,
        ["06 09:00", "20 09:00"],
    ),
    (
        "7 three a week on three days",
        Timing(frequency=3, period=ONE, period_unit=WK, days_of_week=(0, 2, 4)),
        7,
        ["02 08:00", "04 08:00", "06 08:00"],
    ),
    ("8 meals", Timing(when=("CD", "HS")), 1, ["02 11:30", "02 21:00"]),
    ("8 so long before a meal", Timing(when=("ACD",), offset=30), 1, ["02 10:30"]),
    ("8 so long after", Timing(when=("PCD",), offset=30), 1, ["02 12:30"]),
    (
        "8 an offset over midnight",
        Timing(when=("NIGHT",), offset=150, bounds_start=at(9)),
        2,
        ["03 00:30", "04 00:30"][:1],
    ),
    (
        "9 the planned rhythm is the earliest one",
        Timing(frequency=1, period=Decimal(8), period_max=Decimal(12), period_unit=H, count=2),
        2,
        ["02 08:00", "02 16:00"],
    ),
    (
        "10 a duration is of one infusion",
        Timing(code="QD", duration=Span(ONE, H)),
        2,
        ["02 08:00", "03 08:00"],
    ),
    (
        "11 weeks are steps of the calendar",
        Timing(frequency=1, period=ONE, period_unit=WK, bounds_start=at(9)),
        15,
        ["02 09:00", "09 09:00", "16 09:00"],
    ),
    (
        "16 the anchor without bounds is the ward's morning",
        Timing(frequency=1, period=Decimal(12), period_unit=H),
        1,
        ["02 08:00", "02 20:00"],
    ),
)

CODES = {
    "DAILY": ["02 08:00", "03 08:00"],
    "EVERY OTHER DAY": ["02 08:00"],
    "HS": ["02 21:00", "03 21:00"],
    "QAM": ["02 08:00", "03 08:00"],
    "QPM": ["02 18:00", "03 18:00"],
    "DINNER": ["02 17:30", "03 17:30"],
    "TID W/MEALS": ["02 07:00", "02 11:30", "02 17:30", "03 07:00", "03 11:30", "03 17:30"],
    "DAILY16": ["02 16:00", "03 16:00"],
    "Q 12H": ["02 08:00", "02 20:00", "03 08:00", "03 20:00"],
    "QTUES": ["03 08:00"],
    "1X/WEEK": ["02 08:00"],
    "ONCE": ["02 07:00"],
    "NOW X1": ["02 07:00"],
}


@pytest.mark.parametrize("code", CODES)
def test_a_hospitals_own_code_plans_as_it_means(code: str) -> None:
    """Rule 2: the site's text."""
    assert planned(Timing(code=code), at(0), at(0) + 2 * DAY - HOUR / 60) == CODES[code]


def test_the_wards_own_times_of_a_code_go_first() -> None:
    own = frame(site=policy(standard_times={"Q12H": ["09:00", "21:00"]}))
    assert planned(Timing(code="q12h"), at(0), at(23), own) == ["02 09:00", "02 21:00"]


def test_weekdays_filter_what_a_code_plans() -> None:
    for code in ("BID", "Q12H", "DAILY"):
        plans = planned(Timing(code=code, days_of_week=(1,)), at(0), at(0) + 3 * DAY)
        assert {found[:2] for found in plans} == {"03"}


@pytest.mark.parametrize("name,timing,days,expected", TABLE, ids=[row[0] for row in TABLE])
def test_a_timing_plans(name: str, timing: Timing, days: int, expected: list[str]) -> None:
    assert planned(timing, at(0), at(0) + days * DAY - HOUR / 60) == expected, name


@pytest.mark.parametrize(
    "priority,expected",
    [(Priority.STAT, ["02 07:00"]), (Priority.ASAP, ["02 07:00"]), (Priority.URGENT, ["02 07:00"])],
)
@pytest.mark.parametrize("timing", [None, Timing()])
def test_urgent_without_timing_is_one_dose_at_once(
    priority: Priority, expected: list[str], timing: Timing | None
) -> None:
    """Rule 16."""
    assert planned(timing, at(0), at(23), frame(priority=priority)) == expected


def test_an_urgent_dose_with_a_start_is_due_then() -> None:
    found = planned(Timing(bounds_start=at(9)), at(0), at(23), frame(priority=Priority.STAT))
    assert found == ["02 09:00"]


UNREADABLE = (
    None,
    Timing(),
    Timing(bounds_start=START),
    Timing(code="khi cần thiết"),
    Timing(code="Q0H"),
    Timing(code="Q6H:PRN"),
    Timing(code="ASDIR"),
    Timing(code="3X/WEEK"),
    Timing(code="ONCE MR1"),
    Timing(code="HD PROTOCOL"),
    Timing(count=2),
    Timing(when=("LUNCH",)),
    Timing(when=("ACM", "PCM"), offset=10),
    Timing(frequency=2),
    Timing(frequency=1, period=Decimal(0), period_unit=D),
    Timing(frequency=0, period=ONE, period_unit=D),
    Timing(frequency=1, period=Decimal("1.5"), period_unit=D),
    Timing(frequency=1, period=Decimal(9999), period_unit=D),
    Timing(frequency=100, period=ONE, period_unit=PeriodUnit.MINUTE),
    Timing(frequency=1, period=Decimal(10**17), period_unit=H),
    Timing(frequency=1, period=Decimal(99999), period_unit=H),
    Timing(frequency=2, period=ONE, period_unit=MO),
    Timing(frequency=1, period=ONE, period_unit=MO, days_of_week=(0,)),
    Timing(frequency=1, period=Decimal("0.5"), period_unit=MO),
    Timing(frequency=1, period=Decimal(9), period_unit=Y),
    Timing(frequency=1, period=ONE, period_unit=WK, days_of_week=(0, 2)),
    Timing(times_of_day=(time(9), time(21)), period=ONE, period_unit=MO),
    Timing(times_of_day=(time(9),), period=ONE, period_unit=MO, days_of_week=(1,)),
    Timing(times_of_day=(time(9),), period=Decimal(36), period_unit=H),
    Timing(when=("CD",), period=ONE, period_unit=MO),
    Timing(code="BID", bounds_length=Span(Decimal("0.5"), MO)),
    Timing(code="BID", bounds_length=Span(Decimal(10**12), D)),
    Timing(code="BID", bounds_start=at(9), bounds_end=at(10), bounds_length=Span(ONE, D)),
)


@pytest.mark.hazard("H93")
@pytest.mark.parametrize("timing", UNREADABLE, ids=str)
def test_what_cannot_be_read_is_never_given_a_default(timing: Timing | None) -> None:
    with pytest.raises(UnplannableError) as refused:
        plan(timing, frame())
    assert refused.value.problem.path


def test_a_ward_without_morning_times_plans_nothing_by_them() -> None:
    bare = frame(site=policy(standard_times={"QD": [], "BID": []}))
    for timing in (Timing(code="QD"), Timing(days_of_week=(0,))):
        with pytest.raises(UnplannableError):
            plan(timing, bare)
    spaced = Timing(frequency=2, period=ONE, period_unit=D, bounds_start=at(7))
    assert planned(spaced, at(0), at(23), bare) == ["02 07:00", "02 19:00"]


def test_an_order_without_any_date_cannot_be_planned() -> None:
    for timing in (None, Timing(code="BID"), Timing(count=1)):
        with pytest.raises(UnplannableError):
            plan(timing, frame(None, Priority.STAT))


@pytest.mark.parametrize(
    "span,expected",
    [
        (Span(Decimal(36), H), at(20, day=3)),
        (Span(TWO, D), at(8, day=4)),
        (Span(ONE, WK), at(8, day=9)),
        (Span(ONE, MO), at(8, month=4)),
        (Span(ONE, Y), datetime(2027, 3, 2, 8, tzinfo=HANOI)),
        (Span(Decimal(5), Y), datetime(2031, 3, 2, 8, tzinfo=HANOI)),
    ],
)
def test_a_length_of_time_later(span: Span, expected: datetime) -> None:
    assert after(START, span, HANOI) == expected


def test_plans_of_instants_have_an_end_only_by_count() -> None:
    assert plan(Timing(events=(at(9), at(10))), frame()).last() is None
    assert plan(Timing(events=(at(9), at(10)), count=1), frame()).last() == at(9)
    assert plan(Timing(code="BID", bounds_end=at(8)), frame()).last() == at(8)
    assert plan(Timing(code="BID", count=2, bounds_start=at(9)), frame()).last() == at(8, day=3)


def test_a_plan_without_start_begins_with_its_first_instant() -> None:
    found = plan(Timing(code="BID", bounds_start=at(21)), frame())
    assert found.first() == at(8, day=3).astimezone(UTC)
    assert plan(Timing(events=(at(9),)), frame()).first() == at(9)


def test_a_plan_of_unknown_beginning_knows_no_first_dose() -> None:
    pattern = plan(Timing(code="BID"), frame()).pattern
    unknown = Plan(pattern, None, at(9), limit=1)
    assert unknown.first() is None
    assert unknown.last() == at(9)
    assert unknown.between(at(0), at(23)) == (at(8),)


def test_a_count_holds_over_many_years() -> None:
    monthly = Timing(frequency=1, period=ONE, period_unit=MO, count=50, bounds_start=at(9))
    found = plan(monthly, frame()).between(at(0), at(0) + timedelta(days=366 * 9))
    assert len(found) == 50


@pytest.mark.hazard("H56")
def test_the_first_and_the_second_of_a_doubled_hour_are_kept_apart() -> None:
    zone = ZoneInfo("Europe/Berlin")
    night = datetime(2026, 10, 25, tzinfo=UTC)
    first, second = (
        next(WallTimes(zone, (time(2, 30, fold=fold),), night.date()).between(night, night + DAY))
        for fold in (0, 1)
    )
    assert second - first == HOUR
