"""Stations learn through the EMR whose band was scanned and which orders were read elsewhere.

The lane holds nothing up.
"""

from dataclasses import replace
from datetime import timedelta
from http import HTTPStatus

import pytest

from bcma.emr.capabilities import Abilities, Capabilities
from bcma.emr.deliver import Writer
from bcma.emr.fhir_client import FhirClient
from bcma.emr.fhir_map import access_resource
from bcma.emr.sandbox import Faults, Lost, Traffic
from bcma.emr.sandbox.faults import down
from bcma.model.people import BandScan
from bcma.model.ports import SaveOutcome
from bcma.sync.audit_lane import exchange
from tests.emr.misbehaving import Answer, misbehaving
from tests.store import ward
from tests.sync.conftest import Emr, Station

SCAN = BandScan(patient_id="p1", band="B1.01", station="A", at=ward.NOW, by_id="n1")
MINUTE = timedelta(minutes=1)


def scans(station: Station) -> tuple[BandScan, ...]:
    return ward.chart(station.store).band_scans


def waiting(station: Station) -> int:
    return len(station.store.audit_lane.unsent().accesses)


@pytest.mark.hazard("H03")
def test_another_station_learns_of_a_scan(emr: Emr, station: Station, other: Station) -> None:
    station.sync.sync_now()
    other.sync.sync_now()
    station.store.recorder.band_scanned(SCAN)
    station.sync.sync_now()
    assert waiting(station) == 0
    emr.tick()
    other.sync.sync_now()
    assert scans(other) == (SCAN,)
    emr.tick()
    assert station.sync.sync_now().failure == ""
    assert scans(station) == (SCAN,), "its own come back as well"


def test_many_scans_go_in_one_unit_of_work(emr: Emr, station: Station) -> None:
    station.sync.sync_now()
    for minutes in range(3):
        station.store.recorder.band_scanned(replace(SCAN, at=SCAN.at + minutes * MINUTE))
    station.sync.sync_now()
    found = station.client.search_all("AuditEvent", {"subtype": "band-scan"})
    assert len(found) == 3
    emr.tick()
    station.sync.sync_now()
    assert [scan.at for scan in scans(station)] == [SCAN.at + n * MINUTE for n in range(3)]


def test_a_lost_reply_sends_the_same_scan_again_and_makes_no_second_one(
    emr: Emr, station: Station
) -> None:
    station.sync.sync_now()
    station.store.recorder.band_scanned(SCAN)
    emr.sandbox.faults = Faults(lose_replies=Lost.WRITES)
    station.sync.sync_now()
    assert waiting(station) == 1
    emr.sandbox.faults = Faults()
    station.sync.sync_now()
    assert waiting(station) == 0
    assert len(station.client.search_all("AuditEvent")) == 1


def test_old_scans_are_not_read_by_a_station_that_starts(emr: Emr, other: Station) -> None:
    yesterday = replace(SCAN, at=SCAN.at - timedelta(days=1))
    older = replace(yesterday, at=yesterday.at - timedelta(seconds=1))
    emr.load(access_resource(yesterday, "a1"), access_resource(older, "a2"))
    other.sync.sync_now()
    assert scans(other) == (yesterday,)


def test_trouble_in_the_lane_is_none_of_the_doses(emr: Emr, station: Station) -> None:
    station.sync.sync_now()
    station.store.recorder.band_scanned(SCAN)
    emr.sandbox.faults = down()
    exchange(station.store, station.client, able(station.client, AuditEvent=WRITES), ward.NOW)
    assert waiting(station) == 1


def able(client: FhirClient, **kinds: Abilities) -> Writer:
    return Writer(client, Capabilities(resources=kinds))


def test_a_server_without_accesses_is_not_asked(station: Station) -> None:
    station.store.recorder.band_scanned(SCAN)
    with misbehaving(lambda *_: Answer()) as server:
        client = FhirClient(server.url)
        exchange(station.store, client, able(client, Patient=Abilities()), ward.NOW)
        client.close()
    assert server.seen == []
    assert waiting(station) == 1


WRITES = Abilities(interactions=frozenset({"update"}), update_create=True)


@pytest.mark.parametrize(
    "status,left",
    [(422, 0), (405, 0), (401, 1), (503, 1)],
)
def test_what_the_server_refuses_is_kept_here_and_not_sent_again(
    station: Station, status: int, left: int
) -> None:
    station.store.recorder.band_scanned(SCAN)
    with misbehaving(lambda *_: Answer(status=status)) as server:
        client = FhirClient(server.url)
        exchange(station.store, client, able(client, AuditEvent=WRITES), ward.NOW)
        client.close()
    assert waiting(station) == left
    assert len(station.store.audit_entries()) == 1


def test_one_that_the_server_refuses_keeps_no_other_away(emr: Emr, station: Station) -> None:
    station.sync.sync_now()
    for seconds in range(3):
        at = ward.NOW.replace(second=seconds)
        station.store.recorder.band_scanned(replace(SCAN, at=at))
    emr.sandbox.faults = Faults(error_status=HTTPStatus.CONFLICT, traffic=Traffic.WRITES, times=2)
    station.sync.sync_now()  # all of them, and the first by itself
    assert waiting(station) == 0
    assert len(station.client.search_all("AuditEvent")) == 2


def test_a_server_that_can_only_be_read_is_read(emr: Emr, station: Station) -> None:
    station.sync.sync_now()
    station.store.recorder.band_scanned(SCAN)
    emr.load(access_resource(replace(SCAN, station="B"), "a1"))
    only_reads = able(station.client, AuditEvent=Abilities(interactions=frozenset({"read"})))
    exchange(station.store, station.client, only_reads, ward.NOW)
    assert waiting(station) == 0
    assert [scan.station for scan in scans(station)] == ["B"]


# --- orders read ---


def read_at(station: Station, *versions: str, **changes: str) -> None:
    read = ward.orders_read(*versions, **changes)
    assert station.store.recorder.acknowledge([read]).outcome is SaveOutcome.SAVED


def acknowledged(station: Station) -> frozenset[str]:
    return ward.chart(station.store).acknowledged


@pytest.mark.hazard("H59")
def test_what_one_station_read_is_read_on_the_wards_other_station(
    emr: Emr, station: Station, other: Station
) -> None:
    station.sync.sync_now()
    other.sync.sync_now()
    (version,) = (order.version for order in ward.chart(station.store).orders)
    read_at(station, version)
    read_at(station, "v9", ward="NGOAI")
    station.sync.sync_now()
    assert waiting(station) == 0
    for _ in range(2):  # what comes twice is the same
        emr.tick()
        other.sync.sync_now()
        assert acknowledged(other) == {version}
    emr.tick()
    emr.load(ward.order(status="on-hold"))
    other.sync.sync_now()
    assert ward.chart(other.store).orders[0].version not in acknowledged(other)


def test_what_was_read_without_a_network_is_told_when_it_is_back(
    emr: Emr, station: Station, other: Station
) -> None:
    station.sync.sync_now()
    other.sync.sync_now()
    emr.sandbox.faults = down()
    read_at(station, "v1")
    station.sync.sync_now()
    assert waiting(station) == 1
    emr.sandbox.faults = Faults()
    station.sync.sync_now()
    emr.tick()
    other.sync.sync_now()
    assert waiting(station) == 0
    assert acknowledged(other) == {"v1"}


def test_a_station_that_starts_knows_what_the_ward_has_read_for_a_month(
    emr: Emr, other: Station
) -> None:
    month_ago = replace(ward.orders_read("v1"), at=ward.NOW - timedelta(days=30))
    older = replace(ward.orders_read("v2"), at=month_ago.at - timedelta(seconds=1))
    yesterday = replace(SCAN, at=SCAN.at - timedelta(days=1))
    emr.load(access_resource(month_ago, "a1"), access_resource(older, "a2"))
    emr.load(access_resource(yesterday, "a3"))
    other.sync.sync_now()
    assert acknowledged(other) == {"v1"}
    assert scans(other) == (yesterday,)


def test_news_of_every_kind_come_with_one_search(
    emr: Emr, station: Station, caplog: pytest.LogCaptureFixture
) -> None:
    station.sync.sync_now()
    emr.tick()
    emr.load(access_resource(replace(SCAN, at=emr.clock()), "a1"))
    emr.load(access_resource(ward.orders_read("v1"), "a2"))
    caplog.set_level("DEBUG", "bcma.emr.sandbox")
    station.sync.sync_now()
    asked = [m for record in caplog.records if "AuditEvent" in (m := record.getMessage())]
    assert asked == ["GET AuditEvent"]
    assert acknowledged(station) == {"v1"}
    assert len(scans(station)) == 1


def test_many_accesses_come_over_several_pages(emr: Emr, station: Station) -> None:
    station.sync.sync_now()
    emr.tick()
    emr.load(*(access_resource(ward.orders_read(f"v{n}"), f"a{n}") for n in range(501)))
    station.sync.sync_now()
    assert len(acknowledged(station)) == 501
