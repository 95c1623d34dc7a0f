"""How much of the audit trail the EMR does not have, in either lane, and since when."""

from datetime import timedelta

from bcma.model.people import BandScan
from bcma.store import Store
from tests.store import ward

LATER = ward.NOW + timedelta(minutes=5)
SCAN = BandScan(patient_id="p1", band="B1.01", station="A", at=ward.NOW, by_id="n1")


def untold(store: Store) -> tuple[int, object]:
    found = store.untold()
    return found.count, found.since


def test_nothing_waits_where_nothing_happened(store: Store) -> None:
    assert untold(store) == (0, None)


def test_what_waits_is_counted_in_the_lane_in_which_it_waits(store: Store) -> None:
    store.recorder.band_scanned(SCAN)
    store.staff.succeeded("n1", LATER)
    store.recorder.acknowledge([ward.orders_read("v1")])
    assert untold(store) == (3, ward.NOW)
    store.trail_lane.sent(store.trail_lane.unsent().up_to)
    assert untold(store) == (2, ward.NOW)
    store.audit_lane.sent(store.audit_lane.unsent().up_to)
    assert untold(store) == (0, None)


def test_what_stations_tell_each_other_may_be_ahead(store: Store) -> None:
    store.recorder.band_scanned(SCAN)
    store.staff.succeeded("n1", LATER)
    store.audit_lane.sent(store.audit_lane.unsent().up_to)
    assert untold(store) == (1, LATER)
