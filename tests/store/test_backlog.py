"""What has not reached the EMR: how much, since when, when it is tried again; and the store."""

from datetime import timedelta

import pytest

from bcma.store import Backlog, DeliveryState, Store
from bcma.store.schema import HEAD
from tests.store import ward

MINUTE = timedelta(minutes=1)


def chart(store: Store, number: int) -> None:
    at = ward.NOW + number * MINUTE
    record = ward.given(
        store, f"event-{number}", slot=None, slot_id=f"s{number}", recorded_at=at, given_at=at
    )
    store.recorder.record(record)


def test_nothing_waits_at_first(store: Store) -> None:
    assert store.backlog() == Backlog()


@pytest.mark.hazard("H86", "H87")
def test_the_oldest_is_told_of_each_kind(store: Store) -> None:
    for number in range(3):
        chart(store, number)
    assert store.backlog() == Backlog(waiting=3, since=ward.NOW)
    (head,) = store.outbox.deliverable()
    later = ward.NOW + 9 * MINUTE
    store.outbox.retry_at(head.sequence, later, "emr.unreachable", DeliveryState.UNKNOWN)
    assert store.backlog() == Backlog(waiting=3, unknown=1, since=ward.NOW, next_try=later)
    store.outbox.refused(head.sequence, "emr.refused", at=ward.NOW)
    after = Backlog(
        waiting=2, blocked=2, since=ward.NOW + MINUTE, refused=1, refused_since=ward.NOW
    )
    assert store.backlog() == after
    store.recorder.record(ward.given(store, "event-p2", patient_id="p2", slot=None, slot_id="x"))
    backlog = store.backlog()
    assert (backlog.waiting, backlog.blocked) == (3, 2), "another patient's is held up by nothing"
    (other,) = store.outbox.deliverable()
    store.outbox.delivered(other.sequence)
    store.outbox.delivered(head.sequence)
    assert store.backlog() == Backlog(waiting=2, since=ward.NOW + MINUTE)


def test_a_store_tells_what_it_is(store: Store) -> None:
    found = store.condition()
    assert found.kind == store._database.engine.dialect.name  # noqa: SLF001 - what it lies on
    assert (found.version, found.sound, found.staff) == (HEAD, True, 0)
    store.staff.enrol("n1", "hash", "", ward.NOW)
    assert store.condition().staff == 1
