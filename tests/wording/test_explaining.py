"""An explanation in words: right by right, the gravest first, nothing left out."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest

from bcma.config import Language
from bcma.model.explanation import Account, Explanation, Seen
from bcma.model.verdict import Finding, NotChecked, Right, Severity, Verdict
from bcma.rules import explain, judge
from bcma.wording import Mark, RightText, Wording, explained
from tests.rules.builders import HOUR, NOW, attempt

HANOI = ZoneInfo("Asia/Ho_Chi_Minh")
VI, EN = Wording(Language.VI, HANOI), Wording(Language.EN, HANOI)
AT = datetime(2026, 3, 2, 1, 34, tzinfo=UTC)
PLANNED = datetime(2026, 3, 2, 1, tzinfo=UTC)
LATE = Finding(
    code="time.late",
    severity=Severity.WARN,
    facts={"minutes": 34, "planned": PLANNED, "next": None},
)

LATE_WORDS = EN.finding(LATE)


def told(*one: Explanation, verdict: Verdict | None = None, wording: Wording = EN) -> list[str]:
    findings = tuple(found for each in one for found in each.findings)
    missing = tuple(each for that in one for each in that.not_checked)
    account = Account(verdict or Verdict(findings, missing), one)
    return [line for right in explained(wording, account) for line in right.lines]


def on_time(*findings: Finding) -> Explanation:
    seen = (Seen("now", AT), Seen("slot-planned", PLANNED))
    return Explanation(rule="time.dose_is_on_time", right=Right.TIME, seen=seen, findings=findings)


def test_a_rule_that_objects_shows_what_it_saw_and_what_it_said() -> None:
    assert told(on_time(LATE)) == [
        "Time: Finding",
        "  On time",
        "    Now: 08:34 02/03",
        "    Planned at: 08:00 02/03",
        f"    → Warning: {LATE_WORDS.headline}. {LATE_WORDS.todo}",
    ]


def test_a_rule_that_is_content_says_so_in_its_own_words() -> None:
    assert told(on_time(), wording=VI) == [
        "Giờ: Đạt",
        "  Đúng giờ",
        "    Bây giờ: 08:34 02/03",
        "    Giờ dự kiến: 08:00 02/03",
        "    → Không sớm hơn và không muộn hơn khung giờ.",
    ]


def test_what_was_let_pass_is_told_as_such() -> None:
    lines = told(on_time(LATE.as_released()))
    assert lines[-1] == "    → Warning, let pass: 34 min late for the 08:00 02/03 dose"


def test_a_check_that_did_not_run_names_its_cause() -> None:
    limits = Explanation(
        rule="dose.limits",
        right=Right.DOSE,
        seen=(Seen("age", None, readable=False), Seen("weight", None)),
        not_checked=(NotChecked(Right.DOSE, "no-pack"),),
    )
    assert told(limits) == [
        "Dose: Not checked",
        "  Limits of the dose",
        "    Age in years: cannot be worked out",
        "    Weight: —",
        "    → Not checked: no drug knowledge installed",
    ]


def test_a_code_without_effect_is_explained_though_no_rule_was_asked() -> None:
    bad = Finding(code="drug.bad-code", severity=Severity.STOP, facts={"reason": "check-digit"})
    (section,) = explained(EN, Account(Verdict((bad,))))
    assert section.right is None
    assert section.heading == "Apart from the rules"
    (rule,) = section.rules
    assert (rule.worst, len(rule.said)) == (Mark.STOP, 1)


def sections(*, hours_late: int = 0) -> tuple[RightText, ...]:
    tried = attempt(now=NOW + hours_late * HOUR)
    return explained(EN, Account(judge(tried), explain(tried)))


def test_the_gravest_rule_of_a_right_comes_first() -> None:
    for section in sections(hours_late=3):
        marks = [list(Mark).index(rule.worst) for rule in section.rules]
        assert marks == sorted(marks, reverse=True)
    (time,) = (section for section in sections(hours_late=3) if section.right is Right.TIME)
    assert time.rules[0].title == "On time"


def test_every_right_is_told_in_reading_order() -> None:
    assert [section.right for section in sections()] == list(Right)


@pytest.mark.parametrize("wording", [VI, EN])
def test_no_line_is_a_key_or_empty(wording: Wording) -> None:
    tried = attempt(now=NOW + 3 * HOUR)
    for section in explained(wording, Account(judge(tried), explain(tried))):
        for line in section.lines:
            assert line.strip()
            assert not line.strip().startswith(("rule.", "aspect.", "explain."))
            assert "\n" not in line
            assert "{" not in line
