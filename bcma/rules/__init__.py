"""The judgement: from an Attempt to a Verdict. One right per file; RULES is the whole list.

Nothing passes unless every rule ran: a rule that crashes stops the dose, and its right is
shown as not checked.
"""

import logging
from collections.abc import Iterable
from typing import Final

from bcma.model.verdict import Finding, NotChecked, Severity, Verdict
from bcma.rules import (
    documentation,
    dose,
    drug,
    indication,
    order,
    patient,
    response,
    route,
    time,
    unit,
)
from bcma.rules.attempt import Answers, Attempt, BandInHand, MatchRank, Second, UnitInHand
from bcma.rules.finding import Rule, Scope, finding
from bcma.rules.releases import covers, is_released

_log = logging.getLogger(__name__)

#: Why a rule that died did not check.
CRASHED: Final = "crashed"

#: Every rule, in reading order: the eight rights.
RULES: Final[tuple[Rule, ...]] = (
    *patient.RULES,
    *drug.RULES,
    *order.RULES,
    *unit.RULES,
    *dose.RULES,
    *route.RULES,
    *time.RULES,
    *indication.RULES,
    *response.RULES,
    *documentation.RULES,
)


def judge(attempt: Attempt, rules: Iterable[Rule] = RULES) -> Verdict:
    """Judge one dose, or one band where there is no dose yet."""
    findings: list[Finding] = []
    not_checked: list[NotChecked] = []
    for rule in rules:
        if rule.scope is Scope.DOSE and not attempt.is_dose:
            not_checked.append(NotChecked(rule.right, "no-dose"))
            continue
        for result in _run(rule, attempt):
            if isinstance(result, NotChecked):
                not_checked.append(result)
            else:
                findings.append(_settled(result, attempt))
    return Verdict(tuple(findings), tuple(not_checked))


def _run(rule: Rule, attempt: Attempt) -> list[Finding | NotChecked]:
    """Run one rule to its end; a crash lets nothing pass and is told, without any values."""
    try:
        return list(rule.check(attempt))
    except Exception as crash:  # noqa: BLE001 - whatever a rule dies of, the dose must not pass
        _log.error("rule %s crashed: %s", rule.name, type(crash).__name__)
        stop = finding("drug.not-checked", Severity.STOP, subject=rule.name, reason=CRASHED)
        return [stop, NotChecked(rule.right, CRASHED)]


def _settled(found: Finding, attempt: Attempt) -> Finding:
    """Apply the site's policy, then the releases that were given for this dose.

    No policy lowers the stop of a crashed rule: nothing vouched for the dose.
    """
    settled = found if found.facts.get("reason") == CRASHED else attempt.policy.apply(found)
    if is_released(settled, attempt.answers.releases):
        return settled.as_released()
    return settled


__all__ = [
    "RULES",
    "Answers",
    "Attempt",
    "BandInHand",
    "MatchRank",
    "Rule",
    "Scope",
    "Second",
    "UnitInHand",
    "covers",
    "finding",
    "is_released",
    "judge",
]
