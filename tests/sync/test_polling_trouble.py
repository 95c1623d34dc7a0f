"""Reading patient by patient where something is wrong: all that is well is read all the same."""

from datetime import timedelta

import httpx
import pytest

from bcma.emr.fhir_client import FhirClient
from bcma.model.order import OrderStatus
from bcma.sync import Sync
from tests.store import ward
from tests.sync.conftest import Emr, Station, TestClock, passed_on
from tests.sync.test_polling import MINUTE, admit, as_of, delete, timeless

__all__ = ["timeless"]


@pytest.mark.parametrize("trouble", ["status", "time-out", "no FHIR"])
def test_a_patient_whom_the_server_cannot_show_keeps_nobody_else_from_being_read(
    emr: Emr, station: Station, trouble: str, caplog: pytest.LogCaptureFixture
) -> None:
    admit(emr, "p2", "p3")
    station.sync.poll()
    before = emr.clock()
    emr.tick()
    emr.load(ward.order("o-p3", "p3", status="stopped"))

    def breaks(request: httpx.Request) -> httpx.Response:
        """Fail for the one who comes first by name."""
        if b"Patient%2Fp1" not in request.read() and "Patient%2Fp1" not in str(request.url):
            return passed_on(http, request)
        if trouble == "time-out":
            raise httpx.ReadTimeout("", request=request)
        return httpx.Response(500 if trouble == "status" else 200, text="<html>")

    with httpx.Client() as http, httpx.Client(transport=httpx.MockTransport(breaks)) as line:
        client = FhirClient(emr.sandbox.base_url, line, now=emr.clock)
        report = Sync(station.store, client, TestClock(emr.clock)).poll()
    assert not report.reached
    assert (as_of(station), as_of(station, "p2")) == (before, emr.clock())
    assert ward.chart(station.store, "p3").orders[0].status is OrderStatus.STOPPED
    assert report.as_of == before, "the window is as old as the oldest of the ward"
    assert f"not read, Patient/p1: {report.failure}" in caplog.text


def test_a_drug_file_that_cannot_be_read_keeps_no_patient_from_being_read(
    emr: Emr, station: Station
) -> None:
    station.sync.poll()
    emr.clock.advance(timedelta(hours=1))

    def breaks(request: httpx.Request) -> httpx.Response:
        if request.method == "GET" and "/Medication?" in str(request.url):
            return httpx.Response(500)
        return passed_on(http, request)

    with httpx.Client() as http, httpx.Client(transport=httpx.MockTransport(breaks)) as line:
        client = FhirClient(emr.sandbox.base_url, line, now=emr.clock)
        report = Sync(station.store, client, TestClock(emr.clock)).poll()
    assert report.failure == "emr.unavailable"
    assert as_of(station) == emr.clock()


@pytest.mark.hazard("H92")
def test_a_ward_whose_patients_lost_a_little_each_is_not_believed(
    emr: Emr, station: Station
) -> None:
    """A database that was restored by mistake loses every patient's orders, few by few."""
    names = [f"q{n:02}" for n in range(12)]
    admit(emr, *names)
    emr.load(*(ward.order(f"x-{name}", name) for name in names))
    station.sync.poll()
    emr.tick()
    delete(emr, *(f"MedicationRequest/{o}-{name}" for name in names for o in ("o", "x")))
    for _ in range(2):
        assert station.sync.poll().failure == "sync.server-shrank"
        emr.tick()
    left = sum(len(ward.chart(station.store, name).orders) for name in names)
    assert left >= 24 - 10, "ten at most were deleted in one day"
    (loss,) = station.store.losses.found()
    assert station.sync.accept_deletions((loss,), by="s5", at=emr.clock())
    assert station.sync.poll().reached
    assert sum(len(ward.chart(station.store, name).orders) for name in names) == 0
    assert station.sync.sync_now().reached
    assert station.store.losses.found() == ()


@pytest.mark.hazard("H56")
@pytest.mark.parametrize("machine", ["put back too", "as before"])
def test_a_server_whose_clock_was_put_back_is_read_on_in_turn(
    emr: Emr, station: Station, machine: str
) -> None:
    """Else those who were read by the old time would look freshest, for hours."""
    names = [f"q{n:02}" for n in range(30)]
    admit(emr, *names)
    station.sync.poll()
    emr.clock.advance(timedelta(hours=-2))
    off = timedelta(0) if machine == "put back too" else timedelta(hours=2)
    emr.load(*(ward.order(f"o-{name}", name, status="stopped") for name in names))
    client = FhirClient(emr.sandbox.base_url, now=lambda: emr.clock() + off)
    sync = Sync(station.store, client, TestClock(emr.clock))
    emr.tick()
    sync.poll()
    emr.tick()
    report = sync.poll()
    client.close()
    for name in names:
        assert ward.chart(station.store, name).orders[0].status is OrderStatus.STOPPED
    assert report.as_of is not None
    assert emr.clock() - report.as_of <= MINUTE
