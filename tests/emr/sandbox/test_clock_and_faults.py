"""What the sandbox's owner may set: the time, and what goes wrong."""

import socket
import time
from collections.abc import Mapping
from dataclasses import fields, replace
from datetime import UTC, datetime, timedelta
from http import HTTPStatus
from typing import Any

import httpx
import pytest

from bcma.emr.sandbox import Faults, Lost, Sandbox, StoppedClock, Traffic
from bcma.emr.sandbox.faults import down

PATIENT = {"resourceType": "Patient", "id": "p1"}


def parameters(*parts: Mapping[str, object]) -> dict[str, object]:
    return {"resourceType": "Parameters", "parameter": list(parts)}


def last_updated(reply: httpx.Response) -> str:
    return str(reply.json()["meta"]["lastUpdated"])


def test_the_clock_is_the_one_given(client: httpx.Client, clock: StoppedClock) -> None:
    clock.set(datetime(2026, 3, 2, 8, 0, 0, 123987, tzinfo=UTC))
    reply = client.put("/Patient/p1", json=PATIENT)
    assert last_updated(reply) == "2026-03-02T08:00:00.123+00:00"
    assert reply.headers["Date"] == "Mon, 02 Mar 2026 08:00:00 GMT"


def test_time_never_runs_back_for_what_is_written(
    client: httpx.Client, clock: StoppedClock
) -> None:
    client.put("/Patient/p1", json=PATIENT)
    clock.advance(timedelta(hours=-3))
    reply = client.put("/Patient/p1", json={**PATIENT, "active": True})
    assert last_updated(reply) == "2026-03-02T01:00:00.001+00:00"


def test_the_clock_can_be_set_over_http(client: httpx.Client, sandbox: Sandbox) -> None:
    instant = {"name": "instant", "valueInstant": "2026-03-02T15:00:00+07:00"}
    reply = client.post("/$sandbox-clock", json=parameters(instant))
    assert reply.json()["parameter"][0]["valueInstant"] == "2026-03-02T08:00:00.000+00:00"
    advance = {"name": "advance", "valueDuration": {"value": 90, "code": "min"}}
    client.post("/$sandbox-clock", json=parameters(advance))
    assert sandbox.clock() == datetime(2026, 3, 2, 9, 30, tzinfo=UTC)
    shown = client.get("/$sandbox-clock").json()["parameter"][0]
    assert shown["valueInstant"] == "2026-03-02T09:30:00.000+00:00"


@pytest.mark.parametrize(
    "body",
    [
        {},
        parameters(),
        parameters({"name": "tomorrow"}),
        parameters({"name": "instant", "valueInstant": "noon"}),
        parameters({"name": "instant", "valueInstant": "2026-03-02T15:00:00"}),
        parameters({"name": "instant", "valueInstant": "9999-12-31T23:59:59.999Z"}),
        parameters({"name": "advance", "valueDuration": {"value": 1, "code": "a"}}),
        parameters({"name": "advance", "valueDuration": {"value": -1, "code": "h"}}),
        parameters({"name": "advance", "valueDuration": {"value": 1e300, "code": "d"}}),
    ],
)
def test_a_clock_that_cannot_be_read_is_refused(client: httpx.Client, body: object) -> None:
    assert client.post("/$sandbox-clock", json=body).status_code == 400


def test_a_lost_reply_was_committed(client: httpx.Client, sandbox: Sandbox) -> None:
    sandbox.faults = Faults(lose_replies=Lost.WRITES)
    with pytest.raises(httpx.RemoteProtocolError):
        client.put("/Patient/p1", json=PATIENT)
    assert client.get("/Patient/p1").headers["ETag"] == 'W/"1"'
    assert client.post("/Patient/_search", data={}).json()["total"] == 1


def test_every_reply_may_be_lost(client: httpx.Client, sandbox: Sandbox) -> None:
    sandbox.faults = Faults(lose_replies=Lost.ALL)
    with pytest.raises(httpx.RemoteProtocolError):
        client.get("/metadata")
    sandbox.faults = Faults()
    assert client.get("/metadata").status_code == 200


def test_a_server_in_trouble_does_nothing_and_says_when(
    client: httpx.Client, sandbox: Sandbox
) -> None:
    sandbox.faults = Faults(error_status=HTTPStatus.SERVICE_UNAVAILABLE, retry_after=7)
    reply = client.put("/Patient/p1", json=PATIENT)
    assert (reply.status_code, reply.headers["Retry-After"]) == (503, "7")
    assert client.get("/metadata").status_code == 503
    sandbox.faults = Faults()
    assert client.get("/Patient/p1").status_code == 404


def test_faults_can_be_set_over_http(client: httpx.Client, sandbox: Sandbox) -> None:
    client.post(
        "/$sandbox-faults",
        json=parameters(
            {"name": "error-status", "valueInteger": 503},
            {"name": "retry-after", "valueInteger": 2},
            {"name": "lose-replies", "valueCode": "all"},
            {"name": "latency", "valueDecimal": 0.01},
        ),
    )
    assert sandbox.faults == Faults(
        error_status=HTTPStatus.SERVICE_UNAVAILABLE,
        retry_after=2,
        lose_replies=Lost.ALL,
        latency=0.01,
    )
    assert len(client.get("/$sandbox-faults").json()["parameter"]) == 4
    none = parameters({"name": "lose-replies", "valueCode": "none"})
    assert client.post("/$sandbox-faults", json=none).status_code == 200
    assert sandbox.faults == Faults()
    assert client.get("/$sandbox-faults").json() == {"resourceType": "Parameters"}


EVERY_FAULT = Faults(
    lose_replies=Lost.WRITES,
    cut_replies=True,
    error_status=HTTPStatus.TOO_MANY_REQUESTS,
    retry_after=5,
    latency=0.5,
    twice=True,
    shuffle=True,
    one_instant=True,
    clock_offset=-90.5,
    traffic=Traffic.READS,
    nth=3,
    times=2,
    chance=0.25,
    seed=7,
)


def test_every_fault_comes_through_as_it_was_set(client: httpx.Client, sandbox: Sandbox) -> None:
    sandbox.faults = EVERY_FAULT
    shown = client.get("/$sandbox-faults").json()
    assert len(shown["parameter"]) == len(fields(Faults))
    sandbox.faults = Faults()
    assert client.post("/$sandbox-faults", json=shown).json() == shown
    assert sandbox.faults == EVERY_FAULT


def statuses(client: httpx.Client, count: int) -> list[int]:
    return [client.get("/metadata").status_code for _ in range(count)]


@pytest.mark.parametrize(
    "when,hit",
    [
        ({"nth": 2}, [200, 503, 200]),
        ({"times": 2}, [503, 503, 200]),
        ({"traffic": Traffic.WRITES}, [200, 200, 200]),
        ({"traffic": Traffic.READS}, [503, 503, 503]),
        ({"chance": 0.0}, [200, 200, 200]),
        ({"chance": 0.5, "seed": 1}, [503, 200, 200]),
    ],
)
def test_a_fault_hits_only_what_it_is_about(
    client: httpx.Client, sandbox: Sandbox, when: dict[str, Any], hit: list[int]
) -> None:
    sandbox.faults = replace(down(), **when)
    assert statuses(client, 3) == hit
    sandbox.faults = replace(down(), **when)
    assert statuses(client, 3) == hit, "whoever sets it anew begins to count anew"


def test_a_retrying_proxy_carries_a_write_out_twice(client: httpx.Client, sandbox: Sandbox) -> None:
    sandbox.faults = Faults(twice=True)
    assert client.post("/Patient", json={"resourceType": "Patient"}).status_code == 201
    assert client.get("/Patient").json()["total"] == 2
    client.put("/Patient/p1", json=PATIENT)
    again = client.put("/Patient/p1", json={**PATIENT, "active": True}, headers=over(1))
    assert again.status_code == 412, "the second time it was another version"
    assert client.get("/Patient/p1").headers["ETag"] == 'W/"2"'


def over(version: int) -> dict[str, str]:
    return {"If-Match": f'W/"{version}"'}


def test_a_reply_breaks_off_after_the_commit(client: httpx.Client, sandbox: Sandbox) -> None:
    sandbox.faults = Faults(cut_replies=True)
    with pytest.raises(httpx.RemoteProtocolError):
        client.put("/Patient/p1", json=PATIENT)
    sandbox.faults = Faults()
    assert client.get("/Patient/p1").status_code == 200


def test_a_refusal_is_lost_too(client: httpx.Client, sandbox: Sandbox) -> None:
    sandbox.faults = Faults(lose_replies=Lost.ALL)
    with pytest.raises(httpx.RemoteProtocolError):
        client.get("/Patient/nobody")


def names(client: httpx.Client, url: str) -> list[str]:
    """Give the ids of all pages of a search."""
    found: list[str] = []
    while url:
        page = client.get(url).json()
        found += [entry["resource"]["id"] for entry in page.get("entry", [])]
        url = next((link["url"] for link in page["link"] if link["relation"] == "next"), "")
    return found


def test_what_a_search_finds_comes_in_any_order_over_all_pages(
    client: httpx.Client, sandbox: Sandbox
) -> None:
    for number in range(9):
        client.put(f"/Patient/p{number}", json={**PATIENT, "id": f"p{number}"})
    search = "/Patient?_sort=_lastUpdated&_count=3"
    in_order = names(client, search)
    sandbox.faults = Faults(shuffle=True, seed=3)
    mixed = names(client, search)
    assert mixed != in_order
    assert sorted(mixed) == in_order
    assert names(client, search) == mixed, "a seed always shuffles alike"


def test_many_transactions_have_one_instant(client: httpx.Client, sandbox: Sandbox) -> None:
    sandbox.faults = Faults(one_instant=True)
    instants = {
        last_updated(client.put(f"/Patient/p{number}", json={**PATIENT, "id": f"p{number}"}))
        for number in range(20)
    }
    assert len(instants) == 1
    sandbox.faults = Faults()
    assert last_updated(client.put("/Patient/p99", json={**PATIENT, "id": "p99"})) not in instants


def test_the_server_s_clock_may_be_off(client: httpx.Client, sandbox: Sandbox) -> None:
    sandbox.faults = Faults(clock_offset=3600)
    reply = client.put("/Patient/p1", json=PATIENT)
    assert last_updated(reply) == "2026-03-02T02:00:00.000+00:00"
    assert reply.headers["Date"] == "Mon, 02 Mar 2026 02:00:00 GMT"
    assert sandbox.clock() == datetime(2026, 3, 2, 1, tzinfo=UTC), "the clock itself is not set"


def test_one_station_s_line_may_be_bad_while_others_are_well(
    client: httpx.Client, sandbox: Sandbox
) -> None:
    line = sandbox.open_line()
    with httpx.Client(base_url=line.base_url) as other:
        for number in range(3):
            client.put(f"/Patient/p{number}", json={**PATIENT, "id": f"p{number}"})
        first = other.get("/Patient?_count=2").json()
        assert all(link["url"].startswith(line.base_url) for link in first["link"])
        assert names(other, "/Patient?_count=2") == ["p0", "p1", "p2"]
        line.faults = down()
        assert (statuses(other, 1), statuses(client, 1)) == ([503], [200])
        assert sandbox.faults == Faults()
        none = parameters({"name": "lose-replies", "valueCode": "none"})
        other.post("/$sandbox-faults", json=none)
        assert line.faults == Faults()


@pytest.mark.parametrize(
    "part",
    [
        {"name": "error-status", "valueInteger": 999},
        {"name": "error-status", "valueInteger": "x"},
        {"name": "lose-replies", "valueCode": "some"},
        {"name": "latency", "valueDecimal": -1},
        {"name": "chance", "valueDecimal": 1.5},
        {"name": "twice", "valueBoolean": "yes"},
        {"name": "traffic", "valueCode": "some"},
        {"name": "fire"},
    ],
)
def test_a_fault_that_there_is_not_is_refused(
    client: httpx.Client, part: dict[str, object]
) -> None:
    assert client.post("/$sandbox-faults", json=parameters(part)).status_code == 400


def test_latency_delays(sandbox: Sandbox) -> None:
    sandbox.faults = Faults(latency=0.05)
    before = time.monotonic()
    assert httpx.get(f"{sandbox.base_url}/metadata").status_code == 200
    assert time.monotonic() - before >= 0.05


def test_latency_does_not_hold_up_the_end() -> None:
    with Sandbox(faults=Faults(latency=60)) as sandbox:
        url = httpx.URL(sandbox.base_url)
        with socket.create_connection((url.host, url.port or 0)) as line:
            line.sendall(b"GET /fhir/metadata HTTP/1.1\r\n\r\n")
            before = time.monotonic()
            sandbox.close()
            assert time.monotonic() - before < 10
