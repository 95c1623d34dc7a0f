"""Bands scanned and orders read in the audit trail, and what of them the EMR still has to know."""

from datetime import timedelta

from bcma.emr.fhir_map import access_resource
from bcma.model.audited import Audited
from bcma.model.order import OrdersRead
from bcma.model.people import BandScan
from bcma.model.ports import SaveOutcome
from bcma.store import Store
from tests.store import ward

SCAN = BandScan(patient_id="p1", band="B1.01", station="A", at=ward.NOW, by_id="n1")


def waiting(store: Store) -> list[BandScan | OrdersRead | Audited]:
    return [access.what for access in store.audit_lane.unsent().accesses]


def test_a_scan_waits_until_it_was_sent(store: Store) -> None:
    assert waiting(store) == []
    assert store.recorder.band_scanned(SCAN).outcome is SaveOutcome.SAVED
    assert waiting(store) == [SCAN]
    up_to = store.audit_lane.unsent().up_to
    store.audit_lane.sent(up_to)
    assert waiting(store) == []
    assert store.audit_lane.unsent().up_to == up_to


def test_each_access_has_an_id_of_its_own_for_ever(store: Store) -> None:
    store.recorder.band_scanned(SCAN)
    store.recorder.band_scanned(SCAN)
    store.recorder.acknowledge([ward.orders_read("v1")])
    first = [access.id for access in store.audit_lane.unsent().accesses]
    assert len(set(first)) == 3
    assert [access.id for access in store.audit_lane.unsent().accesses] == first


def test_what_was_read_waits_once_by_patient_and_in_order(store: Store) -> None:
    theirs = ward.orders_read("v1", patient_id="p2")
    kept = store.recorder.acknowledge([ward.orders_read("v2", "v1"), theirs])
    assert kept.outcome is SaveOutcome.SAVED
    store.recorder.band_scanned(SCAN)
    store.recorder.acknowledge([ward.orders_read("v1", "v3", by_id="n2")])
    store.recorder.acknowledge([ward.orders_read("v3"), theirs])
    assert waiting(store) == [
        ward.orders_read("v1", "v2"),
        theirs,
        SCAN,
        ward.orders_read("v3", by_id="n2"),
    ]


def test_the_same_version_is_read_by_each_ward_for_itself(store: Store) -> None:
    ours, theirs = ward.orders_read("v1"), ward.orders_read("v1", ward="NGOAI")
    store.recorder.acknowledge([ours, theirs])
    assert waiting(store) == [ours, theirs]


def test_other_entries_of_the_trail_are_passed_over(store: Store) -> None:
    store.recorder.record(ward.given(store, "e1"))
    store.recorder.band_scanned(SCAN)
    store.recorder.record(ward.given(store, "e2"))
    assert waiting(store) == [SCAN]
    store.audit_lane.sent(store.audit_lane.unsent().up_to)
    store.recorder.band_scanned(SCAN)
    assert waiting(store) == [SCAN]
    assert store.verify_audit() is None


def test_the_chart_knows_the_scans_of_all_stations_newest_last(store: Store) -> None:
    earlier = BandScan(
        patient_id="p1", band="B1.01", station="B", at=ward.NOW - timedelta(minutes=1), by_id="n2"
    )
    other = BandScan(patient_id="p2", band="B2.01", station="B", at=ward.NOW, by_id="n2")
    opened = access_resource(SCAN, "a3") | {"subtype": []}
    for number, scan in enumerate((SCAN, earlier, other)):
        ward.take(store, access_resource(scan, f"a{number}"))
    ward.take(store, opened, access_resource(ward.orders_read("v1"), "a4"))
    assert ward.chart(store).band_scans == (earlier, SCAN)


def test_the_chart_knows_what_all_stations_of_the_ward_have_read(store: Store) -> None:
    ward.take(store, ward.patient("p2", band="B2.01"))
    store.recorder.acknowledge([ward.orders_read("v1")])
    told = (
        ward.orders_read("v1", "v2", station="B"),
        ward.orders_read("v3", ward="NGOAI"),
        ward.orders_read("v4", patient_id="p2"),
    )
    for number, read in enumerate(told):
        ward.take(store, access_resource(read, f"a{number}"))
    ward.take(store, access_resource(told[0], "a0"), access_resource(SCAN, "a9"))
    assert ward.chart(store).acknowledged == {"v1", "v2"}
    assert ward.chart(store, "p2").acknowledged == {"v4"}
    assert ward.chart(store).band_scans == (SCAN,)
