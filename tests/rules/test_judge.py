"""The judgement as a whole: it fails closed, applies policy and releases, and speaks in full."""

from collections.abc import Iterable

import pytest

from bcma.model.record import ReleaseRecord
from bcma.model.verdict import Finding, NotChecked, Right, RightState, Severity
from bcma.rules import RULES, Answers, Attempt, Rule, Scope, finding, judge
from bcma.rules.finding import Results
from bcma.wording.facts import FACTS
from tests.rules.builders import attempt, codes, mg, policy


def test_a_good_dose_passes_and_unbuilt_rights_are_not_checked() -> None:
    verdict = judge(attempt())
    assert verdict.word == "pass"
    assert verdict.may_give
    states = dict(verdict.rights)
    ok = {Right.PATIENT, Right.ROUTE, Right.TIME, Right.RESPONSE, Right.DOCUMENTATION}
    assert {right for right, state in states.items() if state is RightState.OK} == ok
    assert set(states.values()) == {RightState.OK, RightState.NOT_CHECKED}


def test_rights_are_judged_in_reading_order() -> None:
    order = list(Right)
    positions = [order.index(rule.right) for rule in RULES]
    assert positions == sorted(positions)
    assert len({rule.name for rule in RULES}) == len(RULES)


def test_nothing_known_may_not_be_given() -> None:
    blank = attempt(
        session=None, chart=None, band=None, order=None, claim=None, chain=(), dosage=None
    )
    verdict = judge(blank)
    assert not verdict.may_give
    assert {"drug.not-ordered", "patient.rescan", "documentation.signed-out"} <= codes(blank)
    assert RightState.OK not in dict(verdict.rights).values()


def test_a_band_alone_is_judged_by_the_patient_and_the_rest_is_not_checked() -> None:
    band = Attempt(
        now=attempt().now,
        zone=attempt().zone,
        policy=policy(),
        ward="NOI",
        session=attempt().session,
        chart=attempt().chart,
        band=attempt().band,
    )
    verdict = judge(band)
    assert verdict.word == "pass"
    assert {n.right for n in verdict.not_checked} >= set(Right) - {Right.PATIENT}


def _dies(_attempt: Attempt) -> Results:
    yield finding("time.late")
    msg = "private values"
    raise ValueError(msg)


def _stop(_attempt: Attempt) -> Results:
    yield finding("time.too-soon", subject="ev1", next=None, given_at=None)


def _note(_attempt: Attempt) -> Results:
    yield NotChecked(Right.TIME, "no-order")


@pytest.mark.hazard("H73")
@pytest.mark.expected_errors(r"rule time\._dies crashed: ValueError$")
@pytest.mark.parametrize("site", [policy(), policy(severity={"drug.not-checked": "info"})])
def test_a_rule_that_crashes_stops_the_dose(site: object) -> None:
    verdict = judge(attempt(policy=site), [Rule(Right.TIME, _dies)])
    (stop,) = verdict.findings
    assert (stop.code, stop.severity, stop.facts["reason"]) == (
        "drug.not-checked",
        Severity.STOP,
        "crashed",
    )
    assert stop.subject == "time._dies"
    assert not verdict.may_give
    assert verdict.rights[Right.TIME] is RightState.NOT_CHECKED


@pytest.mark.parametrize("right", list(Right))
def test_a_dose_of_zero_by_scale_has_no_route_and_no_indication_to_judge(right: Right) -> None:
    """It is an ordinary outcome and no dose: whose it is, when, and who charts it still counts."""
    nothing = attempt(answers=Answers(amount=mg(0)))
    verdict = judge(nothing, [Rule(right, _stop)])
    if right in {Right.ROUTE, Right.INDICATION}:
        assert verdict.not_checked == (NotChecked(right, "nothing-given"),)
        assert verdict.findings == ()
    else:
        assert [f.code for f in verdict.findings] == ["time.too-soon"]


def test_policy_replaces_severity_and_release() -> None:
    site = policy(severity={"time.too-soon": "warn"}, release={"time.too-soon": ["pharmacist"]})
    (found,) = judge(attempt(policy=site), [Rule(Right.TIME, _stop)]).findings
    assert (found.severity, found.release) == (Severity.WARN, ("pharmacist",))


def test_a_release_covers_the_finding_that_policy_left() -> None:
    release = ReleaseRecord(code="time.too-soon", subject="ev1", prescriber_id="d1")
    released = attempt(answers=Answers(releases=(release,)))
    verdict = judge(released, [Rule(Right.TIME, _stop)])
    assert verdict.findings[0].released
    assert verdict.may_give
    raised = attempt(answers=released.answers, policy=policy(release={"time.too-soon": []}))
    assert not judge(raised, [Rule(Right.TIME, _stop)]).may_give


def test_what_was_not_checked_is_kept_beside_the_findings() -> None:
    always = Rule(Right.TIME, _note, Scope.ALWAYS)
    assert judge(attempt(), [always]).not_checked == (NotChecked(Right.TIME, "no-order"),)


def lacking(findings: Iterable[Finding]) -> list[tuple[str, str]]:
    """List the facts that sentences name and these findings do not supply."""
    return [(f.code, fact) for f in findings for fact in FACTS[f.code] if fact not in f.facts]
