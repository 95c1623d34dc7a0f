"""A band that is not known here is asked of the EMR, and nothing else at the station waits."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from threading import Event, Thread

import httpx
import pytest

from bcma.app import Station
from tests.app.conftest import NURSE, PIN, Hospital, Json, load

BAND = "BN0909.1"
NEW: Json = {
    "resourceType": "Patient",
    "id": "p909",
    "identifier": [{"system": "urn:bcma:wristband", "value": "0909.1"}],
    "name": [{"text": "Hoàng Văn Mới"}],
}


class Gate(httpx.BaseTransport):
    """A line that can be held up."""

    def __init__(self) -> None:
        self._line = httpx.HTTPTransport()
        self.is_open, self.asked = Event(), Event()
        self.is_open.set()

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        self.asked.set()
        assert self.is_open.wait(20)
        return self._line.handle_request(request)

    def close(self) -> None:
        self._line.close()


@pytest.fixture
def gate() -> Gate:
    return Gate()


@pytest.fixture
def station(hospital: Hospital, gate: Gate, tmp_path: Path) -> Iterator[Station]:
    config = replace(hospital.a.config, station="C", data_folder=tmp_path / "C")
    opened = Station(config, hospital.time, policy=hospital.a.policy, transport=gate)
    with opened as station:
        station.sync_now()
        station.enrol(NURSE, PIN)
        station.sign_in(NURSE, PIN)
        load(hospital.emr, NEW)
        yield station


@pytest.mark.parametrize(
    "text, unknown",
    [(BAND, True), ("BN0001.2", False), ("NV-0001", False), ("CMD-GIVE", False), ("?", False)],
)
def test_only_a_band_of_nobody_who_is_known_is_asked_about(
    station: Station, text: str, *, unknown: bool
) -> None:
    assert station.bands.is_unknown(text) is unknown


def test_the_station_goes_on_while_the_emr_is_asked(station: Station, gate: Gate) -> None:
    gate.is_open.clear()
    gate.asked.clear()
    scan = Thread(target=station.scan, args=(BAND,))
    scan.start()
    assert gate.asked.wait(5)
    look = Thread(target=station.state)
    look.start()
    look.join(5)
    went_on = not look.is_alive()
    gate.is_open.set()
    scan.join()
    look.join()
    assert went_on
    assert not station.bands.is_unknown(BAND), "the EMR told whose it is"
