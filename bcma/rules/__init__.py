"""The judgement: from an Attempt to a Verdict. One right per file; RULES is the whole list.

Nothing passes unless every rule ran: a rule that crashes stops the dose, and its right is
shown as not checked. :func:`explain` runs the same rules the same way and tells what each of
them looked at and said.
"""

import logging
from collections.abc import Iterable
from typing import Final

from bcma.model.explanation import Explanation, Seen
from bcma.model.verdict import Finding, NotChecked, Right, Severity, Verdict
from bcma.rules import (
    allergy,
    batch,
    clock,
    components,
    container,
    documentation,
    dose,
    dose_limits,
    dose_recompute,
    dose_weight,
    drug,
    duplicate,
    indication,
    interval,
    look_alike,
    order,
    patient,
    rate,
    response,
    route,
    route_fit,
    route_lethal,
    route_patch,
    route_site,
    running,
    time,
    unit,
    witness,
)
from bcma.rules.aspects import ASPECTS
from bcma.rules.attempt import Answers, Attempt, BandInHand, MatchRank, Second, UnitInHand
from bcma.rules.finding import Rule, Scope, finding
from bcma.rules.releases import covers, is_released

_log = logging.getLogger(__name__)

#: What there is nothing to say of where a scale makes the dose zero.
_OF_GIVING: Final = frozenset({Right.ROUTE, Right.INDICATION})
#: Why a rule that died did not check.
CRASHED: Final = "crashed"

#: Every rule, in reading order: the eight rights.
RULES: Final[tuple[Rule, ...]] = (
    *patient.RULES,
    *drug.RULES,
    *look_alike.RULES,
    *order.RULES,
    *unit.RULES,
    *batch.RULES,
    *container.RULES,
    *components.RULES,
    *allergy.RULES,
    *duplicate.RULES,
    *dose_weight.RULES,
    *dose.RULES,
    *dose_limits.RULES,
    *dose_recompute.RULES,
    *rate.RULES,
    *route.RULES,
    *route_lethal.RULES,
    *route_fit.RULES,
    *route_patch.RULES,
    *route_site.RULES,
    *time.RULES,
    *interval.RULES,
    *running.RULES,
    *clock.RULES,
    *indication.RULES,
    *response.RULES,
    *documentation.RULES,
    *witness.RULES,
)


def judge(attempt: Attempt, rules: Iterable[Rule] = RULES) -> Verdict:
    """Judge one dose, or one band where there is no dose yet."""
    answers = [answer for rule in rules for answer in _answers(rule, attempt)]
    return Verdict(
        tuple(answer for answer in answers if isinstance(answer, Finding)),
        tuple(answer for answer in answers if isinstance(answer, NotChecked)),
    )


def explain(attempt: Attempt, rules: Iterable[Rule] = RULES) -> tuple[Explanation, ...]:
    """Judge, and tell for each rule what it looked at and what it said.

    Together the explanations hold the findings of :func:`judge`, in its order.
    """
    return tuple(_explained(rule, attempt) for rule in rules)


def _explained(rule: Rule, attempt: Attempt) -> Explanation:
    answers = _answers(rule, attempt)
    looked_at = rule.sees if _concerns(rule, attempt) else ()
    return Explanation(
        rule=rule.name,
        right=rule.right,
        seen=tuple(_look(aspect, attempt) for aspect in looked_at),
        findings=tuple(answer for answer in answers if isinstance(answer, Finding)),
        not_checked=tuple(answer for answer in answers if isinstance(answer, NotChecked)),
    )


def _look(aspect: str, attempt: Attempt) -> Seen:
    """Work out one aspect; data that breaks a rule may break it too, and that is told."""
    try:
        return Seen(aspect, ASPECTS[aspect](attempt))
    except Exception as crash:  # noqa: BLE001 - an explanation is wanted most where data is odd
        _log.warning("aspect %s crashed: %s", aspect, type(crash).__name__)
        return Seen(aspect, None, readable=False)


def _answers(rule: Rule, attempt: Attempt) -> list[Finding | NotChecked]:
    """Give all that a rule says of this dose or band, as policy and releases leave it."""
    if not _concerns(rule, attempt):
        return [NotChecked(rule.right, "no-dose")]
    if attempt.gives_nothing and rule.right in _OF_GIVING:
        return [NotChecked(rule.right, "nothing-given")]
    return [
        _settled(answer, attempt) if isinstance(answer, Finding) else answer
        for answer in _run(rule, attempt)
    ]


def _concerns(rule: Rule, attempt: Attempt) -> bool:
    return rule.scope is Scope.ALWAYS or attempt.is_dose


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
    "ASPECTS",
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
    "explain",
    "finding",
    "is_released",
    "judge",
]
