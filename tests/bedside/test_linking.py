"""The order of a dose that was given first: which one may be linked, and what it settles."""

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

import pytest

from bcma.bedside import Proof
from bcma.bedside.acts import LinkOrder
from bcma.model.order import (
    DoseRange,
    Intent,
    MedicationRequest,
    OrderStatus,
    PeriodUnit,
    Priority,
    Problem,
    Timing,
)
from bcma.model.quantity import Quantity
from bcma.model.record import RecordStatus
from tests.bedside.test_emergency import first, opened
from tests.bedside.ward import BAND, DUE, OTHER_BAND, UNORDERED, ZINC, Bedside, code
from tests.rules.builders import HOUR, MINUTE, Value, at, dosage, mg, order


def stat(**changes: Value) -> MedicationRequest:
    made = order(
        "mr9", dosage(mg(1), timing=None, routes=("PO",)), medication=UNORDERED, version="v9"
    )
    return replace(made, priority=Priority.STAT, **changes)


def given_first() -> Bedside:
    ward = opened()
    ward.pass_.give_first(first())
    ward.now += 10 * MINUTE
    return ward


def link(ward: Bedside, order_id: str = "mr9") -> str | None:
    state = ward.pass_.act_on(ward.records[0].event_id, LinkOrder(order_id))
    return state.refused


@pytest.mark.hazard("H62")
def test_linking_writes_a_version_with_the_order_and_its_slot() -> None:
    ward = given_first()
    ward.orders = (*ward.orders, stat(authored_on=ward.now, encounter_id="e7"))
    assert link(ward) is None
    version = ward.records[-1]
    assert (version.order_id, version.order_version, version.encounter_id) == ("mr9", "v9", "e7")
    assert version.slot == ward.now
    assert version.slot_id is not None
    assert version.event_id == ward.records[0].event_id
    assert (version.given_at, version.status) == (ward.records[0].given_at, RecordStatus.GIVEN)
    assert not version.wants_order


@pytest.mark.parametrize("status", [OrderStatus.ACTIVE, OrderStatus.COMPLETED])
def test_an_order_that_was_carried_out_may_be_linked(status: OrderStatus) -> None:
    ward = given_first()
    ward.orders = (stat(status=status, authored_on=ward.now),)
    assert link(ward) is None
    assert ward.records[-1].encounter_id == "e1"


@pytest.mark.parametrize(
    "changes,refused",
    [
        ({"status": OrderStatus.CANCELLED}, "drug.order-inactive"),
        ({"status": OrderStatus.DRAFT}, "drug.order-inactive"),
        ({"intent": Intent.PROPOSAL}, "drug.order-inactive"),
        ({"prohibits": True}, "drug.order-inactive"),
        ({"problems": (Problem("dosage", "?"),)}, "drug.order-unreadable"),
        ({"medication": ZINC}, "drug.not-ordered"),
        ({"id": "mr8"}, "drug.not-ordered"),
    ],
)
def test_only_an_order_in_force_for_this_drug_is_linked(
    changes: dict[str, Value], refused: str
) -> None:
    ward = given_first()
    ward.orders = (replace(stat(authored_on=ward.now), **changes),)
    assert link(ward) == refused
    assert len(ward.records) == 1


def test_an_as_needed_order_has_no_slot_to_take() -> None:
    ward = given_first()
    needed = dosage(mg(1), timing=None, routes=("PO",), as_needed=True)
    ward.orders = (replace(stat(authored_on=ward.now), dosages=(needed,)),)
    assert link(ward) is None
    assert (ward.records[-1].slot, ward.records[-1].slot_id) == (None, None)


def test_a_dose_that_has_its_order_is_linked_to_no_other() -> None:
    ward = Bedside().opened()
    ward.scan(code(2), code(2))
    ward.pass_.give()
    assert link(ward, "mr3") == "documentation.incomplete"
    assert ward.pass_.state().to_link == ()


def test_a_student_links_nothing() -> None:
    ward = given_first()
    ward.orders = (stat(authored_on=ward.now),)
    ward.pass_.sign_in("NV-0005", "4711")
    assert link(ward) == "documentation.role"


def test_another_patients_list_is_not_this_ones() -> None:
    ward = given_first()
    assert ward.scan(OTHER_BAND).to_link == ()


# --- a dose of that order ------------------------------------------------------------------


def dosed(dose: Value, *routes: str) -> MedicationRequest:
    made = replace(dosage(timing=None, routes=routes or ("PO",)), dose=dose)
    return replace(stat(authored_on=at(8, 10)), dosages=(made,))


@pytest.mark.hazard("H62", "H34")
@pytest.mark.parametrize(
    "ordered,refused",
    [
        (dosed(mg(1)), None),
        (dosed(None), None),
        (dosed(mg(1), "IV", "PO"), None),
        (dosed(mg(1), "IV"), "route.mismatch"),
        (dosed(mg("0.1")), "dose.out-of-order"),
        (dosed(mg(5)), "dose.out-of-order"),
        (dosed(DoseRange(mg(1), mg(2))), None),
        (dosed(DoseRange(mg("0.5"), mg(1))), None),
        (dosed(DoseRange(mg("1.1"), mg(2))), "dose.out-of-order"),
        (dosed(Quantity.of(1000, "ug")), None),
        (dosed(Quantity.of(1, "{tablet}")), None),
        (dosed(Quantity.of(2, "{tablet}")), "dose.out-of-order"),
        (dosed(Quantity.of(1, "mmol")), None),
    ],
)
def test_only_an_order_for_such_a_dose_is_linked(
    ordered: MedicationRequest, refused: str | None
) -> None:
    ward = given_first()
    ward.orders = (ordered,)
    assert link(ward) == refused
    assert (ward.records[-1].order_id is None) == (refused is not None)


def test_an_order_without_an_instruction_is_linked_to_nothing() -> None:
    ward = given_first()
    ward.orders = (replace(stat(), dosages=()),)
    assert link(ward) == "drug.order-unreadable"


@pytest.mark.hazard("H57")
def test_a_slot_that_was_given_meanwhile_takes_no_second_dose() -> None:
    ward = given_first()
    ward.orders = (order("mr9", dosage(mg(1), timing=DUE), medication=UNORDERED),)
    ward.scan(BAND, code(5, "U7"))
    ward.pass_.release("drug.duplicate", Proof(reason="clinical-judgement"))
    assert ward.pass_.give().record is RecordStatus.GIVEN
    assert link(ward) == "time.already-given"


@pytest.mark.parametrize("ahead,refused", [(12 * HOUR, None), (13 * HOUR, "time.not-due")])
def test_tomorrows_dose_is_not_taken(ahead: timedelta, refused: str | None) -> None:
    ward = given_first()
    given_at = ward.records[0].given_at
    assert given_at is not None
    daily = Timing(
        frequency=1, period=Decimal(1), period_unit=PeriodUnit.DAY, bounds_start=given_at + ahead
    )
    ward.orders = (order("mr9", dosage(mg(1), timing=daily), medication=UNORDERED),)
    assert link(ward) == refused
