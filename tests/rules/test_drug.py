"""The right drug: which product, for which order."""

from dataclasses import replace

import pytest

from bcma.model.drug import Coding, Form, Ingredient, Medication
from bcma.model.order import MedicationRequest
from bcma.model.verdict import NotChecked, Right, Severity
from bcma.rules import Attempt, MatchRank, judge
from bcma.rules.matching import forms_agree, rank
from tests.rules.builders import (
    ORDER,
    PARACETAMOL,
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
    policy,
    product,
    unit,
)
from tests.rules.test_judge import lacking

MORPHINE = product("morphine", 10)
MODIFIED = product(form=Form.TABLET_MR)
CAPSULE = product(form=Form.CAPSULE)
TWO_FIFTY = product(strength=250)


@pytest.mark.hazard("H11", "H33")
@pytest.mark.parametrize("given", [None, ORDER])
def test_a_drug_on_no_order_stops_with_or_without_an_order_in_hand(
    given: MedicationRequest | None,
) -> None:
    tried = attempt(unit(MORPHINE), order=given, chart=chart(), strengths=(MORPHINE,))
    found = found_in(tried, "drug.not-ordered")
    assert (found.severity, found.facts["scanned"]) == (Severity.STOP, MORPHINE.name)
    assert found.subject == tried.units[0].key


def test_a_unit_of_another_order_is_no_unordered_drug_but_one_too_many() -> None:
    both = chart(ORDER, order("mr2", medication=MORPHINE))
    tried = attempt(unit(), unit(MORPHINE), chart=both)
    assert findings_of(tried, "drug.not-ordered") == []
    too_many = found_in(tried, "dose.excess")
    assert (too_many.subject, too_many.facts) == (tried.units[1].key, {"scanned": MORPHINE.name})


def test_several_orders_that_fit_are_chosen_from() -> None:
    both = (ORDER, order("mr2"))
    found = found_in(attempt(order=None, candidates=both), "drug.choose-order")
    assert (found.severity, found.cannot) == (Severity.ASK, None)
    assert found.facts["orders"] == ("MedicationRequest/mr1", "MedicationRequest/mr2")
    assert found.subject == "MedicationRequest/mr1|MedicationRequest/mr2"


@pytest.mark.hazard("H13")
def test_another_form_stops_until_the_pharmacist_says_so() -> None:
    tried = attempt(unit(None), unit(MODIFIED), strengths=(MODIFIED,))
    found = found_in(tried, "drug.form-differs")
    assert (found.severity, found.release) == (Severity.STOP, ("pharmacist",))
    assert found.facts == {
        "ordered": Form.TABLET,
        "scanned": Form.TABLET_MR,
        "drug": MODIFIED.name,
    }
    assert found.subject == tried.units[1].key
    assert "drug.form-differs" not in codes(attempt(unit(CAPSULE)))


@pytest.mark.hazard("H14")
def test_another_strength_that_makes_the_dose_is_shown() -> None:
    tried = attempt(unit(TWO_FIFTY, count=2), strengths=(TWO_FIFTY, PARACETAMOL))
    found = found_in(tried, "drug.other-strength")
    assert found.severity is Severity.INFO
    assert (found.facts["ordered"], found.facts["scanned"]) == (mg(500), mg(250))
    assert (found.facts["amount"], found.facts["total"]) == (mg(500), mg(500))
    assert codes(tried) == set()


@pytest.mark.hazard("H14")
def test_another_strength_beside_the_ordered_one_is_shown_with_the_sum() -> None:
    tried = attempt(
        unit(),
        unit(TWO_FIFTY),
        dosage=dosage(mg(750)),
        strengths=(PARACETAMOL, TWO_FIFTY),
    )
    found = found_in(tried, "drug.other-strength")
    assert (found.facts["scanned"], found.facts["amount"]) == (mg(250), mg(750))
    assert codes(tried) == set()


@pytest.mark.hazard("H15")
def test_a_strength_that_cannot_make_the_dose_stops() -> None:
    odd = product(strength=300)
    tried = attempt(unit(odd), strengths=(odd,))
    found = found_in(tried, "drug.strength-unusable")
    assert (found.severity, found.release) == (Severity.STOP, ())
    assert found.facts == {"ordered": mg(500), "scanned": mg(300)}
    assert found.subject == tried.units[0].key
    assert lacking(judge(tried).findings) == []
    second = attempt(unit(odd), unit(odd, code={"serial": "2"}), strengths=(odd,))
    assert found_in(second, "drug.strength-unusable").subject == second.units[1].key


def test_an_order_that_names_no_strength_has_no_other_one() -> None:
    bare = replace(
        PARACETAMOL, id="", gtins=frozenset(), ingredients=(Ingredient("paracetamol", "x"),)
    )
    tried = attempt(order=order(medication=bare))
    assert findings_of(tried, "drug.other-strength") == []
    assert codes(tried) == set()


def test_an_equal_strength_of_another_maker_is_a_substitute() -> None:
    other = replace(PARACETAMOL, id="brand", gtins=frozenset({"09990000000001"}))
    told = found_in(attempt(unit(other)), "drug.substitute")
    assert (told.severity, told.subject) == (Severity.INFO, "")
    assert told.facts == {"ordered": PARACETAMOL.name, "scanned": other.name}
    assert findings_of(attempt(unit(other)), "drug.other-strength") == []
    forbidden = attempt(unit(None), unit(other), order=order(substitution_allowed=False))
    found = found_in(forbidden, "drug.substitution-refused")
    assert (found.severity, found.release) == (Severity.STOP, ("prescriber",))
    assert found.facts == {"ordered": PARACETAMOL.name, "scanned": other.name}
    assert found.subject == forbidden.units[1].key


def test_an_order_for_an_ingredient_has_no_substitutes() -> None:
    named = order(medication=replace(PARACETAMOL, id="", gtins=frozenset()))
    assert findings_of(attempt(order=named), "drug.substitute") == []


def test_a_unit_of_unknown_product_is_not_held_against_the_order() -> None:
    other = attempt(unit(), unit(None), order=order(medication=MORPHINE))
    assert codes(other) >= {"drug.not-ordered"}
    assert codes(attempt(unit(), unit(None))) == set()


def test_without_a_pack_drug_checks_say_so() -> None:
    not_checked = judge(attempt()).not_checked
    assert {NotChecked(Right.DRUG, "no-pack"), NotChecked(Right.DOSE, "no-pack")} <= {*not_checked}
    assert findings_of(attempt(), "drug.not-checked") == []
    found = found_in(attempt(knowledge_absent=True), "drug.not-checked")
    assert (found.severity, found.facts["reason"]) == (Severity.INFO, "no-pack")


ATC = (Coding("http://www.whocc.no/atc", "N02BE01"),)
NAMED = Medication(id="", name="Paracetamol", codes=ATC)


@pytest.mark.parametrize(
    "scanned,ordered,expected",
    [
        (PARACETAMOL, PARACETAMOL, MatchRank.EXACT),
        (PARACETAMOL, replace(PARACETAMOL, id="x"), MatchRank.EXACT),
        (
            replace(PARACETAMOL, gtins=frozenset(), drug_codes=frozenset({"P"})),
            replace(PARACETAMOL, id="x", gtins=frozenset(), drug_codes=frozenset({"P"})),
            MatchRank.EXACT,
        ),
        (
            replace(PARACETAMOL, gtins=frozenset(), drug_codes=frozenset({"P"})),
            replace(PARACETAMOL, id="x", gtins=frozenset(), drug_codes=frozenset({"Q"})),
            MatchRank.FORM,
        ),
        (TWO_FIFTY, PARACETAMOL, MatchRank.FORM),
        (CAPSULE, PARACETAMOL, MatchRank.FORM),
        (MODIFIED, PARACETAMOL, MatchRank.INGREDIENT),
        (MORPHINE, PARACETAMOL, MatchRank.NONE),
        (replace(PARACETAMOL, codes=ATC), NAMED, MatchRank.FORM),
        (PARACETAMOL, NAMED, MatchRank.NONE),
        (
            replace(
                PARACETAMOL,
                id="c",
                gtins=frozenset(),
                ingredients=(Ingredient("paracetamol", "x"), Ingredient("codein", "x")),
            ),
            PARACETAMOL,
            MatchRank.NONE,
        ),
    ],
    ids=[
        "self",
        "gtin",
        "site code",
        "other code",
        "strength",
        "capsule",
        "mr",
        "drug",
        "atc",
        "none",
        "combi",
    ],
)
def test_how_closely_an_order_fits(
    scanned: Medication, ordered: Medication, expected: MatchRank
) -> None:
    assert rank(scanned, order(medication=ordered), policy()) is expected


def test_a_form_that_is_not_known_fits_only_an_order_that_names_none() -> None:
    assert forms_agree(None, None, policy())
    assert not forms_agree(None, Form.TABLET, policy())


@pytest.mark.parametrize(
    "changes",
    [
        {"order": None, "dosage": None},
        {"dosage": dosage(mg(500), routes=("IV",))},
        {"dosage": replace(dosage(), dose=None)},
        {"dosage": dosage(per(1, "mL").numerator)},
    ],
)
def test_every_verdict_has_the_facts_that_its_sentences_name(changes: dict[str, Value]) -> None:
    tried: Attempt = attempt(**changes)
    assert lacking(judge(tried).findings) == []
