"""What stations found out of one another's records is told once, however they meet."""

from dataclasses import replace
from datetime import timedelta
from uuid import uuid4

import pytest

from bcma.model.double import settlement_id
from bcma.model.events import DoubleDose, DoubleOutcome, DoubleSettled, LateDose, LateDoseTold
from bcma.model.ports import SaveOutcome
from bcma.model.record import RecordStatus
from tests.store import ward
from tests.sync.conftest import EVENT, SERVERS, Emr, Station
from tests.sync.test_push import chart_it, on_emr

pytestmark = pytest.mark.parametrize("emr", SERVERS, indirect=True)


@pytest.fixture
def found(emr: Emr, station: Station, other: Station) -> DoubleDose:
    """One dose charted at both stations, of which neither has told the EMR."""
    for each in (station, other):
        each.sync.sync_now()
    chart_it(station, EVENT)
    chart_it(other, str(uuid4()))
    station.sync.sync_now()
    emr.tick()
    other.sync.pull()
    (issue,) = other.store.issues.to_tell()
    assert isinstance(issue, DoubleDose)
    return issue


def told_of(late: LateDose) -> LateDoseTold:
    return LateDoseTold(event_id=late.told_id, patient_id="p1", late=late, at=ward.NOW, by_id="n1")


def file(station: Station, event: DoubleDose | DoubleSettled | LateDoseTold) -> None:
    assert station.store.recorder.file(event).outcome is SaveOutcome.SAVED


def settled(issue: DoubleDose, by: str) -> DoubleSettled:
    outcome = DoubleOutcome.GIVEN_TWICE
    return DoubleSettled(
        event_id=settlement_id((issue,), outcome),
        patient_id="p1",
        issues=(issue,),
        outcome=outcome,
        at=ward.NOW,
        by_id=by,
    )


@pytest.mark.hazard("H47")
def test_who_tells_it_second_leaves_what_was_said_to_it(
    found: DoubleDose, station: Station, other: Station
) -> None:
    other.sync.sync_now()
    file(other, settled(found, "n1"))
    other.sync.sync_now()
    file(station, found)
    file(station, settled(found, "n2"))
    report = station.sync.sync_now()
    assert (report.delivered, report.unsent, report.problems) == (2, 0, 0)
    (issue,) = on_emr(station, "DetectedIssue")
    assert [m["author"]["reference"] for m in issue["mitigation"]] == ["Practitioner/n1"]
    assert issue["meta"]["versionId"] == "2", "told, and settled"
    (event,) = on_emr(station, "AdverseEvent")
    assert event["meta"]["versionId"] == "1"


@pytest.mark.hazard("H47")
def test_who_settles_it_otherwise_and_second_is_told_and_overwrites_nothing(
    emr: Emr, found: DoubleDose, station: Station, other: Station
) -> None:
    for each in (other, station):
        each.sync.sync_now()
        emr.tick()
    record = station.store.charts.recorded(EVENT)
    assert record is not None
    wrong = replace(
        record,
        status=RecordStatus.ENTERED_IN_ERROR,
        revision=2,
        recorder_id="n1",
        recorded_at=ward.NOW,
        reason="other",
    )
    assert station.store.recorder.record(wrong).outcome is SaveOutcome.SAVED
    file(other, settled(found, "n2"))
    station.sync.sync_now()
    assert other.sync.sync_now().problems == 1
    (problem,) = other.store.problems.list()
    assert (problem.owner_id, problem.outcome) == ("n2", "emr.conflict charted-twice")
    (issue,) = on_emr(station, "DetectedIssue")
    assert [m["author"]["reference"] for m in issue["mitigation"]] == ["Practitioner/n1"]
    assert on_emr(station, "AdverseEvent") == []


@pytest.mark.hazard("H47")
def test_both_tell_it_once_and_to_the_end(
    emr: Emr, found: DoubleDose, station: Station, other: Station
) -> None:
    for each in (other, station, other, station):
        emr.tick()
        assert each.sync.sync_now().problems == 0
    (issue,) = on_emr(station, "DetectedIssue")
    assert {"system": "urn:bcma:event", "value": found.event_id} in issue["identifier"]
    assert issue["meta"]["versionId"] == "1"
    for each in (station, other):
        assert each.store.outbox.waiting().unsent == 0
        assert each.store.issues.to_tell() == ()
        assert len(each.store.issues.open()) == 1


@pytest.mark.hazard("H59")
def test_a_late_dose_is_told_when_the_news_arrives(
    emr: Emr, station: Station, other: Station
) -> None:
    station.sync.sync_now()
    chart_it(station, EVENT, given_at=ward.NOW + timedelta(minutes=5))
    assert station.store.issues.to_tell() == ()
    emr.load(ward.order(status="stopped"))
    for _ in range(2):
        station.sync.sync_now()
        emr.tick()
    (there,) = on_emr(station)
    assert there["status"] == "completed", "what happened is kept"
    (issue,) = on_emr(station, "DetectedIssue")
    assert issue["implicated"] == [
        {"reference": "MedicationRequest/mr1"},
        {"reference": f"MedicationAdministration/{there['id']}"},
    ]
    (waits,) = station.store.issues.open()
    assert isinstance(waits.late, LateDose)
    file(station, told_of(waits.late))
    for each in (station, other):
        assert each.sync.sync_now().problems == 0
        emr.tick()
        assert each.store.issues.open() == ()
    (issue,) = on_emr(station, "DetectedIssue")
    assert issue["mitigation"][0]["author"] == {"reference": "Practitioner/n1"}


@pytest.mark.hazard("H47", "H85")
def test_a_correction_is_the_mitigation_of_the_issue_wherever_it_was_made(
    emr: Emr, found: DoubleDose, station: Station, other: Station
) -> None:
    for each in (other, station):
        assert each.sync.sync_now().problems == 0
        emr.tick()
    (both,) = station.store.issues.open()
    theirs = next(r for r in both.records if r.event_id != EVENT)
    wrong = replace(
        theirs,
        status=RecordStatus.ENTERED_IN_ERROR,
        revision=2,
        recorder_id="n1",
        recorded_at=ward.NOW,
        reason="other",
    )
    assert station.store.recorder.record(wrong).outcome is SaveOutcome.SAVED
    for each in (station, other, station):
        report = each.sync.sync_now()
        assert (report.problems, report.unsent) == (0, 0)
        emr.tick()
        assert each.store.issues.open() == ()
    assert sorted(r["status"] for r in on_emr(station)) == ["completed", "entered-in-error"]
    (issue,) = on_emr(station, "DetectedIssue")
    assert [m["author"]["reference"] for m in issue["mitigation"]] == ["Practitioner/n1"]
    assert {"system": "urn:bcma:event", "value": found.event_id} in issue["identifier"]
