"""Doses charted twice for one slot are found, told once, and told alike by every station."""

from dataclasses import replace
from datetime import timedelta
from uuid import UUID, uuid5

import pytest

from bcma.emr.fhir_map import care_bundle, encode, parse
from bcma.model.double import late_dose
from bcma.model.events import DoubleDose, DoubleOutcome, DoubleSettled, LateDose, LateDoseTold
from bcma.model.order import OrderStatus
from bcma.model.ports import SaveOutcome
from bcma.model.record import MedicationAdministration, RecordStatus
from bcma.store import OpenIssue, Store
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
    assert len(opened(store)) == 0


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


def opened(store: Store) -> tuple[OpenIssue, ...]:
    """List what is open after the station has looked for news."""
    store.issues.to_tell()
    return store.issues.open()


# --- what a person has dealt with ------------------------------------------------------------


def told(store: Store, **extra: object) -> None:
    """Let the EMR hold the issue about both records."""
    (found,) = doubles(store)
    bundle: ward.Json = parse(encode(care_bundle(found)))
    ward.take(store, bundle["entry"][0]["resource"] | extra, at=20)


def correct(store: Store, record: MedicationAdministration, by: str = "n9") -> None:
    wrong = replace(
        record,
        status=RecordStatus.ENTERED_IN_ERROR,
        revision=2,
        recorder_id=by,
        recorded_at=ward.NOW + timedelta(hours=1),
        reason="other",
    )
    assert store.recorder.record(wrong).outcome is SaveOutcome.SAVED


@pytest.mark.hazard("H47")
def test_a_correction_here_settles_what_the_emr_was_told(store: Store) -> None:
    record = here(store)
    elsewhere(store)
    told(store)
    assert store.issues.to_tell() == ()
    assert len(opened(store)) == 1
    correct(store, record)
    assert opened(store) == ()
    (settled,) = store.issues.to_tell()
    assert isinstance(settled, DoubleSettled)
    assert (settled.outcome, settled.by_id) == (DoubleOutcome.CHARTED_TWICE, "n9")
    assert (settled.at, settled.patient_id) == (ward.NOW + timedelta(hours=1), "p1")
    assert settled.record_ids == (ONE, OTHER)
    assert store.recorder.file(settled).outcome is SaveOutcome.SAVED
    assert store.issues.to_tell() == ()


def test_a_correction_at_another_station_is_told_there(store: Store) -> None:
    here(store)
    elsewhere(store)
    told(store)
    elsewhere(store, status="entered-in-error")
    assert opened(store) == ()
    assert store.issues.to_tell() == ()


def test_what_was_never_told_needs_no_settling(store: Store) -> None:
    record = here(store)
    elsewhere(store)
    correct(store, record)
    assert store.issues.to_tell() == ()
    assert opened(store) == ()


@pytest.mark.parametrize("mitigated", [False, True])
def test_what_was_settled_on_the_emr_is_not_open(store: Store, *, mitigated: bool) -> None:
    here(store)
    elsewhere(store)
    told(store, **({"mitigation": [{"action": {"text": "đã rõ"}}]} if mitigated else {}))
    assert bool(opened(store)) is not mitigated


def test_an_open_issue_says_who_where_and_when(store: Store) -> None:
    record = here(store)
    elsewhere(store)
    (found,) = opened(store)
    assert (found.patient.id, found.bed, found.late) == ("p1", "", None)
    assert found.planned == record.slot
    assert {r.event_id for r in found.records} == {ONE, OTHER}
    assert found.order is not None
    assert (found.order.id, found.id) == ("mr1", f"{ONE}/{OTHER}")


def test_a_station_that_gave_nothing_lists_what_others_told(store: Store) -> None:
    elsewhere(store, ONE)
    elsewhere(store)
    assert opened(store) == ()
    issue = {
        "resourceType": "DetectedIssue",
        "id": ISSUE,
        "status": "final",
        "code": {
            "coding": [
                {
                    "system": "http://terminology.hl7.org/CodeSystem/v3-ActCode",
                    "code": "DUPTHPY",
                }
            ]
        },
        "patient": ward.reference("Patient/p1"),
        "identifiedDateTime": "2026-03-02T01:00:00Z",
        "implicated": [ward.reference(f"MedicationAdministration/{n}") for n in (ONE, OTHER)],
    }
    ward.take(store, issue, at=20)
    assert len(opened(store)) == 1
    ward.take(store, issue | {"patient": ward.reference("Patient/p8")}, at=30)
    assert opened(store) == (), "of a patient who is not here"


# --- late doses ------------------------------------------------------------------------------


def late(store: Store) -> list[LateDose]:
    return [found for found in store.issues.to_tell() if isinstance(found, LateDose)]


#: Seconds after the ward began: when the dose is given.
GIVEN = 3600


def order_becomes(store: Store, at: int = GIVEN, **changes: object) -> None:
    """Let the station learn of an order as it has been since an instant."""
    ward.take(store, ward.order(**changes), at=at)  # type: ignore[arg-type]


@pytest.mark.hazard("H59")
def test_a_dose_given_after_its_order_was_stopped_is_told_once(store: Store) -> None:
    record = here(store)
    order_becomes(store, status="stopped")
    (found,) = late(store)
    assert found == late_dose(record)
    assert store.recorder.file(found).outcome is SaveOutcome.SAVED
    assert late(store) == []
    (issue,) = opened(store)
    assert (issue.late, issue.id, issue.records[0].event_id) == (found, found.event_id, ONE)
    assert issue.order is not None
    assert issue.order.status is OrderStatus.STOPPED


@pytest.mark.hazard("H59")
def test_the_prescriber_knows_it_then(store: Store) -> None:
    here(store)
    order_becomes(store, status="stopped")
    (found,) = late(store)
    knows = LateDoseTold(
        event_id=found.told_id, patient_id="p1", late=found, at=ward.NOW, by_id="n1"
    )
    assert store.recorder.file(knows).outcome is SaveOutcome.SAVED
    assert opened(store) == ()


@pytest.mark.hazard("H59")
@pytest.mark.parametrize(
    "at,changes,is_late",
    [
        (GIVEN - 1, {"status": "stopped"}, True),
        (GIVEN, {"status": "stopped"}, True),
        (GIVEN + 1, {"status": "stopped"}, False),
        (GIVEN, {"status": "entered-in-error"}, True),
        (GIVEN, {"doNotPerform": True}, True),
        (GIVEN, {"status": "completed"}, False),
        (GIVEN, {"note": [{"text": "như cũ"}]}, False),
    ],
)
def test_what_the_order_was_at_the_instant_of_giving_decides(
    store: Store, at: int, changes: ward.Json, *, is_late: bool
) -> None:
    here(store)
    order_becomes(store, at, **changes)
    assert bool(late(store)) is is_late


def test_a_late_dose_that_was_never_given_is_none(store: Store) -> None:
    record = here(store)
    order_becomes(store, status="stopped")
    correct(store, record)
    assert late(store) == []
    assert opened(store) == ()


def test_a_dose_of_another_station_is_told_by_that_station(store: Store) -> None:
    elsewhere(store)
    order_becomes(store, GIVEN - 1, status="stopped")
    assert late(store) == []


def test_a_dose_without_an_order_is_late_for_none(store: Store) -> None:
    here(store, order_id=None, order_version="", slot=None, slot_id=None)
    order_becomes(store, GIVEN - 1, status="stopped")
    assert late(store) == []
