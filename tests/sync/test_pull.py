"""What changes on the EMR comes here: once, in full, and whatever it looks like."""

import pytest

from bcma.emr.sandbox import Faults, Lost
from bcma.model.order import OrderStatus
from bcma.model.scan import Wristband
from tests.store import ward
from tests.sync.conftest import Emr, Station


def test_the_first_pull_brings_the_ward(emr: Emr, station: Station) -> None:
    report = station.sync.sync_now()
    assert report.reached
    assert report.pulled.complete
    assert report.pulled.news["MedicationRequest"] == 1
    assert report.as_of == emr.clock()
    chart = ward.chart(station.store)
    assert [order.id for order in chart.orders] == ["mr1"]
    assert chart.orders[0].problems == ()
    assert chart.orders_as_of == emr.clock()


def test_nothing_is_news_twice(emr: Emr, station: Station) -> None:
    station.sync.sync_now()
    emr.tick()
    assert station.sync.sync_now().pulled.news == {}


def test_a_change_arrives_with_the_next_pull(emr: Emr, station: Station) -> None:
    station.sync.sync_now()
    emr.tick()
    emr.load(ward.order(status="stopped"))
    assert ward.chart(station.store).orders[0].status is OrderStatus.ACTIVE
    report = station.sync.sync_now()
    assert report.pulled.news == {"MedicationRequest": 1}
    assert ward.chart(station.store).orders[0].status is OrderStatus.STOPPED


def test_a_change_in_the_instant_of_the_last_pull_is_not_missed(emr: Emr, station: Station) -> None:
    station.sync.sync_now()
    emr.load(ward.order(status="stopped"))
    station.sync.sync_now()
    assert ward.chart(station.store).orders[0].status is OrderStatus.STOPPED


def test_many_resources_of_one_instant_come_over_several_pages(emr: Emr, station: Station) -> None:
    emr.load(*(ward.order(f"mr-{n}") for n in range(1203)))
    report = station.sync.sync_now()
    assert report.pulled.news["MedicationRequest"] == 1204
    assert len(ward.chart(station.store).orders) == 1204


@pytest.mark.hazard("H93")
def test_a_resource_that_cannot_be_understood_is_kept_and_reported_and_stops_nothing(
    emr: Emr, station: Station
) -> None:
    emr.load(
        {"resourceType": "MedicationRequest", "id": "odd", "status": "active"},
        ward.order("mr2"),
    )
    report = station.sync.sync_now()
    assert report.reached
    assert report.pulled.unreadable == ("MedicationRequest/odd",)
    assert {order.id for order in ward.chart(station.store).orders} == {"mr1", "mr2"}


@pytest.mark.hazard("H93")
def test_an_order_with_an_unreadable_part_is_in_the_chart_with_its_problem(
    emr: Emr, station: Station
) -> None:
    emr.load(ward.order(dosageInstruction=[{"text": "2 viên khi cần thiết"}]))
    station.sync.sync_now()
    assert ward.chart(station.store).orders[0].problems != ()


def test_without_network_the_report_says_so_and_the_orders_keep_their_age(
    emr: Emr, station: Station
) -> None:
    as_of = station.sync.sync_now().as_of
    emr.tick()
    emr.sandbox.close()
    report = station.sync.sync_now()
    assert report.failure == "emr.unreachable"
    assert not report.reached
    assert report.as_of == as_of
    assert not report.pulled.complete


def test_a_server_that_fails_is_in_the_report(emr: Emr, station: Station) -> None:
    emr.sandbox.faults = Faults(lose_replies=Lost.ALL)
    assert station.sync.sync_now().failure == "emr.unreachable"
    emr.sandbox.faults = Faults()
    assert station.sync.sync_now().reached


def test_a_band_that_is_not_known_here_is_asked_of_the_emr(emr: Emr, station: Station) -> None:
    station.sync.sync_now()
    emr.tick()
    emr.load(
        ward.patient("p2", "Lê Văn Cường", "B2.01"), ward.encounter("p2"), ward.order("mr9", "p2")
    )
    band = Wristband("B2", "01")
    assert station.store.charts.holder_of(band) is None
    assert station.sync.lookup_band(band)
    holder = station.store.charts.holder_of(band)
    assert holder is not None
    assert [o.id for o in ward.chart(station.store, holder.id).orders] == ["mr9"]


def test_a_band_that_nobody_holds_stays_unknown(emr: Emr, station: Station) -> None:
    station.sync.sync_now()
    assert not station.sync.lookup_band(Wristband("B9", "01"))
    emr.sandbox.close()
    assert not station.sync.lookup_band(Wristband("B9", "01"))
