"""The verdict over findings, and the state of each right."""

from itertools import permutations

import pytest

from bcma.model.verdict import Finding, NotChecked, Right, RightState, Severity, Verdict


def finding(severity: Severity, *, released: bool = False, code: str = "dose.choose") -> Finding:
    return Finding(code=code, severity=severity, released=released)


STOP, ASK, WARN, INFO = (
    finding(s) for s in (Severity.STOP, Severity.ASK, Severity.WARN, Severity.INFO)
)
UNCHECKED = NotChecked(Right.DOSE, "no-pack")


@pytest.mark.parametrize(
    "findings, word, may_give",
    [
        ((), "pass", True),
        ((INFO,), "info", True),
        ((INFO, WARN), "warn", False),
        ((WARN, ASK), "ask", False),
        ((ASK, STOP, INFO), "stop", False),
        ((STOP.as_released(), INFO), "info", True),
        ((STOP.as_released(),), "pass", True),
        ((STOP.as_released(), WARN), "warn", False),
    ],
)
def test_the_worst_unreleased_finding_is_the_verdict(
    findings: tuple[Finding, ...], word: str, *, may_give: bool
) -> None:
    for order in permutations(findings):
        assert Verdict(order).word == word
        assert Verdict(order).may_give is may_give


@pytest.mark.parametrize(
    "findings, not_checked, state",
    [
        ((), (), RightState.OK),
        ((INFO,), (), RightState.OK),
        ((INFO,), (UNCHECKED,), RightState.NOT_CHECKED),
        ((WARN,), (UNCHECKED,), RightState.FINDING),
        ((ASK, WARN), (UNCHECKED,), RightState.NEEDS_INPUT),
        ((STOP, ASK), (UNCHECKED,), RightState.FINDING),
        ((STOP.as_released(), ASK.as_released()), (), RightState.OK),
        ((WARN.as_released(),), (UNCHECKED,), RightState.NOT_CHECKED),
    ],
)
def test_the_worst_wins_for_a_right(
    findings: tuple[Finding, ...], not_checked: tuple[NotChecked, ...], state: RightState
) -> None:
    for order in permutations(findings):
        rights = Verdict(order, not_checked).rights
        assert rights[Right.DOSE] is state
        assert all(rights[r] is RightState.OK for r in Right if r is not Right.DOSE)


@pytest.mark.hazard("H73")
def test_a_check_that_did_not_run_is_never_drawn_as_ok() -> None:
    verdict = Verdict((), tuple(NotChecked(right, "crashed") for right in Right))
    assert set(verdict.rights.values()) == {RightState.NOT_CHECKED}


def test_the_eight_rights_in_reading_order() -> None:
    assert [right.value for right in Verdict(()).rights] == [
        "patient",
        "drug",
        "dose",
        "route",
        "time",
        "indication",
        "response",
        "documentation",
    ]


def test_a_finding_belongs_to_the_right_of_its_code() -> None:
    assert finding(Severity.INFO, code="time.late").right is Right.TIME


def test_the_open_finding_of_a_code_is_the_worst_that_holds_back() -> None:
    verdict = Verdict((WARN, STOP, STOP.as_released(), INFO))
    assert verdict.open_finding("dose.choose") == STOP
    assert verdict.open_finding("time.late") is None
    assert Verdict((INFO, WARN.as_released())).open_finding("dose.choose") is None


def test_severities_compare_and_have_words() -> None:
    assert Severity.STOP > Severity.ASK > Severity.WARN > Severity.INFO
    assert [s.word for s in sorted(Severity)] == ["info", "warn", "ask", "stop"]


def test_a_finding_cannot_be_changed_afterwards() -> None:
    late = finding(Severity.WARN)
    released = late.as_released()
    assert not late.released
    assert released.released
    assert late.holds_back
    assert not released.holds_back
