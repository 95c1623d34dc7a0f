"""Two programs on one store, as when IT enrols somebody while the window is open."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import httpx
import pytest

from bcma.emr.deliver import Writer
from bcma.emr.fhir_client import FhirClient
from bcma.model.record import RecordStatus
from bcma.store import Store
from bcma.sync.push import Pusher
from tests.store import ward
from tests.sync.conftest import EVENT, Emr, Station
from tests.sync.test_push import chart_it

ANOTHER = "7d9c2f0e-4a8b-4f1c-9a52-0c3de5a1b002"


class Interrupted(httpx.BaseTransport):
    """A line on which the first write takes so long that other things happen meanwhile."""

    def __init__(self, meanwhile: Callable[[], None]) -> None:
        self._inner = httpx.HTTPTransport()
        self._meanwhile = [meanwhile]

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        if request.method != "GET" and self._meanwhile:
            self._meanwhile.pop()()
        return self._inner.handle_request(request)

    def close(self) -> None:
        self._inner.close()


@pytest.mark.hazard("H85", "H86")
def test_what_one_program_corrected_meanwhile_the_other_does_not_write_over(
    tmp_path: Path, emr: Emr, station: Station
) -> None:
    emr.load(ward.patient("p2", "Lê Văn Cường", "B2.01"), ward.order("mr2", "p2"))
    station.sync.sync_now()
    (order,) = ward.chart(station.store, "p2").orders
    given = ward.given(station.store, EVENT)

    def correct() -> None:
        assert station.sync.sync_now().unsent == 0
        wrong = replace(given, status=RecordStatus.ENTERED_IN_ERROR, reason="other", revision=2)
        station.store.recorder.record(wrong)
        assert station.sync.sync_now().unsent == 0

    with (
        Store.open(tmp_path / "A.db", ward=ward.WARD) as store,
        httpx.Client(transport=Interrupted(correct)) as http,
    ):
        client = FhirClient(emr.sandbox.base_url, http, now=emr.clock)
        pusher = Pusher(store, client, emr.clock)
        chart_it(station, ANOTHER, patient_id="p2", order_id="mr2", order_version=order.version)
        station.store.recorder.record(given)
        pusher.push(Writer(client, client.capabilities()), ignore_backoff=True)
        assert store.outbox.waiting().unsent == 0
    by_event = {
        found.resource["identifier"][0]["value"]: found.resource["status"]  # type: ignore[index] # JSON
        for found in station.client.search_all("MedicationAdministration")
    }
    assert by_event == {ANOTHER: "completed", EVENT: "entered-in-error"}
