"""Charting a dose that was given on paper: marked, not scanned, checked afterwards (hazard H84).

What the checks find is reported and holds nothing back: the dose is in the patient already.
"""

from dataclasses import replace
from typing import Final

from bcma.bedside.acts import BackEntry
from bcma.bedside.amounts import in_unit
from bcma.bedside.charting import save
from bcma.bedside.course import INCOMPLETE, NO_PATIENT, Course, Step
from bcma.bedside.hand import Dose
from bcma.bedside.orders import OrderBook
from bcma.bedside.recording import paper_record
from bcma.model.chart import Chart
from bcma.model.quantity import Quantity
from bcma.model.record import ReleaseRecord
from bcma.model.slot import ClaimKind
from bcma.model.verdict import Finding, Right, Severity
from bcma.rules import Attempt, finding, judge
from bcma.rules.documentation import may_give
from bcma.rules.target import TargetGap, dose_unit, target_amount

LATE: Final = "time.back-charted"
_IN_FUTURE: Final = "time.in-future"
_ROLE: Final = "documentation.role"
_NOT_ORDERED: Final = "drug.not-ordered"
_GIVEN: Final = "time.already-given"
#: What is about this moment and these hands, and not about the dose that was given.
_OF_THE_MOMENT: Final = frozenset({Right.PATIENT, Right.DOCUMENTATION})
_CLOCKS: Final = frozenset({"time.clock-off", _IN_FUTURE})


def back_enter(course: Course, step: Step, entry: BackEntry) -> None:
    """Chart a dose at the time at which it was given, for the slot nearest to that time."""
    session, book = course.giver, course.book(step.now)
    if book is None:
        step.refused = NO_PATIENT
        return
    if not may_give(session.practitioner):
        step.refused = _ROLE
        return
    late = _late(course, step, entry)
    if step.refused is not None:
        return
    attempt = _as_given(course, book, entry)
    if attempt.order is None or attempt.claim is None:
        step.refused = _NOT_ORDERED
        return
    if attempt.claim.kind is ClaimKind.ALREADY_GIVEN:
        step.refused = _GIVEN
        return
    amount = _amount(attempt, entry)
    if amount is None:
        step.refused = INCOMPLETE
        return
    report = (*late, *_report(attempt, book.chart))
    record = paper_record(attempt, amount, session, course.ward.station)
    release = ReleaseRecord(code=LATE, reason=entry.reason, at=step.now)
    record = replace(
        record,
        recorded_at=step.now,
        reason=entry.reason,
        findings=report,
        releases=(release,) if late else (),
    )
    save(course, record, step, course.hand.dose)
    step.reported = report


def _late(course: Course, step: Step, entry: BackEntry) -> tuple[Finding, ...]:
    """Mark an entry that comes late; it says why, and none is made for a time to come."""
    policy, delay = course.ward.policy, step.now - entry.given_at
    if entry.given_at > step.now:
        step.refused = _IN_FUTURE
        step.reported = (finding(_IN_FUTURE, given_at=entry.given_at),)
        return ()
    known = entry.reason is None or policy.reason_allowed(LATE, entry.reason)
    if delay <= policy.back_chart:
        step.refused = None if known else INCOMPLETE
        return ()
    minutes = int(delay.total_seconds() // 60)
    warning = policy.apply(finding(LATE, minutes=minutes, given_at=entry.given_at))
    if entry.reason is None or not known:
        step.refused, step.reported = LATE, (warning,)
        return ()
    return (warning.as_released(),)


def _as_given(course: Course, book: OrderBook, entry: BackEntry) -> Attempt:
    """Give the dose as it stood when it was given, by what is known of that time now."""
    ward = course.ward
    then = OrderBook(book.chart, entry.given_at, ward.policy, ward.zone, book.chained)
    dose = Dose(order_id=entry.order_id)
    attempt = course.hand.attempt(then, course.session, entry.given_at, dose)
    # Of two open slots the nearest was meant: the time of giving is known.
    claim = attempt.claim
    if claim is not None and claim.kind is ClaimKind.MISSED_CHOICE:
        attempt = replace(attempt, claim=replace(claim, kind=ClaimKind.SLOT))
    return attempt


def _amount(attempt: Attempt, entry: BackEntry) -> Quantity | None:
    """Give the amount in the order's unit: as entered, else as ordered."""
    if entry.amount is not None:
        unit = dose_unit(attempt)
        wanted = entry.amount if unit is None else in_unit(entry.amount, unit, attempt)
        return wanted if wanted is not None and wanted.value > 0 else None
    target = target_amount(attempt)
    return None if isinstance(target, TargetGap) else target


def _report(attempt: Attempt, chart: Chart) -> tuple[Finding, ...]:
    """Check the dose: what it would have been warned about or stopped for.

    It is held against the doses before it, and not against those that were given after it.
    """
    earlier = tuple(
        record
        for record in chart.administrations
        if record.known_at is None or record.known_at <= attempt.now
    )
    attempt = replace(attempt, chart=replace(chart, administrations=earlier))
    return tuple(
        found
        for found in judge(attempt).findings
        if found.severity in {Severity.STOP, Severity.WARN}
        and found.right not in _OF_THE_MOMENT
        and found.code not in _CLOCKS
    )
