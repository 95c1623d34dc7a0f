"""The right time: the slot that this dose claims, its window, and what was given before.

Instants are compared, never clock faces.
"""

from datetime import datetime, timedelta
from decimal import Decimal

from bcma.model.order import PeriodUnit, Timing
from bcma.model.record import MedicationAdministration
from bcma.model.slot import Claim, ClaimKind, SlotState
from bcma.model.verdict import Finding, NotChecked, Right, Severity
from bcma.rules.attempt import Attempt
from bcma.rules.finding import Results, Rule, finding
from bcma.rules.in_force import why_not_in_force

#: A single dose has no neighbours: it is judged like a daily one.
_DAILY = timedelta(hours=24)
_ELAPSED = {
    PeriodUnit.SECOND: timedelta(seconds=1),
    PeriodUnit.MINUTE: timedelta(minutes=1),
    PeriodUnit.HOUR: timedelta(hours=1),
    PeriodUnit.DAY: timedelta(days=1),
    PeriodUnit.WEEK: timedelta(weeks=1),
    # The longest there is: a limit per month holds at least as long as it says.
    PeriodUnit.MONTH: timedelta(days=31),
    PeriodUnit.YEAR: timedelta(days=366),
}
_REOPENED = frozenset({SlotState.HELD, SlotState.REFUSED, SlotState.NOT_GIVEN})
_COUNTED = frozenset({"{dose}", "1"})


def slot_is_open(attempt: Attempt) -> Results:
    """Stop where the slot was given, or where none is planned; ask where two stand open."""
    claim = attempt.claim
    if claim is None:
        yield NotChecked(Right.TIME, "no-order")
        return
    if why_not_in_force(attempt) is not None:
        yield NotChecked(Right.TIME, "inactive-order")
        return
    match claim.kind:
        case ClaimKind.NOT_DUE:
            yield finding("time.not-due", next=claim.next_planned)
        case ClaimKind.ALREADY_GIVEN:
            yield _already_given(claim)
        case ClaimKind.MISSED_CHOICE:
            yield _missed_choice(claim)
        case ClaimKind.SLOT:
            yield from _claimed(attempt, claim)
        case ClaimKind.UNREADABLE:
            yield NotChecked(Right.TIME, "unreadable-order")
        case ClaimKind.AS_NEEDED:
            return


def dose_is_on_time(attempt: Attempt) -> Results:
    """Compare now with both sides of the claimed slot's window."""
    claim = attempt.claim
    if claim is None or claim.standing is None or why_not_in_force(attempt) is not None:
        return
    if claim.kind is not ClaimKind.SLOT:
        return  # which slot it is has to be chosen first
    slot = claim.standing.slot
    interval = slot.interval or _DAILY
    opens = slot.planned - interval / 2 if slot.earliest is None else slot.earliest
    if attempt.now < opens:
        ahead = slot.planned - attempt.now
        limit = attempt.policy.profile.early_stop or interval / 2
        stops = slot.has_window and ahead > limit
        yield finding(
            "time.early",
            Severity.STOP if stops else Severity.WARN,
            subject=slot.id,
            planned=slot.planned,
            earliest=opens,
            minutes=_minutes(ahead),
        )
    elif slot.latest is not None and attempt.now > slot.latest:
        yield finding(
            "time.late",
            subject=slot.id,
            planned=slot.planned,
            latest=slot.latest,
            next=claim.next_planned,
            minutes=_minutes(attempt.now - slot.planned),
        )


def interval_is_over(attempt: Attempt) -> Results:
    """Keep the minimum interval to the last dose of this order, under any of its copies."""
    last = last_given(attempt)
    if last is None or last.known_at is None or why_not_in_force(attempt) is not None:
        return
    interval = minimum_interval(attempt)
    if interval is not None and attempt.now - last.known_at < interval:
        yield _too_soon(last, last.known_at + interval, Severity.STOP)
    elif interval is None and attempt.now - last.known_at < attempt.policy.repeat:
        yield _too_soon(last, last.known_at + attempt.policy.repeat, Severity.WARN)


def as_needed_count(attempt: Attempt) -> Results:
    """Stop when the as-needed doses of a rolling period are used up (hazard H50)."""
    limit = None if attempt.dosage is None else attempt.dosage.max_per_period
    if limit is None or limit.numerator.unit not in _COUNTED:
        return
    unit = _period_unit(limit.denominator.unit)
    if unit is None:
        return
    period = _times(unit, limit.denominator.value)
    since = attempt.now - period
    instants = [r.known_at for r in _given(attempt) if r.known_at is not None]
    given = [at for at in instants if at > since]
    if len(given) >= limit.numerator.value:
        first = min(given)
        yield finding("time.prn-max", count=len(given), limit=limit.numerator, next=first + period)


def not_in_future(attempt: Attempt) -> Results:
    """Stop when a scan that proves the dose lies after now: some clock is wrong."""
    latest = max((u.at for u in attempt.units), default=None)
    if latest is not None and latest > attempt.now:
        yield finding("time.in-future", given_at=latest)


def _claimed(attempt: Attempt, claim: Claim) -> Results:
    standing = claim.standing
    if standing is None or standing.state not in _REOPENED or standing.record is None:
        return
    if attempt.answers.reopened_slot != standing.slot.id:
        yield finding(
            "time.reopen",
            subject=standing.slot.id,
            planned=standing.slot.planned,
            status=standing.state.value,
            reason=standing.record.reason,
            given_by=standing.record.giver_name,
        )


def _already_given(claim: Claim) -> Finding:
    standing = claim.standing
    record = None if standing is None else standing.record
    return finding(
        "time.already-given",
        subject="" if standing is None else standing.slot.id,
        planned=None if standing is None else standing.slot.planned,
        given_at=None if record is None else record.given_at,
        given_by=None if record is None else record.giver_name,
        given_where=None if record is None else record.station,
        next=claim.next_planned,
    )


def _missed_choice(claim: Claim) -> Finding:
    before, coming = claim.before, claim.standing
    return finding(
        "time.missed-choice",
        subject="" if before is None else before.slot.id,
        planned=None if before is None else before.slot.planned,
        next=None if coming is None else coming.slot.planned,
    )


def _too_soon(last: MedicationAdministration, possible: datetime, severity: Severity) -> Finding:
    return finding(
        "time.too-soon",
        severity,
        subject=last.event_id or last.resource_id or "",
        given_at=last.known_at,
        given_by=last.giver_name,
        next=possible,
    )


def _given(attempt: Attempt) -> tuple[MedicationAdministration, ...]:
    return tuple(r for r in attempt.records_of_chain() if r.went_in)


def last_given(attempt: Attempt) -> MedicationAdministration | None:
    """Give the last dose of this order, under any of its copies, before the one in hand."""
    timed = (r for r in _given(attempt) if r.known_at is not None and not _is_same_dose(r, attempt))
    return max(timed, key=lambda r: r.known_at or attempt.now, default=None)


def _is_same_dose(record: MedicationAdministration, attempt: Attempt) -> bool:
    """Tell whether a record is a part of the dose whose remainder is given now."""
    standing = None if attempt.claim is None else attempt.claim.standing
    if standing is None or standing.state is not SlotState.GIVEN_IN_PART:
        return False
    return any(part == record for part in standing.given)


def minimum_interval(attempt: Attempt) -> timedelta | None:
    """Give p/f of an as-needed order (rule 12), else half the distance between the slots."""
    if attempt.dosage is None:
        return None
    if attempt.dosage.as_needed:
        return _ordered_interval(attempt.dosage.timing)
    standing = None if attempt.claim is None else attempt.claim.standing
    shortest = None if attempt.claim is None else attempt.claim.shortest_interval
    return None if standing is None or shortest is None else shortest / 2


def _ordered_interval(timing: Timing | None) -> timedelta | None:
    if timing is None or timing.period is None or timing.period_unit is None:
        return None
    return _times(_ELAPSED[timing.period_unit], timing.period) / (timing.frequency or 1)


def _period_unit(unit: str) -> timedelta | None:
    try:
        return _ELAPSED[PeriodUnit(unit)]
    except ValueError:
        return None  # an unreadable period was made a problem of the order when it was read


def _times(unit: timedelta, factor: Decimal) -> timedelta:
    return timedelta(seconds=float(Decimal(unit.total_seconds()) * factor))


def _minutes(span: timedelta) -> int:
    return int(span.total_seconds() // 60)


RULES = (
    Rule(
        Right.TIME,
        slot_is_open,
        sees=("order-status", "claim", "slot-planned", "slot-state", "slot-older", "slot-next"),
    ),
    Rule(
        Right.TIME,
        dose_is_on_time,
        sees=("now", "slot-planned", "slot-opens", "slot-ends", "slot-interval", "slot-next"),
    ),
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
    Rule(Right.TIME, not_in_future, sees=("now", "scanned-at")),
)
