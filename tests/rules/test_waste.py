"""Controlled drugs of which a part is given: the rest is wasted before a witness."""

from dataclasses import replace
from decimal import Decimal

import pytest

from bcma.model.drug import ContainerUse, Controlled, Ingredient
from bcma.model.order import DoseRange
from bcma.model.quantity import Quantity
from bcma.model.verdict import Severity
from bcma.rules import Answers
from tests.rules.builders import (
    codes,
    found_in,
    mg,
    product,
)
from tests.rules.test_dose import HALVES, VIAL, tablets


@pytest.mark.hazard("H41")
def test_a_part_of_a_controlled_drug_is_confirmed_and_its_waste_witnessed() -> None:
    controlled = replace(VIAL, controlled=Controlled.NARCOTIC)
    tried = tablets(1, 15, controlled)
    found = found_in(tried, "dose.part-unit")
    assert found.severity is Severity.ASK
    assert dict(found.facts) == {
        "amount": mg(15),
        "volume": Quantity(Decimal("1.5"), "mL"),
        "total": mg(20),
        "wasted": mg(5),
    }
    assert codes(tried) == {"dose.part-unit", "documentation.witness"}
    confirmed = replace(tried, answers=Answers(part=mg(15)))
    assert codes(confirmed) == {"documentation.witness"}
    assert found_in(confirmed, "dose.part-unit").facts["amount"] == Quantity(Decimal("1.5"), "mL")


@pytest.mark.hazard("H41")
def test_a_controlled_drug_that_is_used_up_or_kept_wastes_nothing() -> None:
    controlled = replace(VIAL, controlled=Controlled.NARCOTIC)
    assert codes(tablets(1, 20, controlled)) == set()
    bottle = replace(controlled, container_use=ContainerUse.MULTI_ONE_PATIENT)
    assert codes(tablets(1, 15, bottle)) == set()
    assert found_in(tablets(1, 15, bottle), "dose.part-unit").severity is Severity.INFO
    open_bottle = replace(controlled, content=None)
    assert codes(tablets(1, 15, open_bottle)) == set()


@pytest.mark.hazard("H26")
def test_half_a_controlled_tablet_is_wasted_before_a_witness() -> None:
    controlled = replace(HALVES, controlled=Controlled.PSYCHOTROPIC)
    assert codes(tablets(1, 5, controlled)) == {"dose.part-unit", "documentation.witness"}
    assert found_in(tablets(1, 5, controlled), "dose.part-unit").facts["wasted"] == mg(5)
    half_milligram = replace(
        product("prednisolon", 1), divisible=True, controlled=Controlled.PSYCHOTROPIC
    )
    least = found_in(tablets(1, "0.5", half_milligram), "dose.part-unit")
    assert least.facts["wasted"] == mg("0.5")
    too_many = tablets(3, 5, controlled)
    assert codes(too_many) == {"dose.excess"}
    less = tablets(1, 10, controlled, answers=Answers(given_amount=mg(5)))
    assert codes(less) == {"documentation.witness"}


def test_a_controlled_drug_that_does_not_convert_is_stopped_before_its_waste() -> None:
    silent = replace(
        VIAL, controlled=Controlled.NARCOTIC, ingredients=(Ingredient("furosemid", "x"),)
    )
    assert codes(tablets(1, 15, silent)) == {"dose.unit-unknown"}
    ranged = DoseRange(mg(10), mg(20))
    assert codes(tablets(1, ranged, replace(VIAL, controlled=Controlled.NARCOTIC))) == {
        "dose.choose"
    }
