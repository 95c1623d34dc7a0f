"""The right indication: why this dose, and why now."""

from bcma.model.verdict import NotChecked, Right, Severity
from bcma.rules.attempt import Attempt
from bcma.rules.finding import Results, Rule, finding
from bcma.rules.in_force import why_not_in_force
from bcma.rules.need import BEFORE_PROCEDURE, is_for_pain, may_want_score, ordered_reasons


def need_is_told(attempt: Attempt) -> Results:
    """Ask why an as-needed dose is needed now, out of the order's reasons (hazard H51)."""
    if attempt.order is None:
        yield NotChecked(Right.INDICATION, "no-order")
    elif why_not_in_force(attempt) is not None:
        yield NotChecked(Right.INDICATION, "inactive-order")
    elif attempt.dosage is None:
        yield NotChecked(Right.INDICATION, "unreadable-order")
    elif attempt.dosage.as_needed and attempt.answers.prn_reason is None:
        yield finding(
            "indication.prn-reason",
            reasons=ordered_reasons(attempt),
            score=may_want_score(attempt),
        )


def pain_is_there(attempt: Attempt) -> Results:
    """Warn on a drug for pain at score 0, unless it is given ahead of a procedure (H51)."""
    reason, score = attempt.answers.prn_reason, attempt.answers.prn_score
    if reason is None or score is None or score > 0 or reason == BEFORE_PROCEDURE:
        return
    if is_for_pain(attempt, reason):
        yield finding("indication.score-zero", value=score)


def order_says_what_for(attempt: Attempt) -> Results:
    """Note an order without any reason: the prescriber is to add it (hazard H74)."""
    if attempt.order is None or why_not_in_force(attempt) is not None:
        return
    needs = [d for d in attempt.order.dosages if d.as_needed_for or d.as_needed_text]
    if not attempt.order.reasons and not attempt.order.reason_codes and not needs:
        yield finding("indication.missing", Severity.INFO)


def not_contradicted(_attempt: Attempt) -> Results:
    """Say that diagnosis, pregnancy, age and laboratory are held against no drug knowledge."""
    yield NotChecked(Right.INDICATION, "no-pack")


RULES = (
    Rule(
        Right.INDICATION,
        need_is_told,
        sees=("as-needed", "order-reasons", "need-told", "symptom-score"),
    ),
    Rule(Right.INDICATION, pain_is_there, sees=("need-told", "symptom-score")),
    Rule(Right.INDICATION, order_says_what_for, sees=("order-reasons",)),
    Rule(Right.INDICATION, not_contradicted, sees=("ordered-drug",)),
)
