"""Amounts that are chosen, confirmed or given: in mass or volume, zero, and more than ordered."""

from dataclasses import replace
from decimal import Decimal

import pytest

from bcma.bedside import Proof
from bcma.model.drug import ContainerUse, Controlled, Form, HighAlert, Ingredient, Medication
from bcma.model.order import DoseRange
from bcma.model.quantity import Quantity, Ratio
from bcma.model.record import RecordStatus
from tests.bedside.ward import DUE, HALF, ORDERS, Bedside, badge_pin, code, gtin, held
from tests.rules.builders import SECOND, Value, dosage, mg, order, per, product

REASON = Proof(reason="clinical-judgement")
DOCTOR = Proof(prescriber=badge_pin("NV-0003"))


def of(value: object, measure: str) -> Quantity:
    return Quantity(Decimal(str(value)), measure)


INSULIN = product(
    "insulin",
    100,
    Form.INJECTION,
    gtins=frozenset({gtin(7)}),
    ingredients=(Ingredient("insulin", "Insulin", per(100, "[iU]", "mL")),),
    content=per(3, "mL", "{pen}"),
    container_use=ContainerUse.MULTI_ONE_PATIENT,
    container_routes=frozenset({"SC"}),
    high_alert=HighAlert.REQUIRED,
)
VIAL = product(
    "furosemid",
    10,
    Form.INJECTION,
    gtins=frozenset({gtin(8)}),
    ingredients=(Ingredient("furosemid", "Furosemid", per(10, "mg", "mL")),),
    content=per(2, "mL", "{ampoule}"),
    container_routes=frozenset({"PO"}),
)
SCALE = DoseRange(of(0, "[iU]"), of(8, "[iU]"))


def ward_with(drug: Medication, dose: Value, route: str = "PO", **fields: Value) -> Bedside:
    instruction = dosage(dose, timing=DUE, routes=(route,), **fields)
    made = Bedside(drugs=(drug,), orders=(order("mr9", instruction, medication=drug),))
    return made.opened()


# --- zero by scale -------------------------------------------------------------------------


@pytest.mark.hazard("H42", "H44")
@pytest.mark.parametrize("zero", [0, Decimal(0), of(0, "[iU]"), of("0.0", "[iU]"), of(0, "mL")])
@pytest.mark.parametrize("scanned", [False, True])
def test_zero_by_scale_is_one_tap_without_unit_or_witness(zero: object, scanned: bool) -> None:  # noqa: FBT001 - a row of the table
    ward = ward_with(INSULIN, SCALE, "SC")
    if scanned:
        ward.scan(code(7, "P1"))
    else:
        ward.pass_.open_order("mr9")
    assert "dose.choose" in held(ward.pass_.state())
    assert held(ward.pass_.answer("dose.choose", zero)) == set()
    assert ward.pass_.give().record is RecordStatus.NOT_GIVEN
    (made,) = ward.records
    assert (made.reason, made.amount, made.units) == ("per-scale-zero", None, ())
    assert ward.filed == []


@pytest.mark.parametrize("zero", [0, of(0, "mg")])
def test_zero_is_no_choice_where_the_range_begins_above_it(zero: object) -> None:
    ward = ward_with(VIAL, DoseRange(mg(10), mg(20)))
    ward.scan(code(8))
    assert ward.pass_.answer("dose.choose", zero).refused == "dose.choose"


@pytest.mark.parametrize("value", [False, None, "0", {"value": 0}, of(-1, "[iU]"), of(1, "mg")])
def test_what_is_no_amount_chooses_nothing(value: object) -> None:
    ward = ward_with(INSULIN, SCALE, "SC")
    ward.pass_.open_order("mr9")
    assert ward.pass_.answer("dose.choose", value).refused == "dose.choose"


def test_a_slot_that_was_given_is_not_zero_afterwards() -> None:
    ward = ward_with(HALF, DoseRange(mg(0), mg(10)))
    ward.scan(code(4))
    ward.pass_.answer("dose.choose", mg(10))
    assert ward.pass_.give().record is RecordStatus.GIVEN
    ward.pass_.open_order("mr9")
    ward.pass_.answer("dose.choose", 0)
    assert ward.pass_.give().refused == "time.already-given"


# --- in mass or volume ---------------------------------------------------------------------


@pytest.mark.hazard("H41", "H44")
def test_a_dose_is_chosen_by_its_volume() -> None:
    ward = ward_with(VIAL, DoseRange(mg(10), mg(20)))
    ward.scan(code(8))
    ward.pass_.answer("dose.choose", of("1.5", "mL"))
    ward.pass_.give()
    assert (ward.records[0].amount, ward.records[0].wasted) == (mg(15), mg(5))


def test_tablets_that_a_nurse_names_are_those_in_hand() -> None:
    ward = ward_with(HALF, DoseRange(mg(5), mg(20)))
    ward.scan(code(4))
    ward.pass_.answer("dose.choose", of(1, "{tablet}"))
    ward.pass_.give()
    assert ward.records[0].amount == mg(10)


@pytest.mark.hazard("H41")
@pytest.mark.parametrize("said", [mg(5), of("0.005", "g"), of("1.7", "mL")])
def test_a_part_is_confirmed_in_mass_or_in_the_volume_shown(said: Quantity) -> None:
    third = replace(
        VIAL,
        controlled=Controlled.NARCOTIC,
        ingredients=(Ingredient("furosemid", "x", per(3, "mg", "mL")),),
    )
    ward = ward_with(third, mg(5))
    ward.scan(code(8))
    for wrong in (mg(6), of("1.6", "mL"), of(1, "{tablet}")):
        assert ward.pass_.answer("dose.part-unit", wrong).refused == "dose.part-unit"
    assert held(ward.pass_.answer("dose.part-unit", said)) == {"documentation.witness"}


@pytest.mark.hazard("H41", "H81")
def test_the_waste_of_a_controlled_drug_has_its_witness_on_the_record() -> None:
    ward = ward_with(replace(VIAL, controlled=Controlled.NARCOTIC), mg(15))
    ward.scan(code(8))
    ward.pass_.answer("dose.part-unit", mg(15))
    ward.now += 5 * SECOND
    ward.pass_.answer("documentation.witness", badge_pin("NV-0002"))
    ward.pass_.give()
    (made,) = ward.records
    assert (made.amount, made.wasted, made.witness_id) == (mg(15), mg(5), "n2")


# --- another amount ------------------------------------------------------------------------


@pytest.mark.parametrize(
    "amount,refused",
    [
        (mg(0), "dose.incomplete"),
        (of(1, "[iU]"), "dose.incomplete"),
        (mg(21), "dose.incomplete"),
        (mg(20), "dose.out-of-order"),
        (mg(15), None),
        (mg(14), None),
        (of("0.5", "mL"), None),
    ],
)
def test_what_may_be_given_in_place_of_the_dose(amount: Quantity, refused: str | None) -> None:
    ward = ward_with(VIAL, mg(15))
    ward.scan(code(8))
    assert ward.pass_.give(amount, "clinical-judgement").refused == refused


@pytest.mark.hazard("H34")
def test_more_than_the_order_is_the_prescribers() -> None:
    ward = ward_with(VIAL, mg(15))
    ward.scan(code(8))
    assert ward.pass_.release("dose.out-of-order", DOCTOR).refused == "dose.out-of-order"
    refused = ward.pass_.give(mg(20), "clinical-judgement")
    assert (refused.refused, held(refused)) == ("dose.out-of-order", set())
    assert ward.pass_.release("dose.out-of-order", REASON).refused == "dose.out-of-order"
    assert ward.pass_.release("dose.out-of-order", DOCTOR).refused is None
    assert ward.pass_.give(mg(18), "clinical-judgement").refused == "dose.out-of-order"
    assert ward.pass_.give(mg(20), "clinical-judgement").record is RecordStatus.GIVEN
    (made,) = ward.records
    assert (made.amount, made.wasted, len(made.releases)) == (mg(20), None, 1)


def test_a_refused_give_leaves_the_ordered_dose_to_be_given() -> None:
    ward = ward_with(VIAL, mg(15))
    ward.scan(code(8))
    ward.pass_.give(mg(20), "clinical-judgement")
    assert ward.pass_.give().record is RecordStatus.GIVEN
    assert ward.records[0].amount == mg(15)


@pytest.mark.hazard("H41", "H81")
def test_the_witness_of_an_amount_that_wastes_is_asked_when_it_is_to_be_given() -> None:
    ward = ward_with(replace(VIAL, controlled=Controlled.NARCOTIC), mg(20))
    ward.scan(code(8))
    assert held(ward.pass_.state()) == set()
    assert ward.pass_.give(mg(10), "patient-request").refused == "documentation.witness"
    ward.now += 5 * SECOND
    witnessed = ward.pass_.answer("documentation.witness", badge_pin("NV-0002"))
    assert witnessed.refused is None
    assert ward.pass_.give(mg(10), "patient-request").record is RecordStatus.GIVEN_IN_PART
    assert (ward.records[0].wasted, ward.records[0].witness_id) == (mg(10), "n2")


@pytest.mark.hazard("H38")
def test_less_is_given_where_the_whole_dose_would_pass_the_limit() -> None:
    most = Ratio(mg(15), Quantity(Decimal(24), "h"))
    ward = ward_with(VIAL, mg(20), max_per_period=most)
    ward.scan(code(8))
    assert held(ward.pass_.state()) == {"dose.above-daily-max"}
    assert ward.pass_.give(mg(10), "clinical-judgement").record is RecordStatus.GIVEN_IN_PART


# --- choosing anew, and choosing not ---------------------------------------------------------


@pytest.mark.hazard("H34", "H44")
def test_a_slip_of_the_finger_is_chosen_anew() -> None:
    ward = ward_with(HALF, DoseRange(mg(10), mg(20)))
    ward.scan(code(4))
    ward.pass_.answer("dose.choose", mg(100))
    assert "dose.out-of-order" in held(ward.pass_.state())
    assert held(ward.pass_.answer("dose.choose", mg(10))) == set()
    assert ward.pass_.answer("dose.choose", mg(20)).refused == "dose.choose"


@pytest.mark.hazard("H109")
def test_a_dose_that_could_not_be_chosen_is_given_by_its_amount() -> None:
    ward = ward_with(HALF, DoseRange(mg(10), mg(20)))
    ward.scan(code(4))
    assert ward.pass_.give(mg(10), "clinical-judgement").refused == "dose.incomplete"
    cannot = Proof(reason="cannot-ask")
    assert held(ward.pass_.release("dose.choose", cannot, cannot=True)) == set()
    assert ward.pass_.give().refused == "documentation.incomplete"
    assert ward.pass_.give(mg(10), "clinical-judgement").record is RecordStatus.GIVEN
    assert ward.records[0].amount == mg(10)


def test_a_rate_without_a_dose_is_given_by_no_amount() -> None:
    bare = replace(ORDERS[3], dosages=(replace(ORDERS[3].dosages[0], dose=None),))
    ward = Bedside(orders=(bare,)).opened()
    ward.scan(code(4))
    assert ward.pass_.give(mg(5), "clinical-judgement").refused == "dose.incomplete"
    assert ward.pass_.give(mg(5), "lười").refused == "dose.incomplete"


def test_a_fixed_dose_leaves_nothing_to_choose_even_above_its_own_cap() -> None:
    ward = ward_with(VIAL, mg(20), max_per_administration=mg(10))
    ward.scan(code(8))
    assert "dose.out-of-order" in held(ward.pass_.state())
    assert ward.pass_.answer("dose.choose", mg(10)).refused == "dose.choose"
    assert ward.pass_.release("dose.out-of-order", DOCTOR).refused is None
    assert ward.pass_.give().record is RecordStatus.GIVEN


@pytest.mark.hazard("H40")
def test_of_units_that_do_not_convert_no_amount_is_given() -> None:
    silent = replace(VIAL, ingredients=(Ingredient("furosemid", "x"),))
    ward = ward_with(silent, mg(20))
    ward.scan(code(8))
    assert ward.pass_.give(mg(10), "clinical-judgement").refused == "dose.incomplete"


@pytest.mark.parametrize("said", [None, 5, "5 mg", {"count": 1}])
def test_a_part_is_confirmed_by_an_amount(said: object) -> None:
    ward = ward_with(HALF, mg(5))
    ward.scan(code(4))
    assert ward.pass_.answer("dose.part-unit", said).refused == "dose.part-unit"
