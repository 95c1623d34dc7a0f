"""Products: strength of a unit, recalls, ingredients."""

import pytest

from bcma.model.drug import Coding, Ingredient, Medication, Recall
from bcma.model.quantity import Quantity, Ratio


def ratio(numerator: str, unit: str, denominator: str, per: str) -> Ratio:
    return Ratio(Quantity.of(numerator, unit), Quantity.of(denominator, per))


def product(strength: Ratio | None, content: Ratio | None = None) -> Medication:
    return Medication(
        id="m",
        name="x",
        ingredients=(Ingredient("x", "x", strength),),
        content=content,
    )


def test_a_tablet_holds_its_strength() -> None:
    tablet = product(ratio("500", "mg", "1", "{tablet}"))
    assert tablet.strength_in("mg") == Quantity.of(500, "mg")
    assert tablet.strength_in("g") == Quantity.of("0.5", "g")


def test_strength_for_several_tablets_is_shared_exactly() -> None:
    assert product(ratio("240", "mg", "3", "{tablet}")).strength_in("mg") == Quantity.of(80, "mg")


def test_an_ampoule_holds_strength_times_content() -> None:
    ampoule = product(ratio("1", "g", "15", "mL"), ratio("45", "mL", "3", "{ampoule}"))
    assert ampoule.strength_in("mg") == Quantity.of(1000, "mg")


def test_content_in_another_unit_of_volume() -> None:
    bag = product(ratio("9", "mg", "1", "mL"), ratio("0.5", "L", "1", "{bag}"))
    strength = bag.strength_in("g")
    assert strength is not None
    assert strength.same_as(Quantity.of("4.5", "g"))


@pytest.mark.hazard("H40")
@pytest.mark.parametrize(
    "drug, unit",
    [
        (Medication(id="m", name="x"), "mg"),
        (product(None), "mg"),
        (product(ratio("500", "mg", "1", "{tablet}")), "[iU]"),
        (product(ratio("5", "mg", "1", "mL")), "mg"),
        (product(ratio("5", "mg", "1", "mL"), ratio("1", "{vial}", "1", "{box}")), "mg"),
    ],
)
def test_a_strength_that_cannot_be_told_is_none(drug: Medication, unit: str) -> None:
    assert drug.strength_in(unit) is None


GTIN, OTHER = "08935001700111", "08935001700128"


@pytest.mark.hazard("H19")
@pytest.mark.parametrize(
    "recall, gtin, lot, covered",
    [
        (Recall(GTIN, "L1", "r"), GTIN, "L1", True),
        (Recall(GTIN, "L1", "r"), GTIN, "L2", False),
        (Recall(GTIN, "L1", "r"), OTHER, "L1", False),
        (Recall(None, "L1", "r"), OTHER, "L1", True),
        (Recall(GTIN, None, "r"), GTIN, None, True),
        (Recall(None, None, "r"), None, None, True),
        (Recall(GTIN, "L1", "r"), GTIN, None, False),
    ],
)
def test_which_units_a_recall_covers(
    recall: Recall, gtin: str | None, lot: str | None, *, covered: bool
) -> None:
    drug = Medication(id="m", name="x", recalls=(recall,))
    assert (drug.recall_of(gtin, lot) is recall) is covered


def test_ingredients_without_strength() -> None:
    drug = Medication(id="m", name="x", ingredients=(Ingredient("a", "A"), Ingredient("b", "B")))
    assert drug.ingredient_keys == {"a", "b"}


@pytest.mark.parametrize(
    "system",
    ["http://www.whocc.no/atc", "https://www.whocc.no/atc", "urn:oid:2.16.840.1.113883.6.73"],
)
def test_atc_codes_are_those_of_product_and_substances(system: str) -> None:
    coded = Medication(
        id="m1",
        name="x",
        codes=(Coding(system, "A10AB"), Coding("urn:bcma:drug", "L01BA01")),
        ingredients=(
            Ingredient("A10AB01", "insulin"),
            Ingredient("xA10AB05", "x"),
            Ingredient("A10AB051", "y"),
        ),
    )
    assert coded.atc_codes == {"A10AB", "A10AB01"}
    assert Medication(id="m2", name="y").atc_codes == frozenset()
