"""Containers of several doses in the nurse's hand, and what of each unit went into a dose."""

from dataclasses import replace
from decimal import Decimal

import pytest

from bcma.bedside import PassState, Proof
from bcma.model.drug import ContainerUse, Form, Ingredient, SerialLevel
from bcma.model.quantity import Quantity
from bcma.model.record import RecordedUnit
from tests.bedside.ward import DUE, HALF, NEXT_DAY, TABLET, Bedside, code, gtin, held
from tests.rules.builders import NOW, dosage, mg, order, per, product, record

EMPTY = "drug.container-empty"
PEN = replace(
    product("insulin", 100, Form.INJECTION),
    gtins=frozenset({gtin(7)}),
    ingredients=(Ingredient("insulin", "Insulin", per(100, "[iU]", "mL")),),
    content=per(3, "mL", "{pen}"),
    container_use=ContainerUse.MULTI_ONE_PATIENT,
    serial_level=SerialLevel.UNIT,
)


def units(value: int) -> Quantity:
    return Quantity(Decimal(value), "[iU]")


def with_pen(*taken: Quantity) -> Bedside:
    """Open the patient with an order of 10 units, and a pen that gave some before."""
    ordered = order("mr7", dosage(units(10), timing=DUE, routes=("SC",)), medication=PEN)
    ward = Bedside(orders=(ordered,), drugs=(PEN, TABLET)).opened()
    for amount in taken:
        entry = RecordedUnit(medication_id=PEN.id, serial="P1", amount=amount)
        before = NOW - NEXT_DAY
        ward.records.append(record(given_at=before, units=(entry,), order_id="x", amount=amount))
    return ward


def needed(state: PassState) -> int | None:
    assert state.dose is not None
    return state.dose.units_needed


@pytest.mark.hazard("H101")
def test_a_pen_that_is_scanned_again_is_the_same_pen() -> None:
    ward = with_pen()
    first = ward.scan(code(7, "P1"))
    again = ward.scan(code(7, "P1"))
    assert again.dose is not None
    assert len(again.dose.units) == 1
    assert again.verdict == first.verdict
    assert needed(again) == 1


@pytest.mark.hazard("H101")
def test_what_stays_in_a_pen_is_no_waste_and_the_unit_holds_what_was_given() -> None:
    ward = with_pen()
    ward.scan(code(7, "P1"))
    ward.pass_.answer("route.site-needed", "abdomen-left")
    ward.pass_.give()
    (kept,) = ward.records
    assert (kept.amount, kept.wasted) == (units(10), None)
    assert [unit.amount for unit in kept.units] == [units(10)]


@pytest.mark.hazard("H101")
def test_an_empty_pen_is_confirmed_to_hold_the_dose() -> None:
    ward = with_pen(units(300))
    assert EMPTY in held(ward.scan(code(7, "P1")))
    for wrong in (False, 1, "yes", None):
        assert ward.pass_.answer(EMPTY, wrong).refused == EMPTY
    assert EMPTY not in held(ward.pass_.answer(EMPTY, value=True))
    assert EMPTY not in held(ward.scan(code(7, "P1")))


@pytest.mark.parametrize("cannot", [True, False])
def test_an_empty_pen_passes_with_a_reason_either_way(*, cannot: bool) -> None:
    ward = with_pen(units(300))
    ward.scan(code(7, "P1"))
    assert ward.pass_.release(EMPTY, Proof(reason="dunno"), cannot=cannot).refused == EMPTY
    state = ward.pass_.release(EMPTY, Proof(reason="other"), cannot=cannot)
    assert (state.refused, EMPTY in held(state)) == (None, False)


def test_other_asks_are_no_warnings_to_release() -> None:
    ward = Bedside().opened()
    ward.scan(code(1, "U1"))
    reason = Proof(reason="other")
    assert ward.pass_.release("dose.incomplete", reason).refused == "dose.incomplete"
    assert ward.pass_.release("dose.incomplete", reason, cannot=True).refused is None


def test_a_warning_is_never_answered_by_cannot() -> None:
    ward = Bedside()
    ward.now += NEXT_DAY / 8
    ward.opened()
    ward.scan(code(1, "U1"))
    reason = Proof(reason="other")
    assert ward.pass_.release("time.late", reason, cannot=True).refused == "time.late"
    assert ward.pass_.release("time.late", reason).refused is None


def test_each_unit_gives_what_it_holds_and_the_last_the_rest() -> None:
    ordered = order("mr4", dosage(mg(15), timing=DUE), medication=HALF)
    ward = Bedside(orders=(ordered,)).opened()
    ward.scan(code(4), code(4))
    ward.pass_.answer("dose.part-unit", mg(15))
    ward.pass_.give()
    (kept,) = ward.records
    assert [unit.amount for unit in kept.units] == [mg(10), mg(5)]
    assert (kept.amount, kept.wasted) == (mg(15), mg(5))
