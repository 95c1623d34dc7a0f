"""A long exchange says how far it is, and can be broken off between two pages."""

from datetime import timedelta

import pytest

from bcma.model.events import AllergyAsked
from bcma.sync import Progress, Stage
from bcma.sync.sync import REST
from tests.store import ward
from tests.store.ward import NOW
from tests.sync.conftest import EVENT, Emr, Station

ORDERS = 1204


def many(emr: Emr) -> None:
    emr.load(*(ward.order(f"mr-{n}") for n in range(ORDERS - 1)))


def test_every_page_is_told_of_with_what_there_is_in_all(emr: Emr, station: Station) -> None:
    many(emr)
    told: list[Progress] = []
    station.sync.tell_progress(told.append)
    station.sync.sync_now()
    orders = [(p.count, p.total) for p in told if p.kind == "MedicationRequest"]
    assert orders == [(500, ORDERS), (1000, ORDERS), (ORDERS, ORDERS)]
    assert {p.stage for p in told} == {Stage.PULL}
    assert [p.count for p in told if p.kind == "Flag"] == [0]


def test_a_pull_that_is_broken_off_keeps_what_came_and_goes_on_from_there(
    emr: Emr, station: Station
) -> None:
    many(emr)

    def enough(progress: Progress) -> None:
        if progress.count == 1000:
            station.sync.cancel()

    station.sync.tell_progress(enough)
    report = station.sync.sync_now()
    assert (report.failure, report.reached) == ("sync.cancelled", False)
    assert report.as_of is None
    assert len(ward.chart(station.store).orders) == 1000
    station.sync.tell_progress(lambda _: None)
    again = station.sync.sync_now()
    assert again.reached
    assert again.pulled.news["MedicationRequest"] == ORDERS - 1000
    assert len(ward.chart(station.store).orders) == ORDERS


def test_what_is_cancelled_while_nothing_is_read_ends_one_exchange_only(station: Station) -> None:
    station.sync.cancel()
    assert station.sync.sync_now().failure == "sync.cancelled"
    assert station.sync.sync_now().reached


@pytest.mark.hazard("H86")
def test_while_reading_rests_records_are_delivered(emr: Emr, station: Station) -> None:
    station.sync.sync_now()
    station.store.recorder.file(AllergyAsked(event_id=EVENT, patient_id="p1", at=NOW, by_id="s1"))
    station.sync.cancel()
    assert station.sync.poll().failure == "sync.cancelled"
    assert station.sync.rests_until == emr.clock() + REST
    emr.load(ward.order("mr9"))
    report = station.sync.poll()
    assert (report.failure, report.delivered) == ("sync.cancelled", 1)
    assert [order.id for order in ward.chart(station.store).orders] == ["mr1"]


def test_reading_goes_on_by_itself_after_a_rest(emr: Emr, station: Station) -> None:
    station.sync.cancel()
    station.sync.poll()
    emr.clock.advance(REST - timedelta(seconds=1))
    assert not station.sync.poll().reached
    emr.clock.advance(timedelta(seconds=1))
    assert station.sync.rests_until is None
    assert station.sync.poll().reached


def test_no_rest_outlasts_a_clock_that_was_put_back(emr: Emr, station: Station) -> None:
    station.sync.cancel()
    station.sync.poll()
    emr.clock.advance(-timedelta(hours=7))
    assert station.sync.rests_until is None
    assert station.sync.poll().reached


def test_a_person_lets_reading_go_on_before(station: Station) -> None:
    station.sync.cancel()
    station.sync.poll()
    station.sync.resume()
    assert station.sync.rests_until is None
    assert station.sync.poll().reached
