"""What one unit of a product makes of an order, in the order's unit."""

from dataclasses import replace
from decimal import Decimal

import pytest

from bcma.model.drug import ContainerUse, Form, Ingredient, Medication
from bcma.model.quantity import Quantity, Ratio, UnitError
from bcma.rules.strength import relative_strength, unit_amount
from tests.rules.builders import (
    per,
    product,
)

TEN = product("prednisolon", 10)
HALVES = replace(TEN, divisible=True)
VIAL = product(
    "furosemid",
    10,
    Form.INJECTION,
    ingredients=(Ingredient("furosemid", "Furosemid", per(10, "mg", "mL")),),
    content=per(2, "mL", "{ampoule}"),
)
BOTTLE = replace(VIAL, form=Form.ORAL_LIQUID, content=None)


@pytest.mark.parametrize(
    "of,measure,expected",
    [
        (TEN, "{tablet}", 1),
        (TEN, "1", 1),
        (TEN, "{dose}", 1),
        (TEN, "mg", 10),
        (TEN, "g", "0.01"),
        (VIAL, "mL", 2),
        (VIAL, "mg", 20),
        (replace(VIAL, content=per(10, "mL", "{ampoule}", 3)), "mL", Decimal(10) / 3),
        (replace(TEN, form=Form.PATCH), "{patch}", 1),
    ],
)
def test_what_one_unit_holds(of: Medication, measure: str, expected: object) -> None:
    held = unit_amount(of, measure, of)
    assert held is not None
    assert (held.value, held.unit) == (Decimal(str(expected)), measure)


def test_one_substance_is_counted_by_its_mass_in_whatever_the_order_states_its_strength() -> None:
    tablet = product("furosemid", 40)
    assert unit_amount(VIAL, "mg", tablet) == Quantity(Decimal(20), "mg")


def test_an_open_container_holds_no_number_and_a_foreign_unit_is_refused() -> None:
    assert unit_amount(BOTTLE, "mg", BOTTLE) is None
    formless = replace(TEN, form=None)
    with pytest.raises(UnitError):
        unit_amount(formless, "{drop}", formless)


@pytest.mark.hazard("H15", "H40")
@pytest.mark.parametrize(
    "scanned,measure,expected",
    [
        (product("furosemid", 25), "{tablet}", Decimal("2.5")),
        (replace(VIAL, id="x", gtins=frozenset(), drug_codes=frozenset()), "mL", Decimal(2)),
        (
            replace(
                VIAL,
                id="strong",
                gtins=frozenset(),
                drug_codes=frozenset(),
                ingredients=(Ingredient("furosemid", "Furosemid", per(50, "mg", "mL")),),
            ),
            "mL",
            Decimal(10),
        ),
    ],
)
def test_pieces_and_volumes_of_another_product_count_by_its_strength(
    scanned: Medication, measure: str, expected: Decimal
) -> None:
    ordered = TEN if measure == "{tablet}" else VIAL
    named = replace(
        scanned,
        ingredients=tuple(replace(i, key=ordered.ingredients[0].key) for i in scanned.ingredients),
    )
    held = unit_amount(named, measure, ordered)
    assert held is not None
    assert held.value == expected


@pytest.mark.hazard("H15")
def test_a_tablet_of_unknown_strength_is_no_tablet_of_the_order() -> None:
    nameless = replace(TEN, id="", gtins=frozenset(), drug_codes=frozenset(), ingredients=())
    with pytest.raises(UnitError):
        unit_amount(TEN, "{tablet}", nameless)


def test_an_ampoule_of_another_product_is_no_ampoule_of_the_order() -> None:
    other = replace(VIAL, id="x", gtins=frozenset(), drug_codes=frozenset())
    own = unit_amount(VIAL, "{ampoule}", VIAL)
    assert own is not None
    assert own.value == 1
    with pytest.raises(UnitError):
        unit_amount(other, "{ampoule}", VIAL)


def inhaler(strength: object = 100, **changes: Medication | object) -> Medication:
    made = product(
        "salbutamol",
        strength,
        Form.INHALER,
        ingredients=(Ingredient("salbutamol", "Salbutamol", per(strength, "ug", "{puff}")),),
        content=per(200, "{puff}", "{inhaler}"),
        container_use=ContainerUse.MULTI_ONE_PATIENT,
    )
    return replace(made, **changes)  # type: ignore[arg-type]  # fields as a test names them


PEN = replace(VIAL, container_use=ContainerUse.MULTI_ONE_PATIENT, content=per(3, "mL", "{pen}"))
EYE_DROPS = replace(
    VIAL,
    form=Form.DROPS_EYE,
    container_use=ContainerUse.MULTI_ONE_PATIENT,
    content=per(5, "mL", "{bottle}"),
)


@pytest.mark.hazard("H101")
@pytest.mark.parametrize(
    "of,measure,expected",
    [
        (PEN, "mg", 30),
        (PEN, "mL", 3),
        (PEN, "{pen}", 1),
        (replace(PEN, content=None), "mg", None),
        (replace(PEN, content=None), "mL", None),
        (replace(PEN, content=per(200, "{puff}", "{inhaler}")), "mg", None),
        (EYE_DROPS, "[drp]", 100),
        (replace(EYE_DROPS, content=None), "[drp]", None),
        (inhaler(), "{puff}", 200),
        (inhaler(), "ug", 20000),
        (inhaler(), "{dose}", None),
        (inhaler(), "1", None),
        (inhaler(content=None), "{puff}", None),
    ],
)
def test_a_container_of_several_doses_holds_all_of_them(
    of: Medication, measure: str, expected: object
) -> None:
    held = unit_amount(of, measure, of)
    assert held == (None if expected is None else Quantity(Decimal(str(expected)), measure))


@pytest.mark.hazard("H34")
def test_a_puff_of_another_strength_is_never_counted_as_one() -> None:
    assert unit_amount(inhaler(id="other", gtins=frozenset()), "{puff}", inhaler()) is not None
    for measure in ("{puff}", "{dose}", "1", "{inhaler}"):
        with pytest.raises(UnitError):
            unit_amount(inhaler(200), measure, inhaler())


@pytest.mark.parametrize("measure", ["[iU]", "mmol"])
def test_a_container_in_an_unknown_measure_is_refused(measure: str) -> None:
    for of in (PEN, replace(PEN, ingredients=()), replace(PEN, content=None)):
        with pytest.raises(UnitError):
            unit_amount(of, measure, of)


def test_a_pen_of_another_strength_counts_by_it() -> None:
    strong = replace(PEN, id="strong", gtins=frozenset())
    strong = replace(
        strong, ingredients=(replace(strong.ingredients[0], strength=per(20, "mg", "mL")),)
    )
    held = unit_amount(strong, "mL", PEN)
    assert held is not None
    assert held.value == 6


@pytest.mark.hazard("H40")
@pytest.mark.parametrize(
    "theirs",
    [None, per(10, "mg", "{tablet}"), per(10, "[iU]", "mL"), per(0, "mg", "mL")],
)
def test_strengths_that_cannot_be_compared_make_no_volume(theirs: Ratio | None) -> None:
    ordered = replace(
        VIAL, id="o", gtins=frozenset(), ingredients=(Ingredient("furosemid", "x", theirs),)
    )
    with pytest.raises(UnitError):
        unit_amount(VIAL, "mL", ordered)


def test_an_ampoule_of_unknown_content_is_open_where_its_strength_is_by_volume() -> None:
    unfilled = replace(VIAL, content=None)
    assert unit_amount(unfilled, "mL", unfilled) is None
    with pytest.raises(UnitError):
        unit_amount(replace(unfilled, ingredients=()), "mL", unfilled)


def test_another_substance_is_no_strength_of_the_order() -> None:
    with pytest.raises(UnitError):
        relative_strength(VIAL, TEN)


def test_of_two_strengths_the_pair_in_one_kind_is_compared() -> None:
    both = (
        Ingredient("furosemid", "x", per(100, "[iU]", "mL")),
        Ingredient("furosemid", "x", per(20, "mg", "mL")),
    )
    double = replace(VIAL, id="d", gtins=frozenset(), ingredients=both)
    assert relative_strength(double, VIAL) == 2


def test_an_order_by_site_code_alone_means_the_substance_of_its_product() -> None:
    """Its concept names the code and no substance of the drug file."""
    scanned = product(drug_codes=frozenset({"PARA500"}))
    coded = Medication(
        id="", name="", drug_codes=frozenset({"PARA500"}), ingredients=(Ingredient("PARA500", ""),)
    )
    held = unit_amount(scanned, "mg", coded)
    assert held is not None
    assert held.value == 500


def test_strengths_are_compared_per_one_of_what_they_are_stated_for() -> None:
    per_five = (Ingredient("furosemid", "Furosemid", per(50, "mg", "mL", 5)),)
    same = replace(VIAL, id="same", gtins=frozenset(), ingredients=per_five)
    assert relative_strength(same, VIAL) == 1
    per_litre = (Ingredient("furosemid", "Furosemid", per(20, "g", "L")),)
    double = replace(VIAL, id="double", gtins=frozenset(), ingredients=per_litre)
    assert relative_strength(double, VIAL) == 2
