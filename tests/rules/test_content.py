"""What an amount of a product holds: pieces, volumes and substances into one another."""

from dataclasses import replace
from decimal import Decimal

import pytest

from bcma.model.drug import Form, Ingredient, Medication
from bcma.model.quantity import Quantity, UnitError
from bcma.rules.content import (
    converted,
    converted_by,
    is_substance,
    is_volume,
    measures_the_product,
    substance_in,
)
from tests.rules.builders import mg, per, product


def of(value: object, unit: str) -> Quantity:
    return Quantity(Decimal(str(value)), unit)


TABLET = product("paracetamol", 500)
CAPSULE = replace(
    product("amoxicilin", 500, Form.CAPSULE),
    ingredients=(Ingredient("amoxicilin", "Amoxicilin", per(500, "mg", "{capsule}")),),
)
SYRUP = product(
    "paracetamol",
    24,
    Form.ORAL_LIQUID,
    ingredients=(Ingredient("paracetamol", "Paracetamol", per(120, "mg", "mL", 5)),),
)
AMPOULE = product(
    "morphin",
    10,
    Form.INJECTION,
    ingredients=(Ingredient("morphin", "Morphin", per(10, "mg", "mL")),),
    content=per(2, "mL", "{ampoule}"),
)
VIAL = product(
    "ceftriaxon",
    1,
    Form.POWDER_INJECTION,
    ingredients=(Ingredient("ceftriaxon", "Ceftriaxon", per(1, "g", "{vial}")),),
    content=per(10, "mL", "{vial}"),
)
WITH_CODEINE = replace(
    TABLET,
    id="codein",
    ingredients=(
        Ingredient("paracetamol", "Paracetamol", per(500, "mg")),
        Ingredient("codein", "Codein", per(30, "mg")),
    ),
)
HEPARIN = product(
    "enoxaparin",
    40,
    Form.INJECTION,
    ingredients=(
        Ingredient("enoxaparin", "Enoxaparin", per(40, "mg", "{syringe}")),
        Ingredient("enoxaparin", "Enoxaparin", per(4000, "[iU]", "{syringe}")),
    ),
)
POTASSIUM = product(
    "kali clorid",
    1,
    Form.CONCENTRATE,
    ingredients=(
        Ingredient("kali clorid", "Kali clorid", per(1, "g", "mL", 10)),
        Ingredient("kali clorid", "Kali clorid", per("13.4", "mmol", "mL", 10)),
    ),
    content=per(10, "mL", "{ampoule}"),
)
CREAM = product(
    "hydrocortison",
    10,
    Form.CREAM,
    ingredients=(Ingredient("hydrocortison", "Hydrocortison", per(10, "mg", "g")),),
)
BARE = Medication(id="", name="Paracetamol", ingredients=(Ingredient("paracetamol", "x"),))


@pytest.mark.parametrize(
    "unit,substance,volume",
    [
        ("mg", True, False),
        ("[iU]", True, False),
        ("mmol", True, False),
        ("mL", False, True),
        ("L", False, True),
        ("[drp]", False, True),
        ("{tablet}", False, False),
        ("1", False, False),
        ("{dose}", False, False),
    ],
)
def test_what_a_unit_measures(unit: str, substance: bool, volume: bool) -> None:  # noqa: FBT001 - a row of the table
    assert is_substance(unit) is substance
    assert is_volume(unit) is volume


@pytest.mark.hazard("H38", "H40")
@pytest.mark.parametrize(
    "amount,drug,substance,unit,expected",
    [
        (mg(1000), TABLET, "paracetamol", "g", 1),
        (of(2, "{tablet}"), TABLET, "paracetamol", "mg", 1000),
        (of(2, "1"), TABLET, "paracetamol", "mg", 1000),
        (of(2, "{tablet}"), CAPSULE, "amoxicilin", "mg", 1000),
        (of(10, "mL"), SYRUP, "paracetamol", "mg", 240),
        (of("0.01", "L"), SYRUP, "paracetamol", "mg", 240),
        (of(1, "{ampoule}"), AMPOULE, "morphin", "mg", 20),
        (of(5, "mL"), VIAL, "ceftriaxon", "mg", 500),
        (of(2, "{vial}"), VIAL, "ceftriaxon", "g", 2),
        (of(2, "{tablet}"), WITH_CODEINE, "codein", "mg", 60),
        (mg(1000), WITH_CODEINE, "codein", "mg", 60),
        (mg(1000), WITH_CODEINE, "paracetamol", "mg", 1000),
        (of(1, "{syringe}"), HEPARIN, "enoxaparin", "[iU]", 4000),
        (mg(20), HEPARIN, "enoxaparin", "[iU]", 2000),
        (of(1, "g"), POTASSIUM, "kali clorid", "mmol", "13.4"),
        (of(5, "mL"), POTASSIUM, "kali clorid", "mmol", "6.7"),
        (of(2, "g"), CREAM, "hydrocortison", "mg", 20),
        (mg(500), BARE, "paracetamol", "g", "0.5"),
    ],
)
def test_how_much_of_a_substance_an_amount_holds(
    amount: Quantity, drug: Medication, substance: str, unit: str, expected: object
) -> None:
    assert substance_in(amount, drug, substance, unit) == of(expected, unit)


@pytest.mark.hazard("H40")
@pytest.mark.parametrize(
    "amount,drug,substance,unit",
    [
        (mg(500), TABLET, "codein", "mg"),
        (mg(500), TABLET, "paracetamol", "[iU]"),
        (of(1, "mL"), TABLET, "paracetamol", "mg"),
        (of(1, "{ampoule}"), SYRUP, "paracetamol", "mg"),
        (of(1, "{patch}"), TABLET, "paracetamol", "mg"),
        (of(1, "1"), SYRUP, "paracetamol", "mg"),
        (of(1, "{tablet}"), BARE, "paracetamol", "mg"),
        (mg(500), replace(BARE, ingredients=()), "paracetamol", "mg"),
    ],
)
def test_what_nothing_says_is_never_guessed(
    amount: Quantity, drug: Medication, substance: str, unit: str
) -> None:
    with pytest.raises(UnitError):
        substance_in(amount, drug, substance, unit)


def test_strengths_per_different_things_do_not_say_each_other() -> None:
    mixed = replace(
        WITH_CODEINE,
        ingredients=(WITH_CODEINE.ingredients[0], Ingredient("codein", "x", per(30, "mg", "mL"))),
    )
    with pytest.raises(UnitError):
        substance_in(mg(500), mixed, "codein", "mg")


def test_a_strength_of_nothing_says_nothing() -> None:
    empty = replace(
        WITH_CODEINE,
        ingredients=(
            Ingredient("paracetamol", "x", per(0, "mg")),
            Ingredient("codein", "x", per(30, "mg")),
        ),
    )
    with pytest.raises(UnitError):
        substance_in(mg(500), empty, "codein", "mg")


@pytest.mark.hazard("H40")
@pytest.mark.parametrize(
    "amount,unit,drug,expected",
    [
        (mg(500), "g", TABLET, "0.5"),
        (mg(1000), "{tablet}", TABLET, 2),
        (mg(1000), "{capsule}", TABLET, 2),
        (of(3, "{capsule}"), "mg", TABLET, 1500),
        (of(3, "{capsule}"), "{tablet}", TABLET, 3),
        (mg(60), "mL", SYRUP, "2.5"),
        (of("2.5", "mL"), "mg", SYRUP, 60),
        (mg(15), "mL", AMPOULE, "1.5"),
        (mg(10), "{ampoule}", AMPOULE, "0.5"),
        (of(1, "mL"), "{ampoule}", AMPOULE, "0.5"),
        (of(2, "{ampoule}"), "mL", AMPOULE, 4),
        (of(5, "mL"), "{vial}", VIAL, "0.5"),
        (of(1, "{vial}"), "mL", VIAL, 10),
        (mg(500), "mL", VIAL, 5),
        (of("6.7", "mmol"), "mL", POTASSIUM, 5),
        (of("6.7", "mmol"), "g", POTASSIUM, "0.5"),
        (of(4000, "[iU]"), "mg", HEPARIN, 40),
        (of(5, "{vial}"), "{box}", replace(VIAL, content=per(5, "{vial}", "{box}")), 1),
    ],
)
def test_an_amount_in_another_unit_of_the_same_drug(
    amount: Quantity, unit: str, drug: Medication, expected: object
) -> None:
    assert converted(amount, unit, drug).same_as(of(expected, unit))


@pytest.mark.hazard("H40")
@pytest.mark.parametrize(
    "amount,unit,drug",
    [
        (mg(500), "mL", TABLET),
        (mg(500), "{patch}", TABLET),
        (of(1, "mL"), "{bag}", AMPOULE),
        (of(1, "mL"), "[iU]", AMPOULE),
        (mg(10), "mL", replace(AMPOULE, content=None, ingredients=())),
        (mg(10), "{vial}", replace(AMPOULE, content=None)),
        (of(1, "{bag}"), "mg", AMPOULE),
        (mg(10), "{vial}", replace(AMPOULE, content=per(5, "{box}", "{vial}"))),
        (mg(500), "mL", replace(VIAL, content=per(5, "g", "{vial}"))),
    ],
)
def test_another_kind_is_refused(amount: Quantity, unit: str, drug: Medication) -> None:
    with pytest.raises(UnitError):
        converted(amount, unit, drug)


def test_of_several_descriptions_the_first_that_says_how_is_taken() -> None:
    assert converted_by(mg(1000), "{tablet}", [BARE, TABLET, AMPOULE]) == of(2, "{tablet}")
    assert converted_by(mg(1000), "g", []) == of(1, "g")
    for silent in ([], [BARE], [BARE, CREAM]):
        with pytest.raises(UnitError):
            converted_by(mg(1000), "{tablet}", silent)


@pytest.mark.parametrize(
    "unit,form,expected",
    [
        ("g", Form.CREAM, True),
        ("mg", Form.CREAM, True),
        ("mL", Form.CREAM, False),
        ("g", Form.POWDER_ORAL, False),
    ],
)
def test_grams_of_a_cream_are_grams_of_the_cream(unit: str, form: Form, expected: bool) -> None:  # noqa: FBT001 - a row of the table
    assert measures_the_product(unit, replace(CREAM, form=form)) is expected


def test_a_strength_that_does_not_say_leaves_it_to_the_next_one() -> None:
    both = replace(
        AMPOULE,
        content=None,
        ingredients=(
            Ingredient("morphin", "Morphin", per(10, "mg", "{syringe}")),
            Ingredient("morphin", "Morphin", per(5, "mg", "mL")),
        ),
    )
    assert converted(of(2, "mL"), "mg", both) == mg(10)
