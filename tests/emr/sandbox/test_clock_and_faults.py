"""What the sandbox's owner may set: the time, and what goes wrong."""

import socket
import time
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from http import HTTPStatus

import httpx
import pytest

from bcma.emr.sandbox import Faults, Lost, Sandbox, StoppedClock

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


@pytest.mark.parametrize(
    "part",
    [
        {"name": "error-status", "valueInteger": 999},
        {"name": "error-status", "valueInteger": "x"},
        {"name": "lose-replies", "valueCode": "some"},
        {"name": "latency", "valueDecimal": -1},
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
