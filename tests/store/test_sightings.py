"""Scans of bands in the audit trail, and what of them the EMR still has to know."""

from datetime import timedelta

from bcma.emr.fhir_map import band_scan_resource
from bcma.model.people import BandScan
from bcma.model.ports import SaveOutcome
from bcma.store import Store
from tests.store import ward

SCAN = BandScan(patient_id="p1", band="B1.01", station="A", at=ward.NOW, by_id="n1")


def test_a_scan_waits_until_it_was_sent(store: Store) -> None:
    assert store.sightings.unsent().sightings == ()
    assert store.recorder.band_scanned(SCAN).outcome is SaveOutcome.SAVED
    waiting = store.sightings.unsent()
    assert [s.scan for s in waiting.sightings] == [SCAN]
    store.sightings.sent(waiting.up_to)
    assert store.sightings.unsent().sightings == ()
    assert store.sightings.unsent().up_to == waiting.up_to


def test_each_scan_has_an_id_of_its_own_for_ever(store: Store) -> None:
    store.recorder.band_scanned(SCAN)
    store.recorder.band_scanned(SCAN)
    first = [s.id for s in store.sightings.unsent().sightings]
    assert len(set(first)) == 2
    assert [s.id for s in store.sightings.unsent().sightings] == first


def test_other_entries_of_the_trail_are_passed_over(store: Store) -> None:
    store.recorder.acknowledge(["v1"], "n1", ward.NOW)
    store.recorder.band_scanned(SCAN)
    store.recorder.acknowledge(["v2"], "n1", ward.NOW)
    waiting = store.sightings.unsent()
    assert len(waiting.sightings) == 1
    store.sightings.sent(waiting.up_to)
    store.recorder.band_scanned(SCAN)
    assert len(store.sightings.unsent().sightings) == 1
    assert store.verify_audit() is None


def test_the_chart_knows_the_scans_of_all_stations_newest_last(store: Store) -> None:
    earlier = BandScan(
        patient_id="p1", band="B1.01", station="B", at=ward.NOW - timedelta(minutes=1), by_id="n2"
    )
    other = BandScan(patient_id="p2", band="B2.01", station="B", at=ward.NOW, by_id="n2")
    opened = band_scan_resource(SCAN, "a3") | {"subtype": []}
    for number, scan in enumerate((SCAN, earlier, other)):
        ward.take(store, band_scan_resource(scan, f"a{number}"))
    ward.take(store, opened)
    assert ward.chart(store).band_scans == (earlier, SCAN)
