"""The right drug, continued: everything that a dose is made of."""

from dataclasses import replace
from decimal import Decimal

import pytest

from bcma.model.drug import Form, Ingredient, Medication
from bcma.model.order import MedicationRequest, OrderStatus
from bcma.model.quantity import Quantity
from bcma.model.verdict import Severity
from bcma.rules import Attempt, UnitInHand
from tests.rules.builders import (
    PARACETAMOL,
    Value,
    attempt,
    chart,
    codes,
    dosage,
    findings_of,
    found_in,
    order,
    per,
    product,
    unit,
)

MISSING = "drug.component-missing"


def fluid(name: str, strength: object, content: object, form: Form, **changes: Value) -> Medication:
    """Give an ampoule or bag; its name is its substance."""
    made = product(
        name,
        strength,
        form,
        ingredients=(Ingredient(name, name, per(strength, "mg", "mL")),),
        content=per(content, "mL", "{bag}"),
    )
    return replace(made, **changes)


def mL(value: object) -> Quantity:  # noqa: N802 - the unit is written so
    return Quantity(Decimal(str(value)), "mL")


KCL = fluid("kali clorid", 100, 10, Form.CONCENTRATE, must_dilute=True)
SALINE = fluid("natri clorid", 9, 500, Form.INFUSION)
POWDER = product("ceftriaxon", 1000, Form.POWDER_INJECTION)
KCL_ORDER = order("mr1", dosage(mL(10), routes=("IV",)), medication=KCL)


def potassium(*units: UnitInHand, **changes: Value) -> Attempt:
    return attempt(*units, order=changes.pop("order", KCL_ORDER), **changes)


@pytest.mark.hazard("H28")
def test_a_concentrate_asks_for_its_diluent() -> None:
    found = found_in(potassium(unit(KCL)), MISSING)
    assert (found.severity, found.cannot, found.release) == (Severity.ASK, None, ())
    assert (found.facts["component"], found.facts["drug"]) == ("diluent", KCL.name)
    both = potassium(unit(KCL), unit(SALINE))
    assert not {MISSING, "drug.not-ordered", "dose.excess"} & codes(both)
    assert not {MISSING, "drug.not-ordered"} & codes(potassium(unit(SALINE), unit(KCL)))


@pytest.mark.hazard("H28")
@pytest.mark.parametrize(
    "drug,asks",
    [
        (replace(KCL, must_dilute=False), True),
        (replace(KCL, form=Form.INJECTION), True),
        (replace(KCL, form=Form.INJECTION, must_dilute=False), False),
        (replace(KCL, form=Form.POWDER_INJECTION, must_dilute=False), False),
    ],
)
def test_what_is_flagged_or_a_concentrate_must_be_diluted(drug: Medication, *, asks: bool) -> None:
    ordered = order("mr1", dosage(mL(10), routes=("IV",)), medication=drug)
    assert (MISSING in codes(potassium(unit(drug), order=ordered))) == asks


@pytest.mark.parametrize(
    "routes,asks",
    [(("PO",), False), (("PO", "NG"), False), (("PO", "IV"), True), (("IV",), True), ((), True)],
)
def test_what_is_swallowed_needs_no_diluent(routes: tuple[str, ...], *, asks: bool) -> None:
    swallowed = order("mr1", dosage(mL(10), routes=routes), medication=KCL)
    assert (MISSING in codes(potassium(unit(KCL), order=swallowed))) == asks


def test_nothing_is_asked_without_a_unit_or_of_an_order_that_is_not_in_force() -> None:
    assert MISSING not in codes(replace(potassium(unit(KCL)), units=()))
    stopped = replace(KCL_ORDER, status=OrderStatus.STOPPED)
    assert MISSING not in codes(potassium(unit(KCL), order=stopped))
    assert MISSING not in codes(attempt(unit(PARACETAMOL)))
    assert MISSING in codes(replace(potassium(unit(KCL)), dosage=None))


@pytest.mark.hazard("H25", "H29")
def test_a_second_bag_of_diluent_is_one_too_many() -> None:
    second = unit(SALINE, code={"serial": "N2"})
    tried = potassium(unit(KCL), unit(SALINE), second)
    assert found_in(tried, "dose.excess").subject == second.key


@pytest.mark.hazard("H29")
def test_the_fluid_of_a_powder_is_part_of_its_dose() -> None:
    ordered = order("mr1", medication=POWDER)
    assert "drug.not-ordered" not in codes(attempt(unit(POWDER), unit(SALINE), order=ordered))


@pytest.mark.parametrize("beside", [KCL, replace(SALINE, must_dilute=True), PARACETAMOL])
def test_only_a_fluid_dilutes(beside: Medication) -> None:
    ordered = order("mr1", medication=POWDER)
    assert "drug.not-ordered" in codes(attempt(unit(POWDER), unit(beside), order=ordered))


def test_a_fluid_beside_a_tablet_is_not_ordered() -> None:
    assert "drug.not-ordered" in codes(attempt(unit(PARACETAMOL), unit(SALINE)))
    unknown = potassium(unit(KCL), unit(None))
    assert "drug.not-ordered" not in codes(unknown)


# --- the diluent first ---------------------------------------------------------------------


def first(*orders: MedicationRequest, units: tuple[UnitInHand, ...] = ()) -> Attempt:
    """Scan a diluent that no order is for, before anything else."""
    held = units or (unit(SALINE),)
    return attempt(*held, order=None, claim=None, chart=chart(*orders))


@pytest.mark.hazard("H28")
def test_a_diluent_that_comes_first_asks_for_its_drug() -> None:
    found = found_in(first(KCL_ORDER), MISSING)
    assert (found.facts["component"], found.facts["drug"]) == (KCL.name, SALINE.name)
    assert "drug.not-ordered" not in codes(first(KCL_ORDER))
    two = first(KCL_ORDER, units=(unit(None), unit(SALINE), unit(SALINE)))
    assert len(findings_of(two, MISSING)) == 1


@pytest.mark.parametrize(
    "ordered",
    [
        order("mr1"),
        order("mr1", medication=POWDER),
        replace(KCL_ORDER, status=OrderStatus.STOPPED),
        replace(KCL_ORDER, prohibits=True),
    ],
)
def test_a_diluent_for_nothing_is_not_ordered(ordered: MedicationRequest) -> None:
    assert codes(first(ordered)) == {"drug.not-ordered"}


def test_what_is_no_diluent_waits_for_nothing() -> None:
    assert "drug.not-ordered" in codes(first(KCL_ORDER, units=(unit(PARACETAMOL),)))
    assert MISSING not in codes(replace(first(KCL_ORDER), candidates=(KCL_ORDER,)))
    assert MISSING not in codes(replace(first(KCL_ORDER), chart=None))
