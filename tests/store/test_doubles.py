"""Doses charted twice for one slot are found, told once, and told alike by every station."""

from uuid import UUID, uuid5

import pytest

from bcma.model.events import DoubleDose
from bcma.model.ports import SaveOutcome
from bcma.model.record import MedicationAdministration, RecordStatus
from bcma.store import Store
from tests.store import ward

ONE, OTHER = "11111111-1111-4111-8111-111111111111", "22222222-2222-4222-8222-222222222222"
ISSUE = str(uuid5(UUID(ONE), OTHER))


def here(store: Store, event: str = ONE, **changes: object) -> MedicationAdministration:
    record = ward.given(store, event, **changes)
    assert store.recorder.record(record).outcome is SaveOutcome.SAVED
    return record


def elsewhere(store: Store, event: str = OTHER, **extra: object) -> None:
    ours = ward.given(store, event)
    assert ours.slot is not None
    slot = {"url": "urn:bcma:ext:slot", "valueDateTime": ours.slot.isoformat()}
    identifier = [{"system": "urn:bcma:event", "value": event}]
    there = ward.administration(event, identifier=identifier, extension=[slot], **extra)
    ward.take(store, there, at=10)


def doubles(store: Store) -> list[DoubleDose]:
    return [found for found in store.issues.to_tell() if isinstance(found, DoubleDose)]


@pytest.mark.hazard("H47")
def test_a_dose_given_here_and_elsewhere_is_told(store: Store) -> None:
    record = here(store)
    assert store.issues.to_tell() == ()
    elsewhere(store)
    (found,) = doubles(store)
    assert (found.event_id, found.patient_id, found.record_ids) == (ISSUE, "p1", (ONE, OTHER))
    times = [r.known_at for r in ward.chart(store).administrations if r.known_at]
    assert found.at == max(times)
    assert record.given_at in times


def test_it_is_kept_and_sent_once(store: Store) -> None:
    here(store)
    elsewhere(store)
    (found,) = store.issues.to_tell()
    for _ in range(2):
        assert store.recorder.file(found).outcome is SaveOutcome.SAVED
    assert store.outbox.waiting().unsent == 2
    assert store.issues.to_tell() == ()


def test_what_the_emr_tells_already_is_told_by_nobody(store: Store) -> None:
    here(store)
    elsewhere(store)
    issue = {"resourceType": "DetectedIssue", "id": ISSUE, "patient": ward.reference("Patient/p1")}
    ward.take(store, issue, at=20)
    assert store.issues.to_tell() == ()


@pytest.mark.parametrize("status", ["entered-in-error", "not-done"])
def test_what_did_not_go_in_twice_is_no_double_dose(store: Store, status: str) -> None:
    here(store)
    elsewhere(store, status=status)
    assert store.issues.to_tell() == ()


@pytest.mark.parametrize("status", [RecordStatus.GIVEN_IN_PART, RecordStatus.LOST])
def test_a_part_and_a_lost_dose_leave_room_for_another(store: Store, status: RecordStatus) -> None:
    here(store, status=status)
    elsewhere(store)
    assert store.issues.to_tell() == ()


def test_doses_without_slot_or_order_are_left_out(store: Store) -> None:
    here(store, slot=None, slot_id=None)
    elsewhere(store)
    assert store.issues.to_tell() == ()


@pytest.mark.hazard("H47")
def test_another_systems_record_of_the_slot_is_told_under_both_names(store: Store) -> None:
    here(store)
    ward.take(store, ward.administration("ma9"), at=20)
    (found,) = doubles(store)
    assert found.event_id == str(uuid5(UUID(ONE), "ma9"))
    assert found.record_ids == (ONE, "ma9")


def test_two_records_that_cannot_name_it_are_left_out(store: Store) -> None:
    here(store, "1-event")
    elsewhere(store, "2-event")
    assert store.issues.to_tell() == ()
    assert len(store.issues.open()) == 0


@pytest.mark.hazard("H47")
def test_every_two_of_three_are_told(store: Store) -> None:
    third = "33333333-3333-4333-8333-333333333333"
    here(store)
    elsewhere(store)
    elsewhere(store, third)
    told = {found.event_id for found in doubles(store)}
    pairs = ((ONE, OTHER), (ONE, third), (OTHER, third))
    assert told == {str(uuid5(UUID(one), other)) for one, other in pairs}


def test_nobody_told_it_so_nobody_signs_it(store: Store) -> None:
    here(store)
    elsewhere(store)
    (found,) = doubles(store)
    assert found.by_id == ""
