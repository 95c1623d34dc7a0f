"""A long exchange says how far it is, and can be broken off between two pages."""

from bcma.sync import Progress, Stage
from tests.store import ward
from tests.sync.conftest import Emr, Station

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
