"""Patches: one is taken off before the next goes on, and none is forgotten."""

from dataclasses import replace
from datetime import datetime
from decimal import Decimal

import pytest

from bcma.bedside import Due, DueRow, Phase
from bcma.bedside.acts import RemovePatch
from bcma.bedside.due import due_list
from bcma.bedside.orders import OrderBook
from bcma.model.drug import Form
from bcma.model.order import MedicationRequest, OrderStatus, PeriodUnit, Span, Timing
from bcma.model.record import MedicationAdministration, RecordStatus
from tests.bedside.ward import BAND, OTHER_BAND, PIN, Bedside, code, gtin, held
from tests.rules.builders import (
    DAY,
    HANOI,
    HOUR,
    MINUTE,
    NOW,
    SECOND,
    STUDENT,
    Value,
    at,
    chart,
    dosage,
    mg,
    order,
    policy,
    product,
    record,
)

PATCH = replace(product("nicotin", 21, Form.PATCH), gtins=frozenset({gtin(8)}))
DAILY = Timing(code="QD", bounds_start=at(8, day=1))
ORDER = order("mr8", dosage(mg(21), timing=DAILY, routes=("TD",)), medication=PATCH)
OFF = RemovePatch()


def ward() -> Bedside:
    """Give yesterday's patch in its record, and open its patient."""
    one = Bedside(orders=(ORDER,), drugs=(PATCH,)).opened()
    one.records.append(worn())
    return one


def worn(**changes: Value) -> MedicationAdministration:
    made = record(
        given_at=at(8, day=1),
        slot=at(8, day=1),
        order_id="mr8",
        medication_id=PATCH.id,
        medication_name=PATCH.name,
        ingredients=PATCH.ingredient_keys,
        amount=mg(21),
        route="TD",
        site="chest-left",
        event_id="ev8",
    )
    return replace(made, **changes)


@pytest.mark.hazard("H63")
def test_the_old_patch_comes_off_and_the_new_one_goes_on() -> None:
    one = ward()
    assert held(one.scan(code(8))) == {"route.patch-on", "route.site-needed"}
    one.pass_.answer("route.site-needed", "chest-right")
    assert one.pass_.give().refused == "route.patch-on"
    one.now += 10 * SECOND
    state = one.pass_.act_on("ev8", OFF)
    assert (state.record, state.refused, state.verdict) == (RecordStatus.REMOVED, None, None)
    assert state.phase is Phase.JUDGED
    (old,) = one.records
    assert (old.event_id, old.ended_at, old.given_at) == ("ev8", one.now, at(8, day=1))
    assert (old.recorder_id, old.site) == ("n1", "chest-left")
    assert one.pass_.give().record is RecordStatus.GIVEN
    assert one.records[1].site == "chest-right"


@pytest.mark.hazard("H63")
def test_only_a_patch_that_is_on_can_be_taken_off() -> None:
    one = ward()
    one.pass_.act_on("ev8", OFF)
    again = one.pass_.act_on("ev8", OFF)
    assert (again.refused, again.record) == ("documentation.incomplete", None)
    tablet = Bedside().in_phase(Phase.RECORDED)
    event = tablet.records[0].event_id
    assert tablet.pass_.act_on(event, OFF).refused == "documentation.incomplete"
    assert one.pass_.act_on("unheard-of", OFF).refused == "documentation.incomplete"


@pytest.mark.hazard("H07")
def test_a_patch_is_taken_off_at_its_own_patients_bed() -> None:
    one = ward()
    one.scan(OTHER_BAND)
    assert one.pass_.act_on("ev8", OFF).refused == "patient.mismatch"


def test_who_may_not_give_takes_no_patch_off() -> None:
    one = ward()
    one.people["NV-0009"] = STUDENT
    one.pass_.sign_in("NV-0009", PIN)
    one.scan(BAND)
    assert one.pass_.act_on("ev8", OFF).refused == "documentation.role"
    assert one.records == [worn()]


def rows(*orders: MedicationRequest, now: datetime = NOW, **changes: Value) -> list[DueRow]:
    """Give the patches to take off, out of the due list."""
    changes.setdefault("administrations", (worn(),))
    known = chart(*(orders or (ORDER,)), medications=(PATCH,), **changes)
    book = OrderBook(known, now, policy(), HANOI)
    return [row for row in due_list(book) if row.patch is not None]


@pytest.mark.hazard("H64")
def test_a_patch_has_to_come_off_when_the_next_is_planned() -> None:
    (row,) = rows()
    assert (row.due, row.remove_at, row.patch) == (Due.DUE, NOW, worn())
    assert (row.order, row.dosage, row.standing) == (ORDER, ORDER.dosages[0], None)


@pytest.mark.hazard("H64")
@pytest.mark.parametrize(
    "after, due",
    [
        (-4 * HOUR, Due.LATER),
        (-3 * HOUR - MINUTE, Due.LATER),
        (-3 * HOUR, Due.SOON),
        (-HOUR - SECOND, Due.SOON),
        (-HOUR, Due.DUE),
        (HOUR, Due.DUE),
        (HOUR + SECOND, Due.OVERDUE),
        (2 * DAY, Due.OVERDUE),
    ],
)
def test_a_patch_that_is_forgotten_is_listed_until_it_is_off(after: Value, due: Due) -> None:
    (row,) = rows(now=NOW + after)
    assert row.due is due
    assert rows(now=NOW + after, administrations=(worn(status=RecordStatus.REMOVED),)) == []


@pytest.mark.hazard("H64")
@pytest.mark.parametrize(
    "length, unit, off",
    [
        (12, PeriodUnit.HOUR, at(20, day=1)),
        (90, PeriodUnit.MINUTE, at(9, 30, day=1)),
        (600, PeriodUnit.SECOND, at(8, 10, day=1)),
        (Decimal("0.5"), PeriodUnit.DAY, at(20, day=1)),
        (1, PeriodUnit.WEEK, NOW),
    ],
)
def test_a_patch_worn_for_so_long_comes_off_then(
    length: Value, unit: PeriodUnit, off: datetime
) -> None:
    timing = replace(DAILY, duration=Span(Decimal(length), unit))
    timed = order("mr8", dosage(mg(21), timing=timing, routes=("TD",)), medication=PATCH)
    assert [row.remove_at for row in rows(timed)] == [off]


@pytest.mark.hazard("H64")
@pytest.mark.parametrize(
    "status", [OrderStatus.STOPPED, OrderStatus.CANCELLED, OrderStatus.ENTERED_IN_ERROR]
)
def test_the_patch_of_an_order_that_was_ended_comes_off_at_once(status: OrderStatus) -> None:
    ended = replace(ORDER, status=status, last_updated=at(21, day=1))
    assert [row.remove_at for row in rows(ended)] == [at(21, day=1)]
    (undated,) = rows(replace(ended, last_updated=None))
    assert undated.remove_at != at(21, day=1)


@pytest.mark.hazard("H64")
def test_the_last_patch_of_an_order_is_worn_as_long_as_the_others() -> None:
    timing = replace(DAILY, bounds_end=at(9, day=2))
    last = order("mr8", dosage(mg(21), timing=timing, routes=("TD",)), medication=PATCH)
    on = worn(given_at=at(8, 30), slot=at(8))
    assert [row.remove_at for row in rows(last, administrations=(on,))] == [at(8, 30, day=3)]
    unplanned = replace(on, slot=None)
    (row,) = rows(last, administrations=(unplanned,))
    assert (row.remove_at, row.due) == (None, Due.LATER)


@pytest.mark.hazard("H64", "H103")
def test_a_renewed_order_goes_on_with_the_patch_of_the_one_before() -> None:
    old = replace(ORDER, status=OrderStatus.COMPLETED, last_updated=at(21, day=1))
    timing = replace(DAILY, bounds_start=at(8))
    new = replace(
        ORDER, id="mr9", prior_ids=("mr8",), dosages=(replace(ORDER.dosages[0], timing=timing),)
    )
    (row,) = rows(old, new)
    assert (row.order.id, row.remove_at) == ("mr9", NOW)


def test_a_patch_of_no_known_order_or_time_is_no_row_or_one_without_a_time() -> None:
    assert rows(administrations=(worn(order_id=None),)) == []
    assert rows(administrations=(worn(order_id="elsewhere"),)) == []
    (row,) = rows(administrations=(worn(given_at=None),))
    assert (row.remove_at, row.due) == (None, Due.LATER)


def test_a_single_patch_without_a_next_one_has_no_time() -> None:
    once = Timing(events=(at(8, day=1),))
    single = order("mr8", dosage(mg(21), timing=once, routes=("TD",)), medication=PATCH)
    assert [row.remove_at for row in rows(single)] == [None]


def test_rows_stand_in_the_order_of_their_times() -> None:
    known = chart(ORDER, medications=(PATCH,), administrations=(worn(given_at=at(7)),))
    listed = due_list(OrderBook(known, NOW + 3 * HOUR, policy(), HANOI))
    keys = [(list(Due).index(row.due)) for row in listed]
    assert keys == sorted(keys)
    assert [row.patch is not None for row in listed].count(True) == 1
