"""A station keeps in step with every server: by its time, at night, and patient by patient."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import httpx
import pytest

from bcma.emr.capabilities import Capabilities
from bcma.model.order import OrderStatus
from bcma.store import Store
from bcma.sync.polling import PatientPoller
from bcma.sync.progress import unwatched
from bcma.sync.pull import Puller
from bcma.sync.reconcile import Reconciled, Reconciler
from tests.contract.peer import Peer
from tests.store import ward


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with Store.open(tmp_path / "station.db", ward=ward.WARD) as opened:
        yield opened


def now() -> datetime:
    return datetime.now(UTC)


def delete(peer: Peer, name: str) -> None:
    httpx.delete(f"{peer.address}/{name}").raise_for_status()


def orders(store: Store) -> dict[str, OrderStatus]:
    return {order.id: order.status for order in ward.chart(store).orders}


def pull(peer: Peer, store: Store) -> dict[str, int]:
    pulled = Puller(store, peer.client).pull(peer.client.capabilities())
    assert pulled.complete
    return dict(pulled.news)


def timeless(able: Capabilities) -> Capabilities:
    kinds = {
        kind: replace(a, search_params=a.search_params - {"_lastUpdated"})
        for kind, a in able.resources.items()
    }
    return replace(able, resources=kinds)


def test_what_changed_comes_with_the_next_pull_and_once(filled: Peer, store: Store) -> None:
    assert pull(filled, store)["MedicationRequest"] == 1
    assert pull(filled, store) == {}
    filled.load(ward.order(status="stopped"), ward.order("mr2"))
    assert pull(filled, store) == {"MedicationRequest": 2}
    assert orders(store) == {"mr1": OrderStatus.STOPPED, "mr2": OrderStatus.ACTIVE}
    assert ward.chart(store).orders_as_of is not None


def test_what_was_deleted_is_found_at_night(filled: Peer, store: Store) -> None:
    filled.load(ward.order("mr2"))
    pull(filled, store)

    def compare() -> Reconciled:
        able = filled.client.capabilities()
        return Reconciler(store, filled.client, unwatched()).run(able, now())

    assert compare() == Reconciled()
    delete(filled, "MedicationRequest/mr1")
    assert pull(filled, store) == {}
    assert compare() == Reconciled(deleted={"MedicationRequest": 1})
    assert list(orders(store)) == ["mr2"]


def test_it_is_read_patient_by_patient_as_well(filled: Peer, store: Store) -> None:
    able = timeless(filled.client.capabilities())
    assert not able.has_last_updated

    def poll() -> dict[str, int]:
        poller = PatientPoller(store, filled.client, unwatched())
        pulled = poller.poll(able, now(), opened=None, whole=False)
        assert pulled.complete
        return dict(pulled.news)

    assert poll()["MedicationRequest"] == 1
    assert ward.chart(store).orders[0].problems == ()
    assert [p.id for p in store.charts.inpatients()] == ["p1"]
    assert poll() == {}
    filled.load(ward.order("mr2"))
    delete(filled, "MedicationRequest/mr1")
    assert poll() == {"MedicationRequest": 1}
    assert list(orders(store)) == ["mr2"]
    filled.load(ward.encounter(status="finished"))
    assert poll() == {"Encounter": 1}
    assert store.charts.inpatients() == ()
