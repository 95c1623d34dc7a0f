"""Fluids that carry a drug."""

from dataclasses import replace

import pytest

from bcma.model.drug import Form, HighAlert, Ingredient, Medication
from bcma.rules.diluent import is_carrier, is_diluent
from bcma.rules.matching import is_diluent_of_the_dose
from tests.rules.builders import attempt, order, product, unit


def fluid(key: str = "B05BB01", form: Form = Form.INFUSION) -> Medication:
    return replace(product("x", 9, form), ingredients=(Ingredient(key, key),))


@pytest.mark.parametrize(
    "substance",
    [
        "V07AB",
        "B05BB01",
        "B05CB01",
        "B05CB10",
        "B05BA03",
        "B05CX01",
        "natri clorid 0,9%",
        "sodium chloride",
        "glucose 5%",
        "dextrose",
        "ringer lactat",
        "nuoc cat pha tiem",
        "nuoc vo khuan pha tiem",
        "water for injection",
        "sterile water",
    ],
)
def test_solvents_saline_and_glucose_carry_drugs(substance: str) -> None:
    assert is_carrier(substance)
    assert is_diluent(fluid(substance))


@pytest.mark.parametrize("substance", ["B05XA01", "B05BB02", "kali clorid", "N02BE01", ""])
def test_everything_else_is_a_drug(substance: str) -> None:
    assert not is_carrier(substance)
    assert not is_diluent(fluid(substance))


@pytest.mark.hazard("H28")
def test_a_concentrate_dilutes_nothing() -> None:
    assert is_diluent(fluid(form=Form.INJECTION))
    for strong in (
        fluid(form=Form.CONCENTRATE),
        fluid(form=Form.TABLET),
        replace(fluid(), form=None),
        replace(fluid(), must_dilute=True),
        replace(fluid(), high_alert=HighAlert.RECOMMENDED),
        replace(fluid(), ingredients=()),
        replace(fluid(), ingredients=(*fluid().ingredients, Ingredient("B05XA01", "KCl"))),
    ):
        assert not is_diluent(strong)


def test_a_fluid_carries_a_dose_only_beside_an_order_for_another_drug() -> None:
    bag = unit(replace(fluid(), id="bag", gtins=frozenset({"08930000000014"})))
    ampoule = replace(product("kali clorid", 1000, Form.CONCENTRATE), must_dilute=True)
    assert is_diluent_of_the_dose(bag, attempt(bag, order=order(medication=ampoule)))
    assert not is_diluent_of_the_dose(bag, attempt(bag, order=None))
    assert not is_diluent_of_the_dose(unit(None), attempt(order=order(medication=ampoule)))
    for form in (Form.INFUSION, Form.INJECTION):
        itself = replace(fluid(form=form), id="ordered", gtins=frozenset())
        own = attempt(bag, order=order(medication=itself))
        assert not is_diluent_of_the_dose(bag, own)
