"""The right time: the slot that this dose claims, its window, and what was given before.

Instants are compared, never clock faces.
"""

from datetime import timedelta
from typing import assert_never

from bcma.model.record import MedicationAdministration
from bcma.model.slot import Claim, ClaimKind, DoseSlot, SlotState
from bcma.model.verdict import Finding, NotChecked, Right, Severity
from bcma.rules.attempt import Attempt
from bcma.rules.finding import Results, Rule, finding
from bcma.rules.given import last_given, wait_after_last
from bcma.rules.in_force import why_not_in_force

#: A single dose has no neighbours: it is judged like a daily one.
_DAILY = timedelta(hours=24)
_REOPENED = frozenset({SlotState.HELD, SlotState.REFUSED, SlotState.NOT_GIVEN})


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
        case ClaimKind.AS_NEEDED | ClaimKind.RUNS_ON:
            return
        case _:
            assert_never(claim.kind)


def dose_is_on_time(attempt: Attempt) -> Results:
    """Compare now with both sides of the claimed slot's window."""
    claim = attempt.claim
    if claim is None or claim.standing is None or why_not_in_force(attempt) is not None:
        return
    if claim.kind is not ClaimKind.SLOT or claim.standing.state is SlotState.LOST:
        return  # which slot it is has to be chosen first; a repeat has a time of its own
    if any(part.infusion is not None for part in claim.standing.given):
        return  # the next bottle follows when the one before has run in
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


def stop_date_is_ahead(attempt: Attempt) -> Results:
    """Warn where the order's stop or review date has passed though it is still active (H66).

    As its end, it is judged by the planned instant of the dose, not by the clock at giving.
    """
    order = attempt.order
    if order is None or order.stop_date is None or why_not_in_force(attempt) is not None:
        return
    standing = None if attempt.claim is None else attempt.claim.standing
    meant_for = attempt.now if standing is None else standing.slot.planned
    if meant_for > order.stop_date:
        yield finding("time.stop-date", subject=order.stop_date.isoformat(), limit=order.stop_date)


def ward_is_the_same(attempt: Attempt) -> Results:
    """Tell that the patient came from another ward since the last dose of this order (H58)."""
    stay = None if attempt.chart is None else attempt.chart.stay
    last = last_given(attempt)
    if stay is None or stay.moved_at is None or last is None or last.known_at is None:
        return
    if last.known_at < stay.moved_at:
        interval = None if attempt.claim is None else attempt.claim.shortest_interval
        due = None if interval is None else last.known_at + interval
        yield finding("time.moved", given_at=last.known_at, ward=stay.ward_name, next=due)


def _claimed(attempt: Attempt, claim: Claim) -> Results:
    standing = claim.standing
    if standing is None or standing.record is None:
        return
    if standing.state is SlotState.LOST:
        yield from _repeat(attempt, standing.slot, standing.record)
    elif standing.state not in _REOPENED:
        return
    elif attempt.answers.reopened_slot != standing.slot.id:
        yield finding(
            "time.reopen",
            subject=standing.slot.id,
            planned=standing.slot.planned,
            status=standing.state.value,
            reason=standing.record.reason,
            given_by=standing.record.giver_name,
        )


def _repeat(attempt: Attempt, slot: DoseSlot, lost: MedicationAdministration) -> Results:
    """Leave the repeat of a dose that was lost (vomited) to the prescriber (hazard H113).

    While the interval to the lost dose is not over, ``time.too-soon`` wants them already.
    """
    wait = wait_after_last(attempt)
    if wait is None or not wait.ordered:
        subject = f"{slot.id}/{lost.event_id or lost.resource_id or ''}"
        yield finding("time.not-due", subject=subject, given_at=lost.known_at, next=None)


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
    Rule(Right.TIME, stop_date_is_ahead, sees=("slot-planned", "now", "order-stop-date")),
    Rule(Right.TIME, ward_is_the_same, sees=("last-given", "ward-since", "stay-ward")),
)
