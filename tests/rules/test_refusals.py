"""Amounts that do not convert are refused with both sides named: of what, into what."""

from collections.abc import Callable
from dataclasses import replace
from decimal import Decimal

import pytest

from bcma.model.drug import Component, ContainerUse, Form, Ingredient
from bcma.model.quantity import Quantity, UnitError
from bcma.rules.content import converted, converted_by, substance_in
from bcma.rules.limit import Limit
from bcma.rules.mixture import held_by, parts_of
from bcma.rules.strength import relative_strength, unit_amount
from bcma.rules.usage import use_of
from tests.rules.builders import PARACETAMOL, attempt, mg, per, product, unit
from tests.rules.test_components import KCL, SALINE
from tests.rules.test_mixture import mixture, ten_in

TABLET = PARACETAMOL
DOUBLE = product("paracetamol", 1000)
OTHER = product("ibuprofen", 400)
#: Twice the one substance, as much of the other: nothing says how many of one make the other.
UNEVEN = [
    product(
        "paracetamol-codein",
        first,
        ingredients=(
            Ingredient("paracetamol", "Paracetamol", per(first, "mg")),
            Ingredient("codein", "Codein", per(30, "mg")),
        ),
    )
    for first in (500, 1000)
]
UNSTATED = replace(DOUBLE, ingredients=(Ingredient("paracetamol", "Paracetamol"),))
AMPOULE = replace(KCL, id="other-ampoule", gtins=frozenset())
INHALER, STRONGER = (
    product(
        "salbutamol",
        strength,
        Form.INHALER,
        ingredients=(Ingredient("salbutamol", "Salbutamol", per(strength, "ug", "{puff}")),),
        content=per(200, "{puff}", "{inhaler}"),
        container_use=ContainerUse.MULTI_ONE_PATIENT,
    )
    for strength in (100, 200)
)
LIMIT = Limit(drug=TABLET, substance="paracetamol", most=mg(4000), period=None, own=True)
EMPTY = mixture(Component(KCL, ten_in(0)))


def of(value: object, measure: str) -> Quantity:
    return Quantity(Decimal(str(value)), measure)


@pytest.mark.hazard("H40")
@pytest.mark.parametrize(
    "refused,facts",
    [
        (lambda: substance_in(mg(5), TABLET, "codein", "mg"), {"unit": "mg", "target": "codein"}),
        (lambda: converted(of(1, "mL"), "mg", TABLET), {"unit": "mL", "target": "mg"}),
        (lambda: converted_by(of(1, "mL"), "mg", [TABLET]), {"unit": "mL", "target": "mg"}),
        (
            lambda: LIMIT.part_of(of(1, "mL"), (TABLET,)),
            {"unit": "mL", "target": "mg"},
        ),
        (
            lambda: use_of(LIMIT, attempt(dosage=None)),
            {"unit": "", "target": "mg"},
        ),
        (
            lambda: relative_strength(TABLET, OTHER),
            {"unit": TABLET.id, "target": OTHER.id},
        ),
        (
            lambda: relative_strength(UNEVEN[1], UNEVEN[0]),
            {"unit": UNEVEN[1].id, "target": UNEVEN[0].id},
        ),
        (
            lambda: relative_strength(TABLET, UNSTATED),
            {"unit": TABLET.id, "target": UNSTATED.id},
        ),
        (
            lambda: unit_amount(AMPOULE, "{bag}", KCL),
            {"unit": AMPOULE.id, "target": KCL.id},
        ),
        (lambda: unit_amount(TABLET, "mL", TABLET), {"unit": "mL", "target": TABLET.id}),
        (lambda: unit_amount(TABLET, "mmol", TABLET), {"unit": "mmol", "target": TABLET.id}),
        (
            lambda: unit_amount(STRONGER, "{puff}", INHALER),
            {"unit": "{puff}", "target": STRONGER.id},
        ),
        (lambda: unit_amount(INHALER, "mmol", INHALER), {"unit": "mmol", "target": INHALER.id}),
        (
            lambda: held_by(unit(None), Component(SALINE, ten_in(500)), "mL"),
            {"unit": "mL", "target": unit(None).description},
        ),
        (
            lambda: parts_of(attempt(unit(KCL)), EMPTY, of(5, "mL")),
            {"unit": "mL", "target": EMPTY.name},
        ),
    ],
)
def test_a_refusal_names_what_does_not_become_what(
    refused: Callable[[], object], facts: dict[str, object]
) -> None:
    with pytest.raises(UnitError) as told:
        refused()
    assert dict(told.value.facts) == facts
