"""Slots of a chain: ids, windows, intervals, what a stop takes away, and how copies share."""

from dataclasses import replace
from datetime import datetime, time, timedelta, timezone
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bcma.model.order import Intent, OrderStatus, Priority, Span, Timing
from bcma.schedule import Schedule, chain_key, slot_id
from tests.rules.builders import (
    AS_NEEDED,
    DAY,
    HANOI,
    HOUR,
    MINUTE,
    TWICE_DAILY,
    Value,
    at,
    dosage,
    mg,
    order,
    policy,
    product,
)
from tests.schedule.frames import MO, WK, D, H, slots, timed, wall, with_dosages

NOON = at(12)
DAILY = Timing(code="QD", bounds_start=at(8, day=1))


def test_no_orders_have_no_slots() -> None:
    assert slots((), NOON) == ()


@pytest.mark.hazard("H105")
@pytest.mark.parametrize(
    "timing,window",
    [
        (Timing(code="Q2H", bounds_start=at(0, day=1)), 30),
        (Timing(code="Q4H", bounds_start=at(0, day=1)), 60),
        (TWICE_DAILY, 60),
        (DAILY, 120),
        (Timing(days_of_week=(0, 3), bounds_start=at(8, day=1)), 120),
    ],
)
def test_windows_go_by_class(timing: Timing, window: int) -> None:
    found = [s for s in slots((timed(timing),), NOON) if s.planned > at(8, day=2)]
    assert {(s.early, s.late) for s in found} == {(window * MINUTE, window * MINUTE)}


def test_time_critical_drugs_and_strict_wards_have_narrow_windows() -> None:
    drug = replace(product(), drug_codes=frozenset({"LEVO"}))
    critical = timed(DAILY, medication=drug)
    for site in (policy(time_critical=["LEVO"]), policy(windows="strict")):
        found = slots((critical,), NOON, site)
        assert {s.late for s in found if s.planned > at(8, day=1)} == {30 * MINUTE}


def test_the_earliest_slot_ever_has_no_window() -> None:
    first, second, *_ = slots((timed(TWICE_DAILY),), at(8, day=1))
    assert not first.has_window
    assert first.interval == 12 * HOUR
    assert second.has_window


@pytest.mark.parametrize("priority", [Priority.STAT, Priority.ASAP])
def test_a_single_dose_has_neither_window_nor_interval(priority: Priority) -> None:
    (found,) = slots((timed(None, priority=priority),), NOON)
    assert (found.interval, found.has_window) == (None, False)
    assert found.planned == at(7, day=1)


def test_intervals_reach_to_the_neighbour_before_even_in_another_copy() -> None:
    thrice = Timing(code="TID", bounds_start=at(0, day=1), bounds_end=at(23, day=1))
    today = Timing(code="TID", bounds_start=at(0), bounds_end=at(23))
    found = slots((timed(thrice, "mr1"), timed(today, "mr2")), NOON)
    assert wall(found) == [f"{d} {h}" for d in ("01", "02") for h in ("08:00", "14:00", "20:00")]
    assert [s.interval // HOUR for s in found if s.interval] == [6, 6, 6, 12, 6, 6]


def test_a_rare_slot_is_seen_from_the_middle_of_its_interval() -> None:
    tuesdays = timed(Timing(code="BID", days_of_week=(1,), bounds_start=at(0, day=1)))
    assert wall(slots((tuesdays,), at(8, day=6)))[-2:] == ["17 08:00", "17 20:00"]
    monthly = timed(Timing(period=Decimal(1), period_unit=MO, bounds_start=at(8)))
    assert wall(slots((monthly,), at(8, day=20)))[:2] == ["02 08:00", "02 08:00"]


def test_morning_and_evening_instructions_make_one_rhythm() -> None:
    both = with_dosages(
        dosage(timing=Timing(times_of_day=(time(8),), bounds_start=at(0, day=1))),
        dosage(mg(1000), timing=Timing(times_of_day=(time(20),), bounds_start=at(0, day=1))),
    )
    found = [s for s in slots((both,), NOON) if s.planned.day > 1]
    assert {s.interval for s in found} == {12 * HOUR}
    assert {s.late for s in found} == {HOUR}
    assert [s.dosage for s in found[:2]] == [0, 1]


def test_a_day_of_23_hours_is_a_day() -> None:
    """5 mg on odd days, 2.5 mg on even ones: given daily, over a clock change too."""
    zone = policy()
    berlin = Schedule(zone, ZoneInfo("Europe/Berlin"))
    both = with_dosages(
        dosage(timing=Timing(times_of_day=(time(8),), days_of_week=(0, 2, 4, 6))),
        dosage(timing=Timing(times_of_day=(time(8),), days_of_week=(1, 3, 5))),
    )
    found = berlin.slots((both,), datetime(2026, 3, 29, 12, tzinfo=HANOI)).slots
    assert {s.late for s in found if s.has_window} == {120 * MINUTE}
    assert 23 * HOUR in {s.interval for s in found}


@pytest.mark.parametrize("end", ["length", "bounds", "count"])
def test_different_sequences_follow_one_another(end: str) -> None:
    """Rule 13: 40 mg for three days, then 20 mg."""
    ends = {
        "length": Timing(code="QD", bounds_length=Span(Decimal(3), D)),
        "bounds": Timing(code="QD", bounds_end=at(8, day=4)),
        "count": Timing(code="QD", count=3),
    }
    taper = with_dosages(
        dosage(mg(20), sequence=2, timing=Timing(code="QD", bounds_length=Span(Decimal(2), D))),
        dosage(mg(40), sequence=1, timing=ends[end]),
        authored_on=at(7),
    )
    found = slots((taper,), at(8, day=3))
    assert wall(found) == ["02 08:00", "03 08:00", "04 08:00", "05 08:00", "06 08:00"][: len(found)]
    assert [s.dosage for s in found[:4]] == [1, 1, 1, 0]
    opening = Schedule(policy(), HANOI).opening(taper)
    assert opening.ends is None or opening.ends > at(8, day=6)


def test_sequences_without_an_end_run_side_by_side() -> None:
    both = with_dosages(
        dosage(sequence=1, timing=Timing(times_of_day=(time(8),))),
        dosage(sequence=2, timing=Timing(times_of_day=(time(20),))),
    )
    assert wall(slots((both,), NOON))[-2:] == ["03 20:00", "04 08:00"]


def test_two_instructions_for_one_instant_are_unreadable() -> None:
    twice = with_dosages(dosage(), dosage(mg(250), timing=Timing(code="QD")))
    schedule = Schedule(policy(), HANOI)
    (problem,) = schedule.slots((twice,), NOON).problems
    assert problem.path == "dosageInstruction.sequence"
    stopped = replace(twice, status=OrderStatus.STOPPED)
    assert schedule.slots((stopped,), NOON).problems == ()


@pytest.mark.parametrize(
    "status,seen",
    [
        (OrderStatus.ACTIVE, True),
        (OrderStatus.COMPLETED, True),
        (OrderStatus.ON_HOLD, False),
        (OrderStatus.STOPPED, False),
        (OrderStatus.CANCELLED, False),
    ],
)
def test_a_stop_or_hold_cancels_future_slots_only(status: OrderStatus, seen: bool) -> None:  # noqa: FBT001 - a row of the table
    """Rule 14."""
    ended = timed(TWICE_DAILY, status=status, last_updated=at(9))
    found = wall(slots((ended,), NOON))
    assert "02 08:00" in found
    assert ("02 20:00" in found) is seen


def test_a_stop_of_unknown_time_keeps_its_slots() -> None:
    ended = timed(TWICE_DAILY, status=OrderStatus.STOPPED, last_updated=None)
    assert "02 20:00" in wall(slots((ended,), NOON))


@pytest.mark.parametrize(
    "changes",
    [
        {"status": OrderStatus.DRAFT},
        {"status": OrderStatus.ENTERED_IN_ERROR},
        {"status": OrderStatus.UNREADABLE},
        {"intent": Intent.PLAN},
        {"intent": Intent.PROPOSAL},
        {"prohibits": True},
    ],
)
def test_what_orders_nothing_plans_nothing(changes: dict[str, Value]) -> None:
    assert slots((order(**changes),), NOON) == ()


@pytest.mark.hazard("H49")
def test_as_needed_doses_have_no_slots() -> None:
    needed = with_dosages(dosage(as_needed=True, timing=AS_NEEDED))
    assert slots((needed,), NOON) == ()


def test_single_doses_of_the_emr_stand_in_place_of_the_expansion() -> None:
    parent = timed(Timing(code="TID", bounds_start=at(0, day=1)), "mr1")
    ones = [
        timed(Timing(events=(when,)), f"i{when.hour}", intent=Intent.INSTANCE_ORDER)
        for when in (at(9), at(15), at(21))
    ]
    found = slots((parent, *ones), NOON)
    assert wall(found) == ["02 09:00", "02 15:00", "02 21:00"]
    assert [s.interval for s in found] == [6 * HOUR] * 3
    assert [s.has_window for s in found] == [False, True, True]


def test_problems_of_active_orders_only_are_told() -> None:
    broken = timed(Timing(code="??"))
    schedule = Schedule(policy(), HANOI)
    assert [p.written for p in schedule.slots((broken,), NOON).problems] == ["??"]
    ended = replace(broken, status=OrderStatus.STOPPED)
    assert schedule.slots((ended,), NOON).problems == ()


@pytest.mark.hazard("H103")
def test_copies_of_one_chain_share_their_slot_ids() -> None:
    yesterday = timed(TWICE_DAILY, "mr1", identifiers=("YL-1",))
    today = timed(TWICE_DAILY, "mr2", identifiers=("YL-2",))
    alone = {s.id for s in slots((yesterday,), NOON)}
    both = slots((yesterday, today), NOON)
    assert {s.id for s in both} == alone
    assert {s.order_id for s in both} == {"mr2"}
    assert chain_key((yesterday, today)) == "YL-1"
    assert chain_key((order("mr9"),)) == "mr9"


@given(st.text(min_size=1), st.integers(1, 9), st.integers(-12, 14))
def test_an_id_depends_on_the_instant_and_not_on_its_zone(
    key: str, sequence: int, offset: int
) -> None:
    """Rule 15."""
    zone = timezone(timedelta(hours=offset))
    assert slot_id(key, sequence, NOON) == slot_id(key, sequence, NOON.astimezone(zone))
    assert slot_id(key, sequence, NOON) != slot_id(key, sequence + 1, NOON)
    assert slot_id(key, sequence, NOON) != slot_id(key, sequence, NOON + MINUTE)


def test_the_early_window_of_the_start_keeps_a_slot_planned_just_before_it() -> None:
    late_start = timed(Timing(code="BID", bounds_start=at(8, 30)))
    assert wall(slots((late_start,), NOON))[0] == "02 08:00"
    too_late = timed(Timing(code="BID", bounds_start=at(9, 1)))
    assert wall(slots((too_late,), NOON))[0] == "02 20:00"


def test_an_order_opens_an_interval_before_its_start_and_ends_with_its_bounds() -> None:
    schedule = Schedule(policy(), HANOI)
    bounded = timed(replace(TWICE_DAILY, bounds_end=at(8, day=5)))
    opening = schedule.opening(bounded)
    assert (opening.opens, opening.ends) == (at(20, day=28, month=2), at(8, day=5))
    open_ended = schedule.opening(timed(Timing(code="BID")))
    assert (open_ended.opens, open_ended.ends) == (None, None)


@pytest.mark.parametrize(
    "timing,ends",
    [
        (None, None),
        (Timing(), None),
        (Timing(bounds_end=at(9)), at(9)),
        (Timing(bounds_length=Span(Decimal(2), D)), at(7, day=3)),
        (Timing(bounds_start=at(8), bounds_length=Span(Decimal(6), H)), at(14)),
        (Timing(bounds_start=at(8), bounds_length=Span(Decimal("0.5"), MO)), at(8)),
        (Timing(bounds_start=at(8), bounds_length=Span(Decimal(10**12), WK)), at(8)),
    ],
)
def test_an_as_needed_order_ends_by_its_bounds(
    timing: Timing | None, ends: datetime | None
) -> None:
    needed = with_dosages(dosage(as_needed=True, timing=timing))
    assert Schedule(policy(), HANOI).opening(needed).ends == ends


def test_an_as_needed_order_of_unknown_beginning_ends_with_its_bounds_only() -> None:
    timing = Timing(bounds_length=Span(Decimal(2), D))
    needed = with_dosages(dosage(as_needed=True, timing=timing), authored_on=None)
    assert Schedule(policy(), HANOI).opening(needed).ends is None


def test_an_as_needed_order_starts_on_time() -> None:
    needed = with_dosages(dosage(as_needed=True, timing=Timing(bounds_start=at(9))))
    opens = Schedule(policy(), HANOI).opening(needed).opens
    assert opens is not None
    assert at(9) - DAY / 24 < opens <= at(9)
