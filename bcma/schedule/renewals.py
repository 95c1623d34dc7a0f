"""Which orders are one: renewals share their slots, intervals and counts.

In many hospitals each order is written anew every day; yesterday's copy and today's must
not both be given (hazard H103). A copy names what it renews (priorPrescription, basedOn), or
is recognised: same patient, drug, route, dose, timing and as-needed reason, in periods that
overlap or lie at most one interval apart.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta

from bcma.model.drug import Medication
from bcma.model.order import (
    ORDERING_INTENTS,
    Dosage,
    MedicationRequest,
    OrderStatus,
    PeriodUnit,
    Timing,
)

_LONG_AGO = datetime(1, 1, 1, tzinfo=UTC)
_FAR_AHEAD = datetime(9999, 12, 31, tzinfo=UTC)
_NEVER_COPIES = frozenset(
    {OrderStatus.DRAFT, OrderStatus.ENTERED_IN_ERROR, OrderStatus.UNREADABLE, OrderStatus.UNKNOWN}
)
_ENDED = frozenset({OrderStatus.STOPPED, OrderStatus.CANCELLED, OrderStatus.COMPLETED})
_UNITS = {
    PeriodUnit.SECOND: timedelta(seconds=1),
    PeriodUnit.MINUTE: timedelta(minutes=1),
    PeriodUnit.HOUR: timedelta(hours=1),
    PeriodUnit.DAY: timedelta(days=1),
    PeriodUnit.WEEK: timedelta(weeks=1),
    PeriodUnit.MONTH: timedelta(days=31),
    PeriodUnit.YEAR: timedelta(days=366),
}
_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class OrderPeriod:
    """From when to when an order plans doses, both included."""

    start: datetime
    end: datetime


def period_of(order: MedicationRequest) -> OrderPeriod:
    """Give an order's period; an order that was ended plans nothing after its last change."""
    timings = [d.timing for d in order.dosages if d.timing is not None]
    starts = [t.bounds_start for t in timings if t.bounds_start is not None]
    ends = [t.bounds_end for t in timings if t.bounds_end is not None]
    events = [at for t in timings for at in t.events]
    start = min(starts or events or [order.authored_on or _LONG_AGO])
    bounded = bool(timings) and len(ends) == len(timings)
    end = max(ends) if bounded else max(events) if events else _FAR_AHEAD
    if order.status in _ENDED and order.last_updated is not None:
        end = min(end, order.last_updated)
    return OrderPeriod(start, end)


def chain_of(
    order: MedicationRequest, orders: Sequence[MedicationRequest]
) -> tuple[MedicationRequest, ...]:
    """Give the renewal chain of an order among a patient's orders, oldest first."""
    members = {order.id: order}
    waiting = [order]
    while waiting:
        current = waiting.pop()
        for other in orders:
            if other.id not in members and _renews(current, other):
                members[other.id] = other
                waiting.append(other)
    return tuple(sorted(members.values(), key=lambda o: (period_of(o).start, o.id)))


def chains(orders: Sequence[MedicationRequest]) -> tuple[tuple[MedicationRequest, ...], ...]:
    """Give all chains of a patient's orders."""
    found: list[tuple[MedicationRequest, ...]] = []
    placed: set[str] = set()
    for order in orders:
        if order.id not in placed:
            chain = chain_of(order, orders)
            placed.update(o.id for o in chain)
            found.append(chain)
    return tuple(found)


def same_drug(one: Medication, other: Medication) -> bool:
    """Tell whether two orders name the same drug: entry, site code, or coding."""
    if one.id and one.id == other.id:
        return True
    if one.drug_codes & other.drug_codes:
        return True
    codes = {(c.system, c.code) for c in one.codes} & {(c.system, c.code) for c in other.codes}
    return bool(codes) and one.form is other.form


def _renews(one: MedicationRequest, other: MedicationRequest) -> bool:
    if other.id in one.prior_ids or one.id in other.prior_ids:
        return True
    if one.status in _NEVER_COPIES or other.status in _NEVER_COPIES:
        return False
    if one.intent not in ORDERING_INTENTS or other.intent not in ORDERING_INTENTS:
        return False
    return (
        one.patient_id == other.patient_id
        and one.prohibits == other.prohibits
        and not (one.problems or other.problems)
        and same_drug(one.medication, other.medication)
        and _signature(one) == _signature(other)
        and _adjoin(one, other)
    )


def _adjoin(one: MedicationRequest, other: MedicationRequest) -> bool:
    first, second = sorted((period_of(one), period_of(other)), key=lambda p: p.start)
    return second.start - first.end <= _interval(one) if second.start > first.end else True


def _interval(order: MedicationRequest) -> timedelta:
    """Give the ordered interval, roughly: it only decides whether two periods adjoin."""
    for dosage in order.dosages:
        timing = dosage.timing
        if timing is not None and timing.period is not None and timing.period_unit is not None:
            seconds = _UNITS[timing.period_unit].total_seconds() * float(timing.period)
            return timedelta(seconds=seconds / (timing.frequency or 1))
    return _DAY


def _signature(order: MedicationRequest) -> tuple[tuple[object, ...], ...]:
    return tuple(_dosage_signature(d) for d in order.dosages)


def _dosage_signature(dosage: Dosage) -> tuple[object, ...]:
    timing = dosage.timing or Timing()
    pattern = replace(
        timing, events=(), bounds_start=None, bounds_end=None, bounds_length=None, count=None
    )
    reasons = tuple(sorted(c.code or c.display for c in dosage.as_needed_for))
    return (dosage.routes, dosage.dose, dosage.rate, pattern, dosage.as_needed, reasons)
