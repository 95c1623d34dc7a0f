"""One event that is on the EMR twice is one event, and one way is kept to."""

from dataclasses import replace
from uuid import uuid4

import pytest

from bcma.emr.capabilities import WayOfWriting
from bcma.emr.deliver import already_there, resources_of
from bcma.emr.errors import Refused
from bcma.emr.fhir_map import (
    administration_bundle,
    entry,
    transaction,
)
from bcma.emr.sandbox import Faults, Lost, Powers, Traffic
from bcma.model.record import RecordStatus
from bcma.sync import Sync
from tests.store import ward
from tests.sync.conftest import EVENT, SERVERS, Emr, Station
from tests.sync.test_push import chart_it, on_emr

PLAIN = "plain creates"
every_server = pytest.mark.parametrize("emr", SERVERS, indirect=True)


def copy_of(dose: ward.Json, **changes: object) -> ward.Json:
    return {**dose, "id": f"copy-{uuid4()}", **changes}


@pytest.mark.hazard("H46")
@pytest.mark.parametrize("status", ["completed", "entered-in-error"])
def test_one_event_that_is_there_twice_is_one_dose_and_never_charted_twice(
    emr: Emr, station: Station, other: Station, status: str
) -> None:
    station.sync.sync_now()
    chart_it(station)
    station.sync.sync_now()
    (dose,) = on_emr(station)
    emr.load(copy_of(dose, status=status))
    emr.tick()
    for each in (station, other):
        each.sync.sync_now()
        (seen,) = ward.chart(each.store).administrations
        assert (seen.event_id, seen.status) == (EVENT, RecordStatus.GIVEN)
        assert each.store.issues.to_tell() == ()
    assert on_emr(station, "DetectedIssue") == []


@pytest.mark.hazard("H85")
def test_a_dose_that_was_taken_back_is_not_given_by_a_copy_of_it(
    emr: Emr, station: Station, other: Station
) -> None:
    station.sync.sync_now()
    record = chart_it(station)
    station.sync.sync_now()
    (dose,) = on_emr(station)
    emr.load(copy_of(dose))
    station.store.recorder.record(
        replace(record, status=RecordStatus.ENTERED_IN_ERROR, reason="other", revision=2)
    )
    emr.tick()
    station.sync.sync_now()
    other.sync.sync_now()
    (seen,) = ward.chart(other.store).administrations
    assert seen.status is RecordStatus.ENTERED_IN_ERROR


@pytest.mark.hazard("H86")
@pytest.mark.parametrize("sent", [False, True])
@pytest.mark.parametrize("emr", [PLAIN, "boasting"], indirect=True)
def test_of_a_dose_that_came_twice_one_copy_is_left_standing(
    station: Station, *, sent: bool
) -> None:
    station.sync.sync_now()
    record = chart_it(station)
    if sent:
        assert station.store.outbox.sending(station.store.outbox.deliverable()[0])
    (dose, _) = resources_of(administration_bundle(record))
    for _ in range(2):
        station.client.create({k: v for k, v in dose.items() if k != "id"})
    assert station.sync.sync_now().delivered == 1
    assert sorted(there["status"] for there in on_emr(station)) == ["completed", "entered-in-error"]


@pytest.mark.hazard("H85")
@pytest.mark.parametrize("knows", ["the copy", "the event"])
@pytest.mark.parametrize("emr", [PLAIN], indirect=True)
def test_a_dose_of_which_a_copy_is_in_error_is_taken_back_all_the_same(
    emr: Emr, station: Station, knows: str
) -> None:
    station.sync.sync_now()
    record = chart_it(station)
    station.sync.sync_now()
    (dose,) = on_emr(station)
    reason = {"coding": [{"system": "urn:bcma:reason", "code": "duplicate"}]}
    copy = copy_of(dose, status="entered-in-error", statusReason=[reason])
    emr.load(copy)
    emr.tick()
    wrong = replace(
        record,
        status=RecordStatus.ENTERED_IN_ERROR,
        reason="other",
        revision=2,
        resource_id=str(copy["id"]) if knows == "the copy" else None,
    )
    station.store.recorder.record(wrong)
    emr.sandbox.faults = Faults(lose_replies=Lost.WRITES)  # the change arrives by half
    station.sync.sync_now()
    emr.sandbox.faults = Faults()
    report = station.sync.sync_now()
    assert (report.unsent, report.problems) == (0, 0)
    (there,) = [found for found in on_emr(station) if found["id"] == dose["id"]]
    assert there["status"] == "entered-in-error"


@pytest.mark.hazard("H85")
@pytest.mark.parametrize("told", [True, False])
@pytest.mark.parametrize("emr", ["transactions", "puts", PLAIN], indirect=True)
def test_a_dose_under_whose_id_another_one_stands_by_now_is_found_by_its_event(
    emr: Emr, station: Station, *, told: bool
) -> None:
    """A server that was restored from a backup may give the same ids anew."""
    station.sync.sync_now()
    record = chart_it(station)
    if told:
        station.sync.sync_now()
    else:
        head = station.store.outbox.deliverable()[0].sequence
        station.store.outbox.delivered(head)
    stranger = {
        "resourceType": "MedicationAdministration",
        "id": "4711",
        "status": "completed",
        "subject": ward.reference("Patient/p2"),
        "medicationCodeableConcept": {"text": "KCl"},
        "effectiveDateTime": ward.NOW.isoformat(),
    }
    emr.load(stranger)
    wrong = replace(
        record,
        resource_id="4711",
        status=RecordStatus.ENTERED_IN_ERROR,
        reason="other",
        revision=2,
    )
    station.store.recorder.record(wrong)
    assert station.sync.sync_now().unsent == 0
    found = {dose["id"]: dose for dose in on_emr(station)}
    assert found.pop("4711")["status"] == "completed"
    assert [dose["status"] for dose in found.values()] == ["entered-in-error"]


def test_a_server_that_is_written_to_in_another_way_now_knows_what_it_has(
    emr: Emr, station: Station
) -> None:
    emr.sandbox.powers = SERVERS[PLAIN]
    station.sync.sync_now()
    record = chart_it(station)
    station.sync.sync_now()
    emr.sandbox.powers = Powers()
    station.store.recorder.record(
        replace(record, status=RecordStatus.LOST, reason="vomited", revision=2)
    )
    again = Sync(station.store, station.client, station.clock)
    assert again.sync_now().problems == 0
    (dose,) = on_emr(station)
    assert dose["meta"]["versionId"] == "2"


def test_what_a_server_turned_out_not_to_do_is_remembered(emr: Emr, station: Station) -> None:
    emr.sandbox.powers = SERVERS["silent"]
    station.sync.sync_now()
    chart_it(station)
    writer = station.writer()
    bundle = administration_bundle(ward.given(station.store, EVENT))
    assert writer.ways(bundle)[0] is WayOfWriting.TRANSACTION
    writer.write(bundle)
    assert writer.ways(bundle)[0] is WayOfWriting.TRANSACTION_OF_CREATES
    assert already_there(station.client, EVENT)


@pytest.mark.hazard("H87")
def test_what_is_unsound_is_refused_whole_and_not_tried_piece_by_piece(station: Station) -> None:
    station.sync.sync_now()
    writer = station.writer()
    good = administration_bundle(ward.given(station.store, EVENT))
    unsound = entry({"resourceType": "Observation", "id": str(uuid4()), "meta": []})
    before = writer.ways(good)
    with pytest.raises(Refused):
        writer.write(transaction([*map(entry, map(dict, resources_of(good))), unsound]))
    assert on_emr(station) == []
    assert writer.ways(good) == before, "the content was at fault, not the way"


@pytest.mark.hazard("H86")
@pytest.mark.parametrize("fault", ["twice", "cut"])
@every_server
def test_a_write_that_is_carried_out_twice_or_answered_by_half_counts_once(
    emr: Emr, station: Station, fault: str
) -> None:
    station.sync.sync_now()
    record = chart_it(station)
    wrong = Faults(twice=fault == "twice", cut_replies=fault == "cut", traffic=Traffic.WRITES)
    emr.sandbox.faults = wrong
    station.sync.sync_now()
    station.store.recorder.record(
        replace(record, status=RecordStatus.LOST, reason="vomited", revision=2)
    )
    station.sync.sync_now()
    emr.sandbox.faults = Faults()
    for _ in range(2):
        emr.tick()
        station.sync.sync_now()
    waiting = station.store.outbox.waiting()
    assert (waiting.unsent, waiting.problems) == (0, 0)
    counts = [there for there in on_emr(station) if there["status"] != "entered-in-error"]
    assert len(counts) == 1
    (seen,) = ward.chart(station.store).administrations
    assert seen.status is RecordStatus.LOST
