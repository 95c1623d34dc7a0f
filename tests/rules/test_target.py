"""How much a dose is to be: as ordered, by weight, capped, chosen, less what parts gave."""

from dataclasses import replace
from decimal import Decimal

import pytest

from bcma.model.drug import Form, Ingredient, Medication
from bcma.model.order import DoseRange
from bcma.model.quantity import Quantity
from bcma.model.verdict import Severity
from bcma.rules import Answers, Attempt
from bcma.rules.target import (
    TargetGap,
    cap,
    computed_amount,
    dose_unit,
    ordered_dose,
    planned_amount,
    target_amount,
)
from tests.rules.builders import (
    NOW,
    Value,
    attempt,
    chart,
    codes,
    dosage,
    findings_of,
    found_in,
    mg,
    order,
    per,
    product,
    unit,
)

SYRUP = product(
    "paracetamol",
    24,
    Form.ORAL_LIQUID,
    ingredients=(Ingredient("paracetamol", "Paracetamol", per(24, "mg", "mL")),),
    content=per(60, "mL", "{bottle}"),
)


def of(value: object, measure: str) -> Quantity:
    return Quantity(Decimal(str(value)), measure)


def dose_of(
    dose: Value, weight: object = None, drug: Medication = SYRUP, **changes: Value
) -> Attempt:
    """Try a dose for a child of some weight, with a limit per administration if one is named."""
    most = changes.pop("most", None)
    known = order("mr1", dosage(dose, max_per_administration=most), medication=drug)
    kilograms = None if weight is None else of(weight, "kg")
    return attempt(
        unit(drug),
        order=known,
        strengths=(drug,),
        chart=chart(known, weight=kilograms, weight_at=NOW, age_years=Decimal(5)),
        **changes,
    )


PER_KG = of(15, "mg/kg")
RANGE = DoseRange(of(10, "mg/kg"), of(15, "mg/kg"))


@pytest.mark.hazard("H35")
@pytest.mark.parametrize(
    "tried,expected",
    [
        (dose_of(mg(300)), mg(300)),
        (dose_of(PER_KG, 20), mg(300)),
        (dose_of(PER_KG, "12.5"), mg("187.5")),
        (dose_of(PER_KG), TargetGap.NO_WEIGHT),
        (dose_of(RANGE, 20), DoseRange(mg(200), mg(300))),
        (dose_of(RANGE), TargetGap.NO_WEIGHT),
        (dose_of(PER_KG, 20, already_given=(mg(100),)), mg(200)),
        (dose_of(RANGE, 20, already_given=(mg(250),)), DoseRange(mg(0), mg(50))),
        (dose_of(RANGE, 20, already_given=(None,)), TargetGap.PART_UNREADABLE),
        (dose_of(mg(300), already_given=(None,)), TargetGap.PART_UNREADABLE),
        (attempt(order=None), TargetGap.NO_ORDER),
        (attempt(dosage=None), TargetGap.NO_ORDER),
        (attempt(dosage=replace(dosage(), dose=None)), TargetGap.NO_DOSE),
    ],
)
def test_the_dose_as_ordered_for_this_patient(tried: Attempt, expected: object) -> None:
    assert ordered_dose(tried) == expected


@pytest.mark.hazard("H34", "H35")
@pytest.mark.parametrize(
    "dose,weight,most,expected,computed",
    [
        (PER_KG, 20, mg(299), mg(299), mg(300)),
        (PER_KG, 20, mg(300), mg(300), None),
        (PER_KG, 20, mg(301), mg(300), None),
        (PER_KG, 20, of("0.25", "g"), mg(250), mg(300)),
        (PER_KG, 20, of(10, "mL"), mg(240), mg(300)),
        (PER_KG, 20, of(10, "mg/kg"), mg(200), mg(300)),
        (PER_KG, 20, None, mg(300), None),
        (mg(300), 20, of(10, "mg/kg"), mg(300), None),
        (RANGE, 20, mg(250), DoseRange(mg(200), mg(250)), None),
        (RANGE, 20, mg(150), DoseRange(mg(150), mg(150)), None),
        (DoseRange(mg(100), mg(400)), None, mg(250), DoseRange(mg(100), mg(250)), None),
        (PER_KG, None, mg(250), TargetGap.NO_WEIGHT, None),
    ],
)
def test_the_most_per_administration_cuts_off_what_is_computed_or_chosen(
    dose: Value, weight: object, most: Quantity | None, expected: object, computed: object
) -> None:
    tried = dose_of(dose, weight, most=most)
    found = ordered_dose(tried)
    assert found == expected
    assert computed_amount(tried) == computed


def test_a_cap_in_a_unit_that_does_not_convert_leaves_no_target() -> None:
    tried = dose_of(PER_KG, 20, most=of(1, "{tablet}"))
    assert target_amount(tried) is TargetGap.CAP_UNREADABLE
    assert computed_amount(tried) is None
    found = found_in(tried, "dose.unit-unknown")
    assert found.facts["ordered"] == PER_KG
    fixed = dose_of(mg(300), 20, most=of(1, "{tablet}"))
    assert target_amount(fixed) == mg(300)
    assert found_in(fixed, "dose.unit-unknown").facts["ordered"] == mg(300)


def test_the_cap_converts_by_what_is_in_hand_where_the_order_names_no_strength() -> None:
    nameless = replace(
        SYRUP, id="", gtins=frozenset(), ingredients=(Ingredient("paracetamol", "x"),)
    )
    tried = dose_of(PER_KG, 20, nameless, most=of(10, "mL"))
    assert target_amount(tried) is TargetGap.CAP_UNREADABLE
    assert target_amount(replace(tried, units=(unit(SYRUP),))) == mg(240)


def test_no_cap_where_the_order_names_none() -> None:
    assert cap(dose_of(mg(300))) is None
    assert cap(attempt(dosage=None)) is None
    assert cap(attempt(dosage=replace(dosage(), dose=None, max_per_administration=mg(5)))) is None
    assert dose_unit(attempt(dosage=None)) is None
    assert dose_unit(dose_of(RANGE)) == "mg"
    assert dose_unit(dose_of(DoseRange(mg(1), mg(2)))) == "mg"


@pytest.mark.parametrize(
    "tried,planned,target",
    [
        (dose_of(RANGE, 20), TargetGap.TO_CHOOSE, TargetGap.TO_CHOOSE),
        (dose_of(RANGE, 20, answers=Answers(amount=mg(250))), mg(250), mg(250)),
        (dose_of(PER_KG, answers=Answers(amount=mg(250))), mg(250), mg(250)),
        (dose_of(mg(300), answers=Answers(given_amount=mg(299))), mg(300), mg(300)),
        (dose_of(mg(300), answers=Answers(given_amount=mg(300))), mg(300), mg(300)),
        (dose_of(mg(300), answers=Answers(given_amount=mg(301))), mg(300), mg(301)),
        (dose_of(RANGE, answers=Answers(given_amount=mg(1))),) + 2 * (TargetGap.NO_WEIGHT,),
    ],
)
def test_who_wants_to_give_more_aims_at_more(
    tried: Attempt, planned: object, target: object
) -> None:
    assert planned_amount(tried) == planned
    assert target_amount(tried) == target


# --- outside the order ---------------------------------------------------------------------


def outside(tried: Attempt) -> bool:
    return bool(findings_of(tried, "dose.out-of-order"))


@pytest.mark.hazard("H44")
@pytest.mark.parametrize(
    "amount,out", [(199, True), (200, False), (250, False), (300, False), (301, True)]
)
def test_a_chosen_amount_lies_within_the_range_for_this_weight(amount: int, out: bool) -> None:  # noqa: FBT001 - a row of the table
    assert outside(dose_of(RANGE, 20, answers=Answers(amount=mg(amount)))) is out


@pytest.mark.hazard("H34")
@pytest.mark.parametrize("amount,out", [(240, False), (241, True)])
def test_a_chosen_amount_stays_below_the_cap(amount: int, out: bool) -> None:  # noqa: FBT001 - a row of the table
    chosen = Answers(amount=mg(amount))
    assert outside(dose_of(RANGE, 20, most=of(10, "mL"), answers=chosen)) is out
    assert outside(dose_of(PER_KG, most=mg(240), answers=chosen)) is out
    assert not outside(dose_of(PER_KG, answers=chosen))


@pytest.mark.hazard("H34")
@pytest.mark.parametrize("most,out", [(299, True), (300, False)])
def test_a_fixed_dose_above_its_own_cap_is_out_of_order(most: int, out: bool) -> None:  # noqa: FBT001 - a row of the table
    tried = dose_of(mg(300), most=mg(most))
    assert outside(tried) is out
    if out:
        found = found_in(tried, "dose.out-of-order")
        assert (found.severity, found.release) == (Severity.STOP, ("prescriber",))
        assert dict(found.facts) == {"amount": mg(300), "low": None, "high": mg(299)}


@pytest.mark.parametrize("wanted,out", [(150, False), (300, False), (301, True)])
def test_more_than_the_order_is_out_of_order_and_less_is_not(wanted: int, out: bool) -> None:  # noqa: FBT001 - a row of the table
    tried = dose_of(mg(300), answers=Answers(given_amount=mg(wanted)))
    assert outside(tried) is out
    chosen = Answers(amount=mg(300), given_amount=mg(wanted))
    assert outside(dose_of(RANGE, 20, answers=chosen)) is out


def test_a_release_holds_for_its_amount_only() -> None:
    found = found_in(dose_of(mg(300), answers=Answers(given_amount=mg(400))), "dose.out-of-order")
    assert found.subject == "400 mg"


def test_the_range_is_shown_for_this_weight_and_as_written_without_one() -> None:
    by_weight = found_in(dose_of(RANGE, 20), "dose.choose")
    assert (by_weight.facts["low"], by_weight.facts["high"]) == (mg(200), mg(300))
    assert (by_weight.severity, by_weight.cannot) == (Severity.ASK, "reason")
    without = found_in(dose_of(RANGE), "dose.choose")
    assert (without.facts["low"], without.facts["high"]) == (of(10, "mg/kg"), of(15, "mg/kg"))
    fixed = found_in(dose_of(PER_KG), "dose.choose")
    assert (fixed.facts["low"], fixed.facts["high"]) == (PER_KG, PER_KG)


def test_the_capped_dose_is_what_the_units_must_make() -> None:
    tried = dose_of(PER_KG, 20, most=mg(250))
    assert codes(tried) == set()
    assert found_in(tried, "dose.part-unit").facts["amount"] is not None
