"""A concentrate and its diluent in the nurse's hand, and on the record."""

from dataclasses import replace
from decimal import Decimal

import pytest

from bcma.bedside import PassState
from bcma.model.drug import Component, Form, Medication, SerialLevel
from bcma.model.order import PeriodUnit, Span
from bcma.model.quantity import Quantity
from tests.bedside.ward import DUE, Bedside, badge_pin, code, gtin, held
from tests.rules.builders import SECOND, dosage, order, per
from tests.rules.test_components import KCL, SALINE, mL

MISSING = "drug.component-missing"
POTASSIUM = replace(KCL, gtins=frozenset({gtin(8)}), serial_level=SerialLevel.UNIT)
DILUENT = replace(SALINE, gtins=frozenset({gtin(9)}))
TIMED = replace(DUE, duration=Span(Decimal(4), PeriodUnit.HOUR))
POTASSIUM_CODE, DILUENT_CODE = code(8, "K1"), code(9)


def with_potassium() -> Bedside:
    ordered = order("mr8", dosage(mL(10), timing=TIMED, routes=("IV",)), medication=POTASSIUM)
    return Bedside(orders=(ordered,), drugs=(POTASSIUM, DILUENT)).opened()


def answered(ward: Bedside) -> PassState:
    """Answer what else is asked before a dose by the vein."""
    ward.pass_.answer("route.site-needed", "forearm-left")
    ward.now += 10 * SECOND
    return ward.pass_.answer("documentation.witness", badge_pin("NV-0002"))


@pytest.mark.hazard("H28")
@pytest.mark.parametrize("scans", [(POTASSIUM_CODE, DILUENT_CODE), (DILUENT_CODE, POTASSIUM_CODE)])
def test_drug_and_diluent_are_one_dose_in_either_order(scans: tuple[str, str]) -> None:
    ward = with_potassium()
    assert MISSING in held(ward.scan(scans[0]))
    assert MISSING not in held(ward.scan(scans[1]))
    answered(ward)
    assert ward.pass_.give().refused is None
    (kept,) = ward.records
    assert (kept.order_id, kept.medication_id, kept.amount) == ("mr8", POTASSIUM.id, mL(10))
    amounts = {unit.medication_id: unit.amount for unit in kept.units}
    assert amounts == {POTASSIUM.id: mL(10), DILUENT.id: Quantity(Decimal(500), "mL")}


@pytest.mark.hazard("H28")
def test_taken_back_the_diluent_is_missing_again() -> None:
    ward = with_potassium()
    ward.scan(POTASSIUM_CODE, DILUENT_CODE)
    assert MISSING in held(ward.scan("CMD-BACK"))
    assert ward.pass_.give().refused in {MISSING, "documentation.witness", "route.site-needed"}
    assert ward.pass_.answer(MISSING, value=True).refused == MISSING


# --- mixtures --------------------------------------------------------------------------------

LITRE = replace(DILUENT, id="litre", content=per(1000, "mL", "{bag}"), gtins=frozenset({gtin(10)}))


def with_mixture() -> Bedside:
    share = [Component(p, per(v, "mL", "{bag}")) for p, v in ((POTASSIUM, 10), (DILUENT, 500))]
    drug = Medication(
        id="",
        name="Kali trong natri clorid",
        form=Form.INFUSION,
        ingredients=(*POTASSIUM.ingredients, *DILUENT.ingredients),
        components=tuple(share),
    )
    bag = Quantity(Decimal(1), "{bag}")
    ordered = order("mr9", dosage(bag, timing=TIMED, routes=("IV",)), medication=drug)
    return Bedside(orders=(ordered,), drugs=(POTASSIUM, DILUENT, LITRE)).opened()


@pytest.mark.hazard("H29")
def test_the_record_of_a_mixture_names_it_and_what_went_in_of_each() -> None:
    ward = with_mixture()
    assert MISSING in held(ward.scan(DILUENT_CODE))
    assert MISSING not in held(ward.scan(POTASSIUM_CODE))
    answered(ward)
    assert ward.pass_.give().refused is None
    (kept,) = ward.records
    assert (kept.medication_id, kept.medication_name) == (None, "Kali trong natri clorid")
    assert kept.ingredients == {"kali clorid", "natri clorid"}
    assert (kept.amount, kept.wasted) == (Quantity(Decimal(1), "{bag}"), None)
    amounts = {unit.medication_id: unit.amount for unit in kept.units}
    assert amounts == {POTASSIUM.id: mL(10), DILUENT.id: mL(500)}


@pytest.mark.hazard("H29")
def test_a_part_of_a_larger_bag_is_confirmed_by_its_volume() -> None:
    ward = with_mixture()
    assert MISSING in held(ward.scan(POTASSIUM_CODE, code(10)))
    for wrong in (mL(1000), mL(499), True, None):
        assert ward.pass_.answer(MISSING, wrong).refused == MISSING
    state = ward.pass_.answer(MISSING, Quantity(Decimal("0.5"), "L"))
    assert (state.refused, MISSING in held(state)) == (None, False)


@pytest.mark.hazard("H29")
def test_what_is_not_there_is_not_confirmed() -> None:
    ward = with_mixture()
    ward.scan(POTASSIUM_CODE)
    assert ward.pass_.answer(MISSING, mL(500)).refused == MISSING
