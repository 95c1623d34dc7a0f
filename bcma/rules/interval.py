"""The right time, continued: how long since the last dose, and how many there were."""

from bcma.model.verdict import Right, Severity
from bcma.rules.attempt import Attempt
from bcma.rules.finding import Results, Rule, finding
from bcma.rules.given import given_doses, length_of, wait_after_last
from bcma.rules.in_force import why_not_in_force

_COUNTED = frozenset({"{dose}", "1"})


def interval_is_over(attempt: Attempt) -> Results:
    """Keep the minimum interval to the last dose of this order, under any of its copies."""
    wait = None if why_not_in_force(attempt) is not None else wait_after_last(attempt)
    if wait is not None:
        yield finding(
            "time.too-soon",
            Severity.STOP if wait.ordered else Severity.WARN,
            subject=wait.last.event_id or wait.last.resource_id or "",
            given_at=wait.last.known_at,
            given_by=wait.last.giver_name,
            next=wait.possible,
        )


def as_needed_count(attempt: Attempt) -> Results:
    """Stop when the as-needed doses of a rolling period are used up (hazard H50)."""
    limit = None if attempt.dosage is None else attempt.dosage.max_per_period
    if limit is None or limit.numerator.unit not in _COUNTED:
        return
    period = length_of(limit.denominator.value, limit.denominator.unit)
    if period is None:
        return
    instants = [r.known_at for r in given_doses(attempt) if r.known_at is not None]
    given = [at for at in instants if at > attempt.now - period]
    if len(given) >= limit.numerator.value:
        first = min(given)
        yield finding("time.prn-max", count=len(given), limit=limit.numerator, next=first + period)


RULES = (
    Rule(
        Right.TIME,
        interval_is_over,
        sees=("now", "last-given", "last-given-by", "least-interval", "repeat-limit"),
    ),
    Rule(
        Right.TIME,
        as_needed_count,
        sees=("now", "doses-recorded", "doses-limit", "doses-limit-period"),
    ),
)
