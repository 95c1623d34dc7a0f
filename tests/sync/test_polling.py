"""An EMR that cannot tell what changed is read patient by patient, and every patient has an age."""

from datetime import datetime, timedelta

import httpx
import pytest

from bcma.emr.fhir_client import FhirClient
from bcma.emr.sandbox import Powers
from bcma.model.order import Decision, OrderStatus
from bcma.model.people import Encounter, EncounterStatus
from bcma.model.scan import Wristband
from bcma.store import Loss
from bcma.sync import Progress, Sync
from bcma.sync.rounds import choose
from tests.store import ward
from tests.store.test_freshness import approval
from tests.sync.conftest import Emr, Station, TestClock
from tests.sync.test_push import chart_it

DAY = timedelta(days=1)
MINUTE = timedelta(minutes=1)


@pytest.fixture(autouse=True)
def timeless(emr: Emr) -> None:
    emr.sandbox.powers = Powers(search_by_time=False)


def delete(emr: Emr, *names: str) -> None:
    for name in names:
        httpx.delete(f"{emr.sandbox.base_url}/{name}").raise_for_status()


def admit(emr: Emr, *ids: str) -> None:
    for name in ids:
        emr.load(
            ward.patient(name, f"Trần {name}", f"{name}.01"),
            ward.encounter(name),
            ward.order(f"o-{name}", name),
        )


def as_of(station: Station, patient_id: str = "p1") -> datetime | None:
    return ward.chart(station.store, patient_id).orders_as_of


def test_the_first_round_brings_the_ward_with_an_instant_for_every_patient(
    emr: Emr, station: Station
) -> None:
    admit(emr, "p2")
    report = station.sync.poll()
    assert report.reached
    assert report.pulled.complete
    assert report.as_of == emr.clock()
    assert [o.id for o in ward.chart(station.store).orders] == ["mr1"]
    assert ward.chart(station.store).orders[0].problems == ()
    assert as_of(station) == as_of(station, "p2") == emr.clock()


def test_nothing_unchanged_is_news(emr: Emr, station: Station) -> None:
    station.sync.sync_now()
    emr.tick()
    report = station.sync.sync_now()
    assert report.pulled.news == {}
    assert as_of(station) == emr.clock()


def test_a_change_arrives_with_the_next_poll(emr: Emr, station: Station) -> None:
    station.sync.poll()
    emr.tick()
    emr.load(ward.order(status="stopped"))
    assert station.sync.poll().pulled.news == {"MedicationRequest": 1}
    assert ward.chart(station.store).orders[0].status is OrderStatus.STOPPED


@pytest.mark.hazard("H59")
def test_an_order_that_vanished_is_not_in_the_chart_any_more(emr: Emr, station: Station) -> None:
    station.sync.poll()
    delete(emr, "MedicationRequest/mr1")
    emr.tick()
    station.sync.poll()
    assert ward.chart(station.store).orders == ()


def test_what_is_found_by_its_name_is_not_gone(emr: Emr, station: Station) -> None:
    """A server may leave out of a search by patient what it still holds."""
    station.sync.poll()

    def leaves_out(request: httpx.Request) -> httpx.Response:
        reply = http.send(httpx.Request(request.method, request.url, content=request.read()))
        body = reply.json()
        if request.method == "POST":
            for entry in body["entry"]:
                found = entry["resource"].get("entry", [])
                kept = [e for e in found if e["resource"]["resourceType"] != "MedicationRequest"]
                entry["resource"] = {**entry["resource"], "entry": kept}
        return httpx.Response(reply.status_code, headers={"Date": reply.headers["Date"]}, json=body)

    with httpx.Client() as http, httpx.Client(transport=httpx.MockTransport(leaves_out)) as line:
        client = FhirClient(emr.sandbox.base_url, line, now=emr.clock)
        assert Sync(station.store, client, TestClock(emr.clock)).poll().reached
    assert [o.id for o in ward.chart(station.store).orders] == ["mr1"]


def test_an_answer_that_breaks_off_changes_nothing_and_the_patient_grows_old(
    emr: Emr, station: Station
) -> None:
    station.sync.poll()
    before = emr.clock()
    delete(emr, "MedicationRequest/mr1")
    emr.load(ward.administration(status="completed"))
    emr.tick()

    def breaks(request: httpx.Request) -> httpx.Response:
        reply = http.send(httpx.Request(request.method, request.url, content=request.read()))
        body = reply.json()
        if request.method == "POST":
            body["entry"][-1] = {"response": {"status": "500 Internal Server Error"}}
        return httpx.Response(reply.status_code, headers={"Date": reply.headers["Date"]}, json=body)

    with httpx.Client() as http, httpx.Client(transport=httpx.MockTransport(breaks)) as line:
        client = FhirClient(emr.sandbox.base_url, line, now=emr.clock)
        report = Sync(station.store, client, TestClock(emr.clock)).poll()
    assert report.failure == "emr.unavailable"
    assert [o.id for o in ward.chart(station.store).orders] == ["mr1"]
    assert ward.chart(station.store).administrations == ()
    assert as_of(station) == report.as_of == before


def test_a_patient_who_was_never_read_to_the_end_has_no_instant(emr: Emr, station: Station) -> None:
    station.sync.poll()
    admit(emr, "p2")

    def enough(progress: Progress) -> None:
        if progress.kind == "Patient":
            station.sync.cancel()

    station.sync.tell_progress(enough)
    assert station.sync.poll().failure == "sync.cancelled"
    assert station.store.patients_as_of()["p2"] is None
    assert as_of(station) is not None


def test_a_drug_and_a_bed_that_are_new_come_with_the_patient(emr: Emr, station: Station) -> None:
    station.sync.poll()
    emr.tick()
    bed = {
        "resourceType": "Location",
        "id": "bed9",
        "name": "Giường 9",
        "partOf": ward.reference("Location/ward1"),
    }
    there = [{"location": ward.reference("Location/bed9"), "status": "active"}]
    new_drug = ward.reference("Medication/m2")
    emr.load(bed, ward.encounter() | {"location": there})
    emr.load(ward.medication("m2"), ward.order("mr2", medicationReference=new_drug))
    station.sync.poll()
    chart = ward.chart(station.store)
    assert chart.encounters[0].bed == "Giường 9"
    assert {o.medication.id: o.problems for o in chart.orders} == {"m1": (), "m2": ()}
    assert [p.id for p in station.store.charts.inpatients()] == ["p1"]


def test_places_staff_and_drugs_are_read_whole_every_hour(emr: Emr, station: Station) -> None:
    station.sync.poll()
    emr.load(ward.medication(status="inactive"))
    delete(emr, "Practitioner/n1")
    emr.tick()
    station.sync.poll()
    assert ward.chart(station.store).orders[0].medication.active
    emr.clock.advance(timedelta(hours=1))
    station.sync.poll()
    assert not ward.chart(station.store).orders[0].medication.active
    assert station.store.held("Practitioner") == {}


def test_a_discharge_a_move_and_a_merge_come_with_the_next_poll(emr: Emr, station: Station) -> None:
    admit(emr, "p2", "p3")
    station.sync.poll()
    emr.tick()
    other = {"resourceType": "Location", "id": "ward2", "name": "Khoa Ngoại"}
    there = [{"location": ward.reference("Location/ward2"), "status": "active"}]
    link = [{"other": ward.reference("Patient/p1"), "type": "replaced-by"}]
    emr.load(
        other,
        ward.encounter("p1") | {"location": there},
        ward.encounter("p2", status="finished"),
        ward.patient("p3", "Trần p3", "p3.01") | {"link": link},
    )
    station.sync.poll()
    assert [p.id for p in station.store.charts.inpatients()] == ["p3"]
    assert ward.chart(station.store).encounters[0].ward_name == "Khoa Ngoại"
    assert ward.chart(station.store, "p2").encounters[0].status is EncounterStatus.FINISHED
    assert ward.chart(station.store, "p3").patient.replaced_by == "p1"


@pytest.mark.hazard("H92")
def test_a_house_that_is_suddenly_empty_is_not_believed(emr: Emr, station: Station) -> None:
    names = [f"q{n}" for n in range(12)]
    admit(emr, *names)
    fresh = station.sync.poll().as_of
    emr.tick()
    delete(emr, *(f"Encounter/e-{name}" for name in names), "Encounter/e-p1")
    report = station.sync.poll()
    assert (report.failure, report.as_of) == ("sync.server-shrank", fresh)
    assert len(station.store.charts.inpatients()) == 13
    losses = station.store.losses.found()
    assert losses == (Loss("Encounter", 13, 13),)
    chart_it(station)
    emr.tick()
    report = station.sync.poll()
    assert (report.failure, report.delivered) == ("sync.server-shrank", 1)
    assert station.sync.accept_deletions(losses, by="s5", at=emr.clock())
    assert station.sync.sync_now().reached
    assert station.store.charts.inpatients() == ()


@pytest.mark.hazard("H86", "H92")
def test_a_server_that_is_not_believed_gets_what_was_charted_all_the_same(
    emr: Emr, station: Station
) -> None:
    names = [f"q{n}" for n in range(12)]
    admit(emr, *names)
    station.sync.poll()
    emr.tick()
    delete(emr, *(f"Encounter/e-{name}" for name in names))
    chart_it(station)
    report = station.sync.poll()
    assert (report.failure, report.delivered) == ("sync.server-shrank", 1)


@pytest.mark.hazard("H92")
def test_what_several_patients_lost_is_told_in_one_sum_and_the_others_are_read(
    emr: Emr, station: Station
) -> None:
    admit(emr, "p2", "p3")
    orders = [(f"x{n}-{who}", who) for who in ("p1", "p2") for n in range(12)]
    emr.load(*(ward.order(name, who) for name, who in orders))
    station.sync.poll()
    emr.tick()
    delete(emr, *(f"MedicationRequest/{name}" for name, _ in orders))
    assert station.sync.poll().failure == "sync.server-shrank"
    assert as_of(station, "p3") == emr.clock()
    assert len(ward.chart(station.store).orders) == 13
    losses = station.store.losses.found()
    assert losses == (Loss("MedicationRequest", 24, 26),)
    assert station.sync.accept_deletions(losses, by="s5", at=emr.clock())
    assert station.sync.poll().reached
    assert len(ward.chart(station.store).orders) == 1
    assert station.store.losses.found() == losses, "not everybody of the house was compared"
    assert station.sync.sync_now().reached
    assert station.store.losses.found() == station.store.losses.accepted() == ()


def test_a_band_that_is_not_known_here_is_asked_of_the_emr(emr: Emr, station: Station) -> None:
    station.sync.poll()
    admit(emr, "p2")
    assert station.sync.lookup_band(Wristband("p2", "01"))
    assert as_of(station, "p2") == emr.clock()
    emr.sandbox.close()
    assert not station.sync.lookup_band(Wristband("p9", "01"))


def test_a_server_that_learns_to_tell_what_changed_is_read_by_time(
    emr: Emr, station: Station
) -> None:
    station.sync.poll()
    emr.tick()
    emr.sandbox.powers = Powers()
    again = Sync(station.store, station.client, TestClock(emr.clock))
    assert again.poll().as_of == emr.clock()
    assert station.store.patients_as_of() == {}
    assert as_of(station) == emr.clock()


def test_a_server_that_forgot_to_tell_what_changed_is_read_patient_by_patient(
    emr: Emr, station: Station
) -> None:
    emr.sandbox.powers = Powers()
    station.sync.poll()
    emr.sandbox.powers = Powers(search_by_time=False)
    emr.tick()
    report = station.sync.poll()
    assert report.failure == "emr.refused"  # it is asked again what it can
    assert station.sync.poll().reached
    assert as_of(station) == emr.clock()


def test_a_verdict_that_names_the_order_only_comes_and_goes_with_the_patient(
    emr: Emr, station: Station
) -> None:
    emr.load(approval())
    station.sync.poll()
    assert [a.decision for a in ward.chart(station.store).approvals] == [Decision.APPROVED]
    emr.tick()
    emr.load(approval("rejected"))
    assert station.sync.poll().pulled.news == {"Task": 1}
    assert [a.decision for a in ward.chart(station.store).approvals] == [Decision.REJECTED]
    delete(emr, "Task/t1")
    station.sync.poll()
    assert ward.chart(station.store).approvals == ()


def test_the_night_looks_at_every_patient_and_the_whole_house(emr: Emr, station: Station) -> None:
    station.sync.poll()
    delete(emr, "Medication/m1", "MedicationRequest/mr1")
    emr.tick()
    station.sync.reconcile()
    assert station.store.held("Medication") == {}
    assert ward.chart(station.store).orders == ()


# --- whose turn it is ------------------------------------------------------------------


def rounds(polls: int, mine: int, others: int, budget: int) -> tuple[dict[str, int], set[str]]:
    """Play some polls; give the longest wait of a patient of the ward, and who was read."""
    made = [
        Encounter(
            id=f"e{n}",
            patient_id=f"{'m' if n < mine else 'o'}{n:03}",
            status=EncounterStatus.IN_PROGRESS,
            wards=frozenset({"NOI" if n < mine else "NGOAI"}),
        )
        for n in range(mine + others)
    ]
    read: dict[str, datetime | None] = {}
    last: dict[str, int] = {}
    longest: dict[str, int] = {}
    for poll in range(polls):
        for name in choose(made, read, ward="NOI", opened=None, budget=budget):
            longest[name] = max(longest.get(name, 0), poll - last.get(name, poll))
            last[name], read[name] = poll, ward.NOW + poll * MINUTE
    return longest, set(read)


def test_everybody_of_the_ward_is_read_at_once_and_then_in_turn() -> None:
    longest, read = rounds(polls=30, mine=32, others=40, budget=20)
    assert len(read) == 72
    assert max(wait for name, wait in longest.items() if name[0] == "m") == 2
    assert max(wait for name, wait in longest.items() if name[0] == "o") == 10


def test_what_the_ward_leaves_is_for_the_others_and_the_other_way_round() -> None:
    longest, _ = rounds(polls=30, mine=5, others=30, budget=20)
    assert {wait for name, wait in longest.items() if name[0] == "m"} == {1}
    assert max(wait for name, wait in longest.items() if name[0] == "o") == 2
    longest, _ = rounds(polls=30, mine=40, others=0, budget=20)
    assert max(longest.values()) == 2


def test_the_open_patient_is_always_the_first() -> None:
    assert choose((), {}, ward="NOI", opened="p9", budget=20) == ("p9",)
