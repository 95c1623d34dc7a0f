"""A station's time is the server's where its own clock is off (hazard H56)."""

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from bcma.app import Station
from bcma.app.clock import CorrectedClock
from bcma.config import load_config
from bcma.emr.sandbox import Sandbox

WARD = Path(__file__).parents[1] / "scenarios" / "ward.json"
NOW = datetime(2026, 3, 2, 1, 0, tzinfo=UTC)
SECOND = timedelta(seconds=1)
LIMIT = 120 * SECOND


class Machine:
    def __init__(self, now: datetime = NOW) -> None:
        self.time = now

    def now(self) -> datetime:
        return self.time


@pytest.mark.hazard("H56")
@pytest.mark.parametrize("sign", [1, -1])
def test_only_a_clock_that_is_off_is_corrected(sign: int) -> None:
    clock = CorrectedClock(Machine(), LIMIT)
    assert (clock.offset, clock.now()) == (None, NOW)
    assert clock.measured(sign * LIMIT)
    assert (clock.offset, clock.now()) == (sign * LIMIT, NOW)
    assert clock.measured(sign * (LIMIT + SECOND))
    assert clock.now() == NOW + sign * (LIMIT + SECOND)


def test_a_measure_counts_in_whole_seconds_and_none_is_no_measure() -> None:
    clock = CorrectedClock(Machine(), LIMIT, 300 * SECOND)
    assert clock.now() == NOW + 300 * SECOND
    assert not clock.measured(None)
    assert not clock.measured(timedelta(seconds=300.4))
    assert clock.offset == 300 * SECOND
    assert clock.measured(timedelta(0))
    assert clock.now() == NOW


def station(url: str, folder: Path, machine: Machine) -> Station:
    settings = {"BCMA_EMR_URL": url, "BCMA_WARD": "NOI", "BCMA_DATA_FOLDER": str(folder)}
    return Station(load_config(None, settings), machine)


@pytest.mark.hazard("H56")
def test_the_server_s_time_is_used_and_outlives_a_restart_without_network(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    server, machine = Machine(NOW + 600 * SECOND), Machine()
    with Sandbox(clock=server.now) as emr:
        emr.load(json.loads(WARD.read_bytes()))
        with station(emr.base_url, tmp_path, machine) as here:
            assert here.state().now == NOW
            here.sync_now()
            assert here.state().now == server.time
            assert here.clock.offset == 600 * SECOND
            assert [r.message for r in caplog.records] == ["clock off by 600 s"]
            here.enrol("NV-0001", "4711")
            here.sign_in("NV-0001", "4711")
            judged = here.scan("BN0001.2").verdict
            assert judged is not None
            told = {f.code: f.facts for f in judged.findings}
            assert told["time.clock-off"] == {"minutes": 10}
    with station("http://127.0.0.1:9/fhir", tmp_path, machine) as again:
        assert again.state().now == server.time


@pytest.mark.hazard("H56")
@pytest.mark.parametrize("jump", [3600 * SECOND, -3600 * SECOND])
def test_a_machine_whose_clock_is_put_is_set_right_with_the_next_reply(
    tmp_path: Path, jump: timedelta
) -> None:
    server, machine = Machine(), Machine()
    with Sandbox(clock=server.now) as emr:
        emr.load(json.loads(WARD.read_bytes()))
        with station(emr.base_url, tmp_path, machine) as here:
            here.sync_now()
            machine.time += jump
            assert here.state().now == server.time + jump
            here.sync_now()
            assert here.state().now == server.time
            as_of = here.health().orders_as_of
            assert as_of == server.time


def test_a_clock_that_agrees_is_left_alone_and_not_told_of(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    machine = Machine()
    with Sandbox(clock=Machine(NOW + 90 * SECOND).now) as emr:
        emr.load(json.loads(WARD.read_bytes()))
        with station(emr.base_url, tmp_path, machine) as here:
            here.sync_now()
            here.sync_now()
            assert (here.state().now, here.clock.offset) == (NOW, 90 * SECOND)
    assert caplog.records == []
