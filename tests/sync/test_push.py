"""What was done here reaches the EMR: exactly once, in order, whatever the line does."""

import sqlite3
from dataclasses import replace
from decimal import Decimal
from http import HTTPStatus
from pathlib import Path
from uuid import uuid4

import pytest

from bcma.emr.sandbox import Faults, Lost, Powers
from bcma.emr.sandbox.faults import down
from bcma.model.ports import SaveOutcome
from bcma.model.quantity import Quantity
from bcma.model.record import MedicationAdministration, RecordStatus
from bcma.model.verdict import Finding, Severity
from bcma.sync.push import Pusher
from tests.store import ward
from tests.sync.conftest import EVENT, SERVERS, Emr, Station

pytestmark = pytest.mark.parametrize("emr", SERVERS, indirect=True)


def on_emr(station: Station, kind: str = "MedicationAdministration") -> list[ward.Json]:
    return [dict(found.resource) for found in station.client.search_all(kind)]


def chart_it(station: Station, event: str = EVENT, **changes: object) -> MedicationAdministration:
    record = ward.given(station.store, event, **changes)
    assert station.store.recorder.record(record).outcome is SaveOutcome.SAVED
    return record


def test_a_given_dose_reaches_the_emr(station: Station) -> None:
    station.sync.sync_now()
    chart_it(station)
    report = station.sync.sync_now()
    assert (report.delivered, report.unsent, report.problems) == (1, 0, 0)
    (there,) = on_emr(station)
    assert there["status"] == "completed"
    assert there["identifier"] == [{"system": "urn:bcma:event", "value": EVENT}]


def test_it_is_pulled_back_and_counts_once(emr: Emr, station: Station) -> None:
    station.sync.sync_now()
    record = chart_it(
        station, findings=(Finding(code="time.late", severity=Severity.WARN, released=True),)
    )
    station.sync.sync_now()
    emr.tick()
    station.sync.sync_now()
    (back,) = ward.chart(station.store).administrations
    assert back == replace(record, resource_id=back.resource_id), "our own version says more"


@pytest.mark.hazard("H46")
def test_another_station_learns_of_it(emr: Emr, station: Station, other: Station) -> None:
    station.sync.sync_now()
    other.sync.sync_now()
    chart_it(station)
    station.sync.sync_now()
    emr.tick()
    late = ward.given(other.store, str(uuid4()))
    other.sync.sync_now()
    result = other.store.recorder.record(late)
    assert result.outcome is SaveOutcome.SLOT_TAKEN
    assert result.other is not None
    assert result.other.event_id == EVENT


@pytest.mark.hazard("H47")
def test_both_records_of_two_stations_offline_are_kept(
    emr: Emr, station: Station, other: Station
) -> None:
    station.sync.sync_now()
    other.sync.sync_now()
    chart_it(station)
    second = chart_it(other, str(uuid4()))
    station.sync.sync_now()
    other.sync.sync_now()
    emr.tick()
    assert {r.event_id for r in ward.chart(other.store).administrations} == {
        EVENT,
        second.event_id,
    }
    assert len(on_emr(station)) == 2


@pytest.mark.hazard("H86")
def test_a_lost_reply_delivers_it_once(emr: Emr, station: Station) -> None:
    station.sync.sync_now()
    chart_it(station)
    emr.sandbox.faults = Faults(lose_replies=Lost.WRITES)
    report = station.sync.sync_now()
    assert (report.failure, report.unsent) == ("emr.unreachable", 1)
    emr.sandbox.faults = Faults()
    report = station.sync.sync_now()
    assert (report.delivered, report.unsent) == (1, 0)
    (there,) = on_emr(station)
    assert there["meta"]["versionId"] == "1", "it was looked for, not sent again"


@pytest.mark.hazard("H86")
def test_charted_without_network_it_is_delivered_when_that_is_back(
    emr: Emr, station: Station
) -> None:
    station.sync.sync_now()
    emr.sandbox.faults = down()
    chart_it(station)
    report = station.sync.sync_now()
    assert (report.failure, report.unsent) == ("emr.throttled", 1)
    emr.sandbox.faults = Faults()
    assert station.sync.sync_now().unsent == 0
    assert len(on_emr(station)) == 1


def test_a_poll_waits_for_its_back_off_and_sync_now_does_not(emr: Emr, station: Station) -> None:
    station.sync.sync_now()
    chart_it(station)
    emr.sandbox.faults = Faults(lose_replies=Lost.WRITES)
    station.sync.poll()
    emr.sandbox.faults = Faults()
    assert station.sync.poll().unsent == 1
    emr.tick(600)
    assert station.sync.poll().unsent == 0


@pytest.mark.hazard("H87")
def test_a_refused_record_is_kept_and_listed_and_holds_up_its_patient_only(
    emr: Emr, station: Station
) -> None:
    emr.load(
        ward.patient("p2", "Lê Văn Cường", "B2.01"), ward.encounter("p2"), ward.order("mr2", "p2")
    )
    station.sync.sync_now()
    chart_it(station, "no-uuid")
    chart_it(station, str(uuid4()), slot=None, slot_id="later")
    version = ward.chart(station.store, "p2").orders[0].version
    chart_it(station, EVENT, patient_id="p2", order_id="mr2", order_version=version)
    report = station.sync.sync_now()
    assert (report.delivered, report.unsent, report.problems) == (1, 2, 1)
    (problem,) = station.store.problems.list()
    assert problem.record.event_id == "no-uuid"
    assert problem.outcome == "sync.bad-event" or problem.outcome.startswith("emr.")
    assert len(ward.chart(station.store).administrations) == 2
    assert [there["subject"] for there in on_emr(station)] == [ward.reference("Patient/p2")]


@pytest.mark.hazard("H87")
def test_the_servers_refusal_is_kept_in_codes_until_a_person_sends_it_again(
    emr: Emr, station: Station
) -> None:
    station.sync.sync_now()
    chart_it(station)
    writer = station.writer()
    emr.sandbox.faults = Faults(error_status=HTTPStatus.BAD_REQUEST)
    pusher = Pusher(station.store, station.client, emr.clock)
    pusher.push(writer, ignore_backoff=True)
    (problem,) = station.store.problems.list()
    assert problem.outcome == "emr.refused 400 transient"
    emr.sandbox.faults = Faults()
    assert station.sync.sync_now().delivered == 0, "nothing is sent again by itself"
    station.store.problems.retry(problem.sequence, by="n1", at=ward.NOW)
    assert station.sync.sync_now().delivered == 1


def test_every_way_of_writing_leaves_the_same_on_the_emr(station: Station) -> None:
    station.sync.sync_now()
    chart_it(station)
    station.sync.sync_now()
    assert len(on_emr(station)) == len(on_emr(station, "Provenance")) == 1


@pytest.mark.hazard("H87")
def test_a_server_that_cannot_be_written_to_is_a_problem_with_its_reason(
    emr: Emr, station: Station
) -> None:
    emr.sandbox.powers = Powers(read_only=frozenset({"MedicationAdministration"}))
    station.sync.sync_now()
    chart_it(station)
    station.sync.sync_now()
    (problem,) = station.store.problems.list()
    assert problem.outcome == "emr.no-way-to-write"


@pytest.mark.hazard("H85")
def test_a_correction_reaches_the_emr_as_a_new_version(station: Station) -> None:
    station.sync.sync_now()
    first = chart_it(station)
    station.sync.sync_now()
    station.store.recorder.record(
        replace(first, status=RecordStatus.ENTERED_IN_ERROR, reason="other")
    )
    report = station.sync.sync_now()
    assert (report.delivered, report.problems) == (1, 0)
    (there,) = on_emr(station)
    assert (there["status"], there["meta"]["versionId"]) == ("entered-in-error", "2")
    assert len(on_emr(station, "Provenance")) == 2


@pytest.mark.hazard("H85")
def test_a_dose_charted_and_corrected_offline_is_delivered_in_order(station: Station) -> None:
    station.sync.sync_now()
    first = chart_it(station)
    station.store.recorder.record(replace(first, status=RecordStatus.ENTERED_IN_ERROR))
    assert station.sync.sync_now().delivered == 2
    (there,) = on_emr(station)
    assert (there["status"], there["meta"]["versionId"]) == ("entered-in-error", "2")


@pytest.mark.hazard("H85")
def test_a_correction_never_overwrites_what_another_station_changed(
    emr: Emr, station: Station, other: Station
) -> None:
    station.sync.sync_now()
    first = chart_it(station)
    station.sync.sync_now()
    emr.tick()
    other.sync.sync_now()
    (seen,) = ward.chart(other.store).administrations
    other.store.recorder.record(replace(seen, status=RecordStatus.ENTERED_IN_ERROR))
    assert other.sync.sync_now().problems == 0
    station.store.recorder.record(replace(first, status=RecordStatus.LOST, reason="vomited"))
    report = station.sync.sync_now()
    assert report.problems == 1
    (there,) = on_emr(station)
    assert there["status"] == "entered-in-error"


@pytest.mark.hazard("H85")
def test_an_amount_that_was_put_right_on_the_emr_counts_and_is_not_written_over(
    emr: Emr, station: Station
) -> None:
    station.sync.sync_now()
    record = chart_it(station)
    station.sync.sync_now()
    (there,) = on_emr(station)
    there["dosage"]["dose"]["value"] = 250
    emr.tick()
    emr.load(there)
    lost = replace(record, status=RecordStatus.LOST, reason="vomited", revision=2)
    station.store.recorder.record(lost)  # judged without knowing of it
    assert station.sync.sync_now().problems == 1
    (there,) = on_emr(station)
    assert there["dosage"]["dose"]["value"] == 250


@pytest.mark.hazard("H85")
def test_an_amount_that_was_put_right_on_the_emr_is_what_the_next_change_is_about(
    emr: Emr, station: Station
) -> None:
    station.sync.sync_now()
    chart_it(station)
    station.sync.sync_now()
    (there,) = on_emr(station)
    there["dosage"]["dose"]["value"] = 250
    emr.tick()
    emr.load(there)
    station.sync.sync_now()
    (seen,) = ward.chart(station.store).administrations
    assert seen.amount == Quantity(Decimal(250), "mg")
    lost = replace(seen, status=RecordStatus.LOST, reason="vomited", revision=2)
    station.store.recorder.record(lost)
    assert station.sync.sync_now().unsent == 0
    (there,) = on_emr(station)
    assert there["dosage"]["dose"]["value"] == 250
    assert station.store.problems.list() == ()


@pytest.mark.hazard("H10", "H85")
def test_a_change_leaves_a_dose_with_the_patient_to_whom_the_emr_has_moved_it(
    emr: Emr, station: Station
) -> None:
    emr.load(ward.patient("p2"))
    station.sync.sync_now()
    record = chart_it(station)
    station.sync.sync_now()
    (there,) = on_emr(station)
    emr.load(there | {"subject": ward.reference("Patient/p2")})
    station.store.recorder.record(
        replace(record, status=RecordStatus.ENTERED_IN_ERROR, reason="other", revision=2)
    )
    assert station.sync.sync_now().unsent == 0
    (there,) = on_emr(station)
    assert there["status"] == "entered-in-error"
    assert there["subject"] == ward.reference("Patient/p2")


@pytest.mark.hazard("H47", "H85")
def test_a_dose_that_two_stations_take_back_at_once_is_taken_back(
    emr: Emr, station: Station, other: Station
) -> None:
    """They mean the same, each for a reason of its own: nobody need be asked, nothing waits."""
    station.sync.sync_now()
    chart_it(station, measured=(("8867-4", Quantity(Decimal(72), "/min")),))
    station.sync.sync_now()
    emr.tick()
    other.sync.sync_now()
    for each, reason in ((station, "other"), (other, "patient-request")):
        (seen,) = ward.chart(each.store).administrations
        wrong = replace(
            seen, status=RecordStatus.ENTERED_IN_ERROR, reason=reason, revision=seen.revision + 1
        )
        assert each.store.recorder.record(wrong).outcome is SaveOutcome.SAVED
    for each in (station, other):
        report = each.sync.sync_now()
        assert (report.delivered, report.unsent, report.problems) == (1, 0, 0)
    (there,) = on_emr(station)
    assert there["status"] == "entered-in-error"
    assert there["statusReason"][0]["coding"][0]["code"] == "other"
    whys = [p["reason"][0]["coding"] for p in on_emr(station, "Provenance") if "reason" in p]
    assert sorted(why[0]["code"] for why in whys) == ["other", "patient-request"]
    assert [v["status"] for v in on_emr(station, "Observation")] == ["entered-in-error"]


@pytest.mark.hazard("H86")
def test_killed_after_the_server_took_it_the_restarted_station_sends_it_once(
    station: Station, tmp_path: Path
) -> None:
    station.sync.sync_now()
    chart_it(station)
    station.sync.sync_now()
    raw = sqlite3.connect(tmp_path / "A.db")  # as it was on the disk when the answer came
    raw.execute("UPDATE outbox SET state = 'unknown'")
    raw.commit()
    raw.close()
    assert station.sync.sync_now().unsent == 0
    (there,) = on_emr(station)
    assert there["meta"]["versionId"] == "1"


@pytest.mark.hazard("H85")
def test_a_change_holds_though_the_emr_was_read_before_it(emr: Emr, station: Station) -> None:
    station.sync.sync_now()
    record = chart_it(station)
    station.sync.sync_now()
    lost = replace(record, status=RecordStatus.LOST, reason="vomited", revision=2)
    station.store.recorder.record(lost)
    emr.tick()
    station.sync.sync_now()  # pulls the first version, then sends the second
    (back,) = ward.chart(station.store).administrations
    assert (back.status, back.revision) == (RecordStatus.LOST, 2)
    emr.tick()
    station.sync.sync_now()
    (back,) = ward.chart(station.store).administrations
    assert (back.status, back.revision) == (RecordStatus.LOST, 2)


@pytest.mark.hazard("H85")
def test_two_stations_change_one_record_in_turn(emr: Emr, station: Station, other: Station) -> None:
    station.sync.sync_now()
    first = chart_it(station)
    for each in (station, other, station):
        emr.tick()
        each.sync.sync_now()
    (seen,) = ward.chart(other.store).administrations
    lost = replace(seen, status=RecordStatus.LOST, reason="lost", revision=2)
    assert other.store.recorder.record(lost).outcome is SaveOutcome.SAVED
    for each in (other, station):
        emr.tick()
        each.sync.sync_now()
    (seen,) = ward.chart(station.store).administrations
    wrong = replace(first, status=RecordStatus.ENTERED_IN_ERROR, reason="other", revision=3)
    assert station.store.recorder.record(wrong).outcome is SaveOutcome.SAVED
    report = station.sync.sync_now()
    assert (report.unsent, report.problems) == (0, 0)
    (there,) = on_emr(station)
    assert there["status"] == "entered-in-error"
    assert {"url": "urn:bcma:ext:revision", "valuePositiveInt": 3} in there["extension"]
    assert other.store.outbox.waiting().unsent == 0
