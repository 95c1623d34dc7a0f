"""Volumes to draw up, and how finely they can be measured."""

from dataclasses import replace

import pytest

from bcma.model.drug import Form, Medication
from bcma.model.quantity import Quantity
from bcma.rules.volume import device_step, measurable, volume_of
from tests.rules.builders import mg, per
from tests.rules.test_content import AMPOULE, TABLET, VIAL, of

STRONG = replace(
    AMPOULE,
    id="strong",
    gtins=frozenset(),
    ingredients=(replace(AMPOULE.ingredients[0], strength=per(50, "mg", "mL")),),
)


@pytest.mark.hazard("H41")
@pytest.mark.parametrize(
    "amount,product,ordered,expected",
    [
        (mg(5), AMPOULE, AMPOULE, of("0.5", "mL")),
        (mg(5), STRONG, AMPOULE, of("0.1", "mL")),
        (of(1, "mL"), AMPOULE, AMPOULE, of(1, "mL")),
        (of(1, "mL"), STRONG, AMPOULE, of("0.2", "mL")),
        (of(10, "[drp]"), AMPOULE, AMPOULE, of(10, "[drp]")),
        (of("0.5", "{ampoule}"), AMPOULE, AMPOULE, of(1, "mL")),
        (mg(500), VIAL, VIAL, of(5, "mL")),
        (mg(500), replace(VIAL, content=None), VIAL, None),
        (mg(500), TABLET, TABLET, None),
        (of(1, "mL"), replace(STRONG, ingredients=()), AMPOULE, None),
    ],
)
def test_how_much_liquid_makes_an_amount(
    amount: Quantity, product: Medication, ordered: Medication, expected: Quantity | None
) -> None:
    assert volume_of(amount, product, ordered) == expected


@pytest.mark.parametrize(
    "amount,step",
    [
        (of("0.99", "mL"), of("0.01", "mL")),
        (of(1, "mL"), of("0.1", "mL")),
        (of("0.0099", "L"), of("0.1", "mL")),
        (of(10, "mL"), of("0.5", "mL")),
        (of("49.9", "mL"), of("0.5", "mL")),
        (of(50, "mL"), of(1, "mL")),
        (of(80, "mL/h"), of("0.1", "mL/h")),
        (of("0.08", "L/h"), of("0.1", "mL/h")),
        (mg(5), None),
        (of(1, "{tablet}"), None),
    ],
)
def test_how_finely_a_device_measures(amount: Quantity, step: Quantity | None) -> None:
    assert device_step(amount) == step


@pytest.mark.hazard("H41")
@pytest.mark.parametrize(
    "exact,shown",
    [
        ("0.345", "0.35"),
        ("0.344", "0.34"),
        ("0.001", "0.001"),
        ("5.66666", "5.7"),
        ("5.65", "5.7"),
        ("12.3", "12.5"),
        ("12.2", "12.0"),
        ("83.4", "83"),
    ],
)
def test_a_volume_is_rounded_to_the_syringe_and_never_to_nothing(exact: str, shown: str) -> None:
    assert measurable(of(exact, "mL")) == of(shown, "mL")


@pytest.mark.parametrize("volume", [of("2.25", "[drp]"), of("0.0123", "L"), of("1.234", "mg")])
def test_other_units_stay_as_they_are(volume: Quantity) -> None:
    assert measurable(volume) == volume


def test_powder_without_a_volume_is_drawn_up_by_its_amount() -> None:
    assert volume_of(mg(5), replace(AMPOULE, form=Form.OTHER), AMPOULE) == of("0.5", "mL")
    assert volume_of(mg(5), replace(AMPOULE, form=Form.PATCH), AMPOULE) is None
