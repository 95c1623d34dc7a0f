"""Counting units: by any mix of strengths, in any order of scanning, never a tenfold too much."""

from dataclasses import replace
from decimal import Decimal
from itertools import permutations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bcma.model.drug import ContainerUse, Form, Ingredient, Medication
from bcma.model.quantity import Quantity
from bcma.rules import Attempt, UnitInHand, judge
from bcma.rules.strength import holds_many_doses, is_measured, unit_amount
from bcma.rules.tally import Fit, Tally, tally
from tests.rules.builders import (
    Value,
    attempt,
    dosage,
    mg,
    order,
    per,
    product,
    unit,
)

TABLETS = tuple(product("prednisolon", strength) for strength in (1, 5, 10, 20))
HALVES = tuple(replace(tablet, divisible=True) for tablet in TABLETS)


def ampoule(strength: object, content: object = 2, identity: str = "") -> Medication:
    return product(
        "furosemid",
        strength,
        Form.INJECTION,
        id=f"furosemid-{strength}{identity}",
        ingredients=(Ingredient("furosemid", "Furosemid", per(strength, "mg", "mL")),),
        content=None if content is None else per(content, "mL", "{ampoule}"),
    )


AMPOULES = (ampoule(5), ampoule(10), replace(ampoule(10, 5, "L"), gtins=frozenset()))
BOTTLE = replace(ampoule(10, None), form=Form.ORAL_LIQUID)


def codes(tried: Attempt) -> set[str]:
    """Give the codes about dose and strength that hold the dose back."""
    held = (f.code for f in judge(tried).findings if f.holds_back)
    return {code for code in held if code.startswith(("dose.", "drug.strength"))}


def of_products(dose: object, *products: Medication, counts: Value = None) -> Attempt:
    """Have units in hand for a dose in mg of the first product's drug."""
    drug = products[0]
    amounts = counts or [1] * len(products)
    units = tuple(
        unit(of, code={"serial": str(n)}, count=count)
        for n, (of, count) in enumerate(zip(products, amounts, strict=True))
    )
    return attempt(
        *units, order=order("mr1", dosage(mg(dose)), medication=drug), strengths=products
    )


def summed(dose: object, *products: Medication, counts: Value = None) -> Tally:
    sums = tally(of_products(dose, *products, counts=counts), mg(dose))
    assert sums is not None
    return sums


DOSES = st.integers(1, 80).map(lambda n: Decimal(n) / 2)
MIXES = st.lists(st.sampled_from([*TABLETS, *HALVES]), min_size=1, max_size=6)


@pytest.mark.hazard("H14", "H15", "H24", "H25")
@settings(max_examples=200, deadline=None)
@given(dose=DOSES, mix=MIXES)
def test_a_mix_is_exact_only_where_its_sum_is(dose: Decimal, mix: list[Medication]) -> None:
    sums = summed(dose, *mix)
    total = sum(map(unit_mg, mix))
    assert sums.total == mg(total)
    assert (sums.fit is Fit.EXACT) == (total == dose)
    assert sums.short == mg(max(dose - total, 0))
    if sums.fit is Fit.PART_OF_UNIT:
        assert total > dose
        assert any(t.divisible and unit_mg(t) / 2 == total - dose for t in mix)


def unit_mg(of: Medication) -> Decimal:
    held = unit_amount(of, "mg", of)
    assert held is not None
    return held.value


@pytest.mark.hazard("H14", "H25", "H26")
@settings(max_examples=60, deadline=None)
@given(dose=DOSES, mix=st.lists(st.sampled_from([*TABLETS, *HALVES]), min_size=1, max_size=4))
def test_the_order_of_scanning_decides_nothing(dose: Decimal, mix: list[Medication]) -> None:
    assert len({summed(dose, *shuffled).fit for shuffled in permutations(mix)}) == 1


@pytest.mark.hazard("H41")
@settings(max_examples=60, deadline=None)
@given(
    dose=st.integers(1, 120).map(Decimal),
    mix=st.lists(st.sampled_from(AMPOULES), min_size=1, max_size=4),
)
def test_of_ampoules_too_many_are_never_drawn_up(dose: Decimal, mix: list[Medication]) -> None:
    sums = summed(dose, *mix)
    assert len({summed(dose, *shuffled).fit for shuffled in permutations(mix)}) == 1
    spare = min(unit_mg(of) for of in mix) <= sums.total.value - dose
    assert (sums.fit is Fit.EXCESS) == (sums.total.value > dose and spare)
    assert (sums.fit is Fit.PART_VOLUME) == (sums.total.value > dose and not spare)


@pytest.mark.hazard("H97")
@settings(max_examples=60, deadline=None)
@given(dose=DOSES, tablet=st.sampled_from([*TABLETS, *HALVES]), count=st.integers(1, 6))
def test_a_count_is_as_many_scans(dose: Decimal, tablet: Medication, count: int) -> None:
    scanned, counted = summed(dose, *[tablet] * count), summed(dose, tablet, counts=[count])
    for name in ("fit", "total", "counted", "needed", "short"):
        assert getattr(scanned, name) == getattr(counted, name)


@pytest.mark.hazard("H34")
@settings(max_examples=60, deadline=None)
@given(dose=DOSES, mix=MIXES)
def test_a_tenfold_amount_of_tablets_never_passes(dose: Decimal, mix: list[Medication]) -> None:
    sums = summed(dose, *mix)
    if sums.total.value >= 10 * dose:
        assert sums.fit in {Fit.EXCESS, Fit.UNUSABLE}
        assert codes(of_products(dose, *mix)) & {"dose.excess", "drug.strength-unusable"}


@pytest.mark.hazard("H34")
@pytest.mark.parametrize(
    "ordered,strength,expected",
    [
        (Quantity(Decimal(100), "ug"), per("0.1", "mg"), set()),
        (Quantity(Decimal(100), "ug"), per("0.05", "mg"), {"dose.incomplete"}),
        (Quantity(Decimal(100), "ug"), per(1, "mg"), {"drug.strength-unusable"}),
        (Quantity(Decimal(100), "mg"), per(100, "ug"), {"drug.strength-unusable"}),
        (Quantity(Decimal("1.0"), "mg"), per(10, "mg"), {"drug.strength-unusable"}),
    ],
)
def test_micrograms_are_a_thousandth(ordered: Quantity, strength: Value, expected: Value) -> None:
    drug = product("levothyroxin", 1, ingredients=(Ingredient("levothyroxin", "x", strength),))
    tried = attempt(
        unit(drug), order=order("mr1", dosage(ordered), medication=drug), strengths=(drug,)
    )
    assert codes(tried) == expected


@pytest.mark.hazard("H14", "H26")
@pytest.mark.parametrize(
    "dose,mix,fit",
    [
        ("12.5", (HALVES[2], HALVES[1]), Fit.PART_OF_UNIT),
        ("12.5", (HALVES[1], HALVES[2]), Fit.PART_OF_UNIT),
        ("12.5", (HALVES[2], TABLETS[1]), Fit.UNUSABLE),
        ("12.5", (TABLETS[2], HALVES[1]), Fit.PART_OF_UNIT),
        (10, (HALVES[2], HALVES[1]), Fit.EXCESS),
        (10, (HALVES[1], HALVES[2]), Fit.EXCESS),
        (20, (TABLETS[2], TABLETS[3]), Fit.EXCESS),
        (15, (TABLETS[2], TABLETS[2]), Fit.UNUSABLE),
        ("7.5", (HALVES[1], HALVES[1]), Fit.PART_OF_UNIT),
        (8, (HALVES[1], HALVES[1]), Fit.UNUSABLE),
        (15, (TABLETS[2], TABLETS[1]), Fit.EXACT),
    ],
)
def test_mixed_strengths(dose: object, mix: tuple[Medication, ...], fit: Fit) -> None:
    assert summed(dose, *mix).fit is fit


@pytest.mark.parametrize(
    "dose,mix,counts,fit,total",
    [
        (15, (BOTTLE,), [1], Fit.PART_VOLUME, 15),
        (15, (BOTTLE,), [2], Fit.EXCESS, 0),
        (15, (BOTTLE, BOTTLE), [1, 1], Fit.EXCESS, 0),
        (25, (AMPOULES[1], BOTTLE), [1, 1], Fit.PART_VOLUME, 25),
        (20, (AMPOULES[1], BOTTLE), [1, 1], Fit.EXCESS, 20),
        (25, (BOTTLE, AMPOULES[1]), [1, 1], Fit.PART_VOLUME, 25),
    ],
)
def test_one_open_container_gives_what_the_others_leave(
    dose: object, mix: tuple[Medication, ...], counts: list[int], fit: Fit, total: object
) -> None:
    sums = summed(dose, *mix, counts=counts)
    assert (sums.fit, sums.total, sums.needed) == (fit, mg(total), 1)


@pytest.mark.hazard("H41")
@pytest.mark.parametrize(
    "dose,mix,volume",
    [
        (5, (AMPOULES[0],), 1),
        (10, (AMPOULES[0],), 2),
        (25, (AMPOULES[0], AMPOULES[1]), "3.5"),
        (15, (AMPOULES[1],), "1.5"),
        (25, (AMPOULES[1], BOTTLE), "2.5"),
        (25, (AMPOULES[1],), None),
    ],
)
def test_the_volume_is_that_of_every_product_by_its_own_concentration(
    dose: object, mix: tuple[Medication, ...], volume: object
) -> None:
    expected = None if volume is None else Quantity(Decimal(str(volume)), "mL")
    assert summed(dose, *mix).volume == expected


def test_of_a_mix_that_is_not_measured_throughout_no_volume_is_told() -> None:
    powder = replace(AMPOULES[0], id="p", content=None)
    powder = replace(powder, ingredients=(Ingredient("furosemid", "x", per(10, "mg", "{vial}")),))
    assert summed(15, AMPOULES[0], powder).volume is None


def test_how_many_more_are_needed_counts_what_other_strengths_make() -> None:
    assert summed(30, TABLETS[2]).needed == 3
    assert summed(30, TABLETS[3], TABLETS[2]).needed == 1
    assert summed(35, TABLETS[3], TABLETS[2]).needed == 2
    assert summed(5, TABLETS[3], TABLETS[2]).needed == 1


def test_without_an_order_nothing_is_summed() -> None:
    assert tally(attempt(order=None), mg(20)) is None


# --- what can be measured ------------------------------------------------------------------


@pytest.mark.parametrize(
    "changes,measured",
    [
        ({"form": Form.INJECTION}, True),
        ({"form": Form.TABLET}, False),
        ({"form": Form.PATCH}, False),
        ({"form": Form.OTHER}, True),
        ({"form": None}, True),
        ({"form": Form.OTHER, "content": None}, True),
        ({"form": Form.OTHER, "ingredients": ()}, True),
        ({"form": Form.OTHER, "content": None, "ingredients": ()}, False),
        ({"form": None, "content": None, "ingredients": TABLETS[0].ingredients}, False),
    ],
)
def test_what_has_no_form_is_measured_where_it_is_a_volume(changes: Value, measured: bool) -> None:  # noqa: FBT001 - a row of the table
    assert is_measured(replace(AMPOULES[0], **changes)) is measured


def test_a_nasal_spray_without_a_form_gives_a_part_of_its_bottle() -> None:
    spray = replace(ampoule("0.5", 10, "spray"), form=Form.OTHER)
    assert summed("0.05", spray).fit is Fit.PART_VOLUME


@pytest.mark.parametrize(
    "form,use,many",
    [
        (Form.INHALER, ContainerUse.SINGLE, True),
        (Form.CREAM, ContainerUse.SINGLE, True),
        (Form.DROPS_EYE, ContainerUse.SINGLE, True),
        (Form.DROPS_EAR, ContainerUse.SINGLE, True),
        (Form.INJECTION, ContainerUse.SINGLE, False),
        (Form.INJECTION, ContainerUse.MULTI_ONE_PATIENT, True),
        (Form.INJECTION, ContainerUse.MULTI_PATIENT, True),
    ],
)
def test_what_holds_many_doses(form: Form, use: ContainerUse, many: bool) -> None:  # noqa: FBT001 - a row of the table
    assert holds_many_doses(replace(AMPOULES[0], form=form, container_use=use)) is many


@pytest.mark.parametrize("measure", ["{puff}", "{dose}", "{application}", "1"])
def test_one_inhaler_serves_any_number_of_puffs(measure: str) -> None:
    inhaler = product("salbutamol", 100, Form.INHALER)
    two = Quantity(Decimal(2), measure)
    tried = attempt(
        unit(inhaler), order=order("mr1", dosage(two), medication=inhaler), strengths=()
    )
    assert codes(tried) == set()


def test_drops_of_the_ordered_bottle_need_no_strength() -> None:
    drops = product("timolol", 5, Form.DROPS_EYE, ingredients=(Ingredient("timolol", "x"),))
    assert unit_amount(drops, "[drp]", drops) is None


# --- combinations --------------------------------------------------------------------------


def with_codeine(codeine: object, *, first: bool = False) -> Medication:
    parts = (
        Ingredient("paracetamol", "Paracetamol", per(500, "mg")),
        Ingredient("codein", "Codein", per(codeine, "mg")),
    )
    return product("paracetamol-codein", codeine, ingredients=parts[::-1] if first else parts)


@pytest.mark.hazard("H15", "H38")
def test_a_combination_counts_by_the_substance_that_was_ordered() -> None:
    ordered, turned = with_codeine(30), with_codeine(30, first=True)
    tried = of_products(500, ordered)
    assert codes(replace(tried, units=(unit(turned),))) == set()
    weaker = replace(tried, units=(unit(with_codeine(8)),))
    assert "dose.unit-unknown" in codes(weaker)


def test_a_combination_of_unknown_proportion_counts_by_its_first_substance() -> None:
    vague = replace(
        with_codeine(30),
        id="",
        gtins=frozenset(),
        ingredients=(Ingredient("paracetamol", "x"), Ingredient("codein", "x")),
    )
    tried = replace(of_products(500, vague), units=(unit(with_codeine(8)),))
    assert codes(tried) == set()


@pytest.mark.hazard("H40")
@pytest.mark.parametrize(
    "dose,expected",
    [
        (Quantity(Decimal(4000), "[iU]"), set()),
        (Quantity(Decimal(40), "mg"), set()),
        (Quantity(Decimal(20), "mg"), set()),
        (Quantity(Decimal(8000), "[iU]"), {"dose.incomplete"}),
        (Quantity(Decimal(40), "mmol"), {"dose.unit-unknown"}),
    ],
)
def test_a_strength_that_is_stated_in_two_units_serves_both(
    dose: Quantity, expected: set[str]
) -> None:
    enoxaparin = product(
        "enoxaparin",
        40,
        Form.INJECTION,
        ingredients=(
            Ingredient("enoxaparin", "x", per(100, "mg", "mL")),
            Ingredient("enoxaparin", "x", per(10000, "[iU]", "mL")),
        ),
        content=per("0.4", "mL", "{syringe}"),
    )
    tried = attempt(
        unit(enoxaparin), order=order("mr1", dosage(dose), medication=enoxaparin), strengths=()
    )
    assert codes(tried) == expected


def test_units_of_an_unknown_product_are_passed_over() -> None:
    tried = of_products(20, TABLETS[2])
    known: UnitInHand = tried.units[0]
    sums = tally(replace(tried, units=(unit(None), known, known)), mg(20))
    assert sums is not None
    assert (sums.fit, sums.counted) == (Fit.EXACT, 2)


def test_an_open_bottle_in_the_drug_file_is_no_step_of_a_tablet_dose() -> None:
    liquid = Ingredient("prednisolon", "x", per(1, "mg", "mL"))
    bottle = product("prednisolon", 99, Form.ORAL_LIQUID, ingredients=(liquid,))
    tried = replace(of_products(25, TABLETS[2]), strengths=(bottle, TABLETS[1]))
    assert codes(tried) == {"dose.incomplete"}
    empty = replace(bottle, ingredients=(Ingredient("prednisolon", "x", per(0, "mg")),))
    assert codes(replace(tried, strengths=(bottle, empty))) == {"drug.strength-unusable"}
