"""Give first, order later: what an emergency excuses, and what it never does."""

from dataclasses import replace

import pytest

from bcma.bedside import BadgePin, Phase
from bcma.bedside.acts import GiveFirst
from bcma.model.drug import Form
from bcma.model.order import OrderStatus
from bcma.model.ports import SaveOutcome
from bcma.model.quantity import Quantity
from bcma.model.record import RecordStatus
from tests.bedside.ward import (
    DUE,
    MORPHINE,
    UNORDERED,
    Bedside,
    badge_pin,
    code,
    gtin,
)
from tests.rules.builders import HOUR, MINUTE, SECOND, Value, dosage, mg, order

DRUG = gtin(5)
WITNESS = badge_pin("NV-0002")
INJECTED = replace(UNORDERED, id="digoxin-iv", form=Form.INJECTION, gtins=frozenset())


def first(**changes: Value) -> GiveFirst:
    """Give 1 mg of a drug that is on no order."""
    said = GiveFirst(drug=DRUG, amount=mg(1), route="PO", witness=WITNESS, read_back=True)
    return replace(said, **changes)


def opened() -> Bedside:
    ward = Bedside().opened()
    ward.now += 5 * SECOND
    return ward


@pytest.mark.hazard("H62")
def test_a_dose_is_charted_without_an_order_and_listed_until_it_has_one() -> None:
    ward = opened()
    ward.scan(code(5, "U1"))
    ward.now += 5 * SECOND
    state = ward.pass_.give_first(first())
    assert (state.record, state.refused, state.phase) == (RecordStatus.GIVEN, None, Phase.RECORDED)
    (charted,) = ward.records
    assert (charted.order_id, charted.slot, charted.amount, charted.route) == (
        None,
        None,
        mg(1),
        "PO",
    )
    assert (charted.giver_id, charted.witness_id, charted.encounter_id) == ("n1", "n2", "e1")
    assert charted.drug_scanned
    assert [unit.serial for unit in charted.units] == ["U1"]
    assert state.to_link == (charted,)
    (missing,) = [r for r in charted.releases if r.code == "drug.not-ordered"]
    assert (missing.reason, missing.answer, missing.witness_id) == ("emergency", "read-back", "n2")
    assert all(finding.released for finding in charted.findings if finding.code == missing.code)


def test_without_a_scan_the_drug_is_named_and_the_record_says_so() -> None:
    ward = opened()
    assert ward.pass_.give_first(first()).record is RecordStatus.GIVEN
    assert not ward.records[0].drug_scanned
    assert {r.code for r in ward.records[0].releases} >= {"drug.not-ordered", "drug.unscannable"}
    assert all(r.answer is None for r in ward.records[0].releases if r.code != "drug.not-ordered")


def test_the_site_code_names_the_drug_as_well() -> None:
    drug = replace(UNORDERED, drug_codes=frozenset({"DIGO"}))
    ward = Bedside(drugs=(drug,)).opened()
    assert ward.pass_.give_first(first(drug="DIGO")).record is RecordStatus.GIVEN


@pytest.mark.hazard("H62", "H81")
@pytest.mark.parametrize(
    "changes,refused",
    [
        ({"witness": badge_pin("NV-0001")}, "documentation.witness"),
        ({"witness": badge_pin("NV-0005")}, "documentation.witness"),
        ({"witness": BadgePin("NV-0002", "0000")}, "documentation.witness"),
        ({"read_back": False}, "documentation.witness"),
        ({"witness": None}, "documentation.witness"),
        ({"drug": gtin(99)}, "drug.unknown-code"),
        ({"drug": "NOTHING"}, "drug.unknown-code"),
        ({"amount": Quantity.of(1, "mmol")}, "dose.unit-unknown"),
        ({"amount": mg(0)}, "documentation.incomplete"),
        ({"amount": mg(-1)}, "documentation.incomplete"),
    ],
)
def test_what_is_missing_is_refused_and_nothing_is_written(
    changes: dict[str, Value], refused: str
) -> None:
    ward = opened()
    state = ward.pass_.give_first(first(**changes))
    assert (state.refused, state.record, ward.records) == (refused, None, [])


def test_without_a_patient_or_a_nurse_there_is_nobody_to_give_to() -> None:
    nobody = Bedside().signed_in()
    assert nobody.pass_.give_first(first()).refused == "patient.rescan"
    assert Bedside().pass_.give_first(first()).refused == "documentation.signed-out"


@pytest.mark.hazard("H17")
def test_another_stop_holds_it_back() -> None:
    ward = opened()
    ward.scan(code(5, "U1", expiry="251231"))
    state = ward.pass_.give_first(first())
    assert (state.refused, ward.records) == ("drug.expired", [])
    assert state.phase is Phase.JUDGED


@pytest.mark.hazard("H31")
def test_a_tablet_goes_into_no_vein_in_an_emergency_either() -> None:
    ward = opened()
    assert ward.pass_.give_first(first(route="IV")).refused == "route.mismatch"


def test_an_ask_that_has_to_be_answered_holds_it_back() -> None:
    ward = opened()
    ward.now += 11 * MINUTE
    assert ward.pass_.give_first(first()).refused == "patient.rescan"


def test_units_of_another_drug_in_hand_are_not_what_was_said() -> None:
    ward = opened()
    ward.scan(code(5, "U1"), code(2))
    assert ward.pass_.give_first(first()).refused == "drug.not-ordered"


@pytest.mark.hazard("H34")
@pytest.mark.parametrize(
    "amount,scanned,refused",
    [(1, 1, None), (2, 1, "dose.incomplete"), (2, 2, None), (1, 2, "dose.excess"), (50, 0, None)],
)
def test_what_is_scanned_makes_the_dose(amount: int, scanned: int, refused: str | None) -> None:
    ward = opened()
    for number in range(scanned):
        ward.scan(code(5, f"U{number}"))
    assert ward.pass_.give_first(first(amount=mg(amount))).refused == refused


def test_a_scanned_unit_that_cannot_be_measured_so_is_told() -> None:
    ward = opened()
    ward.scan(code(5, "U1"))
    wrong = first(amount=Quantity.of(1, "mmol"))
    assert ward.pass_.give_first(wrong).refused == "dose.unit-unknown"


@pytest.mark.hazard("H28")
def test_a_concentrate_is_not_given_undiluted_in_an_emergency_either() -> None:
    strong = replace(UNORDERED, must_dilute=True)
    ward = Bedside(drugs=(strong,)).opened()
    assert ward.pass_.give_first(first()).refused == "drug.component-missing"


# --- where there is an order -------------------------------------------------------------------


def with_order(**changes: Value) -> Bedside:
    """Open the patient with an order for the very drug, due now."""
    drug = changes.pop("medication", UNORDERED)
    made = order("mr1", dosage(mg(1), timing=DUE), medication=drug, **changes)
    ward = Bedside(orders=(made,)).opened()
    ward.now += 5 * SECOND
    return ward


@pytest.mark.hazard("H62", "H59")
@pytest.mark.parametrize(
    "changes,refused",
    [
        ({"status": OrderStatus.ON_HOLD}, "drug.order-inactive"),
        ({"status": OrderStatus.STOPPED}, "drug.order-inactive"),
        ({"status": OrderStatus.CANCELLED}, "drug.order-inactive"),
        ({"prohibits": True}, "drug.order-inactive"),
        ({"prohibits": True, "status": OrderStatus.COMPLETED}, "drug.order-inactive"),
        ({"status": OrderStatus.COMPLETED}, None),
        ({"medication": INJECTED}, None),
        ({}, "drug.unscannable"),
    ],
)
def test_a_drug_that_has_its_order_is_given_from_it(
    changes: dict[str, Value], refused: str | None
) -> None:
    ward = with_order(**changes)
    assert ward.pass_.give_first(first()).refused == refused
    assert len(ward.records) == (refused is None)


def test_a_dose_that_its_order_lets_pass_wants_that_order() -> None:
    ward = with_order()
    ward.scan(code(5, "U1"))
    assert ward.pass_.give_first(first()).refused == "documentation.incomplete"


@pytest.mark.hazard("H57")
def test_what_was_given_under_its_order_is_not_given_first_again() -> None:
    ward = with_order()
    ward.scan(code(5, "U1"))
    assert ward.pass_.give().record is RecordStatus.GIVEN
    ward.now += 5 * SECOND
    ward.scan(code(5, "U2"))
    assert ward.pass_.give_first(first()).refused == "time.already-given"


def test_an_order_whose_time_is_over_forbids_nothing() -> None:
    ward = with_order()
    until = replace(DUE, bounds_end=ward.now - 26 * HOUR)
    ward.orders = (order("mr1", dosage(mg(1), timing=until), medication=UNORDERED),)
    assert ward.pass_.give_first(first()).refused is None


def test_what_is_not_durable_is_not_given() -> None:
    ward = opened()
    ward.outcome = SaveOutcome.NOT_SAVED
    state = ward.pass_.give_first(first())
    assert (state.refused, state.record) == ("documentation.not-saved", None)


def test_high_alert_drugs_have_their_second_person_already() -> None:
    ward = Bedside(orders=()).opened()
    assert MORPHINE.high_alert.value == "required"
    state = ward.pass_.give_first(first(drug=gtin(3)))
    assert state.record is RecordStatus.GIVEN
