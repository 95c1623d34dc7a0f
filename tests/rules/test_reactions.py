"""The right response, continued: open suspected reactions to earlier doses."""

from dataclasses import replace

import pytest

from bcma.model.chart import SuspectedReaction
from bcma.model.record import ReleaseRecord
from bcma.model.verdict import NotChecked, ReleaseBy, Right, RightState, Severity
from bcma.rules import Answers, Attempt, judge
from tests.rules.builders import (
    DAY,
    NOW,
    Value,
    attempt,
    chart,
    codes,
    findings_of,
    found_in,
    product,
    unit,
)

REACTION = "response.prior-reaction"


def reaction(**changes: Value) -> SuspectedReaction:
    made = SuspectedReaction(
        id="ae1",
        at=NOW - DAY,
        suspects=("MedicationAdministration/ev0",),
        signs=("mày đay", "ngứa"),
        severity="moderate",
        grade=1,
        ingredients=frozenset({"paracetamol"}),
        names=("PARACETAMOL 500 mg",),
    )
    return replace(made, **changes)


def after(*reactions: SuspectedReaction, **changes: Value) -> Attempt:
    return attempt(chart=chart(reactions=reactions), **changes)


@pytest.mark.hazard("H78")
def test_an_open_reaction_to_the_substance_stops_the_dose() -> None:
    found = found_in(after(reaction()), REACTION)
    assert (found.severity, found.release, found.subject) == (
        Severity.STOP,
        (ReleaseBy.PRESCRIBER, ReleaseBy.WITNESS),
        "ae1",
    )
    assert found.facts == {
        "drug": "paracetamol",
        "at": NOW - DAY,
        "signs": ("mày đay", "ngứa"),
        "seriousness": "moderate",
        "grade": 1,
    }


def test_prescriber_and_witness_together_let_it_pass() -> None:
    release = ReleaseRecord(code=REACTION, subject="ae1", prescriber_id="d1")
    assert codes(after(reaction(), answers=Answers(releases=(release,)))) == {REACTION}
    both = replace(release, witness_id="n2")
    assert codes(after(reaction(), answers=Answers(releases=(both,)))) == set()


def test_a_reaction_that_is_closed_says_nothing() -> None:
    verdict = judge(after(reaction(open=False)))
    assert verdict.may_give
    assert verdict.rights[Right.RESPONSE] is RightState.OK


def test_a_reaction_to_another_substance_leaves_its_class_unchecked() -> None:
    verdict = judge(after(reaction(ingredients=frozenset({"amoxicillin"}))))
    assert verdict.may_give
    assert NotChecked(Right.RESPONSE, "no-pack") in verdict.not_checked


def test_a_suspect_that_nobody_knows_is_not_checked() -> None:
    unknown = reaction(ingredients=frozenset(), unknown_suspect=True)
    verdict = judge(after(unknown))
    assert verdict.may_give
    assert [n.why for n in verdict.not_checked if n.right is Right.RESPONSE] == [
        "unreadable-reaction"
    ]
    assert REACTION in codes(after(reaction(unknown_suspect=True)))


def test_a_reaction_without_a_drug_is_none_of_it() -> None:
    verdict = judge(after(reaction(ingredients=frozenset(), names=())))
    assert verdict.rights[Right.RESPONSE] is RightState.OK


def test_the_unit_in_hand_is_held_against_reactions_too() -> None:
    other = product("ibuprofen", 400)
    tried = after(reaction(ingredients=frozenset({"ibuprofen"})))
    in_hand = replace(tried, units=(unit(other),))
    assert found_in(in_hand, REACTION).facts["drug"] == "ibuprofen"
    no_order = replace(in_hand, order=None, chain=(), dosage=None, claim=None)
    assert findings_of(no_order, REACTION)
    assert findings_of(replace(tried, units=(unit(None),)), REACTION) == []


def test_every_open_reaction_is_told() -> None:
    two = (reaction(), reaction(id="ae2", grade=3))
    assert [f.subject for f in findings_of(after(*two), REACTION)] == ["ae1", "ae2"]


def test_every_suspected_substance_of_the_dose_is_named() -> None:
    other = product("codein", 30)
    both = reaction(ingredients=frozenset({"paracetamol", "codein", "ibuprofen"}))
    found = found_in(after(both, units=(unit(other),)), REACTION)
    assert found.facts["drug"] == "codein, paracetamol"
