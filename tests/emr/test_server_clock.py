"""The server's clock is measured with every reply, as far as the reply can tell it (H56)."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

import pytest

from bcma.emr.fhir_client import FhirClient
from bcma.emr.sandbox import Sandbox, StoppedClock
from tests.emr.misbehaving import Answer, misbehaving

MORNING = datetime(2026, 3, 2, 1, 0, tzinfo=UTC)
EMPTY = b'{"resourceType": "Bundle", "type": "searchset"}'


@pytest.mark.hazard("H56")
@pytest.mark.parametrize("ahead, offset", [(0, 0), (2, 2), (300, 300), (-7200, -7200)])
def test_the_clocks_are_compared(ahead: int, offset: int) -> None:
    clock = StoppedClock(MORNING + timedelta(seconds=ahead))
    with (
        Sandbox(clock=clock) as sandbox,
        FhirClient(sandbox.base_url, now=lambda: MORNING) as client,
    ):
        client.capabilities()
        assert client.clock_offset is not None
        assert abs(client.clock_offset - timedelta(seconds=offset)) <= timedelta(seconds=1)


def dated(at: datetime) -> Callable[[str, str], Answer]:
    """Give a server whose Date is always this, and empty: none."""
    body = b'{"resourceType": "Bundle", "type": "searchset"}'
    return lambda *_: Answer(200, body, {"Date": format_datetime(at, usegmt=True)})


class Machine:
    """A machine's clock that shows one time after the other, and stays at the last."""

    def __init__(self, *seconds: float) -> None:
        self.seconds = list(seconds)

    def __call__(self) -> datetime:
        now = self.seconds.pop(0) if len(self.seconds) > 1 else self.seconds[0]
        return MORNING + timedelta(seconds=now)


@pytest.mark.hazard("H56")
@pytest.mark.parametrize(
    "asked, answered, offset",
    [
        (0, 0, 600.5),  # a Date of whole seconds is half of one late
        (0, 4, 598.5),  # written half-way between request and reply
        (0, 60, 570.5),  # the first measure is better than none
    ],
)
def test_the_middle_of_the_exchange_is_compared(
    asked: float, answered: float, offset: float
) -> None:
    with (
        misbehaving(dated(MORNING + timedelta(minutes=10))) as server,
        FhirClient(server.url, now=Machine(asked, answered)) as client,
    ):
        client.search_all("Patient")
        assert client.clock_offset == timedelta(seconds=offset)


@pytest.mark.hazard("H56")
@pytest.mark.parametrize("asked, answered", [(100, 111), (100, 40)])
def test_a_slow_reply_or_a_clock_that_was_put_back_meanwhile_is_no_measure(
    asked: float, answered: float
) -> None:
    machine = Machine(0, 0, asked, answered)
    with (
        misbehaving(dated(MORNING + timedelta(minutes=10))) as server,
        FhirClient(server.url, now=machine) as client,
    ):
        client.search_all("Patient")
        client.search_all("Patient")
        assert client.clock_offset == timedelta(seconds=600.5)


def test_a_server_without_a_date_leaves_the_measure_as_it_was() -> None:
    with (
        misbehaving(lambda *_: Answer(200, EMPTY, {"Date": ""})) as server,
        FhirClient(server.url, now=lambda: MORNING) as client,
    ):
        client.search_all("Patient")
        assert client.clock_offset is None
        assert client.server_now() == MORNING


def test_without_a_date_the_bundle_says_when_it_was_found() -> None:
    body = b'{"resourceType": "Bundle", "meta": {"lastUpdated": "2026-03-02T01:00:00.5+07:00"}}'
    unzoned = b'{"resourceType": "Bundle", "meta": {"lastUpdated": "2026-03-02T01:00:00"}}'
    answers = iter([body, unzoned])
    with (
        misbehaving(lambda *_: Answer(200, next(answers), {"Date": ""})) as server,
        FhirClient(server.url) as client,
    ):
        (found,) = client.search("Patient")
        assert found.server_time == datetime.fromisoformat("2026-03-02T01:00:00.5+07:00")
        (found,) = client.search("Patient")
        assert found.server_time is None
