"""Whatever ids a server gives, what belongs together stays together, and counts once."""

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from http import HTTPStatus
from uuid import uuid4

import pytest

from bcma.emr.capabilities import WayOfWriting
from bcma.emr.deliver import resources_of
from bcma.emr.fhir_map import (
    STANDARD,
    administration_bundle,
    read_administration,
)
from bcma.emr.sandbox import Faults, Lost, Traffic
from bcma.model.events import DoubleDose, EffectCheck, Reaction
from bcma.model.people import BandScan
from bcma.model.ports import SaveOutcome
from bcma.model.quantity import Quantity
from bcma.model.record import RecordStatus
from bcma.model.verdict import Finding, Severity
from tests.store import ward
from tests.sync.conftest import EVENT, SERVERS, Emr, Station
from tests.sync.test_push import chart_it, on_emr

MEASURED = (
    ("8867-4", Quantity(Decimal(72), "/min")),
    ("8480-6", Quantity(Decimal(121), "mm[Hg]")),
)
TWO_LATE = tuple(
    Finding(code="drug.expired", severity=Severity.WARN, released=True, subject=unit)
    for unit in ("unit-1", "unit-2")
)
PLAIN = "plain creates"
every_server = pytest.mark.parametrize("emr", SERVERS, indirect=True)


def file(station: Station, event: Reaction | EffectCheck | DoubleDose) -> None:
    assert station.store.recorder.file(event).outcome is SaveOutcome.SAVED


def reaction(about: str) -> Reaction:
    return Reaction(
        event_id=str(uuid4()),
        patient_id="p1",
        record_id=about,
        at=ward.NOW,
        by_id="n1",
        signs=("mày đay",),
        severity="moderate",
    )


def check(about: str) -> EffectCheck:
    return EffectCheck(
        event_id=str(uuid4()), patient_id="p1", record_id=about, at=ward.NOW, by_id="n1", text="đỡ"
    )


def name(resource: ward.Json) -> str:
    return f"{resource['resourceType']}/{resource['id']}"


@every_server
@pytest.mark.hazard("H86")
def test_all_that_an_event_writes_points_at_what_is_there(station: Station) -> None:
    station.sync.sync_now()
    chart_it(station, measured=MEASURED, findings=TWO_LATE)
    assert station.sync.sync_now().delivered == 1
    (dose,) = on_emr(station)
    issues, values = on_emr(station, "DetectedIssue"), on_emr(station, "Observation")
    (last,) = on_emr(station, "Provenance")
    assert [ward.reference(name(dose)) in issue["implicated"] for issue in issues] == [True, True]
    assert [value["partOf"] for value in values] == [[ward.reference(name(dose))]] * 2
    targets = {target["reference"] for target in last["target"]}
    assert targets == {name(each) for each in (dose, *issues, *values)}
    assert {i["value"] for each in (dose, *issues, *values) for i in each["identifier"]} >= {EVENT}


@every_server
@pytest.mark.hazard("H78", "H77")
def test_what_follows_a_dose_points_at_it_whether_the_station_knows_its_id_or_not(
    emr: Emr, station: Station
) -> None:
    station.sync.sync_now()
    chart_it(station)
    file(station, reaction(EVENT))
    assert station.sync.sync_now().problems == 0
    emr.tick()
    station.sync.sync_now()
    (seen,) = ward.chart(station.store).administrations
    file(station, check(seen.resource_id or ""))
    assert station.sync.sync_now().problems == 0
    (dose,) = on_emr(station)
    (adverse,) = on_emr(station, "AdverseEvent")
    (effect,) = on_emr(station, "Observation")
    assert adverse["suspectEntity"] == [{"instance": ward.reference(name(dose))}]
    assert effect["partOf"] == [ward.reference(name(dose))]


@every_server
def test_what_was_told_here_and_is_there_counts_once(emr: Emr, station: Station) -> None:
    station.sync.sync_now()
    chart_it(station, measured=MEASURED)
    file(station, check(EVENT))
    before = ward.chart(station.store)
    station.sync.sync_now()
    emr.tick()
    station.sync.sync_now()
    after = ward.chart(station.store)
    told = {(o.code, o.value) for o in before.observations}
    assert {(o.code, o.value) for o in after.observations} == told
    assert len(after.observations) == 2
    assert [c.event_id for c in after.effect_checks] == [c.event_id for c in before.effect_checks]


@every_server
@pytest.mark.hazard("H85")
def test_a_correction_reaches_all_that_the_dose_wrote(emr: Emr, station: Station) -> None:
    station.sync.sync_now()
    record = chart_it(station, measured=MEASURED, findings=TWO_LATE)
    station.sync.sync_now()
    emr.tick()
    wrong = replace(record, status=RecordStatus.ENTERED_IN_ERROR, reason="other", revision=2)
    station.store.recorder.record(wrong)
    assert station.sync.sync_now().problems == 0
    (dose,) = on_emr(station)
    assert dose["status"] == "entered-in-error"
    values = on_emr(station, "Observation")
    assert [value["status"] for value in values] == ["entered-in-error"] * 2
    assert len(on_emr(station, "Provenance")) == 2


@every_server
@pytest.mark.hazard("H47")
def test_two_stations_tell_one_double_dose_once(emr: Emr, station: Station, other: Station) -> None:
    for each in (station, other):
        each.sync.sync_now()
    chart_it(station)
    chart_it(other, str(uuid4()))
    for each in (station, other, station, other):
        emr.tick()
        assert each.sync.sync_now().problems == 0
    (issue,) = on_emr(station, "DetectedIssue")
    assert {i["reference"] for i in issue["implicated"]} == {name(d) for d in on_emr(station)}


@every_server
@pytest.mark.hazard("H85")
def test_what_was_measured_for_a_dose_is_taken_back_with_it_at_another_station_too(
    emr: Emr, station: Station, other: Station
) -> None:
    station.sync.sync_now()
    chart_it(station, measured=MEASURED, prn_score=Decimal(6))
    station.sync.sync_now()
    emr.tick()
    other.sync.sync_now()
    (seen,) = ward.chart(other.store).administrations
    wrong = replace(seen, status=RecordStatus.ENTERED_IN_ERROR, reason="other", revision=2)
    other.store.recorder.record(wrong)
    assert other.sync.sync_now().problems == 0
    values = on_emr(station, "Observation")
    assert [value["status"] for value in values] == ["entered-in-error"] * 3
    amounts = {value["valueQuantity"]["value"] for value in values}
    assert amounts == {Decimal(72), Decimal(121), Decimal(6)}
    emr.tick()
    station.sync.sync_now()
    assert ward.chart(station.store).observations == ()


CHANGES = {
    "first version": RecordStatus.GIVEN,
    "correction": RecordStatus.ENTERED_IN_ERROR,
}


@every_server
@pytest.mark.hazard("H86")
@pytest.mark.parametrize("change", CHANGES)
@pytest.mark.parametrize("broken_at", [1, 2, 4])
def test_a_line_that_breaks_in_the_middle_of_an_event_leaves_it_whole_in_the_end(
    emr: Emr, station: Station, change: str, broken_at: int
) -> None:
    station.sync.sync_now()
    record = chart_it(station, measured=MEASURED)
    if change != "first version":
        station.sync.sync_now()
        station.store.recorder.record(
            replace(record, status=CHANGES[change], reason="vomited", revision=2)
        )
    emr.sandbox.faults = Faults(lose_replies=Lost.WRITES, traffic=Traffic.WRITES, nth=broken_at)
    station.sync.sync_now()
    emr.sandbox.faults = Faults()
    station.sync.sync_now()
    assert station.store.outbox.waiting().unsent == 0
    (dose,) = on_emr(station)
    assert read_administration(dose, dialect=STANDARD).status is CHANGES[change]
    assert len(on_emr(station, "Observation")) == 2
    assert len(on_emr(station, "Provenance")) == (1 if change == "first version" else 2)


@pytest.mark.hazard("H85", "H86")
@pytest.mark.parametrize("emr", ["puts", "conditional creates", PLAIN], indirect=True)
def test_half_an_event_that_another_station_changed_meanwhile_is_not_written_over(
    emr: Emr, station: Station, other: Station
) -> None:
    station.sync.sync_now()
    chart_it(station)
    emr.sandbox.faults = Faults(lose_replies=Lost.WRITES)
    station.sync.sync_now()
    emr.sandbox.faults = Faults()
    emr.tick()
    other.sync.sync_now()
    (seen,) = ward.chart(other.store).administrations
    wrong = replace(seen, status=RecordStatus.ENTERED_IN_ERROR, reason="other", revision=2)
    other.store.recorder.record(wrong)
    assert other.sync.sync_now().problems == 0
    assert station.sync.sync_now().unsent == 0
    (dose,) = on_emr(station)
    assert dose["status"] == "entered-in-error"
    assert len(on_emr(station, "Provenance")) == 2


@pytest.mark.hazard("H85", "H86")
@pytest.mark.parametrize("emr", ["puts", PLAIN], indirect=True)
@pytest.mark.parametrize(
    "status", [HTTPStatus.UNAUTHORIZED, HTTPStatus.FORBIDDEN, HTTPStatus.TOO_MANY_REQUESTS]
)
def test_half_an_event_is_not_begun_anew_though_the_other_half_was_surely_not_taken(
    emr: Emr, station: Station, other: Station, status: HTTPStatus
) -> None:
    station.sync.sync_now()
    chart_it(station, measured=MEASURED)
    emr.sandbox.faults = Faults(error_status=status, traffic=Traffic.WRITES, nth=2)
    station.sync.sync_now()
    emr.sandbox.faults = Faults()
    emr.tick()
    other.sync.sync_now()
    (seen,) = ward.chart(other.store).administrations
    wrong = replace(seen, status=RecordStatus.ENTERED_IN_ERROR, reason="other", revision=2)
    other.store.recorder.record(wrong)
    assert other.sync.sync_now().problems == 0
    assert station.sync.sync_now().unsent == 0
    (dose,) = on_emr(station)
    assert dose["status"] == "entered-in-error"


@pytest.mark.hazard("H86")
@pytest.mark.parametrize("emr", ["puts"], indirect=True)
def test_what_is_half_there_under_another_id_is_not_begun_anew(station: Station) -> None:
    station.sync.sync_now()
    (dose, _) = resources_of(administration_bundle(chart_it(station)))
    station.client.create({key: value for key, value in dose.items() if key != "id"})
    assert station.store.outbox.sending(station.store.outbox.deliverable()[0])
    assert station.sync.sync_now().unsent == 0
    (there,) = on_emr(station)
    (last,) = on_emr(station, "Provenance")
    assert last["target"] == [ward.reference(name(there))]


def test_a_way_that_was_begun_is_kept_to(emr: Emr, station: Station) -> None:
    station.sync.sync_now()
    writer = station.writer()
    bundle = administration_bundle(ward.given(station.store, EVENT))
    emr.sandbox.faults = Faults(
        error_status=HTTPStatus.UNPROCESSABLE_ENTITY, traffic=Traffic.WRITES, times=1
    )
    writer.write(bundle)
    assert writer.ways(bundle)[0] is WayOfWriting.TRANSACTION_OF_CREATES


@every_server
def test_accesses_reach_every_server_and_each_once(emr: Emr, station: Station) -> None:
    station.sync.sync_now()
    for minutes in (1, 2):
        at = ward.NOW + timedelta(minutes=minutes)
        scan = BandScan(patient_id="p1", band="B1.01", station="A", at=at, by_id="n1")
        station.store.recorder.band_scanned(scan)
    emr.sandbox.faults = Faults(lose_replies=Lost.WRITES, traffic=Traffic.WRITES, nth=2)
    for _ in range(2):
        station.sync.sync_now()
    told = [there["meta"]["tag"][0]["code"] for there in on_emr(station, "AuditEvent")]
    assert len(told) == len(set(told)) == 2
