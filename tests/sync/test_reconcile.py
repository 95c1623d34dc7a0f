"""What a pull by time cannot see is found at night: deletions, and a server that was restored."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import httpx
import pytest

from bcma.emr.fhir_client import FhirClient, Found
from bcma.emr.sandbox import Sandbox, StoppedClock
from bcma.emr.transport import Reply
from bcma.model.order import OrderStatus
from bcma.model.ports import SaveOutcome
from bcma.store import Loss
from bcma.sync import Nightly, Progress, Stage, Sync
from bcma.sync.reconcile import Reconciled, last_done
from tests.store import ward
from tests.sync.conftest import EVENT, Emr, Station, TestClock
from tests.sync.test_push import chart_it

ZONE = ZoneInfo("Asia/Ho_Chi_Minh")
AT_THREE = Nightly(hour=3, zone=ZONE)
DAY = timedelta(days=1)


def delete(emr: Emr, *names: str) -> None:
    for name in names:
        httpx.delete(f"{emr.sandbox.base_url}/{name}").raise_for_status()


def flag(name: str) -> ward.Json:
    return {
        "resourceType": "Flag",
        "id": name,
        "status": "active",
        "code": {"coding": [{"system": "urn:bcma:flag", "code": "npo"}]},
        "subject": ward.reference("Patient/p1"),
    }


def nightly(emr: Emr, station: Station) -> Sync:
    return Sync(station.store, station.client, TestClock(emr.clock), AT_THREE)


@pytest.mark.parametrize(
    "last, now, due",
    [
        ("2026-03-02T02:59", "2026-03-02T03:00", True),
        ("2026-03-02T03:00", "2026-03-02T03:00", False),
        ("2026-03-02T03:01", "2026-03-03T02:59", False),
        ("2026-03-02T03:01", "2026-03-03T03:00", True),
        ("2026-02-20T12:00", "2026-03-02T02:00", True),  # after a long time without network
        (None, "2026-03-02T12:00", True),
        ("2027-03-02T03:01", "2026-03-02T12:00", True),  # the clock was a year ahead then
    ],
)
def test_it_is_done_once_a_night_by_the_clock_of_the_ward(
    last: str | None, now: str, *, due: bool
) -> None:
    def at(written: str) -> datetime:
        return datetime.fromisoformat(written).replace(tzinfo=ZONE).astimezone(UTC)

    assert AT_THREE.is_due(None if last is None else at(last), at(now)) is due


def test_an_hour_that_the_summer_leaves_out_or_has_twice_comes_once() -> None:
    berlin = ZoneInfo("Europe/Berlin")
    at_two = Nightly(hour=2, zone=berlin)
    for day in (29, 30):
        before = datetime(2026, 3, day, 12, tzinfo=berlin)
        assert at_two.is_due(before - DAY, before)
        assert not at_two.is_due(before, before + timedelta(hours=6))
    autumn = datetime(2026, 10, 25, 0, 30, tzinfo=UTC)  # 2:30 for the first time
    assert not at_two.is_due(autumn, autumn + timedelta(hours=1))


def test_stations_do_not_all_ask_at_once() -> None:
    later = Nightly(hour=3, zone=ZONE, after=timedelta(minutes=40))
    half_past = datetime(2026, 3, 2, 3, 30, tzinfo=ZONE)
    yesterday = half_past - timedelta(hours=8)
    assert AT_THREE.is_due(yesterday, half_past)
    assert not later.is_due(yesterday, half_past)


@pytest.mark.hazard("H59")
def test_an_order_that_was_deleted_is_in_the_chart_no_longer_and_its_body_stays(
    emr: Emr, station: Station
) -> None:
    station.sync.sync_now()
    (order,) = ward.chart(station.store).orders
    dose = ward.given(station.store, EVENT)
    delete(emr, "MedicationRequest/mr1")
    emr.tick()
    station.sync.sync_now()
    assert [o.id for o in ward.chart(station.store).orders] == ["mr1"]  # a pull cannot see it
    assert station.sync.reconcile() == Reconciled(deleted={"MedicationRequest": 1})
    assert ward.chart(station.store).orders == ()
    with station.store.reading() as reader:
        assert [v.version for v in reader.order_versions(["mr1"])["mr1"]] == [order.version]
    assert station.store.recorder.record(dose).outcome is SaveOutcome.ORDER_CHANGED


def test_what_is_the_same_is_neither_fetched_nor_news(emr: Emr, station: Station) -> None:
    station.sync.sync_now()
    emr.tick()
    assert station.sync.reconcile() == Reconciled()
    assert last_done(station.store) == emr.clock()


def test_what_came_after_the_cursor_with_an_earlier_time_is_fetched(
    emr: Emr, station: Station
) -> None:
    station.sync.sync_now()
    # visible an hour after its time: no overlap reaches it
    emr.clock.advance(timedelta(hours=1))
    station.sync.sync_now()
    emr.clock.advance(-timedelta(hours=1))
    emr.load(ward.order("mr2"))
    emr.clock.advance(timedelta(hours=1, minutes=1))
    station.sync.sync_now()
    assert len(ward.chart(station.store).orders) == 1
    assert station.sync.reconcile().fetched == {"MedicationRequest": 1}
    assert len(ward.chart(station.store).orders) == 2


def test_a_server_that_was_restored_from_a_backup_is_believed(emr: Emr, station: Station) -> None:
    station.sync.sync_now()
    backup = httpx.get(f"{emr.sandbox.base_url}/MedicationRequest/mr1").json()
    emr.tick()
    emr.load(ward.order(status="stopped"), ward.order("mr2"))
    station.sync.sync_now()
    assert ward.chart(station.store).orders[0].status is OrderStatus.STOPPED

    def restored(request: httpx.Request) -> httpx.Response:
        """Answer as the server was before: the stopped order is active, the second is not."""
        reply = http.send(httpx.Request(request.method, request.url, content=request.read()))
        headers = {"Date": reply.headers["Date"], "Content-Type": reply.headers["Content-Type"]}
        if "/MedicationRequest/mr2" in request.url.path:
            return httpx.Response(404, headers=headers)
        if "MedicationRequest" not in request.url.path:
            return httpx.Response(reply.status_code, headers=headers, content=reply.content)
        bundle = {"resourceType": "Bundle", "type": "searchset", "entry": [{"resource": backup}]}
        return httpx.Response(200, headers=headers, json=bundle)

    with httpx.Client() as http, httpx.Client(transport=httpx.MockTransport(restored)) as line:
        client = FhirClient(emr.sandbox.base_url, line, now=emr.clock)
        sync = Sync(station.store, client, TestClock(emr.clock))
        told = sync.reconcile()
    assert told.deleted == {"MedicationRequest": 1}
    assert told.fetched == {"MedicationRequest": 1}
    (order,) = ward.chart(station.store).orders
    assert (order.id, order.status) == ("mr1", OrderStatus.ACTIVE)


def test_what_comes_back_is_there_again(emr: Emr, station: Station) -> None:
    station.sync.sync_now()
    delete(emr, "MedicationRequest/mr1")
    station.sync.reconcile()
    emr.tick()
    emr.load(ward.order())
    station.sync.sync_now()
    assert [o.id for o in ward.chart(station.store).orders] == ["mr1"]


def test_an_answer_that_is_not_whole_marks_nothing(emr: Emr, station: Station) -> None:
    emr.load(*(ward.order(f"mr-{n}") for n in range(1203)))
    station.sync.sync_now()
    delete(emr, "Patient/p1", "MedicationRequest/mr-1")

    def breaks(request: httpx.Request) -> httpx.Response:
        if request.url.params.get("_getpagesoffset") == "1000":
            return httpx.Response(503, request=request)
        reply = http.send(httpx.Request(request.method, request.url))
        headers = {"Content-Type": reply.headers["Content-Type"]}
        return httpx.Response(reply.status_code, headers=headers, content=reply.content)

    with httpx.Client() as http, httpx.Client(transport=httpx.MockTransport(breaks)) as line:
        client = FhirClient(emr.sandbox.base_url, line, now=emr.clock)
        report = Sync(station.store, client, TestClock(emr.clock), AT_THREE)
        emr.clock.advance(DAY)
        assert report.sync_now().failure == "emr.throttled"
    assert len(ward.chart(station.store).orders) == 1204
    assert station.sync.reconcile().deleted == {"Patient": 1, "MedicationRequest": 1}


@pytest.mark.hazard("H92")
def test_a_server_that_is_suddenly_almost_empty_is_not_believed_and_orders_grow_old(
    emr: Emr, station: Station
) -> None:
    names = [f"mr-{n}" for n in range(20)]
    emr.load(*(ward.order(name) for name in names))
    sync = nightly(emr, station)
    fresh = sync.sync_now().as_of
    emr.clock.advance(DAY)
    delete(emr, *(f"MedicationRequest/{name}" for name in names[:11]))
    report = sync.sync_now()
    assert report.failure == "sync.server-shrank"
    assert len(ward.chart(station.store).orders) == 21
    emr.tick()
    report = sync.poll()
    assert report.failure == "sync.server-shrank"
    assert report.as_of is not None
    assert fresh is not None
    assert report.as_of - fresh <= DAY  # no pull since is called complete
    assert ward.chart(station.store).orders_as_of == report.as_of
    losses = station.store.losses.found()
    assert losses == (Loss("MedicationRequest", 11, 21),)
    assert sync.accept_deletions(losses, by="s5", at=emr.clock())
    assert sync.sync_now().reached
    assert len(ward.chart(station.store).orders) == 10
    emr.tick()
    assert sync.sync_now().as_of == emr.clock()


@pytest.mark.hazard("H92")
def test_all_that_is_missing_is_told_at_once_and_no_more_is_believed_than_was_shown(
    emr: Emr, station: Station
) -> None:
    orders, flags = [f"mr-{n}" for n in range(40)], [f"fl-{n}" for n in range(12)]
    emr.load(*map(ward.order, orders), *map(flag, flags))
    sync = nightly(emr, station)
    sync.sync_now()
    emr.clock.advance(DAY)
    delete(emr, *(f"MedicationRequest/{name}" for name in orders[:15]))
    delete(emr, *(f"Flag/{name}" for name in flags))
    assert sync.sync_now().failure == "sync.server-shrank"
    shown = station.store.losses.found()
    assert shown == (Loss("MedicationRequest", 15, 41), Loss("Flag", 12, 12))
    assert sync.accept_deletions(shown, by="s5", at=emr.clock())
    delete(emr, *(f"MedicationRequest/{name}" for name in orders[15:]))
    assert sync.sync_now().failure == "sync.server-shrank", "25 more than was accepted"
    assert station.store.losses.found() == (Loss("MedicationRequest", 40, 41),)
    assert len(ward.chart(station.store).orders) == 41
    entry = station.store.audit_entries()[-1]
    assert (entry.what, entry.who) == ("deletions-accepted", "s5")
    assert entry.detail == ("MedicationRequest 15 41", "Flag 12 12")


def test_nothing_is_accepted_where_nothing_is_missing(emr: Emr, station: Station) -> None:
    sync = nightly(emr, station)
    sync.sync_now()
    before = station.store.audit_entries()
    losses = (Loss("MedicationRequest", 1, 1),)
    assert not sync.accept_deletions(losses, by="s5", at=emr.clock())
    assert station.store.losses.accepted() == ()
    assert station.store.audit_entries() == before


def test_a_server_that_lost_very_much_is_not_asked_for_each(
    emr: Emr, station: Station, monkeypatch: pytest.MonkeyPatch
) -> None:
    orders = [f"mr-{n}" for n in range(800)]
    emr.load(*map(ward.order, orders))
    sync = nightly(emr, station)
    sync.sync_now()
    emr.clock.advance(DAY)
    delete(emr, *(f"MedicationRequest/{name}" for name in orders))
    asked: list[str] = []
    read = station.client.read

    def counted(kind: str, identity: str) -> tuple[Found, Reply]:
        asked.append(identity)
        return read(kind, identity)

    monkeypatch.setattr(station.client, "read", counted)
    assert sync.sync_now().failure == "sync.server-shrank"
    assert len(asked) == 50
    assert station.store.losses.found() == (Loss("MedicationRequest", 800, 801),)


def test_a_server_that_is_whole_again_is_believed_again(emr: Emr, station: Station) -> None:
    orders = [ward.order(f"mr-{n}") for n in range(20)]
    emr.load(*orders)
    sync = nightly(emr, station)
    sync.sync_now()
    emr.clock.advance(DAY)
    delete(emr, *(f"MedicationRequest/{order['id']}" for order in orders))
    assert sync.sync_now().failure == "sync.server-shrank"
    emr.load(*orders)
    emr.tick()
    assert sync.sync_now().failure == "sync.server-shrank"  # not asked again so soon
    emr.clock.advance(timedelta(minutes=15))
    assert sync.sync_now().reached
    emr.tick()
    assert sync.sync_now().as_of == emr.clock()


@pytest.mark.hazard("H56")
def test_it_is_looked_at_again_though_the_clock_was_put_back(emr: Emr, station: Station) -> None:
    orders = [ward.order(f"mr-{n}") for n in range(20)]
    emr.load(*orders)
    sync = nightly(emr, station)
    sync.sync_now()
    emr.clock.advance(DAY)
    delete(emr, *(f"MedicationRequest/{order['id']}" for order in orders))
    assert sync.sync_now().failure == "sync.server-shrank"
    emr.load(*orders)
    emr.clock.advance(timedelta(hours=-2))
    assert sync.sync_now().reached


def test_it_runs_by_itself_once_a_night_and_not_after_the_first_pull(
    emr: Emr, station: Station
) -> None:
    sync, told = nightly(emr, station), list[Progress]()
    sync.tell_progress(told.append)
    sync.sync_now()
    assert {p.stage for p in told} == {Stage.PULL}
    delete(emr, "MedicationRequest/mr1")
    emr.clock.advance(timedelta(hours=18))  # 2 in the night
    sync.sync_now()
    assert len(ward.chart(station.store).orders) == 1
    emr.clock.advance(timedelta(hours=1))
    sync.sync_now()
    assert ward.chart(station.store).orders == ()
    listed = [p.kind for p in told if p.stage is Stage.RECONCILE]
    assert listed.count("MedicationRequest") == 1
    emr.tick()
    sync.sync_now()
    assert [p.kind for p in told if p.stage is Stage.RECONCILE] == listed


def test_after_a_first_reading_in_several_parts_it_is_compared_at_once(
    emr: Emr, station: Station
) -> None:
    """What moves on the server between two parts no part may have shown."""
    emr.load(*(ward.order(f"mr-{n}") for n in range(600)))
    sync, told = nightly(emr, station), list[Progress]()

    def enough(progress: Progress) -> None:
        told.append(progress)
        if progress.stage is Stage.PULL and progress.count == 500:
            sync.cancel()

    sync.tell_progress(enough)
    assert sync.sync_now().failure == "sync.cancelled"
    sync.tell_progress(told.append)
    delete(emr, "MedicationRequest/mr-7")
    emr.tick()
    assert sync.sync_now().reached
    assert len(ward.chart(station.store).orders) == 600
    assert {p.stage for p in told} == {Stage.PULL, Stage.RECONCILE}


def test_it_is_broken_off_between_two_pages_and_marks_nothing(emr: Emr, station: Station) -> None:
    sync = nightly(emr, station)
    sync.sync_now()
    delete(emr, "MedicationRequest/mr1")
    emr.clock.advance(DAY)

    def enough(progress: Progress) -> None:
        if progress.stage is Stage.RECONCILE and progress.kind == "Task":
            sync.cancel()

    sync.tell_progress(enough)
    assert sync.sync_now().failure == "sync.cancelled"
    assert len(ward.chart(station.store).orders) == 1


@pytest.mark.hazard("H86", "H92")
def test_another_server_is_read_from_its_beginning_and_gets_what_waits(
    emr: Emr, station: Station
) -> None:
    """What it holds is older than the cursors, which are another server's."""
    early = StoppedClock(ward.NOW - timedelta(days=1))
    with (
        Sandbox(clock=early) as sandbox,
        FhirClient(sandbox.base_url, now=emr.clock) as line,
    ):
        moved = Emr(sandbox, early)
        moved.load(ward.location(), ward.patient(), ward.encounter(), ward.medication())
        moved.load(*ward.nurse(), ward.order("mr2"))
        early.advance(timedelta(days=1))
        nightly(emr, station).sync_now()
        chart_it(station)
        sync = Sync(station.store, line, TestClock(emr.clock), AT_THREE)
        report = sync.sync_now()
        assert (report.failure, report.delivered) == ("", 1)
        assert [order.id for order in ward.chart(station.store).orders] == ["mr2"]
        assert len(line.search_all("MedicationAdministration")) == 1
        told = list[Progress]()
        sync.tell_progress(told.append)
        emr.tick()
        assert sync.sync_now().reached
        assert {p.stage for p in told} == {Stage.PULL}, "it is known now"
