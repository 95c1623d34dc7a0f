"""What a site may change of a finding, and what it may not."""

from itertools import product

import pytest

from bcma.model.findings import BY_CODE, CATALOGUE
from bcma.model.verdict import NEVER, Finding, ReleaseBy, Severity
from bcma.policy import Mistake, Policy, PolicyError

REASON = (ReleaseBy.REASON,)
GUARDED = [spec.code for spec in CATALOGUE if spec.guarded]


def finding(code: str, severity: Severity | None = None) -> Finding:
    variant = BY_CODE[code].variant(severity)
    return Finding(
        code=code, severity=variant.severity, release=variant.release, cannot=variant.cannot
    )


def mistakes(error: PolicyError) -> list[tuple[str, Mistake]]:
    return [(problem.key, problem.mistake) for problem in error.problems]


@pytest.mark.parametrize("spec", CATALOGUE, ids=lambda spec: str(spec.code))
def test_the_shipped_policy_changes_no_finding(spec: object) -> None:
    code = str(getattr(spec, "code", ""))
    for variant in BY_CODE[code].variants:
        shipped = finding(code, variant.severity)
        assert Policy.default().apply(shipped) == shipped


@pytest.mark.parametrize("code, word", list(product(GUARDED, ("info", "warn", "ask"))))
def test_a_guarded_finding_is_never_weakened(code: str, word: str) -> None:
    with pytest.raises(PolicyError) as refused:
        Policy.default().with_overrides({"severity": {code: word}})
    assert mistakes(refused.value) == [(f"severity.{code}", Mistake.GUARDED)]


@pytest.mark.parametrize("code", GUARDED)
def test_every_variant_of_a_guarded_finding_may_be_raised(code: str) -> None:
    policy = Policy.default().with_overrides({"severity": {code: "stop"}})
    for variant in BY_CODE[code].variants:
        raised = policy.apply(finding(code, variant.severity))
        assert raised.severity is Severity.STOP
        assert raised.release in {v.release for v in BY_CODE[code].variants}


@pytest.mark.parametrize("code", GUARDED)
def test_a_guarded_finding_is_not_released_by_fewer_people(code: str) -> None:
    with pytest.raises(PolicyError) as refused:
        Policy.default().with_overrides({"release": {code: ["witness"]}})
    assert mistakes(refused.value) == [(f"release.{code}", Mistake.GUARDED)]


def test_the_release_of_a_guarded_finding_may_be_taken_away() -> None:
    policy = Policy.default().with_overrides({"release": {"drug.not-ordered": []}})
    assert policy.apply(finding("drug.not-ordered")).release == NEVER


def test_an_override_replaces_every_variant() -> None:
    policy = Policy.default().with_overrides({"severity": {"time.early": "info"}})
    for severity in (Severity.STOP, Severity.WARN):
        weakened = policy.apply(finding("time.early", severity))
        assert weakened.severity is Severity.INFO
        assert not weakened.holds_back
        assert weakened.release == NEVER


def test_a_stop_lowered_to_a_warning_takes_a_reason() -> None:
    policy = Policy.default().with_overrides({"severity": {"drug.order-rejected": "warn"}})
    assert policy.apply(finding("drug.order-rejected")).release == REASON


def test_a_warning_raised_to_a_stop_can_still_be_released_as_break_glass() -> None:
    policy = Policy.default().with_overrides({"severity": {"time.late": "stop"}})
    raised = policy.apply(finding("time.late"))
    assert raised.severity is Severity.STOP
    assert raised.release == REASON


def test_a_raised_variant_takes_the_release_of_the_catalogue() -> None:
    policy = Policy.default().with_overrides({"severity": {"time.early": "stop"}})
    raised = policy.apply(finding("time.early", Severity.WARN))
    assert raised.release == (ReleaseBy.PRESCRIBER,)


def test_an_info_raised_to_an_ask_can_be_declined_with_a_reason() -> None:
    policy = Policy.default().with_overrides({"severity": {"drug.lot-unknown": "ask"}})
    asked = policy.apply(finding("drug.lot-unknown"))
    assert asked.severity is Severity.ASK
    assert asked.cannot is ReleaseBy.REASON


def test_an_info_raised_to_a_stop_is_final() -> None:
    policy = Policy.default().with_overrides({"severity": {"drug.look-alike": "stop"}})
    raised = policy.apply(finding("drug.look-alike"))
    assert (raised.severity, raised.release) == (Severity.STOP, NEVER)


def test_an_ask_lowered_to_an_info_holds_nothing_back() -> None:
    policy = Policy.default().with_overrides(
        {"severity": {"time.reopen": "info", "time.late": "info"}}
    )
    assert not policy.apply(finding("time.late")).holds_back
    shown = policy.apply(finding("time.reopen"))
    assert not shown.holds_back
    assert (shown.release, shown.cannot) == (NEVER, None)


def test_an_ask_lowered_to_a_warning_has_nothing_to_decline() -> None:
    policy = Policy.default().with_overrides({"severity": {"time.reopen": "warn"}})
    warned = policy.apply(finding("time.reopen"))
    assert (warned.severity, warned.release, warned.cannot) == (Severity.WARN, REASON, None)


def test_a_release_can_be_changed_alone() -> None:
    policy = Policy.default().with_overrides({"release": {"time.not-due": ["pharmacist"]}})
    assert policy.apply(finding("time.not-due")).release == (ReleaseBy.PHARMACIST,)


def test_the_release_of_an_ask_says_who_may_decline_it() -> None:
    policy = Policy.default().with_overrides(
        {"release": {"response.measure": ["prescriber"], "time.reopen": []}}
    )
    assert policy.apply(finding("response.measure")).cannot is ReleaseBy.PRESCRIBER
    assert policy.apply(finding("time.reopen")).cannot is None


def test_a_release_gives_nothing_to_an_info() -> None:
    policy = Policy.default().with_overrides({"release": {"drug.look-alike": ["reason"]}})
    assert policy.apply(finding("drug.look-alike")).release == NEVER


def test_facts_subject_and_release_state_stay() -> None:
    policy = Policy.default().with_overrides({"severity": {"time.late": "stop"}})
    late = Finding(code="time.late", severity=Severity.WARN, facts={"minutes": 3}, subject="s1")
    raised = policy.apply(late.as_released())
    assert raised.facts == {"minutes": 3}
    assert raised.subject == "s1"
    assert raised.released


def test_tables_are_merged_entry_by_entry() -> None:
    policy = Policy.default().with_overrides({"standard_times": {"BID": ["09:00", "21:00"]}})
    assert policy.times_for("BID") != Policy.default().times_for("BID")
    assert policy.times_for("TID") == Policy.default().times_for("TID")


def test_overrides_do_not_touch_the_policy_they_start_from() -> None:
    before = Policy.default().version
    Policy.default().with_overrides({"severity": {"time.late": "stop"}, "repeat_minutes": 1})
    assert Policy.default().version == before


def test_the_version_tells_policies_apart_and_equal_ones_not() -> None:
    one = Policy.default().with_overrides({"repeat_minutes": 6})
    same = Policy.default().with_overrides({"repeat_minutes": 6})
    assert one.version == same.version != Policy.default().version


def test_a_site_narrows_and_extends_reasons_of_one_finding() -> None:
    policy = Policy.default().with_overrides({"reasons": {"time.late": ["asleep", "theatre"]}})
    assert policy.reason_allowed("time.late", "asleep")
    assert policy.reason_allowed("time.late", "theatre")
    assert not policy.reason_allowed("time.late", "other")
    assert policy.reason_allowed("time.early", "other")


def test_a_bare_list_of_reasons_holds_everywhere() -> None:
    policy = Policy.default().with_overrides({"reasons": ["asleep"]})
    assert policy.reasons_for("hold") == policy.reasons_for("time.late") == ("asleep",)


def test_mistakes_of_a_scenario_are_named_without_a_line() -> None:
    with pytest.raises(PolicyError) as refused:
        Policy.default().with_overrides({"windows": "loose", "repeat_minuts": 1})
    assert mistakes(refused.value) == [
        ("repeat_minuts", Mistake.UNKNOWN_KEY),
        ("windows", Mistake.UNKNOWN_VALUE),
    ]
    assert {problem.line for problem in refused.value.problems} == {None}
