"""A store that was restored from an older copy, or copied, is found out when it opens (H92)."""

import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import pytest

from bcma.model.ports import SaveOutcome
from bcma.model.record import RecordedUnit, RecordStatus
from bcma.store import DeliveryState, Origin, Setback, Store, StoreBusyError
from bcma.store.journal import Journal
from bcma.store.safekeeping import Safekeeping
from tests.store import ward
from tests.store.test_faults import run

pytestmark = pytest.mark.hazard("H92")
MACHINE = "cart-1"
LABELLED = RecordedUnit(medication_id="m1", label="U-1")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "data").mkdir()
    return tmp_path


@contextmanager
def opened(folder: Path, machine: str = MACHINE, data: str = "data") -> Iterator[Store]:
    origin = Origin(machine=machine, journal=folder / "journal", now=ward.NOW)
    with Store.open(folder / data / "station.db", ward=ward.WARD, origin=origin) as store:
        ward.fill(store)
        yield store


def chart_it(store: Store, event: str) -> None:
    record = ward.given(store, event, slot=None, slot_id=f"slot of {event}")
    assert store.recorder.record(record).outcome is SaveOutcome.SAVED


def correct(store: Store, event: str, reason: str) -> None:
    before = store.charts.recorded(event)
    assert before is not None
    status = RecordStatus.ENTERED_IN_ERROR
    after = replace(before, status=status, reason=reason, revision=before.revision + 1)
    assert store.recorder.record(after).outcome is SaveOutcome.SAVED


def see(store: Store) -> None:
    found = store.setback()
    assert found is not None
    assert store.setback_seen(found, "n1", ward.NOW)


def backup(folder: Path) -> None:
    shutil.copytree(folder / "data", folder / "backup")


def restore(folder: Path) -> None:
    shutil.rmtree(folder / "data")
    shutil.copytree(folder / "backup", folder / "data")


def events(store: Store) -> set[str | None]:
    return {record.event_id for record in ward.chart(store).administrations}


def test_an_ordinary_start_finds_nothing(folder: Path) -> None:
    with opened(folder) as store:
        chart_it(store, "event-1")
        epoch = store.epoch
    with opened(folder) as again:
        assert (again.setback(), again.journal_failure, again.epoch) == (None, "", epoch)


def test_what_came_after_the_backup_is_brought_back(folder: Path) -> None:
    with opened(folder) as store:
        chart_it(store, "event-1")
        store.outbox.delivered(1)
        epoch = store.epoch
    backup(folder)
    with opened(folder) as store:
        chart_it(store, "event-2")
        correct(store, "event-1", "other")
    restore(folder)
    with opened(folder) as store:
        assert events(store) == {"event-1", "event-2"}
        corrected = store.charts.recorded("event-1")
        assert corrected is not None
        assert corrected.status is RecordStatus.ENTERED_IN_ERROR
        assert store.setback() == Setback(restored=True, brought_back=2, patients=("p1",))
        assert store.epoch != epoch
        assert store.verify_audit() is None
        (parcel,) = store.outbox.deliverable()
        assert parcel.state is DeliveryState.UNKNOWN, "it is looked for before it is sent"
        told = [entry.what for entry in store.audit_entries()]
        assert told[-3:] == ["replayed", "replayed", "store-restored"]


def test_it_is_told_until_somebody_has_seen_it(folder: Path) -> None:
    test_what_came_after_the_backup_is_brought_back(folder)
    with opened(folder) as store:
        assert store.setback() is not None
        see(store)
        assert store.setback() is None
        assert store.audit_entries()[-1].what == "setback-seen"
    with opened(folder) as store:
        assert store.setback() is None


def test_a_unit_that_was_used_after_the_backup_stays_used(folder: Path) -> None:
    with opened(folder):
        backup(folder)
    with opened(folder) as store:
        record = ward.given(store, "event-1", units=(LABELLED,))
        assert store.recorder.record(record).outcome is SaveOutcome.SAVED
    restore(folder)
    with opened(folder) as store:
        again = ward.given(store, "event-2", units=(LABELLED,), slot=None, slot_id="another")
        assert store.recorder.record(again).outcome is SaveOutcome.UNIT_TAKEN


def test_a_store_that_is_lost_altogether_is_made_from_the_journal(folder: Path) -> None:
    with opened(folder) as store:
        chart_it(store, "event-1")
    shutil.rmtree(folder / "data")
    (folder / "data").mkdir()
    with opened(folder) as store:
        assert events(store) == {"event-1"}
        assert store.setback() == Setback(restored=True, brought_back=1, patients=("p1",))


def test_what_was_charted_before_the_journal_was_there_again_is_kept_too(folder: Path) -> None:
    with opened(folder) as store:
        chart_it(store, "event-1")
    backup(folder)
    with opened(folder) as store:
        chart_it(store, "event-2")
        correct(store, "event-1", "other")
    restore(folder)
    with Store.open(folder / "data" / "station.db", ward=ward.WARD) as without_journal:
        chart_it(without_journal, "event-3")
        correct(without_journal, "event-1", "asleep")
    with opened(folder) as store:
        assert events(store) == {"event-1", "event-2", "event-3"}
        found = store.setback()
        assert found is not None
        assert (found.brought_back, found.missing) == (1, 1), "one version was made twice"
    written = {r.row.event_id for r in Journal(folder / "journal").read() if r.row is not None}
    assert written == {"event-1", "event-2", "event-3"}
    with opened(folder) as store:
        see(store)
    with opened(folder) as store:
        assert store.setback() is None


def test_a_program_that_was_killed_after_its_commit_catches_up(folder: Path) -> None:
    with opened(folder) as store:
        chart_it(store, "event-1")
    with Store.open(folder / "data" / "station.db", ward=ward.WARD) as killed:
        chart_it(killed, "event-2")
    with opened(folder) as store:
        assert store.setback() is None
    lines = list(Journal(folder / "journal").read())
    assert [line.row and line.row.event_id for line in lines] == ["event-1", "event-2"]


def test_a_copy_on_another_machine_is_found_out(folder: Path) -> None:
    with opened(folder) as store:
        chart_it(store, "event-1")
        epoch = store.epoch
    with opened(folder, machine="cart-2") as copy:
        assert copy.setback() == Setback(copied=True)
        assert copy.epoch != epoch
        assert copy.audit_entries()[-1].what == "store-copied"
        see(copy)
    with opened(folder, machine="cart-2") as copy:
        assert copy.setback() is None


def test_a_journal_that_was_altered_gives_what_is_sure_and_is_begun_anew(folder: Path) -> None:
    with opened(folder):
        backup(folder)
    with opened(folder) as store:
        chart_it(store, "event-1")
        chart_it(store, "event-2")
    (file,) = (folder / "journal").iterdir()
    first, second, _ = file.read_bytes().split(b"\n")
    file.write_bytes(first + b"\n" + second.replace(b"event-2", b"event-9") + b"\n")
    restore(folder)
    with opened(folder) as store:
        assert events(store) == {"event-1"}
        assert store.setback() == Setback(
            restored=True, brought_back=1, missing=1, patients=("p1",)
        )
        assert store.journal_failure == ""
    assert len(list(Journal(folder / "journal").read())) == 1


def test_a_journal_that_cannot_be_written_keeps_no_dose_back(folder: Path) -> None:
    (folder / "journal").write_text("no folder", encoding="utf-8")
    with opened(folder) as store:
        chart_it(store, "event-1")
        assert store.journal_failure == "journal.failed"
        (folder / "journal").unlink()
        chart_it(store, "event-2")
        assert store.journal_failure == ""
    assert len(list(Journal(folder / "journal").read())) == 2


def test_a_dose_is_saved_whatever_befalls_the_journal(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def busy(_self: Safekeeping) -> None:
        raise StoreBusyError(cause="busy")

    with opened(folder) as store:
        monkeypatch.setattr(Safekeeping, "_catch_up", busy)
        chart_it(store, "event-1")
        assert store.journal_failure == "store.busy"


def test_what_the_journal_lacks_is_counted(folder: Path) -> None:
    with opened(folder) as store:
        assert store.journal_lacks(folder / "journal") == 0
        chart_it(store, "event-1")
        assert store.journal_lacks(folder / "journal") == 0
        assert store.journal_lacks(folder / "another") == 1
        (folder / "no-folder").mkdir()
        (folder / "no-folder" / "00000001.journal").write_bytes(b"seal nothing\n")
        assert store.journal_lacks(folder / "no-folder") is None
    with Store.open(folder / "other.db", ward=ward.WARD) as other:
        assert other.journal_lacks(folder / "journal") is None


def test_a_store_that_is_only_looked_at_is_not_compared(folder: Path) -> None:
    with opened(folder) as store:
        chart_it(store, "event-1")
        epoch = store.epoch
    with Store.open(folder / "data" / "station.db") as looked_at:
        assert (looked_at.epoch, looked_at.setback()) == (epoch, None)


OPENS_ON_A_FULL_DISK = """
import resource, signal, sys
from pathlib import Path
from tests.store.test_restored import opened

signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
resource.setrlimit(resource.RLIMIT_FSIZE, (40_000, resource.RLIM_INFINITY))
with opened(Path(sys.argv[1])):
    pass
"""


@pytest.mark.skipif(sys.platform == "win32", reason="limits the size of files as POSIX does")
def test_an_altered_journal_is_put_aside_only_when_what_it_gave_back_is_kept(folder: Path) -> None:
    """The disk is full at the commit: the next start must find the journal as it was."""
    with opened(folder):
        backup(folder)
    with opened(folder) as store:
        for number in range(40):
            chart_it(store, f"event-{number}")
    (file,) = (folder / "journal").iterdir()
    file.write_bytes(file.read_bytes().replace(b'"event-39"', b'"event-99"'))
    restore(folder)
    with run(OPENS_ON_A_FULL_DISK, str(folder), stderr=subprocess.PIPE) as child:
        _, error = child.communicate(timeout=60)
    assert "StoreUnwritableError" in error
    with opened(folder) as store:
        assert len(events(store)) == 39
        found = store.setback()
        assert found is not None
        assert (found.brought_back, found.missing) == (39, 1)
