"""Which doses were charted twice, at stations that could not see one another (hazard H47).

One place for the rule that holds the next dose, for what is told to the EMR, and for the list
of what a person has to find out.
"""

from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from itertools import pairwise
from typing import Final

from bcma.model.double import Double, name_of
from bcma.model.order import Dosage, DoseRange, MedicationRequest
from bcma.model.quantity import Quantity
from bcma.model.record import MedicationAdministration, RecordStatus
from bcma.rules.given import ordered_interval

_TOO_SOON: Final = "time.too-soon"
_RUNS: Final = "time.infusion-running"
_OUT_OF_ORDER: Final = "dose.out-of-order"
#: Another system's record belongs to a slot of ours up to this share of the interval from it.
_NEAR: Final = 4
_TWO: Final = 2
_LONG_AGO: Final = datetime.min.replace(tzinfo=UTC)
_Records = Sequence[MedicationAdministration]


def doubles(
    chain: Sequence[MedicationRequest], records: Sequence[MedicationAdministration]
) -> Iterator[Double]:
    """Find the doubles among the records of one order under all its copies.

    They are two whole doses of one slot; parts of a dose from two stations that are more than
    it; two as-needed doses from two stations within the minimum interval; two bags of one
    infusion without slots that two stations let run at the same time. What was lost is no second
    dose, and neither is what somebody let pass knowing of the first.

    Args:
        chain: the order and its renewals.
        records: every record under any of them.
    """
    orders = {order.id: order for order in chain}
    stayed = [r for r in records if r.went_in and r.status is not RecordStatus.LOST]
    stayed.sort(key=_when)
    for planned, doses in _by_slot(stayed, orders).items():
        if _too_many(doses, orders):
            yield Double(tuple(doses), planned)
    needed = [r for r in stayed if r.slot is None and not r.is_part and r.infusion is None]
    for one, other in pairwise(needed):
        if _unseen(one, other, orders):
            yield Double((one, other))
    running = [r for r in stayed if r.slot is None and r.infusion is not None]
    for one, other in pairwise(running):
        if _run_together(one, other):
            yield Double((one, other))


def _when(record: MedicationAdministration) -> tuple[datetime, str]:
    return record.known_at or _LONG_AGO, name_of(record)


def _by_slot(
    records: _Records, orders: Mapping[str, MedicationRequest]
) -> dict[datetime, list[MedicationAdministration]]:
    """Group doses by their slots; another system's, which names none, is put to one of ours."""
    slots = {r.slot for r in records if r.slot is not None and r.event_id is not None}
    found: dict[datetime, list[MedicationAdministration]] = defaultdict(list)
    for record in records:
        slot = record.slot or _slot_nearby(record, slots, orders)
        if slot is not None:
            found[slot].append(record)
    return found


def _slot_nearby(
    record: MedicationAdministration,
    slots: Collection[datetime],
    orders: Mapping[str, MedicationRequest],
) -> datetime | None:
    given_at = record.given_at
    if record.event_id is not None or given_at is None or not slots:
        return None
    order = orders.get(record.order_id or "")
    planned = [] if order is None else [d for d in order.dosages if not d.as_needed]
    intervals = [ordered_interval(dosage.timing) for dosage in planned]
    shortest = min((length for length in intervals if length is not None), default=None)
    nearest = min(slots, key=lambda slot: (abs(slot - given_at), slot))
    near = shortest is not None and abs(nearest - given_at) <= shortest / _NEAR
    return nearest if near else None


def _too_many(doses: _Records, orders: Mapping[str, MedicationRequest]) -> bool:
    whole = [dose for dose in doses if not dose.is_part]
    if len(whole) > 1:
        return True
    stations = {dose.station for dose in doses} - {""}
    return len(stations) > 1 and not _knew(_OUT_OF_ORDER, doses) and _is_excess(doses, orders)


def _is_excess(doses: _Records, orders: Mapping[str, MedicationRequest]) -> bool:
    """Tell whether parts, or a part and a whole, are together more than the ordered dose."""
    order = orders.get(doses[-1].order_id or "")
    most = [] if order is None else [_most(dosage) for dosage in order.dosages]
    amounts = [dose.amount for dose in doses]
    return bool(most) and all(dose is not None and _exceed(amounts, dose) for dose in most)


def _most(dosage: Dosage) -> Quantity | None:
    return dosage.dose.high if isinstance(dosage.dose, DoseRange) else dosage.dose


def _exceed(amounts: Sequence[Quantity | None], dose: Quantity) -> bool:
    together = Decimal(0)
    for amount in amounts:
        if amount is None or not amount.convertible_to(dose.unit):
            return False
        together += amount.to(dose.unit).value
    return together > dose.value


def _unseen(
    one: MedicationAdministration,
    other: MedicationAdministration,
    orders: Mapping[str, MedicationRequest],
) -> bool:
    """Tell whether an as-needed dose came too soon after one that its station did not know."""
    order = orders.get(other.order_id or "")
    interval = None if order is None else _interval(order)
    if interval is None or one.known_at is None or other.known_at is None:
        return False
    stations = {one.station, other.station} - {""}
    too_soon = other.known_at - one.known_at < interval
    return too_soon and len(stations) > 1 and not _knew(_TOO_SOON, (one, other))


def _run_together(one: MedicationAdministration, other: MedicationAdministration) -> bool:
    """Tell whether a bag was begun where another one ran that its station did not know to close."""
    if other.given_at is None or len({one.station, other.station} - {""}) < _TWO:
        return False
    together = one.ended_at is None or other.given_at < one.ended_at
    return together and not _knew(_RUNS, (one, other))


def _interval(order: MedicationRequest) -> timedelta | None:
    """Give the minimum interval of an order's as-needed instruction (rule 12)."""
    lengths = [ordered_interval(dosage.timing) for dosage in order.dosages if dosage.as_needed]
    return min((length for length in lengths if length is not None), default=None)


def _knew(code: str, doses: _Records) -> bool:
    """Tell whether somebody let a dose pass for what the other one makes of it."""
    return any(release.code == code for dose in doses for release in dose.releases)
