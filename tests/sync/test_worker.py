"""The sync thread runs, is woken, reports failures and ends."""

import threading
import time

import pytest

from bcma.errors import BcmaError
from bcma.store import StoreUnwritableError
from bcma.sync import SyncReport, SyncWorker
from bcma.sync.report import Pulled
from tests.sync.conftest import Station

REPORT = SyncReport(
    pulled=Pulled(), delivered=0, unsent=0, problems=0, as_of=None, clock_offset=None
)


def unwanted(failure: BcmaError) -> None:
    raise AssertionError(failure.code)


def test_it_syncs_at_once_and_whenever_it_is_woken(station: Station) -> None:
    done = threading.Semaphore(0)
    reports: list[SyncReport] = []

    def on_success(report: SyncReport) -> None:
        reports.append(report)
        done.release()

    worker = SyncWorker(station.sync.poll, on_success, unwanted, seconds=60)
    worker.start()
    assert done.acquire(timeout=10)
    worker.wake()
    assert done.acquire(timeout=10)
    worker.stop()
    assert [report.reached for report in reports] == [True, True]


def test_it_runs_again_after_its_interval() -> None:
    done = threading.Semaphore(0)
    worker = SyncWorker(lambda: REPORT, lambda _: done.release(), unwanted, seconds=0.02)
    worker.start()
    assert all(done.acquire(timeout=5) for _ in range(3))
    worker.stop()


def test_a_failure_is_told_and_the_next_run_comes() -> None:
    told: list[BcmaError] = []
    done = threading.Event()
    turns = iter([StoreUnwritableError(cause="disk-full"), None])

    def operation() -> SyncReport:
        failure = next(turns, None)
        if failure is not None:
            raise failure
        return REPORT

    worker = SyncWorker(operation, lambda _: done.set(), told.append, seconds=0.02)
    worker.start()
    assert done.wait(5)
    worker.stop()
    assert [failure.code for failure in told] == ["store.unwritable"]


@pytest.mark.expected_errors("bcma.sync.worker: sync broke: ZeroDivisionError")
def test_a_mistake_of_ours_is_told_and_the_next_run_comes() -> None:
    told: list[BcmaError] = []
    done = threading.Event()
    turns = iter([0])

    def operation() -> SyncReport:
        for turn in turns:
            assert 1 / turn
        return REPORT

    worker = SyncWorker(operation, lambda _: done.set(), told.append, seconds=0.02)
    worker.start()
    assert done.wait(5)
    worker.stop()
    assert [failure.code for failure in told] == ["sync.broken"]


def test_what_cannot_be_taken_note_of_is_told_and_the_next_run_comes() -> None:
    """The disk that fills up between an exchange and its note must not end delivery for ever."""
    told: list[BcmaError] = []
    done = threading.Event()
    turns = iter([StoreUnwritableError(cause="disk-full")])

    def note(_: SyncReport) -> None:
        for failure in turns:
            raise failure
        done.set()

    worker = SyncWorker(lambda: REPORT, note, told.append, seconds=0.02)
    worker.start()
    assert done.wait(5)
    worker.stop()
    assert [failure.code for failure in told] == ["store.unwritable"]


def test_stopping_waits_for_the_run_and_may_be_repeated() -> None:
    finished = threading.Event()
    began = threading.Event()

    def operation() -> SyncReport:
        began.set()
        time.sleep(0.1)
        finished.set()
        return REPORT

    worker = SyncWorker(operation, lambda _: None, unwanted)
    worker.stop()
    worker.start()
    worker.stop()
    worker = SyncWorker(operation, lambda _: None, unwanted)
    worker.start()
    assert began.wait(5)
    worker.stop()
    worker.stop()
    assert finished.is_set()
