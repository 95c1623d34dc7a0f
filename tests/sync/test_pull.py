"""What changes on the EMR comes here: once, in full, and whatever it looks like."""

from dataclasses import replace

import httpx
import pytest

from bcma.emr.fhir_client import FhirClient
from bcma.emr.sandbox import Faults, Lost
from bcma.emr.transport import Limits
from bcma.model.order import OrderStatus
from bcma.model.scan import Wristband
from bcma.sync import Sync
from bcma.sync.kinds import TYPES
from bcma.sync.pull import Puller
from tests.store import ward
from tests.sync.conftest import Emr, Station, TestClock, passed_on

#: Enough for what the sandbox says of itself.
LIMITS = Limits(body_bytes=150_000)


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


def test_whatever_the_order_of_resources_of_one_instant_none_is_missed(
    emr: Emr, station: Station
) -> None:
    emr.sandbox.faults = Faults(shuffle=True, one_instant=True, seed=7)
    emr.load(*(ward.order(f"mr-{n}") for n in range(1203)))
    station.sync.sync_now()
    emr.tick()
    emr.load(*(ward.order(f"mr-{n}", status="stopped") for n in range(600)))
    report = station.sync.sync_now()
    assert report.pulled.news["MedicationRequest"] == 600
    assert station.store.orders_as_of() is not None
    stopped = [o for o in ward.chart(station.store).orders if o.status is OrderStatus.STOPPED]
    assert len(stopped) == 600


def test_all_types_come_in_one_exchange(
    emr: Emr, station: Station, caplog: pytest.LogCaptureFixture
) -> None:
    station.sync.sync_now()
    emr.tick()
    caplog.set_level("DEBUG", "bcma.emr.sandbox")
    station.sync.sync_now()
    # the scans of bands come after everything else, in a lane of their own
    assert [record.getMessage() for record in caplog.records] == ["POST ", "GET AuditEvent"]


def test_a_server_that_lets_no_batch_through_is_asked_one_by_one(
    emr: Emr, station: Station, caplog: pytest.LogCaptureFixture
) -> None:
    def refuses(request: httpx.Request) -> httpx.Response:
        if request.method == "POST":
            return httpx.Response(405, request=request)
        return http.send(httpx.Request(request.method, request.url))

    caplog.set_level("DEBUG", "bcma.emr.sandbox")
    with httpx.Client() as http, httpx.Client(transport=httpx.MockTransport(refuses)) as gateway:
        client = FhirClient(emr.sandbox.base_url, gateway, now=emr.clock)
        report = Sync(station.store, client, TestClock(emr.clock)).sync_now()
    assert report.pulled.complete
    assert report.pulled.news["MedicationRequest"] == 1
    assert sum(record.getMessage().startswith("GET ") for record in caplog.records) > len(TYPES)


@pytest.mark.parametrize("trouble", ["time-out", "status", "too large"])
def test_where_all_at_once_is_too_much_each_search_is_asked_by_itself(
    emr: Emr, station: Station, trouble: str
) -> None:
    """The first reading of a big house on a slow server must come to an end some day."""

    def chokes(request: httpx.Request) -> httpx.Response:
        if request.method != "POST":
            return passed_on(http, request)
        if trouble == "time-out":
            raise httpx.ReadTimeout("", request=request)
        if trouble == "status":
            return httpx.Response(504)
        return httpx.Response(200, content=b" " * (LIMITS.body_bytes + 1))

    with httpx.Client() as http, httpx.Client(transport=httpx.MockTransport(chokes)) as line:
        client = FhirClient(emr.sandbox.base_url, line, limits=LIMITS, now=emr.clock)
        report = Sync(station.store, client, TestClock(emr.clock)).sync_now()
    assert report.pulled.complete
    assert report.pulled.news["MedicationRequest"] == 1


def test_who_asks_to_be_left_alone_is_not_asked_one_by_one(emr: Emr, station: Station) -> None:
    asked: list[str] = []

    def busy(request: httpx.Request) -> httpx.Response:
        asked.append(request.method)
        return passed_on(http, request) if request.method == "GET" else httpx.Response(429)

    with httpx.Client() as http, httpx.Client(transport=httpx.MockTransport(busy)) as line:
        client = FhirClient(emr.sandbox.base_url, line, now=emr.clock)
        report = Sync(station.store, client, TestClock(emr.clock)).sync_now()
    assert (report.failure, asked) == ("emr.throttled", ["GET", "POST"])


def test_pages_that_are_too_large_are_read_as_smaller_ones(emr: Emr, station: Station) -> None:
    """Five hundred patients with their photographs are more than anybody takes at once."""
    emr.load(*(ward.order(f"mr-{n}", note=[{"text": "x" * 1000}]) for n in range(200)))
    with FhirClient(emr.sandbox.base_url, limits=LIMITS, now=emr.clock) as client:
        report = Sync(station.store, client, TestClock(emr.clock)).sync_now()
    assert report.pulled.complete
    assert len(ward.chart(station.store).orders) == 201


def test_a_resource_that_is_too_large_by_itself_is_told(emr: Emr, station: Station) -> None:
    emr.load(ward.order(note=[{"text": "x" * LIMITS.body_bytes}]))
    with FhirClient(emr.sandbox.base_url, limits=LIMITS, now=emr.clock) as client:
        report = Sync(station.store, client, TestClock(emr.clock)).sync_now()
    assert (report.failure, report.as_of) == ("emr.not-fhir", None)


def test_a_server_without_batches_is_asked_one_by_one(station: Station) -> None:
    able = replace(station.client.capabilities(), interactions=frozenset())
    assert Puller(station.store, station.client).pull(able).complete
    assert len(ward.chart(station.store).orders) == 1


def test_what_came_before_and_after_a_search_that_failed_is_kept(
    emr: Emr, station: Station
) -> None:
    def breaks(request: httpx.Request) -> httpx.Response:
        reply = http.send(httpx.Request(request.method, request.url, content=request.read()))
        if request.method != "POST":
            return httpx.Response(reply.status_code, headers=_plain(reply), content=reply.content)
        found = reply.json()
        found["entry"][TYPES.index("Task")] = {"response": {"status": "500 Internal Server Error"}}
        return httpx.Response(200, headers=_plain(reply), json=found)

    with httpx.Client() as http, httpx.Client(transport=httpx.MockTransport(breaks)) as line:
        client = FhirClient(emr.sandbox.base_url, line, now=emr.clock)
        report = Sync(station.store, client, TestClock(emr.clock)).sync_now()
    assert report.failure == "emr.unavailable"
    assert report.as_of is None
    assert len(ward.chart(station.store).orders) == 1
    assert set(TYPES) - {"Task"} == station.store.cursors().keys() - {"AuditEvent"}
    assert station.sync.sync_now().pulled.complete


def _plain(reply: httpx.Response) -> dict[str, str]:
    return {"Date": reply.headers["Date"], "Content-Type": reply.headers["Content-Type"]}


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


@pytest.mark.hazard("H46")
def test_a_patient_of_whom_only_a_part_came_is_not_taken_for_known(
    emr: Emr, station: Station
) -> None:
    """What was given elsewhere a moment ago might be in the part that is missing."""
    station.sync.sync_now()
    emr.load(ward.patient("p2", "Lê Văn Cường", "B2.01"), ward.encounter("p2"))

    def breaks(request: httpx.Request) -> httpx.Response:
        if "/MedicationAdministration?" in str(request.url):
            raise httpx.ReadError("", request=request)
        return passed_on(http, request)

    with httpx.Client() as http, httpx.Client(transport=httpx.MockTransport(breaks)) as line:
        client = FhirClient(emr.sandbox.base_url, line, now=emr.clock)
        sync = Sync(station.store, client, TestClock(emr.clock))
        assert not sync.lookup_band(Wristband("B2", "01"))
    assert station.store.charts.holder_of(Wristband("B2", "01")) is None
    assert station.sync.lookup_band(Wristband("B2", "01"))


def test_a_patient_is_known_on_a_server_that_has_not_every_type(emr: Emr, station: Station) -> None:
    emr.load(ward.patient("p2", "Lê Văn Cường", "B2.01"), ward.encounter("p2"))

    def lacks(request: httpx.Request) -> httpx.Response:
        if "/AdverseEvent" in str(request.url):
            return httpx.Response(404)
        reply = passed_on(http, request)
        if not request.url.path.endswith("/metadata"):
            return reply
        told = reply.json()
        kinds = told["rest"][0]["resource"]
        told["rest"][0]["resource"] = [k for k in kinds if k["type"] != "AdverseEvent"]
        return httpx.Response(200, json=told)

    with httpx.Client() as http, httpx.Client(transport=httpx.MockTransport(lacks)) as line:
        client = FhirClient(emr.sandbox.base_url, line, now=emr.clock)
        sync = Sync(station.store, client, TestClock(emr.clock))
        assert sync.lookup_band(Wristband("B2", "01"))


def test_a_band_that_nobody_holds_stays_unknown(emr: Emr, station: Station) -> None:
    station.sync.sync_now()
    assert not station.sync.lookup_band(Wristband("B9", "01"))
    emr.sandbox.close()
    assert not station.sync.lookup_band(Wristband("B9", "01"))
