"""Which orders are one: renewals share their slots, intervals and counts.

In many hospitals each order is written anew every day; yesterday's copy and today's must
not both be given (hazard H103). A copy names what it renews (priorPrescription, basedOn), or
is recognised: same patient, drug, route, dose, timing and as-needed reason, in periods that
overlap or lie at most one interval apart.
"""

from collections import defaultdict
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
#: No two copies lie further apart than this, however rarely a drug is given.
_LONGEST_GAP = timedelta(days=366)


@dataclass(frozen=True, slots=True)
class OrderPeriod:
    """From when to when an order plans doses, both included."""

    start: datetime
    end: datetime


def period_of(order: MedicationRequest) -> OrderPeriod:
    """Give an order's period; an order that was ended plans nothing after its last change."""
    timings = [d.timing for d in order.dosages if d.timing is not None]
    starts = [t.bounds_start for t in timings if t.bounds_start is not None]
    ends = [end for t in timings if (end := _end_of(t, order)) is not None]
    events = [at for t in timings for at in t.events]
    start = min(starts or events or [order.authored_on or _LONG_AGO])
    bounded = bool(timings) and len(ends) == len(timings)
    end = max(ends) if bounded else max(events) if events else _FAR_AHEAD
    if order.status in _ENDED and order.last_updated is not None:
        end = min(end, order.last_updated)
    return OrderPeriod(start, end)


def _end_of(timing: Timing, order: MedicationRequest) -> datetime | None:
    """Give a timing's end; roughly where it is a length, as only adjoining hangs on it."""
    begin = timing.bounds_start or order.authored_on
    if timing.bounds_end is not None or timing.bounds_length is None or begin is None:
        return timing.bounds_end
    length = timing.bounds_length
    try:
        return begin + timedelta(seconds=_UNITS[length.unit].total_seconds() * float(length.value))
    except OverflowError:
        return None


def chains(orders: Sequence[MedicationRequest]) -> tuple[tuple[MedicationRequest, ...], ...]:
    """Give all renewal chains of a patient's orders, each with its oldest copy first."""
    copies = [_Copy.of(order) for order in orders]
    # Only orders of one signature, or linked by name, can be copies: few among a long stay's.
    alike: dict[object, list[_Copy]] = defaultdict(list)
    linked: dict[str, list[_Copy]] = defaultdict(list)
    for copy in copies:
        if copy.signature is not None:
            alike[copy.signature].append(copy)
        for prior in copy.order.prior_ids:
            linked[prior].append(copy)
    by_id = {copy.order.id: copy for copy in copies}
    found: list[tuple[MedicationRequest, ...]] = []
    placed: set[str] = set()
    for copy in copies:
        if copy.order.id in placed:
            continue
        members, waiting = {copy.order.id: copy}, [copy]
        while waiting:
            current = waiting.pop()
            named = [by_id[i] for i in current.order.prior_ids if i in by_id]
            same = [c for c in alike.get(current.signature, ()) if _renews(current, c)]
            for other in (*named, *linked.get(current.order.id, ()), *same):
                if other.order.id not in members:
                    members[other.order.id] = other
                    waiting.append(other)
        placed.update(members)
        ordered = sorted(members.values(), key=lambda c: (c.period.start, c.order.id))
        found.append(tuple(c.order for c in ordered))
    return tuple(found)


@dataclass(frozen=True, slots=True)
class _Copy:
    """An order with what it is compared by, worked out once."""

    order: MedicationRequest
    period: OrderPeriod
    signature: tuple[tuple[object, ...], ...] | None

    @classmethod
    def of(cls, order: MedicationRequest) -> "_Copy":
        comparable = (
            order.status not in _NEVER_COPIES
            and order.intent in ORDERING_INTENTS
            and not order.problems
            and any(order.runs_on(dosage) or _recurs(dosage) for dosage in order.dosages)
        )
        return cls(order, period_of(order), _signature(order) if comparable else None)


def same_drug(one: Medication, other: Medication) -> bool:
    """Tell whether two orders name the same drug: entry, site code, or coding."""
    if one.id and one.id == other.id:
        return True
    if one.drug_codes & other.drug_codes:
        return True
    codes = {(c.system, c.code) for c in one.codes} & {(c.system, c.code) for c in other.codes}
    return bool(codes) and one.form is other.form


def _renews(one: _Copy, other: _Copy) -> bool:
    """Tell whether two orders of one signature are copies of one."""
    a, b = one.order, other.order
    return (
        a.patient_id == b.patient_id
        and a.prohibits == b.prohibits
        and same_drug(a.medication, b.medication)
        and _adjoin(one, other)
    )


def _recurs(dosage: Dosage) -> bool:
    """Tell whether a dosage plans more than one dose: two single doses are no renewal."""
    timing = dosage.timing
    if dosage.as_needed:
        return True
    if timing is None or timing.count == 1:
        return False
    return timing.has_repeat or timing.code is not None or len(timing.events) > 1


def _adjoin(one: _Copy, other: _Copy) -> bool:
    first, second = sorted((one, other), key=lambda c: c.period.start)
    gap = second.period.start - first.period.end
    return gap <= _interval(first.order)


def _interval(order: MedicationRequest) -> timedelta:
    """Give the ordered interval, roughly: it only decides whether two periods adjoin."""
    for dosage in order.dosages:
        timing = dosage.timing
        if timing is not None and timing.period is not None and timing.period_unit is not None:
            seconds = _UNITS[timing.period_unit].total_seconds() * float(timing.period)
            longest = _LONGEST_GAP.total_seconds()
            return timedelta(seconds=min(seconds / (timing.frequency or 1), longest))
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
