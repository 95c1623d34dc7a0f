"""The outbox keeps order for each patient and lets no patient hold up another."""

from datetime import timedelta
from functools import partial

import pytest

from bcma.store import DeliveryState, Store, Waiting
from tests.store import ward


@pytest.fixture
def full(store: Store) -> Store:
    """Two doses of one patient, one of another."""
    ward.take(store, ward.patient("p2", "Lê Văn Cường", "B2.01"), ward.order("mr2", "p2"))
    other = ward.chart(store, "p2").orders[0].version
    for n in (1, 2):
        store.recorder.record(ward.given(store, f"event-{n}", slot=None, slot_id=f"s{n}"))
    store.recorder.record(
        ward.given(store, "event-3", patient_id="p2", order_id="mr2", order_version=other)
    )
    return store


def heads(store: Store, minutes: int | None = None) -> list[str | None]:
    now = None if minutes is None else ward.NOW + timedelta(minutes=minutes)
    return [parcel.record.event_id for parcel in store.outbox.deliverable(now)]


def first(store: Store) -> int:
    return store.outbox.deliverable()[0].sequence


def test_each_lane_offers_its_oldest(full: Store) -> None:
    assert heads(full) == ["event-1", "event-3"]
    full.outbox.delivered(first(full))
    assert heads(full) == ["event-2", "event-3"]


@pytest.mark.hazard("H87")
def test_a_refused_head_holds_up_its_own_lane_only(full: Store) -> None:
    full.outbox.refused(first(full), "emr.refused 422", at=ward.NOW)
    assert heads(full) == ["event-3"]
    assert full.outbox.waiting() == Waiting(unsent=3, problems=1)


def test_a_head_that_waits_is_not_overtaken(full: Store) -> None:
    at = ward.NOW + timedelta(minutes=5)
    full.outbox.retry_at(first(full), at, "emr.unavailable 500", DeliveryState.UNKNOWN)
    assert heads(full, minutes=4) == ["event-3"]
    assert heads(full, minutes=5) == ["event-1", "event-3"]
    assert heads(full) == ["event-1", "event-3"], "who syncs by hand does not wait"


@pytest.mark.hazard("H86")
def test_what_is_being_sent_is_of_unknown_fate_until_an_answer_comes(full: Store) -> None:
    (before, _) = full.outbox.deliverable()
    assert full.outbox.sending(before)
    (head, _) = full.outbox.deliverable()
    assert (head.state, head.attempts) == (DeliveryState.UNKNOWN, 1)


@pytest.mark.hazard("H86")
def test_what_another_program_has_sent_meanwhile_is_not_sent(full: Store) -> None:
    (read_before, _) = full.outbox.deliverable()
    assert full.outbox.sending(read_before)
    assert not full.outbox.sending(read_before)
    (head, _) = full.outbox.deliverable()
    assert head.attempts == 1
    for end in (full.outbox.delivered, partial(full.outbox.refused, outcome="", at=ward.NOW)):
        end(head.sequence)
        assert not full.outbox.sending(head), "that is over"


def test_nothing_waits_when_all_is_delivered(full: Store) -> None:
    while parcels := full.outbox.deliverable():
        full.outbox.delivered(parcels[0].sequence)
    assert full.outbox.waiting() == Waiting(unsent=0, problems=0)
