"""Full disks, read-only files, locks, altered rows and kills: nothing half, nothing silent."""

import os
import signal
import sqlite3
import subprocess
import sys
import time
from pathlib import Path
from typing import Self

import pytest

from bcma.model.ports import SaveOutcome
from bcma.store import Store, StoreIsCorruptError
from bcma.store.engine import sqlite_file
from tests.store import ward

ROOT = Path(__file__).parents[2]
FULL_DISK = """
import resource, signal, sys
from pathlib import Path
from typing import Self
from bcma.store import Store, StoreIsCorruptError
from tests.store import ward

path = Path(sys.argv[1])
with Store.open(path, ward=ward.WARD) as store:
    ward.fill(store)
    log = Path(f"{path}-wal").stat().st_size
    signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (log, resource.RLIM_INFINITY))
    result = store.recorder.record(ward.given(store, "event-1"))
    print(result.outcome, result.cause)
    print(len(ward.chart(store).administrations), store.outbox.waiting().unsent)
    resource.setrlimit(resource.RLIMIT_FSIZE, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))
    print(store.recorder.record(ward.given(store, "event-1")).outcome)
    print(store.verify_audit())
"""
CHARTS_UNTIL_KILLED = """
import sys
from pathlib import Path
from typing import Self
from bcma.store import Store, StoreIsCorruptError
from tests.store import ward

with Store.open(Path(sys.argv[1]), ward=ward.WARD) as store:
    for number in range(1_000_000):
        event = f"{sys.argv[2]}-{number}"
        record = ward.given(store, event, slot=None, slot_id=event)
        if store.recorder.record(record).outcome == "saved":
            print(event, flush=True)
"""


def run(script: str, *arguments: str, stderr: int | None = None) -> "subprocess.Popen[str]":
    return subprocess.Popen(
        [sys.executable, "-c", script, *arguments],
        stdout=subprocess.PIPE,
        stderr=stderr,
        text=True,
        cwd=ROOT,
        env=os.environ | {"PYTHONPATH": str(ROOT)},
    )


@pytest.mark.skipif(sys.platform == "win32", reason="limits the size of files as POSIX does")
@pytest.mark.hazard("H86")
def test_a_full_disk_saves_nothing_and_says_so_and_goes_on_when_there_is_room(path: Path) -> None:
    with run(FULL_DISK, str(path)) as child:
        output, _ = child.communicate(timeout=60)
    assert output.splitlines() == ["not-saved input-output", "0 0", "saved", "None"]


@pytest.mark.hazard("H86")
def test_a_database_that_may_not_grow_saves_nothing_and_says_so(path: Path) -> None:
    def creator() -> sqlite3.Connection:
        connection = sqlite_file(path)()
        pages = connection.execute("PRAGMA page_count").fetchone()[0]
        if pages:
            connection.execute(f"PRAGMA max_page_count={pages}")
        return connection

    with Store.open(path, ward=ward.WARD) as roomy:
        ward.fill(roomy)
    with Store.open(path, ward=ward.WARD, creator=creator) as store:
        outcomes = [
            store.recorder.record(ward.given(store, f"event-{n}", slot=None, slot_id=f"s{n}"))
            for n in range(40)
        ]
        refused = [o for o in outcomes if o.outcome is not SaveOutcome.SAVED]
        assert {(o.outcome, o.cause) for o in refused} == {(SaveOutcome.NOT_SAVED, "disk-full")}
        assert len(ward.chart(store).administrations) == len(outcomes) - len(refused)
        assert store.verify_audit() is None


@pytest.mark.hazard("H86")
def test_a_read_only_store_saves_nothing_and_says_so(path: Path) -> None:
    with Store.open(path, ward=ward.WARD) as store:
        ward.fill(store)

    protected = False

    def creator() -> sqlite3.Connection:
        connection = sqlite_file(path)()
        connection.execute(f"PRAGMA query_only={protected}")
        return connection

    with Store.open(path, ward=ward.WARD, creator=creator) as store:
        record = ward.given(store, "event-1")
        protected = True
        store.close()  # it connects anew
        result = store.recorder.record(record)
        assert (result.outcome, result.cause) == (SaveOutcome.NOT_SAVED, "read-only")


def test_a_store_locked_by_another_program_is_busy(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bcma.store.engine.BUSY_SECONDS", 0.05)
    with Store.open(path, ward=ward.WARD) as store:
        ward.fill(store)
        record = ward.given(store, "event-1")
        other = sqlite3.connect(path, isolation_level=None)
        other.execute("BEGIN IMMEDIATE")
        result = store.recorder.record(record)
        assert (result.outcome, result.cause) == (SaveOutcome.NOT_SAVED, "busy")
        assert ward.chart(store).administrations == (), "reading goes on"
        other.close()
        assert store.recorder.record(record).outcome is SaveOutcome.SAVED


@pytest.mark.hazard("H86")
def test_a_program_killed_in_the_middle_leaves_whole_records_only(path: Path) -> None:
    with Store.open(path, ward=ward.WARD) as store:
        ward.fill(store)
    saved: list[str] = []
    for turn in range(4):
        with run(CHARTS_UNTIL_KILLED, str(path), f"turn{turn}") as child:
            assert child.stdout is not None
            saved.append(child.stdout.readline().strip())
            time.sleep(0.03 + 0.041 * turn)
            child.send_signal(signal.SIGKILL if os.name == "posix" else signal.SIGTERM)
            saved.extend(line.strip() for line in child.stdout if line.endswith("\n"))
        with Store.open(path, ward=ward.WARD) as store:
            charted = {record.event_id for record in ward.chart(store).administrations}
            assert set(saved) <= charted, "what was called saved is there"
            assert store.outbox.waiting().unsent == len(charted), "and on its way"
            assert store.verify_audit() is None
    assert len(saved) > 4


# --- another driver through the creator hook ---------------------------------------------


class CipherError(Exception):
    """What an encrypted SQLite raises: no exception of the standard library's driver."""

    sqlite_errorname = ""


class CipherCursor(sqlite3.Cursor):
    """A cursor of such a driver."""

    def execute(self, sql: str, parameters: object = (), /) -> Self:
        try:
            return super().execute(sql, parameters)  # type: ignore[arg-type] # as the driver takes them
        except sqlite3.Error as failed:
            raised = CipherError(str(failed))
            raised.sqlite_errorname = failed.sqlite_errorname
            raise raised from failed


class CipherConnection(sqlite3.Connection):
    """A connection of such a driver; the file may not grow any more."""

    def cursor(self, *_: object) -> CipherCursor:  # type: ignore[override] # no factory here
        return super().cursor(CipherCursor)


@pytest.mark.hazard("H86")
@pytest.mark.parametrize("trouble, cause", [("full", "disk-full"), ("locked", "busy")])
def test_a_driver_with_exceptions_of_its_own_is_understood(
    path: Path, trouble: str, cause: str
) -> None:
    def creator() -> sqlite3.Connection:
        connection = sqlite3.connect(
            path, timeout=0.05, check_same_thread=False, factory=CipherConnection
        )
        if trouble == "full":
            pages = connection.execute("PRAGMA page_count").fetchone()[0]
            connection.execute(f"PRAGMA max_page_count={pages}")
        return connection

    with Store.open(path, ward=ward.WARD) as roomy:
        ward.fill(roomy)
    other = sqlite3.connect(path, isolation_level=None)
    with Store.open(path, ward=ward.WARD, creator=creator) as store:
        if trouble == "locked":
            other.execute("BEGIN IMMEDIATE")
        outcomes = [
            store.recorder.record(ward.given(store, f"event-{n}", slot=None, slot_id=f"s{n}"))
            for n in range(40)
        ]
        refused = {(o.outcome, o.cause) for o in outcomes if o.outcome is not SaveOutcome.SAVED}
        assert refused == {(SaveOutcome.NOT_SAVED, cause)}
    other.close()


def test_a_file_that_such_a_driver_cannot_read_is_refused(path: Path) -> None:
    """A wrong key opens, and fails at the first query."""
    path.write_text("encrypted, or no database at all. " * 50, "utf-8")
    with pytest.raises(StoreIsCorruptError):
        Store.open(path, creator=lambda: sqlite3.connect(path, factory=CipherConnection))
