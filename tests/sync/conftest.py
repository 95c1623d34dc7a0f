"""A station and a sandbox EMR that it talks to over HTTP."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

import httpx
import pytest

from bcma.emr.deliver import Writer
from bcma.emr.fhir_client import FhirClient
from bcma.emr.sandbox import Claims, Powers, Sandbox, StoppedClock
from bcma.store import Store
from bcma.sync import Sync
from tests.store import ward

EVENT = "7d9c2f0e-4a8b-4f1c-9a52-0c3de5a1b001"


@dataclass
class Station:
    """A store with its line to the EMR."""

    store: Store
    client: FhirClient
    sync: Sync
    clock: "TestClock"

    def writer(self) -> Writer:
        """Give what writes to the server in the way that it takes."""
        return Writer(self.client, self.client.capabilities())


class TestClock:
    """The station's clock: the sandbox's own."""

    __test__ = False

    def __init__(self, clock: StoppedClock) -> None:
        self._clock = clock

    def now(self) -> datetime:
        return self._clock()


class Emr:
    """The sandbox, and how a test changes it."""

    def __init__(self, sandbox: Sandbox, clock: StoppedClock) -> None:
        self.sandbox = sandbox
        self.clock = clock

    def load(self, *resources: ward.Json) -> None:
        entries = [{"resource": resource} for resource in resources]
        self.sandbox.load({"resourceType": "Bundle", "type": "collection", "entry": entries})

    def tick(self, seconds: float = 30.0) -> None:
        self.clock.advance(timedelta(seconds=seconds))


#: Servers by what they let a client do, one for each way of writing; the last two do less than
#: they say.
SERVERS: Mapping[str, Powers] = {
    "transactions": Powers(),
    "own ids in transactions": Powers(update_create=False),
    "puts": Powers(transactions=False),
    "conditional creates": Powers(transactions=False, update_create=False),
    "plain creates": Powers(transactions=False, update_create=False, conditional_create=False),
    "silent": Powers(update_create=False, claims=Claims.SILENT),
    "boasting": Powers(
        transactions=False, update_create=False, conditional_create=False, claims=Claims.ALL
    ),
}


@pytest.fixture
def emr(request: pytest.FixtureRequest) -> Iterator[Emr]:
    clock = StoppedClock(ward.NOW)
    with Sandbox(clock=clock, powers=SERVERS[getattr(request, "param", "transactions")]) as sandbox:
        emr = Emr(sandbox, clock)
        emr.load(ward.location(), ward.patient(), ward.encounter(), ward.medication(), ward.order())
        emr.load(*ward.nurse())
        yield emr


def make_station(folder: Path, emr: Emr, name: str) -> Station:
    clock = TestClock(emr.clock)
    store = Store.open(folder / f"{name}.db", ward=ward.WARD)
    client = FhirClient(emr.sandbox.base_url, now=emr.clock)
    return Station(store, client, Sync(store, client, clock), clock)


@pytest.fixture
def station(tmp_path: Path, emr: Emr) -> Iterator[Station]:
    made = make_station(tmp_path, emr, "A")
    yield made
    made.client.close()
    made.store.close()


@pytest.fixture
def other(tmp_path: Path, emr: Emr) -> Iterator[Station]:
    made = make_station(tmp_path, emr, "B")
    yield made
    made.client.close()
    made.store.close()


def passed_on(http: httpx.Client, request: httpx.Request) -> httpx.Response:
    """Let the EMR answer, for what stands between a station and it."""
    plain = {name: request.headers[name] for name in ("Content-Type",) if name in request.headers}
    reply = http.send(
        httpx.Request(request.method, request.url, content=request.read(), headers=plain)
    )
    kept = {name: reply.headers[name] for name in ("Date", "ETag") if name in reply.headers}
    return httpx.Response(reply.status_code, headers=kept, content=reply.content)
