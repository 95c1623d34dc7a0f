"""The switch between a station and the EMR, over a real server."""

from collections.abc import Iterator
from datetime import UTC, datetime

import httpx
import pytest

from bcma.emr.sandbox import Sandbox, StoppedClock
from bcma.simulate.network import SwitchedTransport
from bcma.simulate.verbs import Network

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)
BASIC = {"resourceType": "Basic", "id": "b1"}


@pytest.fixture
def sandbox() -> Iterator[Sandbox]:
    with Sandbox(clock=StoppedClock(NOON)) as running:
        yield running


@pytest.fixture
def switch() -> SwitchedTransport:
    return SwitchedTransport(httpx.HTTPTransport())


@pytest.fixture
def client(sandbox: Sandbox, switch: SwitchedTransport) -> Iterator[httpx.Client]:
    with httpx.Client(base_url=sandbox.base_url, transport=switch) as speaking:
        yield speaking


def test_up_lets_everything_through(client: httpx.Client) -> None:
    assert client.put("Basic/b1", json=BASIC).status_code == 201


def test_down_connects_to_nobody(client: httpx.Client, switch: SwitchedTransport) -> None:
    switch.network = Network.DOWN

    with pytest.raises(httpx.ConnectError):
        client.put("Basic/b1", json=BASIC)

    switch.network = Network.UP
    assert client.get("Basic/b1").status_code == 404


@pytest.mark.hazard("H86")
def test_a_lost_reply_leaves_the_work_done(client: httpx.Client, switch: SwitchedTransport) -> None:
    switch.network = Network.LOSE_REPLIES

    with pytest.raises(httpx.ReadTimeout):
        client.put("Basic/b1", json=BASIC)

    switch.network = Network.UP
    assert client.get("Basic/b1").status_code == 200


def test_an_overloaded_server_does_nothing(client: httpx.Client, switch: SwitchedTransport) -> None:
    switch.network = Network.ERROR_503

    assert client.put("Basic/b1", json=BASIC).status_code == 503

    switch.network = Network.UP
    assert client.get("Basic/b1").status_code == 404
