"""An exchange that this machine itself kept from going on is not called well."""

from collections.abc import Callable
from queue import Queue

import pytest

from bcma.app import Health
from bcma.store import StoreUnwritableError
from bcma.sync import SyncReport
from tests.app.conftest import Hospital


@pytest.mark.hazard("H86")
@pytest.mark.parametrize(
    "error, code",
    [
        (StoreUnwritableError(cause="disk-full"), "store.unwritable"),
        pytest.param(
            ZeroDivisionError(),
            "sync.broken",
            marks=pytest.mark.expected_errors("bcma.sync.worker: sync broke"),
        ),
    ],
    ids=str,
)
def test_what_the_machine_failed_in_is_told_until_an_exchange_goes_well(
    hospital: Hospital, monkeypatch: pytest.MonkeyPatch, error: Exception, code: str
) -> None:
    station, told = hospital.a, Queue[Health]()
    poll: Callable[[], SyncReport] = station._sync.poll  # noqa: SLF001 - it fails once
    failures = [error]

    def once_failing() -> SyncReport:
        if failures:
            raise failures.pop()
        return poll()

    monkeypatch.setattr(station._sync, "poll", once_failing)  # noqa: SLF001 - as above
    assert station.health().reached
    station.start_sync(lambda: told.put(station.health()))
    health = told.get(timeout=10)
    assert (health.reached, health.failure) == (False, code)
    assert station.exchange.resume(), "which wakes the worker"
    health = told.get(timeout=10)
    assert (health.reached, health.failure) == (True, "")
