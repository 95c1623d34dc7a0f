"""A foreign server's clock, told in the time of a scenario."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import httpx
import pytest

from bcma.emr.fhir_client import FhirClient
from bcma.emr.sandbox import Sandbox, StoppedClock
from bcma.simulate.emr_side import clock_offset
from bcma.simulate.server_time import ScenarioClock, ServerTime, TimedTransport
from tests.contract.peer import meta
from tests.store import ward

#: When it is played, and when it plays.
PLAYED = datetime(2026, 11, 23, 9, tzinfo=UTC)
MORNING = datetime(2026, 3, 2, 1, tzinfo=UTC)
HOUR, SECOND = timedelta(hours=1), timedelta(seconds=1)
TICK = timedelta(milliseconds=1)


@pytest.fixture
def real() -> StoppedClock:
    return StoppedClock(PLAYED)


@pytest.fixture
def scenario(real: StoppedClock) -> ScenarioClock:
    return ScenarioClock(MORNING, real)


def test_an_instant_is_told_as_the_scenarios_when_the_server_was_there(
    scenario: ScenarioClock, real: StoppedClock
) -> None:
    time = ServerTime(scenario)
    for _ in range(2):
        real.advance(2 * SECOND)
        scenario.set(scenario.now() + 4 * HOUR)
    assert time.told(PLAYED) == MORNING
    assert time.told(PLAYED + SECOND) == MORNING + TICK
    assert time.told(PLAYED + 2 * SECOND) == MORNING + 4 * HOUR
    assert time.told(PLAYED + 5 * SECOND) == MORNING + 8 * HOUR + TICK
    assert time.told(PLAYED - HOUR) == MORNING - HOUR


def test_what_comes_later_is_told_later_where_the_scenario_stands_still(
    scenario: ScenarioClock, real: StoppedClock
) -> None:
    time = ServerTime(scenario)
    told = []
    for _ in range(3):
        told.append(time.told(real()))
        real.advance(SECOND)
        told.append(time.told(real() - TICK))
        scenario.set(MORNING)
    assert told == sorted(set(told))
    assert time.now() == MORNING


@pytest.mark.parametrize("seconds", [-3600, 0, 1, 2, 3])
def test_what_was_told_is_asked_for_again(
    scenario: ScenarioClock, real: StoppedClock, seconds: int
) -> None:
    time = ServerTime(scenario, HOUR)
    real.advance(2 * SECOND)
    scenario.set(MORNING + HOUR)
    instant = PLAYED + HOUR + seconds * SECOND
    assert time.asked(time.told(instant)) == instant


def test_what_the_scenario_skipped_is_asked_for_as_what_came_next(
    scenario: ScenarioClock, real: StoppedClock
) -> None:
    time = ServerTime(scenario)
    real.advance(2 * SECOND)
    scenario.set(MORNING + HOUR)
    assert time.asked(MORNING + HOUR / 2) == PLAYED + 2 * SECOND


def test_a_server_stamps_no_part_of_a_millisecond(
    scenario: ScenarioClock, real: StoppedClock
) -> None:
    time = ServerTime(scenario)
    real.advance(SECOND + timedelta(microseconds=700))
    scenario.set(MORNING + HOUR)
    assert time.told(PLAYED + SECOND) == MORNING + HOUR


@pytest.fixture
def client(scenario: ScenarioClock, real: StoppedClock) -> Iterator[FhirClient]:
    """Speak to a server whose clock goes an hour before this machine's."""
    with Sandbox(clock=lambda: real() + HOUR) as sandbox:
        transport = TimedTransport(httpx.HTTPTransport(), ServerTime(scenario, HOUR))
        with (
            httpx.Client(transport=transport) as http,
            FhirClient(sandbox.base_url, http, now=scenario.now) as client,
        ):
            yield client


@pytest.mark.hazard("H56")
def test_a_server_of_another_time_is_told_in_the_scenarios(
    client: FhirClient, scenario: ScenarioClock, real: StoppedClock
) -> None:
    client.put(ward.patient("p1", band="B1.01"))
    real.advance(SECOND)
    scenario.set(MORNING + HOUR)
    client.put(ward.patient("p2", band="B2.01"))
    found, _ = client.read("Patient", "p2")
    assert meta(found)["lastUpdated"] == "2026-03-02T02:00:00+00:00"
    assert b'"2026-03-02T02:00:00+00:00"' in found.raw
    assert client.clock_offset == timedelta()


def test_searches_ask_in_the_servers_time(
    client: FhirClient, scenario: ScenarioClock, real: StoppedClock
) -> None:
    client.put(ward.patient("p1", band="B1.01"))
    real.advance(SECOND)
    scenario.set(MORNING + HOUR)
    client.put(ward.patient("p2", band="B2.01"))
    since = {"_lastUpdated": f"ge{(MORNING + HOUR / 2).isoformat()}"}
    (page,) = client.search("Patient", since)
    assert [found.resource["id"] for found in page.found] == ["p2"]
    (batched,) = client.search_each([("Patient", since)])
    assert [found.resource["id"] for found in batched.found] == ["p2"]
    today = {"_lastUpdated": "ge2026-03-02"}
    assert len(client.search_all("Patient", today)) == 2


def test_pages_are_followed_as_the_server_wrote_them(client: FhirClient) -> None:
    for number in range(3):
        client.put(ward.patient(f"p{number}", band=f"B{number}.01"))
    since = {"_lastUpdated": f"ge{MORNING.isoformat()}", "_count": "1"}
    pages = list(client.search("Patient", since))
    assert [len(page.found) for page in pages] == [1, 1, 1]


def test_the_servers_offset_is_measured() -> None:
    with Sandbox(clock=lambda: datetime.now(UTC) + HOUR) as sandbox:
        assert abs(clock_offset(sandbox.base_url) - HOUR) < 2 * SECOND
    with Sandbox() as sandbox:
        assert clock_offset(sandbox.base_url) == timedelta()
