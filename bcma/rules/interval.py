"""The right time, continued: how long since the last dose, and how many there were."""

from datetime import timedelta

from bcma.model.order import MedicationRequest
from bcma.model.record import MedicationAdministration
from bcma.model.verdict import Right, Severity
from bcma.rules.attempt import Attempt
from bcma.rules.finding import Results, Rule, finding
from bcma.rules.given import given_doses, length_of, minimum_interval, wait_after_last
from bcma.rules.in_force import why_not_in_force

_HOUR, _DAY, _WEEK = timedelta(hours=1), timedelta(days=1), timedelta(weeks=1)
#: Routes of table 0162 by which a drug is swallowed.
_BY_MOUTH = frozenset({"PO", "NG", "GTT", "MTH"})
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


def weekly_stays_weekly(attempt: Attempt) -> Results:
    """Stop a weekly drug by mouth (methotrexate) that is ordered or given more often.

    Doses under any order count. A day may be missing to the week: the dose of Monday evening
    may be given on the next Monday morning.
    """
    if attempt.order is None or why_not_in_force(attempt) is not None:
        return
    if not _is_weekly(attempt, attempt.order):
        return
    last = _last_by_mouth(attempt, attempt.order)
    given_at = None if last is None else last.known_at
    too_soon = given_at is not None and attempt.now - given_at < _WEEK - _DAY
    if too_soon or _ordered_more_often(attempt):
        dose = "" if last is None or not too_soon else last.event_id or last.resource_id
        yield finding(
            "time.weekly-only",
            subject=f"{attempt.order.version}/{dose}",
            drug=attempt.order.medication.name,
            given_at=given_at,
        )


def _is_weekly(attempt: Attempt, order: MedicationRequest) -> bool:
    """Tell whether the site lists the drug, and the order lets it be swallowed."""
    routes = () if attempt.dosage is None else attempt.dosage.routes
    drugs = [order.medication, *(u.product for u in attempt.units if u.product is not None)]
    return not _BY_MOUTH.isdisjoint(routes) and any(map(attempt.policy.is_weekly, drugs))


def _last_by_mouth(attempt: Attempt, order: MedicationRequest) -> MedicationAdministration | None:
    """Give the last dose of the drug under any order, unless it surely went another way."""
    records = () if attempt.chart is None else attempt.chart.administrations
    same = {o.id for o in attempt.chain}
    doses = [
        record
        for record in records
        if record.went_in
        and record.known_at is not None
        and (record.route is None or record.route in _BY_MOUTH)
        and (record.order_id in same or record.ingredients & order.medication.ingredient_keys)
    ]
    return max(doses, key=lambda r: r.known_at or attempt.now, default=None)


def _ordered_more_often(attempt: Attempt) -> bool:
    interval = None if attempt.claim is None else attempt.claim.shortest_interval
    if attempt.dosage is not None and attempt.dosage.as_needed:
        interval = minimum_interval(attempt)
    # A week over a change of the clock has an hour less.
    return interval is not None and interval < _WEEK - _HOUR


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
    Rule(
        Right.TIME,
        weekly_stays_weekly,
        sees=("now", "ordered-drug", "ordered-routes", "weekly-drug", "shortest-interval"),
    ),
)
