"""Which orders are one: copies that renew each other, named or recognised (hazard H103)."""

from dataclasses import replace
from datetime import UTC, datetime
from decimal import Decimal

import pytest

from bcma.model.drug import Coding, Form, Medication
from bcma.model.order import MedicationRequest, OrderStatus, PeriodUnit, Span, Timing
from bcma.schedule import chains, period_of, same_drug
from tests.rules.builders import DAY, HOUR, MINUTE, Value, at, dosage, mg, order, product
from tests.schedule.frames import D, timed

pytestmark = pytest.mark.hazard("H103")


def day(number: int, identity: str | None = None, **changes: Value) -> MedicationRequest:
    """Give the copy of one day, from midnight to its last minute."""
    timing = Timing(code="BID", bounds_start=at(0, day=number), bounds_end=at(23, 59, day=number))
    return timed(timing, identity or f"mr{number}", **changes)


def groups(*orders: MedicationRequest) -> list[list[str]]:
    return [[o.id for o in chain] for chain in chains(orders)]


def test_yesterday_today_and_tomorrow_are_one_oldest_first() -> None:
    assert groups(day(3), day(1), day(2)) == [["mr1", "mr2", "mr3"]]


def test_overlapping_copies_are_one_and_open_ended_ones_too() -> None:
    open_ended = timed(Timing(code="BID", bounds_start=at(0, day=1)), "mr0")
    assert groups(open_ended, day(9)) == [["mr0", "mr9"]]


def test_at_most_one_interval_may_lie_between() -> None:
    hours = Timing(frequency=1, period=Decimal(8), period_unit=PeriodUnit.HOUR)
    first = timed(replace(hours, bounds_start=at(0), bounds_end=at(8)), "a")
    adjoining = timed(replace(hours, bounds_start=at(16), bounds_end=at(20)), "b")
    apart = timed(replace(hours, bounds_start=at(16, 1), bounds_end=at(20)), "c")
    assert groups(first, adjoining) == [["a", "b"]]
    assert groups(first, apart) == [["a"], ["c"]]
    assert groups(day(1), day(2), day(4)) == [["mr1", "mr2"], ["mr4"]]


@pytest.mark.parametrize(
    "other",
    [
        day(2, dosages=(dosage(mg(1000), timing=day(2).dosages[0].timing),)),
        day(2, dosages=(dosage(routes=("IV",), timing=day(2).dosages[0].timing),)),
        day(2, dosages=(dosage(as_needed=True, timing=day(2).dosages[0].timing),)),
        day(2, dosages=(dosage(timing=Timing(code="TID", bounds_start=at(0))),)),
        day(2, patient_id="p2"),
        day(2, prohibits=True),
        day(2, medication=product("morphine", 10)),
        day(2, status=OrderStatus.DRAFT),
        day(2, status=OrderStatus.ENTERED_IN_ERROR),
    ],
    ids=["dose", "route", "need", "timing", "patient", "prohibition", "drug", "draft", "error"],
)
def test_two_different_orders_are_two(other: MedicationRequest) -> None:
    assert groups(day(1), other) == [["mr1"], ["mr2"]]


def test_a_named_renewal_is_one_whatever_differs() -> None:
    doubled = day(9, dosages=(dosage(mg(1000)),), prior_ids=("mr1",))
    assert groups(day(1), doubled) == [["mr1", "mr9"]]
    assert groups(doubled, day(1)) == [["mr1", "mr9"]]


def test_a_course_that_ended_long_ago_is_another_order() -> None:
    course = Timing(code="BID", bounds_start=at(0), bounds_length=Span(Decimal(5), D))
    again = replace(course, bounds_start=at(0, month=4))
    assert groups(timed(course, "a"), timed(again, "b")) == [["a"], ["b"]]


@pytest.mark.parametrize("status", [OrderStatus.STOPPED, OrderStatus.COMPLETED])
def test_an_order_that_was_ended_plans_nothing_after(status: OrderStatus) -> None:
    ended = timed(Timing(code="BID", bounds_start=at(0)), status=status, last_updated=at(9))
    assert period_of(ended).end == at(9)
    assert period_of(replace(ended, last_updated=None)).end.year == 9999


def test_periods_by_bounds_events_and_length() -> None:
    assert period_of(timed(Timing(events=(at(9), at(17))))).start == at(9)
    assert period_of(timed(Timing(events=(at(9), at(17))))).end == at(17)
    length = Timing(bounds_length=Span(Decimal(2), D))
    assert period_of(timed(length, authored_on=at(7))).end == at(7, day=4)
    assert period_of(timed(length, authored_on=None)).end.year == 9999
    endless = Timing(bounds_length=Span(Decimal(10**9), D))
    assert period_of(timed(endless)).end.year == 9999
    assert period_of(order(dosages=(), authored_on=None)).start == datetime(1, 1, 1, tzinfo=UTC)


def test_hostile_periods_do_not_break_the_grouping() -> None:
    rare = Timing(frequency=1, period=Decimal(10**15), period_unit=PeriodUnit.YEAR)
    first = timed(replace(rare, bounds_start=at(0), bounds_end=at(1)), "a")
    later = timed(replace(rare, bounds_start=at(0) + 300 * DAY, bounds_end=None), "b")
    assert groups(first, later) == [["a", "b"]]


def test_the_same_drug_is_known_by_entry_site_code_or_coding() -> None:
    drug = product()
    bare = Medication(id="", name="x")
    atc = (Coding("http://www.whocc.no/atc", "N02BE01"),)
    assert same_drug(drug, replace(drug, name="khác"))
    assert not same_drug(bare, bare)
    assert same_drug(
        replace(bare, drug_codes=frozenset({"PARA"})), replace(drug, drug_codes=frozenset({"PARA"}))
    )
    assert same_drug(replace(bare, codes=atc), replace(bare, codes=atc))
    assert not same_drug(replace(bare, codes=atc, form=Form.TABLET), replace(bare, codes=atc))


def test_the_interval_of_a_copy_is_a_day_where_none_is_written() -> None:
    first = timed(Timing(code="BID", bounds_start=at(0), bounds_end=at(1)), "a")
    near = timed(Timing(code="BID", bounds_start=at(1) + 24 * HOUR), "b")
    far = timed(Timing(code="BID", bounds_start=at(1) + 24 * HOUR + MINUTE), "c")
    assert groups(first, near) == [["a", "b"]]
    assert groups(first, far) == [["a"], ["c"]]


@pytest.mark.parametrize("timing", [None, Timing(count=1, bounds_start=at(8))])
def test_two_single_doses_are_no_renewal(timing: Timing | None) -> None:
    assert groups(timed(timing, "a"), timed(timing, "b")) == [["a"], ["b"]]
