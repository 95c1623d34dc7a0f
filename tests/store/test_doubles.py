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


@pytest.mark.hazard("H47")
def test_a_dose_given_here_and_elsewhere_is_told(store: Store) -> None:
    record = here(store)
    assert store.double_doses() == ()
    elsewhere(store)
    (found,) = store.double_doses()
    assert (found.event_id, found.patient_id, found.record_ids) == (ISSUE, "p1", (ONE, OTHER))
    times = [r.known_at for r in ward.chart(store).administrations if r.known_at]
    assert found.at == max(times)
    assert record.given_at in times


def test_it_is_kept_and_sent_once(store: Store) -> None:
    here(store)
    elsewhere(store)
    (found,) = store.double_doses()
    for _ in range(2):
        assert store.recorder.file(found).outcome is SaveOutcome.SAVED
    assert store.outbox.waiting().unsent == 2
    (again,) = store.double_doses()
    assert again == found


def test_what_the_emr_tells_already_is_told_by_nobody(store: Store) -> None:
    here(store)
    elsewhere(store)
    issue = {"resourceType": "DetectedIssue", "id": ISSUE, "patient": ward.reference("Patient/p1")}
    ward.take(store, issue, at=20)
    assert store.double_doses() == ()


@pytest.mark.parametrize("status", ["entered-in-error", "not-done"])
def test_what_did_not_go_in_twice_is_no_double_dose(store: Store, status: str) -> None:
    here(store)
    elsewhere(store, status=status)
    assert store.double_doses() == ()


@pytest.mark.parametrize("status", [RecordStatus.GIVEN_IN_PART, RecordStatus.LOST])
def test_a_part_and_a_lost_dose_leave_room_for_another(store: Store, status: RecordStatus) -> None:
    here(store, status=status)
    elsewhere(store)
    assert store.double_doses() == ()


def test_doses_without_slot_order_or_a_name_of_ours_are_left_out(store: Store) -> None:
    here(store, slot=None, slot_id=None)
    elsewhere(store)
    assert store.double_doses() == ()
    ward.take(store, ward.administration("ma9"), at=20)
    assert store.double_doses() == ()


def test_a_record_whose_event_is_no_uuid_is_left_out(store: Store) -> None:
    here(store, "1-event")
    elsewhere(store)
    assert store.double_doses() == ()


def test_nobody_told_it_so_nobody_signs_it(store: Store) -> None:
    here(store)
    elsewhere(store)
    (found,) = store.double_doses()
    assert found.by_id == ""
    assert isinstance(found, DoubleDose)
