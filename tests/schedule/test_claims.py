"""Which slot a dose claims now: the sentences of *Which order, which slot*, one by one."""

from datetime import datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bcma.model.record import MedicationAdministration, RecordStatus
from bcma.model.slot import ClaimKind, DoseSlot, SlotStanding, SlotState
from bcma.schedule import claim, standings
from tests.rules.builders import HOUR, MINUTE, SECOND, at, record, slot

MORNING, EVENING = slot(at(8)), slot(at(20))
NIGHT_BEFORE = slot(at(20, day=1))
BID = (NIGHT_BEFORE, MORNING, EVENING)


def states(*given_at: datetime, slots: tuple[DoseSlot, ...] = BID) -> tuple[SlotStanding, ...]:
    """Give the slots with a dose given at each of these planned instants."""
    return standings(slots, [record(given_at=when, slot=when) for when in given_at])


def test_the_nearest_slot_is_claimed_and_older_open_ones_are_listed() -> None:
    found = claim(states(), at(9))
    assert found.kind is ClaimKind.SLOT
    assert found.standing is not None
    assert found.standing.slot == MORNING
    assert [s.slot for s in found.missed] == [NIGHT_BEFORE]
    assert found.next_planned == EVENING.planned
    assert found.shortest_interval == 12 * HOUR


def test_of_two_equally_near_the_earlier_is_claimed() -> None:
    found = claim(states(), at(14))
    assert found.standing is not None
    assert found.standing.slot == MORNING


def test_without_slots_nothing_is_due() -> None:
    assert claim((), at(9)).kind is ClaimKind.NOT_DUE


@pytest.mark.hazard("H46")
def test_a_given_slot_is_already_given() -> None:
    found = claim(states(at(8)), at(9))
    assert found.kind is ClaimKind.ALREADY_GIVEN
    assert found.standing is not None
    assert found.standing.slot == MORNING


def test_another_open_window_containing_now_is_claimed_instead() -> None:
    close = (slot(at(8)), slot(at(9), interval=HOUR))
    found = claim(states(at(8), slots=close), at(8, 20))
    assert found.kind is ClaimKind.SLOT
    assert found.standing is not None
    assert found.standing.slot == close[1]


def test_a_slot_without_a_window_does_not_count_as_another() -> None:
    close = (slot(at(8)), slot(at(9), early=None, late=None))
    assert claim(states(at(8), slots=close), at(8, 20)).kind is ClaimKind.ALREADY_GIVEN


@pytest.mark.hazard("H54")
@pytest.mark.parametrize(
    "now,kind",
    [
        (at(14), ClaimKind.SLOT),  # the morning dose is nearer
        (at(14) + SECOND, ClaimKind.MISSED_CHOICE),
        (at(17) - SECOND, ClaimKind.MISSED_CHOICE),
        (at(17), ClaimKind.SLOT),  # a quarter of the interval: the coming one is meant
    ],
)
def test_between_a_missed_and_a_far_slot_the_nurse_chooses(now: datetime, kind: ClaimKind) -> None:
    assert claim(states(), now).kind is kind


def test_the_choice_late_takes_the_older_and_next_the_coming_slot() -> None:
    undecided = claim(states(), at(15))
    assert undecided.before is not None
    assert undecided.before.slot == MORNING
    late, coming = claim(states(), at(15), "late"), claim(states(), at(15), "next")
    assert (late.kind, coming.kind) == (ClaimKind.SLOT, ClaimKind.SLOT)
    assert late.standing is not None
    assert coming.standing is not None
    assert (late.standing.slot, coming.standing.slot) == (MORNING, EVENING)
    assert MORNING in [s.slot for s in coming.missed]


@pytest.mark.hazard("H53", "H54")
def test_a_choice_needs_an_open_slot_right_before() -> None:
    given = claim(states(at(8)), at(15))
    assert given.kind is ClaimKind.SLOT
    assert given.standing is not None
    assert given.standing.slot == EVENING
    assert claim(states(slots=(EVENING,)), at(9)).kind is ClaimKind.SLOT


@pytest.mark.parametrize(
    "status,state",
    [
        (RecordStatus.GIVEN, SlotState.GIVEN),
        (RecordStatus.GIVEN_IN_PART, SlotState.GIVEN_IN_PART),
        (RecordStatus.RUNNING, SlotState.RUNNING),
        (RecordStatus.STOPPED, SlotState.GIVEN),
        (RecordStatus.REMOVED, SlotState.GIVEN),
        (RecordStatus.LOST, SlotState.LOST),
        (RecordStatus.UNREADABLE, SlotState.GIVEN),
        (RecordStatus.HELD, SlotState.HELD),
        (RecordStatus.REFUSED, SlotState.REFUSED),
        (RecordStatus.NOT_GIVEN, SlotState.NOT_GIVEN),
        (RecordStatus.ENTERED_IN_ERROR, SlotState.OPEN),
    ],
)
def test_a_record_makes_the_state_of_its_slot(status: RecordStatus, state: SlotState) -> None:
    (found,) = standings((MORNING,), [record(status, at(8), slot=at(8))])
    assert found.state is state


def test_what_went_in_outweighs_a_later_refusal_and_a_whole_dose_a_part() -> None:
    given = record(RecordStatus.GIVEN, at(8), slot=at(8))
    part = record(RecordStatus.GIVEN_IN_PART, at(9), slot=at(8))
    refused = record(RecordStatus.REFUSED, at(10), slot=at(8))
    (found,) = standings((MORNING,), [given, part, refused])
    assert (found.state, found.record, found.given) == (SlotState.GIVEN, given, (given, part))
    (in_part,) = standings((MORNING,), [part, refused])
    assert (in_part.state, in_part.is_taken) == (SlotState.GIVEN_IN_PART, False)


@pytest.mark.hazard("H113")
def test_a_lost_dose_keeps_its_slot_for_a_repeat_and_gives_way_to_an_open_window() -> None:
    lost = record(RecordStatus.LOST, at(8), slot=at(8))
    (alone,) = standings((MORNING,), [lost])
    assert (alone.is_open, alone.is_taken, alone.record) == (False, False, lost)
    found = claim((alone,), at(8, 10))
    assert (found.kind, found.standing) == (ClaimKind.SLOT, alone)
    close = slot(at(9), interval=HOUR)
    next_one = claim(standings((MORNING, close), [lost]), at(8, 20)).standing
    assert next_one is not None
    assert next_one.slot == close


@pytest.mark.hazard("H113")
@pytest.mark.parametrize(
    "repeated,state",
    [
        (RecordStatus.GIVEN, SlotState.GIVEN),
        (RecordStatus.GIVEN_IN_PART, SlotState.GIVEN_IN_PART),
        (RecordStatus.RUNNING, SlotState.RUNNING),
        (RecordStatus.HELD, SlotState.LOST),
    ],
)
@pytest.mark.parametrize("lost_first", [True, False])
def test_the_repeat_of_a_lost_dose_settles_its_slot(
    repeated: RecordStatus, state: SlotState, *, lost_first: bool
) -> None:
    lost = record(RecordStatus.LOST, at(8), slot=at(8))
    repeat = record(repeated, at(9), slot=at(8))
    records = [lost, repeat] if lost_first else [repeat, lost]
    (found,) = standings((MORNING,), records)
    assert found.state is state


def _belongs(of: MedicationAdministration) -> list[datetime]:
    return [s.slot.planned for s in standings(BID, [of]) if not s.is_open]


def test_a_record_belongs_to_the_slot_that_it_names() -> None:
    assert _belongs(record(given_at=at(20), slot_id=MORNING.id)) == [at(8)]
    assert _belongs(record(given_at=at(20), slot_id="gone", slot=at(8))) == [at(8)]
    assert _belongs(record(given_at=at(20), slot=at(9))) == []


def test_a_foreign_record_belongs_to_the_nearest_slot_within_an_interval() -> None:
    assert _belongs(record(given_at=at(13))) == [at(8)]
    assert _belongs(record(given_at=at(20) + 12 * HOUR)) == [at(20)]
    assert _belongs(record(given_at=at(20) + 12 * HOUR + MINUTE)) == []
    assert _belongs(record(given_at=None)) == []
    assert standings((), [record()]) == ()
    single = slot(at(8), interval=None)
    assert not standings((single,), [record(given_at=at(8) + 24 * HOUR)])[0].is_open


@pytest.mark.hazard("H46")
def test_a_dose_without_a_readable_instant_takes_the_slot_last_due_when_recorded() -> None:
    def taken(recorded_at: datetime, status: RecordStatus = RecordStatus.GIVEN) -> list[datetime]:
        return _belongs(record(given_at=None, recorded_at=recorded_at, status=status))

    opens = MORNING.earliest
    assert opens is not None
    assert taken(at(8, 40)) == [at(8)]
    assert taken(at(19) - SECOND) == [at(8)]
    assert taken(at(19)) == [at(20)]
    assert taken(opens) == [at(8)]
    assert taken(opens - SECOND) == [at(20, day=1)]
    assert taken(at(14, day=1)) == [at(20, day=1)]
    assert taken(at(13, day=1)) == []
    assert taken(at(8, 40), RecordStatus.HELD) == []


@given(
    st.lists(st.integers(0, 10_000), min_size=1, max_size=8, unique=True), st.integers(0, 10_000)
)
def test_what_is_claimed_is_never_a_given_slot_and_never_further_than_another(
    minutes: list[int], now_at: int
) -> None:
    now = at(0) + now_at * MINUTE
    slots = tuple(slot(at(0) + m * MINUTE, id=str(m)) for m in sorted(minutes))
    found = claim(states(slots[0].planned, slots=slots), now)
    assert found.standing is not None
    chosen = found.standing
    assert chosen.is_taken == (found.kind is ClaimKind.ALREADY_GIVEN)
    distance = abs(chosen.slot.planned - now)
    nearest = min(abs(s.planned - now) for s in slots)
    assert distance == nearest or chosen.slot.window_contains(now)
