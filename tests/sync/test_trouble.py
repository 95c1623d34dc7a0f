"""What each answer of a server leads to: when it is asked again, and what a person is told."""

import logging
from dataclasses import replace
from datetime import timedelta
from http import HTTPStatus

import httpx
import pytest

from bcma.emr.fhir_client import FhirClient
from bcma.emr.sandbox import Faults, Lost, Powers, Traffic
from bcma.emr.sandbox.faults import down
from bcma.model.record import RecordStatus
from bcma.model.verdict import Finding, Severity
from bcma.store import DeliveryState
from bcma.sync import Sync
from bcma.sync.backoff import wait_before
from tests.store import ward
from tests.sync.conftest import EVENT, Emr, Station, passed_on
from tests.sync.test_push import chart_it, on_emr


def writes(status: HTTPStatus, **more: int) -> Faults:
    return Faults(error_status=status, traffic=Traffic.WRITES, **more)  # type: ignore[arg-type]


@pytest.mark.parametrize("retry_after,heeded", [(40, 40), (3600, 300)])
def test_a_server_that_asks_for_a_pause_gets_it(
    emr: Emr, station: Station, retry_after: int, heeded: int
) -> None:
    station.sync.sync_now()
    chart_it(station)
    emr.sandbox.faults = down(retry_after)
    assert station.sync.poll().failure == "emr.throttled"
    emr.sandbox.faults = Faults()
    emr.tick(heeded - 1)
    report = station.sync.poll()
    assert (report.failure, report.unsent, report.reached) == ("emr.throttled", 1, False)
    emr.tick(1)
    assert station.sync.poll().reached
    emr.tick(3600)
    assert station.sync.poll().unsent == 0


@pytest.mark.hazard("H56")
def test_no_pause_outlasts_a_clock_that_was_put_back(emr: Emr, station: Station) -> None:
    """A station that starts hours ahead, and is set right while a server rests."""
    emr.sandbox.faults = down(3600)
    assert station.sync.poll().failure == "emr.throttled"
    emr.sandbox.faults = Faults()
    emr.clock.advance(-timedelta(hours=7))
    assert station.sync.poll().reached


def test_who_asks_for_ever_is_asked_again(emr: Emr, station: Station) -> None:
    emr.sandbox.faults = down(10**15)
    assert station.sync.poll().failure == "emr.throttled"
    emr.sandbox.faults = Faults()
    emr.tick(300)
    assert station.sync.poll().reached


@pytest.mark.hazard("H56", "H86")
@pytest.mark.parametrize(
    "fault", [HTTPStatus.INTERNAL_SERVER_ERROR, HTTPStatus.SERVICE_UNAVAILABLE]
)
def test_a_clock_that_is_put_back_makes_nothing_wait_for_the_time_that_it_told(
    emr: Emr, station: Station, fault: HTTPStatus
) -> None:
    station.sync.sync_now()
    chart_it(station)
    emr.sandbox.faults = writes(fault, retry_after=60)
    for _ in range(3):
        station.sync.poll()
        emr.tick()
    emr.sandbox.faults = Faults()
    emr.tick(-3600)
    report = station.sync.poll()
    assert (report.unsent, report.failure) == (0, "")


def test_a_person_need_not_wait_for_the_pause_to_end(emr: Emr, station: Station) -> None:
    station.sync.sync_now()
    chart_it(station)
    emr.sandbox.faults = down(3600)
    station.sync.poll()
    emr.sandbox.faults = Faults()
    assert station.sync.sync_now().delivered == 1


@pytest.mark.hazard("H86")
def test_what_an_overloaded_server_did_not_take_waits_as_long_as_it_says(
    emr: Emr, station: Station
) -> None:
    station.sync.sync_now()
    chart_it(station)
    emr.sandbox.faults = writes(HTTPStatus.TOO_MANY_REQUESTS, retry_after=120)
    station.sync.poll()
    assert station.store.outbox.deliverable(emr.clock() + timedelta(seconds=119)) == ()
    (head,) = station.store.outbox.deliverable(emr.clock() + timedelta(seconds=121))
    assert head.state is DeliveryState.PENDING, "it surely did nothing"
    assert head.outcome == "emr.throttled 429"


@pytest.mark.hazard("H86")
def test_a_server_that_failed_may_have_done_it(emr: Emr, station: Station) -> None:
    station.sync.sync_now()
    chart_it(station)
    emr.sandbox.faults = writes(HTTPStatus.INTERNAL_SERVER_ERROR)
    assert station.sync.sync_now().unsent == 1
    (head,) = station.store.outbox.deliverable()
    assert (head.state, head.outcome) == (DeliveryState.UNKNOWN, "emr.unavailable 500")
    emr.sandbox.faults = Faults()
    assert station.sync.sync_now().delivered == 1


@pytest.mark.parametrize("status", [HTTPStatus.CONFLICT, HTTPStatus.PRECONDITION_FAILED])
def test_writes_that_met_are_judged_anew_and_only_then_a_problem(
    emr: Emr, station: Station, status: HTTPStatus
) -> None:
    station.sync.sync_now()
    chart_it(station)
    emr.sandbox.faults = writes(status)
    for _ in range(3):
        assert station.sync.sync_now().problems == 0
    assert station.sync.sync_now().problems == 1
    (problem,) = station.store.problems.list()
    assert problem.outcome == f"emr.conflict {int(status)} transient"


def test_a_meeting_that_is_over_needs_no_person(emr: Emr, station: Station) -> None:
    station.sync.sync_now()
    chart_it(station)
    emr.sandbox.faults = writes(HTTPStatus.CONFLICT, times=1)
    assert station.sync.sync_now().problems == 0
    assert station.sync.sync_now().delivered == 1


@pytest.mark.hazard("H86")
@pytest.mark.parametrize("trouble", ["another host", "status", "time-out"])
def test_an_emr_that_cannot_be_read_is_written_to_all_the_same(
    emr: Emr, station: Station, trouble: str
) -> None:
    """What was given must reach the others, be it that a search fails or a link leads astray."""
    fresh = station.sync.sync_now().as_of
    emr.tick()
    chart_it(station)

    def breaks(request: httpx.Request) -> httpx.Response:
        reply = passed_on(http, request)
        if b"Condition" not in request.read() and "/Condition" not in request.url.path:
            return reply
        if trouble == "time-out":
            raise httpx.ReadTimeout("", request=request)
        if trouble == "status":
            return httpx.Response(500)
        found = reply.json()
        elsewhere = [{"relation": "next", "url": "http://internal.example/fhir?page=2"}]
        for entry in found["entry"]:
            entry["resource"]["link"] = elsewhere
        return httpx.Response(200, headers=reply.headers, json=found)

    with httpx.Client() as http, httpx.Client(transport=httpx.MockTransport(breaks)) as line:
        client = FhirClient(emr.sandbox.base_url, line, now=emr.clock)
        report = Sync(station.store, client, station.clock).poll()
    assert (report.reached, report.delivered, report.as_of) == (False, 1, fresh)
    assert len(on_emr(station)) == 1


@pytest.mark.hazard("H86")
def test_nothing_is_written_to_whatever_answers_in_place_of_the_emr(
    emr: Emr, station: Station
) -> None:
    station.sync.sync_now()
    chart_it(station)
    asked: list[str] = []

    def login(request: httpx.Request) -> httpx.Response:
        asked.append(request.method)
        return httpx.Response(200, html="<html>Wi-Fi</html>")

    with httpx.Client(transport=httpx.MockTransport(login)) as line:
        client = FhirClient(emr.sandbox.base_url, line, now=emr.clock)
        sync = Sync(station.store, client, station.clock)
        assert sync.poll().failure == "emr.not-fhir"
    assert asked == ["GET"], "asked what it is, and no more"
    assert station.sync.poll().delivered == 1


@pytest.mark.hazard("H87")
def test_the_servers_words_are_on_the_list_and_in_no_log(
    emr: Emr, station: Station, caplog: pytest.LogCaptureFixture
) -> None:
    station.sync.sync_now()
    chart_it(station)
    emr.sandbox.faults = writes(HTTPStatus.UNPROCESSABLE_ENTITY)
    emr.tick(7)
    with caplog.at_level(logging.DEBUG):
        station.sync.sync_now()
    (problem,) = station.store.problems.list()
    assert problem.outcome == "emr.refused 422 transient"
    assert problem.said == "The sandbox was told to fail"
    assert (problem.owner_id, problem.since) == ("n1", emr.clock())
    assert problem.said not in caplog.text
    assert "emr.refused 422 transient" in caplog.text


@pytest.mark.hazard("H87")
def test_a_patient_whose_head_is_refused_waits_in_order(emr: Emr, station: Station) -> None:
    station.sync.sync_now()
    record = chart_it(station)
    station.store.recorder.record(
        replace(record, status=RecordStatus.LOST, reason="vomited", revision=2)
    )
    emr.sandbox.faults = writes(HTTPStatus.BAD_REQUEST)
    station.sync.sync_now()
    emr.sandbox.faults = Faults()
    report = station.sync.sync_now()
    assert (report.delivered, report.unsent, report.problems) == (0, 2, 1)
    (problem,) = station.store.problems.list()
    assert problem.behind == 1
    station.store.problems.retry(problem.sequence, by="n1", at=ward.NOW)
    assert station.sync.sync_now().delivered == 2
    (there,) = on_emr(station)
    assert there["meta"]["versionId"] == "2"


@pytest.mark.hazard("H87")
def test_what_a_person_has_seen_to_is_not_sent_and_what_follows_is(
    emr: Emr, station: Station
) -> None:
    station.sync.sync_now()
    record = chart_it(station)
    emr.sandbox.powers = Powers(read_only=frozenset({"MedicationAdministration"}))
    emr.sandbox.faults = Faults(lose_replies=Lost.ALL, times=1)
    station.sync.sync_now()
    station.sync.sync_now()
    (problem,) = station.store.problems.list()
    station.store.problems.handled(problem.sequence, by="m1", reason="on paper", at=ward.NOW)
    emr.sandbox.powers = Powers()
    station.store.recorder.record(
        replace(record, status=RecordStatus.ENTERED_IN_ERROR, reason="other", revision=2)
    )
    emr.sandbox.faults = Faults(lose_replies=Lost.ALL, times=1)
    station.sync.sync_now()
    assert station.sync.sync_now().unsent == 0
    (there,) = on_emr(station)
    assert there["status"] == "entered-in-error"
    assert there["identifier"] == [{"system": "urn:bcma:event", "value": EVENT}]


@pytest.mark.hazard("H85", "H87")
def test_a_change_that_lost_against_another_one_holds_no_more_when_a_person_has_seen_to_it(
    emr: Emr, station: Station, other: Station
) -> None:
    """Else the slot would stand open at one station, and be given again."""
    station.sync.sync_now()
    first = chart_it(station)
    station.sync.sync_now()
    emr.tick()
    other.sync.sync_now()
    (seen,) = ward.chart(other.store).administrations
    lost = replace(seen, status=RecordStatus.LOST, reason="vomited", revision=2)
    other.store.recorder.record(lost)
    other.sync.sync_now()
    wrong = replace(first, status=RecordStatus.ENTERED_IN_ERROR, reason="other", revision=2)
    station.store.recorder.record(wrong)
    emr.tick()
    assert station.sync.sync_now().problems == 1
    (here,) = ward.chart(station.store).administrations
    assert here.status is RecordStatus.ENTERED_IN_ERROR, "until somebody has looked into it"
    (problem,) = station.store.problems.list()
    station.store.problems.handled(problem.sequence, by="m1", reason="it was given", at=ward.NOW)
    (here,) = ward.chart(station.store).administrations
    assert (here.status, here.revision) == (RecordStatus.LOST, 2)
    station.store.recorder.record(replace(wrong, revision=3))
    assert station.sync.sync_now().problems == 0, "what was judged now is what is there"
    (there,) = on_emr(station)
    assert there["status"] == "entered-in-error"


@pytest.mark.hazard("H87")
def test_what_was_never_told_of_a_dose_is_told_with_its_next_version(
    emr: Emr, station: Station
) -> None:
    station.sync.sync_now()
    late = Finding(code="time.late", severity=Severity.WARN, released=True)
    record = chart_it(station, findings=(late,))
    emr.sandbox.faults = writes(HTTPStatus.UNPROCESSABLE_ENTITY)
    station.sync.sync_now()
    emr.sandbox.faults = Faults()
    (problem,) = station.store.problems.list()
    station.store.problems.handled(problem.sequence, by="m1", reason="on paper", at=ward.NOW)
    lost = replace(record, status=RecordStatus.LOST, reason="vomited", revision=2)
    station.store.recorder.record(lost)
    assert station.sync.sync_now().unsent == 0
    (issue,) = on_emr(station, "DetectedIssue")
    assert issue["code"]["coding"][0]["code"] == "time.late"


@pytest.mark.parametrize("attempt", [0, 3, 40])
def test_the_wait_doubles_within_bounds_and_never_undercuts_what_was_asked(attempt: int) -> None:
    longest = min(2.0 * 2**attempt, 300.0)
    for _ in range(50):
        assert longest / 2 <= wait_before(attempt).total_seconds() <= longest
        assert wait_before(attempt, 1000.0) == timedelta(seconds=1000)
        assert wait_before(attempt, 1e15) == timedelta(days=1)
