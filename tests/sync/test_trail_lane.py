"""The audit trail on its way to the EMR: each entry once, behind everything, holding nothing up."""

from http import HTTPStatus

import pytest

from bcma.emr.capabilities import Abilities, Capabilities
from bcma.emr.deliver import Writer
from bcma.emr.sandbox import Faults, Lost, Traffic
from bcma.model.audited import AuditKind
from bcma.sync.audit_lane import exchange
from tests.store import ward
from tests.sync.conftest import EVENT, SERVERS, Emr, Station


def waiting(station: Station) -> int:
    return len(station.store.trail_lane.unsent().accesses)


def on_emr(station: Station) -> list[str]:
    found = station.client.search_all("AuditEvent")
    resources: list[ward.Json] = [dict(one.resource) for one in found]
    return sorted(resource["subtype"][-1]["code"] for resource in resources)


@pytest.mark.parametrize("emr", SERVERS, indirect=True)
def test_every_server_is_told_of_a_record_after_the_record(emr: Emr, station: Station) -> None:
    station.sync.sync_now()
    station.store.recorder.record(ward.given(station.store, EVENT))
    for _ in range(2):
        assert station.sync.sync_now().failure == ""
        emr.tick()
    (found,) = station.client.search_all("AuditEvent")
    (dose,) = station.client.search_all("MedicationAdministration")
    told: ward.Json = dict(found.resource)
    what = told["entity"][1]["what"]
    assert what["reference"] == f"MedicationAdministration/{dose.resource['id']}"
    assert what["identifier"]["value"] == EVENT


def test_a_lost_reply_tells_it_again_and_makes_no_second_one(emr: Emr, station: Station) -> None:
    station.sync.sync_now()
    station.store.staff.succeeded("n1", ward.NOW)
    emr.sandbox.faults = Faults(lose_replies=Lost.WRITES)
    station.sync.sync_now()
    assert waiting(station) == 1
    emr.sandbox.faults = Faults()
    station.sync.sync_now()
    assert waiting(station) == 0
    assert on_emr(station) == ["sign-in"]


def test_one_that_the_server_refuses_keeps_no_other_away_and_is_told_in_the_log(
    emr: Emr, station: Station, caplog: pytest.LogCaptureFixture
) -> None:
    station.sync.sync_now()
    for how in (AuditKind.LOCK, AuditKind.SIGN_OUT):
        station.store.staff.left("n1", how, ward.NOW)
    emr.sandbox.faults = Faults(error_status=HTTPStatus.CONFLICT, traffic=Traffic.WRITES, times=2)
    station.sync.sync_now()  # both of them, and the first by itself
    assert on_emr(station) == ["sign-out"]
    assert waiting(station) == 0
    assert len(station.store.audit_entries()) == 2
    assert "1 accesses refused" in caplog.text


def test_trouble_in_the_lane_is_none_of_what_stations_tell_each_other(
    emr: Emr, station: Station
) -> None:
    station.sync.sync_now()
    station.store.staff.succeeded("n1", ward.NOW)
    station.store.recorder.acknowledge([ward.orders_read("v1")])
    fails = Faults(error_status=HTTPStatus.SERVICE_UNAVAILABLE, traffic=Traffic.WRITES, nth=2)
    emr.sandbox.faults = fails
    assert station.sync.sync_now().failure == ""
    assert on_emr(station) == ["orders-read"]
    assert waiting(station) == 1
    emr.sandbox.faults = Faults()
    station.sync.sync_now()
    assert on_emr(station) == ["orders-read", "sign-in"]


def test_a_server_that_keeps_no_accesses_gets_none(station: Station) -> None:
    station.store.staff.succeeded("n1", ward.NOW)
    writer = Writer(station.client, Capabilities(resources={"Patient": Abilities()}))
    exchange(station.store, station.client, writer, ward.NOW)
    assert on_emr(station) == []
    assert waiting(station) == 1


def test_the_wards_other_stations_do_not_read_it(
    emr: Emr, station: Station, other: Station
) -> None:
    station.sync.sync_now()
    other.sync.sync_now()
    station.store.staff.succeeded("n1", ward.NOW)
    station.store.recorder.acknowledge([ward.orders_read("v1")])
    station.sync.sync_now()
    emr.tick()
    other.sync.sync_now()
    assert len(other.store.held("AuditEvent")) == 1


def test_a_long_time_without_network_is_told_little_by_little(station: Station) -> None:
    station.sync.sync_now()
    for _ in range(201):
        station.store.staff.succeeded("n1", ward.NOW)
    station.sync.sync_now()
    assert len(on_emr(station)) == 200
    station.sync.sync_now()
    assert len(on_emr(station)) == 201
