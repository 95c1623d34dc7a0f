"""Insulins are told apart by what no sum can show: units in a millilitre, pen or vial (H33)."""

from dataclasses import replace
from decimal import Decimal

import pytest

from bcma.model.drug import Coding, ContainerUse, Form, Ingredient, Medication
from bcma.model.quantity import Ratio
from bcma.rules import MatchRank
from bcma.rules.matching import rank
from tests.rules.builders import attempt, chart, findings_of, found_in, order, per, policy, product
from tests.rules.builders import unit as in_hand

pytestmark = pytest.mark.hazard("H33")

_ATC = "http://www.whocc.no/atc"


def insulin(name: str, strength: Ratio | None = None, code: str = "A10AB01") -> Medication:
    return product(
        name,
        form=Form.INJECTION,
        codes=(Coding(_ATC, code),),
        ingredients=(Ingredient(code, "insulin", strength or per(100, "[iU]", "mL")),),
        container_use=ContainerUse.MULTI_PATIENT,
    )


VIAL = insulin("vial")
PEN = replace(insulin("pen"), container_use=ContainerUse.MULTI_ONE_PATIENT)
U500 = insulin("u500", per(500, "[iU]", "mL"))
PER_TEN = insulin("ten", per(1000, "[iU]", "mL", 10))
BY_MASS = insulin("mass", per(Decimal("3.5"), "mg", "mL"))
NAMED_ONLY = replace(U500, id="", gtins=frozenset(), container_use=ContainerUse.SINGLE)
BARE = replace(VIAL, id="", gtins=frozenset(), ingredients=())


@pytest.mark.parametrize(
    "scanned, ordered, found",
    [
        (VIAL, VIAL, MatchRank.EXACT),
        (PER_TEN, VIAL, MatchRank.FORM),
        (BY_MASS, VIAL, MatchRank.FORM),
        (U500, VIAL, MatchRank.INGREDIENT),
        (VIAL, NAMED_ONLY, MatchRank.INGREDIENT),
        (U500, NAMED_ONLY, MatchRank.FORM),
        (PEN, VIAL, MatchRank.INGREDIENT),
        (VIAL, PEN, MatchRank.INGREDIENT),
        (U500, BARE, MatchRank.FORM),
        (insulin("other", per(500, "[iU]", "mL"), "B01AB01"), insulin("h", code="B01AB01"), None),
    ],
)
def test_another_strength_or_device_is_another_form(
    scanned: Medication, ordered: Medication, found: MatchRank | None
) -> None:
    assert rank(scanned, order("mr1", medication=ordered), policy()) is (found or MatchRank.FORM)


def test_it_is_stopped_by_its_name_whatever_the_sum_makes() -> None:
    ordered = order("mr1", medication=VIAL)
    tried = attempt(in_hand(U500), order=ordered, chart=chart(ordered))
    told = found_in(tried, "drug.form-differs")
    assert (told.facts["ordered"], told.facts["scanned"]) == (VIAL.name, U500.name)
    assert findings_of(tried, "drug.not-ordered") == []
