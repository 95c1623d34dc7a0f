"""Which slot a dose claims now (*Which order, which slot* in the eight rights).

The nearest slot, given or not; the rest of the rule keeps a nurse who is late from silently
taking the next dose, and one who is early from doubling the last.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta

from bcma.model.record import MedicationAdministration, RecordStatus
from bcma.model.slot import Claim, ClaimKind, DoseSlot, SlotStanding, SlotState

_STATES = {
    RecordStatus.GIVEN: SlotState.GIVEN,
    RecordStatus.GIVEN_IN_PART: SlotState.GIVEN_IN_PART,
    RecordStatus.RUNNING: SlotState.RUNNING,
    RecordStatus.STOPPED: SlotState.GIVEN,
    RecordStatus.REMOVED: SlotState.GIVEN,
    RecordStatus.LOST: SlotState.LOST,
    RecordStatus.UNREADABLE: SlotState.GIVEN,
    RecordStatus.HELD: SlotState.HELD,
    RecordStatus.REFUSED: SlotState.REFUSED,
    RecordStatus.NOT_GIVEN: SlotState.NOT_GIVEN,
}


def standings(
    slots: Sequence[DoseSlot], records: Sequence[MedicationAdministration]
) -> tuple[SlotStanding, ...]:
    """Give each slot with what was recorded for it.

    A record belongs to the slot whose planned instant it names; one that names none (another
    system's) to the slot nearest to its giving, half an interval before to a whole one after;
    where the giving has no readable instant, to the slot last due when it was recorded.
    Records entered in error count for nothing.
    """
    by_slot: dict[str, list[MedicationAdministration]] = {slot.id: [] for slot in slots}
    for record in records:
        if record.status is RecordStatus.ENTERED_IN_ERROR:
            continue
        slot = _slot_of(record, slots)
        if slot is not None:
            by_slot[slot.id].append(record)
    return tuple(_standing(slot, by_slot[slot.id]) for slot in slots)


def claim(states: Sequence[SlotStanding], now: datetime, choice: str | None = None) -> Claim:
    """Say which slot a dose at ``now`` claims.

    ``choice`` answers ``time.missed-choice``: ``"late"`` takes the older open slot,
    ``"next"`` the coming one.
    """
    if not states:
        return Claim(kind=ClaimKind.NOT_DUE)
    nearest = min(states, key=lambda s: (abs(s.slot.planned - now), s.slot.planned))
    if nearest.is_taken or nearest.state is SlotState.LOST:
        other = next((s for s in states if s.is_open and s.slot.window_contains(now)), None)
        taken = other is None and nearest.is_taken
        kind = ClaimKind.ALREADY_GIVEN if taken else ClaimKind.SLOT
        return _claimed(kind, other or nearest, states)
    before = _open_before(nearest, states)
    if before is not None and _is_far_ahead(nearest, before, now):
        if choice == "late":
            return _claimed(ClaimKind.SLOT, before, states)
        if choice != "next":
            return _claimed(ClaimKind.MISSED_CHOICE, nearest, states, before)
    return _claimed(ClaimKind.SLOT, nearest, states)


def _claimed(
    kind: ClaimKind,
    standing: SlotStanding,
    states: Sequence[SlotStanding],
    before: SlotStanding | None = None,
) -> Claim:
    planned = standing.slot.planned
    later = (s.slot.planned for s in states if s.slot.planned > planned)
    shortest = min((s.slot.interval for s in states if s.slot.interval), default=None)
    missed = tuple(s for s in states if s.is_open and s.slot.planned < planned)
    return Claim(
        kind=kind,
        standing=standing,
        before=before,
        missed=missed,
        next_planned=min(later, default=None),
        shortest_interval=shortest,
    )


def _open_before(nearest: SlotStanding, states: Sequence[SlotStanding]) -> SlotStanding | None:
    """Give the slot right before the nearest one, if nothing was recorded for it."""
    earlier = [s for s in states if s.slot.planned < nearest.slot.planned]
    if not earlier:
        return None
    before = max(earlier, key=lambda s: s.slot.planned)
    return before if before.is_open else None


def _is_far_ahead(nearest: SlotStanding, before: SlotStanding, now: datetime) -> bool:
    interval = nearest.slot.planned - before.slot.planned
    return nearest.slot.planned - now > interval / 4


def _slot_of(record: MedicationAdministration, slots: Sequence[DoseSlot]) -> DoseSlot | None:
    if record.slot_id is not None:
        same = next((s for s in slots if s.id == record.slot_id), None)
        if same is not None:
            return same
    if record.slot is not None:
        return next((s for s in slots if s.planned == record.slot), None)
    if not slots or (record.given_at is None and not record.went_in):
        return None
    if record.given_at is None:
        return _last_due(record.recorded_at, slots)
    given_at = record.given_at
    nearest = min(slots, key=lambda s: (abs(s.planned - given_at), s.planned))
    interval = nearest.interval or timedelta(days=1)
    within = nearest.planned - interval / 2 <= given_at <= nearest.planned + interval
    return nearest if within else None


def _last_due(recorded_at: datetime | None, slots: Sequence[DoseSlot]) -> DoseSlot | None:
    """Give the slot last due when a dose was recorded whose instant of giving is unreadable.

    Its slot counts as given: a dose asked about twice is better than one given twice (H46).
    """
    if recorded_at is None:
        return None
    due = [s for s in slots if s.planned - (s.early or timedelta(0)) <= recorded_at]
    if due:
        return max(due, key=lambda s: s.planned)
    first = min(slots, key=lambda s: s.planned)
    ahead = first.planned - recorded_at
    return first if ahead <= (first.interval or timedelta(days=1)) / 2 else None


def _standing(slot: DoseSlot, records: Sequence[MedicationAdministration]) -> SlotStanding:
    """Judge a slot by its records: whatever went in outweighs a later hold or refusal."""
    if not records:
        return SlotStanding(slot)
    went_in = tuple(r for r in records if r.went_in)
    # A rest may follow a part, and a dose that was lost may be repeated.
    stayed = [r for r in went_in if r.status is not RecordStatus.LOST]
    whole = next((r for r in stayed if not r.is_part), None)
    decisive = whole or (stayed or went_in or tuple(records))[-1]
    state = SlotState.GIVEN_IN_PART if decisive.is_part else _STATES[decisive.status]
    return SlotStanding(slot, state, decisive, went_in)
