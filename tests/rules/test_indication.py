"""The right indication: why now, at which score, and what the order is for."""

from dataclasses import replace
from decimal import Decimal

import pytest

from bcma.model.drug import Coding, Medication
from bcma.model.order import MedicationRequest, OrderStatus
from bcma.model.record import ReleaseRecord
from bcma.model.verdict import NotChecked, ReleaseBy, Right, RightState, Severity
from bcma.rules import Answers, Attempt, judge
from bcma.rules.need import is_a_reason, is_for_pain, may_want_score, ordered_reasons, wants_score
from tests.rules.builders import (
    AS_NEEDED,
    PARACETAMOL,
    Value,
    attempt,
    claim_of,
    codes,
    dosage,
    findings_of,
    found_in,
    order,
    policy,
    product,
    unit,
)

ASKED, ZERO, MISSING = "indication.prn-reason", "indication.score-zero", "indication.missing"
ATC = "http://www.whocc.no/atc"
SNOMED = "http://snomed.info/sct"
ANALGESIC = replace(PARACETAMOL, codes=(Coding(ATC, "N02BE01"),))


def as_needed(*reasons: str, of: Medication = ANALGESIC, **changes: Value) -> Attempt:
    """Try a dose that is ordered as needed, for these reasons."""
    answers = changes.pop("answers", Answers())
    need = dosage(timing=AS_NEEDED, as_needed=True, **changes)
    ordered = order("mr1", need, medication=of, reasons=reasons)
    return attempt(unit(of), order=ordered, answers=answers)


def told(reason: str, score: object = None) -> Answers:
    points = None if score is None else Decimal(str(score))
    return Answers(prn_reason=reason, prn_score=points)


# --- why now -------------------------------------------------------------------------------


@pytest.mark.hazard("H51")
def test_an_as_needed_dose_is_asked_for_its_reason() -> None:
    found = found_in(as_needed("Đau sau mổ", as_needed_text="Đau"), ASKED)
    assert (found.severity, found.cannot, found.subject) == (Severity.ASK, ReleaseBy.REASON, "")
    assert found.facts == {"reasons": ("Đau", "Đau sau mổ"), "score": True}
    verdict = judge(as_needed("Đau"))
    assert verdict.rights[Right.INDICATION] is RightState.NEEDS_INPUT


def test_the_reason_once_told_is_not_asked_again() -> None:
    assert findings_of(as_needed("Đau", answers=told("Đau", 6)), ASKED) == []


def test_a_planned_dose_is_not_asked_for_a_reason() -> None:
    assert findings_of(attempt(), ASKED) == []


@pytest.mark.parametrize(
    "tried, why",
    [
        (attempt(order=None, chain=(), dosage=None, claim=None), "no-order"),
        (attempt(order=replace(order(), status=OrderStatus.STOPPED)), "inactive-order"),
        (attempt(dosage=None), "unreadable-order"),
    ],
)
def test_without_an_order_in_force_the_indication_is_not_checked(tried: Attempt, why: str) -> None:
    assert NotChecked(Right.INDICATION, why) in judge(tried).not_checked
    assert findings_of(tried, ASKED) == []


def test_a_cannot_answer_lets_the_ask_pass() -> None:
    release = ReleaseRecord(code=ASKED, reason="cannot-ask", cannot=True)
    tried = as_needed("Đau", answers=Answers(releases=(release,)))
    assert found_in(tried, ASKED).released
    assert ASKED not in codes(tried)


def test_without_a_pack_contradictions_are_not_checked() -> None:
    verdict = judge(attempt())
    assert NotChecked(Right.INDICATION, "no-pack") in verdict.not_checked
    assert verdict.rights[Right.INDICATION] is RightState.NOT_CHECKED


# --- the score -----------------------------------------------------------------------------


@pytest.mark.hazard("H51")
def test_a_painkiller_at_score_zero_is_warned_about() -> None:
    found = found_in(as_needed("Đau", answers=told("Đau", 0)), ZERO)
    assert (found.severity, found.release) == (Severity.WARN, (ReleaseBy.REASON,))
    assert found.facts == {"value": Decimal(0)}


@pytest.mark.parametrize(
    "answers",
    [
        told("Đau", 1),
        told("Đau", "0.5"),
        told("Đau"),
        told("before-procedure", 0),
        told("Sốt", 0),
        Answers(prn_score=Decimal(0)),
    ],
    ids=str,
)
def test_other_scores_and_reasons_are_none_of_it(answers: Answers) -> None:
    assert findings_of(as_needed("Đau", "Sốt", answers=answers), ZERO) == []


def test_any_drug_given_for_pain_is_a_drug_for_pain() -> None:
    plain = product("gabapentin", 300)
    assert findings_of(as_needed("Đau", of=plain, answers=told("Đau", 0)), ZERO)


# --- what the order is for -----------------------------------------------------------------


@pytest.mark.hazard("H74")
def test_an_order_without_a_reason_is_noted_and_holds_nothing_back() -> None:
    tried = attempt(order=order(reasons=()))
    found = found_in(tried, MISSING)
    assert (found.severity, found.release) == (Severity.INFO, ())
    assert judge(tried).may_give


@pytest.mark.parametrize(
    "ordered",
    [
        order(),
        order(reasons=(), reason_codes=(Coding("icd", "I10"),)),
        order("mr1", dosage(as_needed_for=(Coding(SNOMED, "22253000"),)), reasons=()),
        order("mr1", dosage(as_needed_text="Đau"), reasons=()),
        order("mr1", dosage(), dosage(as_needed_text="Đau"), reasons=()),
    ],
)
def test_any_reason_is_an_indication(ordered: MedicationRequest) -> None:
    assert findings_of(attempt(order=ordered), MISSING) == []


def test_of_an_order_that_is_not_in_force_nothing_is_said() -> None:
    stopped = order(reasons=(), status=OrderStatus.STOPPED)
    assert findings_of(attempt(order=stopped), MISSING) == []
    assert findings_of(attempt(order=None, chain=(), dosage=None), MISSING) == []


# --- reasons -------------------------------------------------------------------------------

CODED = (Coding(SNOMED, "22253000", "Pain"), Coding(SNOMED, "386661006"))


def test_the_reasons_of_an_order_are_named_once_and_the_need_first() -> None:
    assert ordered_reasons(as_needed("Sốt", "Đau", as_needed_text="Đau")) == ("Đau", "Sốt")
    assert ordered_reasons(as_needed("Sốt", as_needed_for=CODED)) == ("Pain", "386661006", "Sốt")
    assert ordered_reasons(as_needed()) == ()
    assert ordered_reasons(attempt(order=None, dosage=None)) == ()


@pytest.mark.parametrize(
    "reason, taken",
    [
        ("Đau", True),
        ("đau", True),
        (" ĐAU ", True),
        ("Đau đầu", True),
        ("đau vết mổ", True),
        ("wound pain", True),
        ("đầu", True),
        ("Mất ngủ", False),
        ("nausea", False),
        ("", False),
        ("  ", False),
        ("?", False),
        ("before-procedure", True),
        ("clinical-judgement", True),
        ("no-such-reason", False),
    ],
)
def test_a_reason_is_one_of_the_orders_or_of_the_sites(reason: str, *, taken: bool) -> None:
    assert is_a_reason(as_needed("Đau đầu"), reason) is taken


@pytest.mark.parametrize(
    "reason, taken",
    [
        ("22253000", True),
        (f"{SNOMED}|22253000", True),
        ("pain", True),
        ("386661006", True),
        ("fever", False),
        (f"{SNOMED}|1", False),
    ],
)
def test_a_reason_may_be_a_code_of_the_order(reason: str, *, taken: bool) -> None:
    assert is_a_reason(as_needed(as_needed_for=CODED), reason) is taken


def test_reason_codes_of_the_order_count_as_those_of_the_need() -> None:
    ordered = order("mr1", dosage(as_needed=True), reasons=("Đau",), reason_codes=CODED)
    assert is_a_reason(attempt(order=ordered), "386661006")


@pytest.mark.parametrize("reason, taken", [("Đau", True), ("tùy ý", True), (" ", False)])
def test_an_order_without_reasons_takes_any_words(reason: str, *, taken: bool) -> None:
    assert is_a_reason(as_needed(), reason) is taken


@pytest.mark.parametrize(
    "reason, pain",
    [
        ("Đau", True),
        ("nhức", True),
        ("nhu\u031b\u0301c", True),  # decomposed, as some keyboards write it
        ("pain", True),
        ("Headache", True),
        ("toothache", True),
        ("colic", True),
        ("Sốt", False),
        ("đầu", False),
        ("spain", False),
    ],
)
def test_pain_is_known_by_its_words(reason: str, *, pain: bool) -> None:
    assert is_for_pain(as_needed("Sốt", reason), reason) is pain


@pytest.mark.parametrize("code", ["22253000", "R52.9", "R51", "R10.4", "M54.5", "G43.9", "G44"])
def test_pain_is_known_by_its_codes(code: str) -> None:
    tried = as_needed(as_needed_for=(Coding("urn:x", code, "Khó chịu"),), as_needed_text="Cần")
    assert is_for_pain(tried, code)
    assert is_for_pain(tried, "khó chịu")
    assert not is_for_pain(tried, "khó"), "a part of the words is not the code"


def test_a_reason_beside_the_order_stands_for_what_is_ordered() -> None:
    assert is_for_pain(as_needed("Đau"), "before-procedure")
    assert is_for_pain(as_needed(as_needed_for=CODED), "patient-request")
    assert not is_for_pain(as_needed("Sốt"), "before-procedure")


def test_of_several_reasons_in_one_text_the_one_that_was_told_counts() -> None:
    tried = as_needed("Đau hoặc sốt")
    assert is_for_pain(tried, "đau")
    assert not is_for_pain(tried, "sốt")


@pytest.mark.parametrize(
    "code, wanted", [("N02BE01", True), ("N02AA01", True), ("M01AE01", True), ("N05BA01", False)]
)
def test_a_painkiller_for_pain_wants_a_score(code: str, *, wanted: bool) -> None:
    of = replace(PARACETAMOL, codes=(Coding(ATC, code),))
    tried = as_needed("Đau", "Sốt", of=of)
    assert wants_score(tried, "Đau") is wanted
    assert not wants_score(tried, "Sốt")
    assert may_want_score(tried) is wanted
    assert found_in(tried, ASKED).facts["score"] is wanted


def test_a_painkiller_in_hand_wants_a_score_whatever_the_order_calls_it() -> None:
    ordered = order("mr1", dosage(as_needed=True), reasons=("Đau",))
    assert wants_score(attempt(unit(ANALGESIC), order=ordered), "Đau")
    assert not wants_score(attempt(unit(None), order=ordered), "Đau")
    assert not wants_score(attempt(order=None, dosage=None), "Đau")


def test_no_score_is_wanted_where_pain_is_no_reason() -> None:
    assert not may_want_score(as_needed("Sốt"))
    assert not may_want_score(as_needed())


def test_the_sites_policy_may_soften_the_ask() -> None:
    site = policy(severity={ASKED: "info"})
    assert codes(replace(as_needed("Đau"), policy=site, claim=claim_of())) == set()


@pytest.mark.parametrize("own, taken", [(["fever-expected"], False), (["before-procedure"], True)])
def test_the_reasons_of_the_site_for_as_needed_doses_are_those_of_its_list(
    own: list[str], *, taken: bool
) -> None:
    listed = {"fever-expected": {"vi": "Dự phòng sốt", "en": "Fever expected"}}
    site = policy(site_reasons=listed, reasons={"*": ["fever-expected"], ASKED: own})
    tried = replace(as_needed("Đau đầu"), policy=site)
    assert is_a_reason(tried, "before-procedure") is taken
    assert is_a_reason(tried, "fever-expected") is not taken


def test_without_an_order_a_reason_speaks_for_itself() -> None:
    unordered = attempt(order=None, dosage=None)
    assert is_for_pain(unordered, "Đau")
    assert not is_for_pain(unordered, "Sốt")
