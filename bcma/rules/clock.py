"""The right time, continued: whether the clock that says so can be trusted."""

from bcma.model.verdict import Right, Severity
from bcma.rules.attempt import Attempt
from bcma.rules.finding import Results, Rule, Scope, finding


def not_in_future(attempt: Attempt) -> Results:
    """Stop when a scan that proves the dose lies after now: some clock is wrong."""
    latest = max((u.at for u in attempt.units), default=None)
    if latest is not None and latest > attempt.now:
        yield finding("time.in-future", given_at=latest)


def clock_is_right(attempt: Attempt) -> Results:
    """Tell that this machine's clock differs from the server's, whose time is used (H56).

    Stop where no time can be trusted: the server's was never measured, and by what it said
    before, now is already over.
    """
    limit, offset = attempt.policy.clock_off, attempt.clock_offset
    if offset is not None:
        if abs(offset) > limit:
            minutes = int(abs(offset).total_seconds() // 60)
            yield finding("time.clock-off", Severity.INFO, minutes=minutes)
        return
    known = None if attempt.chart is None else attempt.chart.orders_as_of
    if known is not None and known - attempt.now > limit:
        minutes = int((known - attempt.now).total_seconds() // 60)
        yield finding("time.clock-off", Severity.STOP, minutes=minutes)


RULES = (
    Rule(Right.TIME, not_in_future, sees=("now", "scanned-at")),
    Rule(
        Right.TIME,
        clock_is_right,
        Scope.ALWAYS,
        sees=("now", "clock-offset", "clock-limit", "orders-as-of"),
    ),
)
