"""A concentrate and its diluent in the nurse's hand, and on the record."""

from dataclasses import replace
from decimal import Decimal

import pytest

from bcma.bedside import PassState
from bcma.model.drug import SerialLevel
from bcma.model.quantity import Quantity
from tests.bedside.ward import DUE, Bedside, badge_pin, code, gtin, held
from tests.rules.builders import SECOND, dosage, order
from tests.rules.test_components import KCL, SALINE, mL

MISSING = "drug.component-missing"
POTASSIUM = replace(KCL, gtins=frozenset({gtin(8)}), serial_level=SerialLevel.UNIT)
DILUENT = replace(SALINE, gtins=frozenset({gtin(9)}))
POTASSIUM_CODE, DILUENT_CODE = code(8, "K1"), code(9)


def with_potassium() -> Bedside:
    ordered = order("mr8", dosage(mL(10), timing=DUE, routes=("IV",)), medication=POTASSIUM)
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
