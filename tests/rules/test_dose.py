"""The right dose: by count, by part, by volume, by weight."""

from dataclasses import replace
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bcma.model.drug import Form, HighAlert, Ingredient, Medication
from bcma.model.order import DoseRange, Problem
from bcma.model.quantity import Quantity, Ratio
from bcma.model.verdict import NotChecked, Right, Severity
from bcma.rules import Answers, Attempt, judge
from bcma.rules.dose import amount_is_known
from bcma.rules.tally import Fit, tally
from bcma.rules.target import TargetGap, target_amount
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
from tests.rules.test_judge import lacking

TEN = product("prednisolon", 10)
HALVES = replace(TEN, divisible=True)
VIAL = product(
    "furosemid",
    10,
    Form.INJECTION,
    ingredients=(Ingredient("furosemid", "Furosemid", per(10, "mg", "mL")),),
    content=per(2, "mL", "{ampoule}"),
    container_routes=frozenset({"PO"}),
)
BOTTLE = replace(VIAL, form=Form.ORAL_LIQUID, content=None)


def tablets(count: int, dose: Value = 20, of: Medication = TEN, **changes: Value) -> Attempt:
    """Try so many scanned units (none: the order alone) for a dose in mg."""
    instruction = dosage(dose if isinstance(dose, DoseRange) else mg(dose))
    return replace(
        attempt(order=order("mr1", instruction, medication=of), strengths=(of,), **changes),
        units=tuple(unit(of, code={"serial": str(n)}) for n in range(count)),
    )


@pytest.mark.hazard("H24", "H25", "H97")
@pytest.mark.parametrize(
    "count,expected",
    [(0, "dose.incomplete"), (1, "dose.incomplete"), (2, None), (3, "dose.excess")],
)
def test_units_are_counted(count: int, expected: str | None) -> None:
    tried = tablets(count)
    assert codes(tried) == ({expected} if expected else set())
    assert lacking(judge(tried).findings) == []


def test_an_incomplete_dose_says_how_far_it_is() -> None:
    found = found_in(tablets(1), "dose.incomplete")
    assert found.severity is Severity.ASK
    assert dict(found.facts) == {"count": 1, "needed": 2, "amount": mg(10), "total": mg(20)}
    nothing = found_in(tablets(0), "dose.incomplete")
    assert nothing.facts == {"count": 0, "total": mg(20)}


def test_a_further_unit_is_never_released() -> None:
    tried = tablets(3)
    found = found_in(tried, "dose.excess")
    assert (found.severity, found.release) == (Severity.STOP, ())
    assert found.subject == f"{tried.units[-1].key}#3"
    assert found.facts == {"count": 3, "amount": mg(30), "total": mg(20), "scanned": TEN.name}


def test_less_than_the_dose_is_given_with_its_reason() -> None:
    less = Answers(given_amount=mg(10), given_reason="patient-request")
    assert codes(tablets(1, answers=less)) == set()


def test_what_needs_no_scan_needs_no_unit() -> None:
    assert codes(tablets(0, of=replace(TEN, scan_exempt=True))) == set()
    assert findings_of(attempt(order=None), "dose.incomplete") == []


def test_a_counted_code_counts_its_units() -> None:
    two = replace(tablets(1), units=(unit(TEN, count=2),))
    assert codes(two) == set()
    three = replace(two, units=(unit(TEN, count=3),))
    assert found_in(three, "dose.excess").facts["count"] == 3


@pytest.mark.hazard("H26")
def test_half_a_tablet_is_confirmed_by_its_amount() -> None:
    tried = tablets(1, 5, HALVES)
    found = found_in(tried, "dose.part-unit")
    assert found.severity is Severity.ASK
    assert found.facts == {"amount": mg(5), "volume": None, "total": mg(10), "wasted": mg(5)}
    assert found.subject == tried.units[0].key
    assert codes(replace(tried, answers=Answers(part=mg(5)))) == set()
    assert codes(replace(tried, answers=Answers(part=mg(10)))) == {"dose.part-unit"}


@pytest.mark.hazard("H26")
@pytest.mark.parametrize("dose,of", [(5, TEN), (4, HALVES), (14, HALVES)])
def test_a_part_that_cannot_be_broken_off_is_unusable(dose: int, of: Medication) -> None:
    assert "drug.strength-unusable" in codes(tablets(2 if dose > 10 else 1, dose, of))


def test_one_and_a_half() -> None:
    assert codes(tablets(1, 15, HALVES)) == {"dose.incomplete"}
    assert codes(tablets(2, 15, HALVES)) == {"dose.part-unit"}
    assert codes(tablets(3, 15, HALVES)) == {"dose.excess"}
    assert codes(tablets(1, 15, TEN)) == {"drug.strength-unusable"}


@pytest.mark.hazard("H14")
def test_strengths_of_the_drug_file_complete_one_another() -> None:
    five = product("prednisolon", 5)
    tried = replace(tablets(1, 15), strengths=(TEN, five))
    assert codes(tried) == {"dose.incomplete"}
    both = replace(tried, units=(unit(TEN), unit(five)))
    assert codes(both) == set()


@pytest.mark.hazard("H41")
def test_a_volume_is_computed_and_shown() -> None:
    found = found_in(tablets(1, 15, VIAL), "dose.part-unit")
    drawn = Quantity(Decimal("1.5"), "mL")
    assert (found.severity, found.subject) == (Severity.INFO, "")
    assert found.facts == {"amount": drawn, "exact": None, "total": mg(15)}
    whole = found_in(tablets(1, 20, VIAL), "dose.part-unit")
    assert whole.facts["amount"] == Quantity(Decimal(2), "mL")
    assert codes(tablets(1, 25, VIAL)) == {"dose.incomplete"}
    assert codes(tablets(2, 25, VIAL)) == set()
    assert codes(tablets(3, 25, VIAL)) == {"dose.excess"}


@pytest.mark.hazard("H41")
def test_a_volume_that_no_syringe_shows_is_rounded_and_told_exactly() -> None:
    third = replace(VIAL, ingredients=(Ingredient("furosemid", "x", per(3, "mg", "mL")),))
    found = found_in(tablets(1, 5, third), "dose.part-unit")
    assert found.facts["amount"] == Quantity(Decimal("1.7"), "mL")
    exact = found.facts["exact"]
    assert isinstance(exact, Quantity)
    assert round(exact.value, 4) == Decimal("1.6667")
    assert found.facts["total"] == mg(5)
    assert found_in(tablets(1, 3, third), "dose.part-unit").facts["exact"] is None


def test_an_open_container_holds_enough() -> None:
    found = found_in(tablets(1, 15, BOTTLE), "dose.part-unit")
    assert found.facts["amount"] == Quantity(Decimal("1.5"), "mL")
    assert codes(tablets(2, 15, BOTTLE)) == {"dose.excess"}
    bare = replace(BOTTLE, ingredients=(Ingredient("furosemid", "x", per(10, "mg", "{dose}")),))
    assert tally(tablets(1, 15, bare), mg(15)) is not None


@pytest.mark.hazard("H40")
@pytest.mark.parametrize(
    "of",
    [replace(TEN, ingredients=()), replace(TEN, ingredients=(Ingredient("prednisolon", "x"),))],
)
def test_a_product_without_strength_cannot_be_converted(of: Medication) -> None:
    tried = tablets(1, 20, of)
    found = found_in(tried, "dose.unit-unknown")
    assert (found.severity, found.release) == (Severity.STOP, ())
    assert (found.facts["ordered"], found.facts["scanned"]) == (mg(20), of.name)


@pytest.mark.hazard("H44")
def test_a_range_is_chosen_from_and_kept_within() -> None:
    ten_to_twenty = DoseRange(mg(10), mg(20))
    found = found_in(tablets(1, ten_to_twenty), "dose.choose")
    assert (found.facts["low"], found.facts["high"]) == (mg(10), mg(20))
    for amount, expected in ((9, {"drug.strength-unusable", "dose.out-of-order"}), (10, set())):
        assert codes(tablets(1, ten_to_twenty, answers=Answers(amount=mg(amount)))) == expected
    above = found_in(tablets(2, ten_to_twenty, answers=Answers(amount=mg(21))), "dose.out-of-order")
    assert (above.severity, above.release) == (Severity.STOP, ("prescriber",))
    assert above.subject == str(mg(21))
    assert above.facts == {"amount": mg(21), "low": mg(10), "high": mg(20)}
    foreign = Answers(amount=Quantity(Decimal(1), "mL"))
    one_ml = Quantity(Decimal(1), "mL")
    unknown = findings_of(tablets(1, ten_to_twenty, answers=foreign), "dose.unit-unknown")
    assert [f.facts for f in unknown] == [
        {"ordered": one_ml, "scanned": "mg"},
        {"ordered": one_ml, "scanned": TEN.name},
    ]


@pytest.mark.hazard("H26", "H44")
def test_a_chosen_amount_does_not_confirm_the_part_that_it_needs() -> None:
    chosen = Answers(amount=mg(5))
    tried = tablets(1, DoseRange(mg(5), mg(10)), HALVES, answers=chosen)
    assert codes(tried) == {"dose.part-unit"}


PER_KG = Quantity(Decimal("0.5"), "mg/kg")


def by_weight(weight: Quantity | None = None, age: object = 40, **changes: Value) -> Attempt:
    drug: Medication = changes.pop("of", TEN)
    known = order("mr1", dosage(PER_KG), medication=drug)
    years = None if age is None else Decimal(str(age))
    return attempt(
        unit(drug),
        unit(drug, code={"serial": "2"}),
        order=known,
        strengths=(drug,),
        chart=chart(known, weight=weight, weight_at=NOW, age_years=years),
        **changes,
    )


@pytest.mark.hazard("H35")
@pytest.mark.parametrize(
    "tried,severity",
    [
        (by_weight(), Severity.WARN),
        (by_weight(age="17.9"), Severity.STOP),
        (by_weight(age=18), Severity.WARN),
        (by_weight(age=None), Severity.STOP),
        (by_weight(of=replace(TEN, high_alert=HighAlert.REQUIRED)), Severity.STOP),
        (by_weight(Quantity(Decimal(40), "mL")), Severity.WARN),
    ],
)
def test_a_dose_by_weight_wants_the_weight(tried: Attempt, severity: Severity) -> None:
    found = found_in(tried, "dose.weight-missing")
    assert found.severity is severity
    assert {"dose.choose", "dose.weight-missing"} <= codes(tried)
    assert lacking(judge(tried).findings) == []


def test_a_known_weight_makes_the_dose() -> None:
    assert codes(by_weight(Quantity(Decimal(40), "kg"))) == set()
    assert codes(by_weight(Quantity(Decimal(40000), "g"))) == set()


def test_without_a_weight_the_dose_is_chosen_and_the_warning_stays() -> None:
    assert codes(by_weight(answers=Answers(amount=mg(20)))) == {"dose.weight-missing"}


def test_a_tablet_without_a_dose_is_not_given_by_guess() -> None:
    instruction = replace(dosage(), dose=None)
    tried = attempt(order=order("mr1", instruction))
    found = found_in(tried, "dose.unit-unknown")
    assert (found.severity, found.facts) == (Severity.STOP, {"ordered": None, "scanned": None})


def test_without_an_order_no_dose_is_checked() -> None:
    tried = attempt(order=None, dosage=None, claim=None)
    assert list(amount_is_known(tried)) == [NotChecked(Right.DOSE, "no-order")]


def test_of_a_dose_that_cannot_be_read_the_order_speaks() -> None:
    unreadable = (Problem("dosageInstruction[0].doseAndRate", "1 ít"),)
    instruction = replace(dosage(), dose=None)
    tried = attempt(order=order("mr1", instruction), order_problems=unreadable)
    assert codes(tried) == {"drug.order-unreadable"}
    assert NotChecked(Right.DOSE, "unreadable-order") in judge(tried).not_checked


@pytest.mark.parametrize("strength", [per(10, "mg", "mL"), None])
def test_a_volume_that_was_ordered_is_drawn_up_as_it_is(strength: Ratio | None) -> None:
    vial = replace(VIAL, ingredients=(Ingredient("furosemid", "x", strength),))
    half = Quantity(Decimal(1), "mL")
    tried = attempt(
        unit(vial), order=order("mr1", dosage(half), medication=vial), strengths=(vial,)
    )
    assert codes(tried) == set()
    assert found_in(tried, "dose.part-unit").facts["amount"] == half


def test_the_rest_of_a_dose_is_what_part_doses_left() -> None:
    assert codes(tablets(1, already_given=(mg(10),))) == set()
    assert codes(tablets(1, 30, already_given=(mg(10), Quantity(Decimal("0.01"), "g")))) == set()
    assert codes(tablets(1, already_given=(mg(30),))) == {"dose.excess"}


@pytest.mark.parametrize("part", [None, Quantity(Decimal(1), "mL")])
def test_a_part_that_nobody_can_read_leaves_no_rest_to_give(part: Quantity | None) -> None:
    tried = tablets(1, already_given=(part,))
    assert target_amount(tried) is TargetGap.PART_UNREADABLE
    assert found_in(tried, "dose.unit-unknown").facts == {"ordered": mg(20), "scanned": None}
    span = DoseRange(mg(10), mg(20))
    ranged = found_in(tablets(1, span, already_given=(part,)), "dose.unit-unknown")
    assert ranged.facts == {"ordered": None, "scanned": None}


def test_a_strength_of_zero_makes_no_dose() -> None:
    empty = replace(TEN, ingredients=(Ingredient("prednisolon", "x", per(0, "mg")),))
    assert codes(tablets(1, 20, empty)) >= {"dose.unit-unknown"}


def test_a_strength_in_another_kind_is_no_step_of_the_dose() -> None:
    foreign = replace(TEN, id="x", ingredients=(Ingredient("prednisolon", "x"),))
    tried = replace(tablets(1), strengths=(foreign, TEN, BOTTLE))
    assert codes(tried) == {"dose.incomplete"}
    assert codes(replace(tablets(1, 9999), strengths=(foreign,))) == {"drug.strength-unusable"}


def test_units_of_unknown_product_make_no_sum() -> None:
    assert tally(replace(tablets(0), units=(unit(None),)), mg(20)) is None


@given(
    st.integers(1, 40).map(lambda n: Decimal(n) / 2),
    st.integers(0, 45),
    st.booleans(),
)
def test_a_whole_dose_is_the_number_of_tablets_that_makes_it(
    tablets_ordered: Decimal,
    count: int,
    divisible: bool,  # noqa: FBT001 - drawn
) -> None:
    drug = replace(TEN, divisible=divisible)
    tried = replace(
        tablets(0, tablets_ordered * 10, drug),
        units=tuple(unit(drug, code={"serial": str(n)}) for n in range(count)),
    )
    sums = tally(tried, mg(tablets_ordered * 10))
    if sums is None:
        assert count == 0
        return
    assert (sums.fit is Fit.EXACT) == (count == tablets_ordered)
    assert (sums.fit is Fit.EXCESS) == (count - 1 >= tablets_ordered)
    assert sums.total.value + sums.short.value >= sums.target.value


def test_nothing_is_counted_for_several_orders() -> None:
    several = attempt(order=None, candidates=(order(), order("mr2")))
    assert target_amount(several) is TargetGap.NO_ORDER
    assert codes(several) == {"drug.choose-order"}


@pytest.mark.hazard("H11", "H25")
def test_a_unit_of_another_drug_counts_for_nothing_in_the_sum() -> None:
    """Two tablets make the dose only when both are of the ordered drug."""
    morphine = product("morphine", 10)
    whole = order("mr1", dosage(Quantity.of(1000, "mg")))
    half_way = attempt(unit(), unit(morphine), order=whole)
    found = found_in(half_way, "dose.incomplete")
    assert found.facts["amount"] == Quantity.of(500, "mg")
    assert found_in(half_way, "drug.not-ordered").severity is Severity.STOP
