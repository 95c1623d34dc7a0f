"""A workstation that was restored from its backup, or copied to another machine (hazard H92)."""

import json
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import pytest

from bcma.app import SetbackNotice, Station, machine, wiring
from bcma.app.machine import fingerprint
from bcma.store import Setback, lineage
from tests.app.conftest import NURSE, PIN, Hospital, Json, load, order

pytestmark = pytest.mark.hazard("H92")


@contextmanager
def cart(hospital: Hospital, folder: Path, journal: Path) -> Iterator[Station]:
    """Open a third workstation, whose journal is on another disk."""
    config = replace(hospital.a.config, station="NOI/3", data_folder=folder, journal_folder=journal)
    with Station(config, hospital.time, policy=hospital.a.policy) as station:
        yield station


def set_up(hospital: Hospital, tmp_path: Path) -> tuple[Path, Path]:
    folder, journal = tmp_path / "cart", tmp_path / "disk-2"
    with cart(hospital, folder, journal) as station:
        station.sync_now()
        station.enrol(NURSE, PIN)
    shutil.copytree(folder, tmp_path / "backup")
    return folder, journal


def copy_for_another(resource: Json) -> Json:
    """Make of a resource about one patient the same about another one."""
    text = json.dumps(resource)
    for mine, theirs in (
        ("/p1", "/p909"),
        ('"p1"', '"p909"'),
        ("e1", "e909"),
        ("mr1", "mr909"),
        ("0001.", "0909."),
    ):
        text = text.replace(mine, theirs)
    copy: Json = json.loads(text)
    return copy


def test_a_dose_that_was_given_after_the_backup_is_not_given_again(
    hospital: Hospital, tmp_path: Path
) -> None:
    folder, journal = set_up(hospital, tmp_path)
    with cart(hospital, folder, journal) as station:
        event = hospital.give(station, NURSE, "U1")  # and not delivered any more
    shutil.rmtree(folder)
    shutil.copytree(tmp_path / "backup", folder)
    with cart(hospital, folder, journal) as station:
        found = station.health().setback
        assert found == SetbackNotice(
            restored=True, copied=False, brought_back=1, missing=0, names=("Trần Thị Bình",)
        )
        station.sign_in(NURSE, PIN)
        station.scan("BN0001.2")
        state = station.scan("]d201089350000000381727123110L1\u001d21U2")
        assert state.verdict is not None
        assert "time.already-given" in {f.code for f in state.verdict.findings}
        assert station.sync_now().delivered == 1
    (there,) = hospital.on_emr("MedicationAdministration")
    assert there["identifier"][0]["value"] == event


def test_who_came_after_the_backup_is_counted(hospital: Hospital, tmp_path: Path) -> None:
    folder, journal = set_up(hospital, tmp_path)
    new = [copy_for_another(found) for found in hospital.on_emr("Patient") if found["id"] == "p1"]
    new += [copy_for_another(e) for e in hospital.on_emr("Encounter") if e["id"] == "e1"]
    load(hospital.emr, *new, copy_for_another(order()))
    with cart(hospital, folder, journal) as station:
        hospital.time.goes_on(minutes=1)
        assert station.sync_now().reached
        hospital.give(station, NURSE, "U1")
        station.scan("BN0909.2")
        station.scan("]d201089350000000381727123110L1\u001d21U2")
        station.answer("drug.allergies-unknown", "none")
        assert station.give().written is not None
    shutil.rmtree(folder)
    shutil.copytree(tmp_path / "backup", folder)
    with cart(hospital, folder, journal) as station:
        found = station.health().setback
        assert found is not None
        assert (found.brought_back, found.names, found.unnamed) == (3, ("Trần Thị Bình",), 1)
        assert station.sync_now().reached
        found = station.health().setback
        assert found is not None
        assert (len(found.names), found.unnamed) == (2, 0), "the EMR told the name"


def test_it_is_told_until_somebody_who_is_signed_in_has_seen_it(
    hospital: Hospital, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder, journal = set_up(hospital, tmp_path)
    monkeypatch.setattr(wiring, "fingerprint", lambda: "another machine")
    with cart(hospital, folder, journal) as station:
        found = station.health().setback
        assert found is not None
        assert found.copied
        assert not station.custody.seen(), "nobody is signed in"
        assert station.health().setback is not None
        station.sign_in(NURSE, PIN)
        assert station.custody.seen()
        assert station.health().setback is None


def test_what_was_found_after_it_was_shown_is_told_before_it_is_seen(
    hospital: Hospital, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The EMR's records tell more while the nurse reads whose charts to look at."""
    folder, journal = set_up(hospital, tmp_path)
    monkeypatch.setattr(wiring, "fingerprint", lambda: "another machine")
    with cart(hospital, folder, journal) as station:
        station.sign_in(NURSE, PIN)
        assert station.health().setback is not None
        more = Setback(restored=True, missing=1, patients=("p1",))
        with station.store._database.write() as connection:  # noqa: SLF001 - as the sync thread
            lineage.set_back(connection, more)
        assert not station.custody.seen()
        shown = station.health().setback
        assert shown is not None
        assert (shown.copied, shown.restored, shown.missing) == (True, True, 1)
        assert station.custody.seen()
        assert station.health().setback is None


def test_without_a_setting_the_journal_is_beside_the_store(hospital: Hospital) -> None:
    beside = hospital.a.config.data_folder / "journal" / hospital.a.config.station
    assert hospital.a.health().journal_failure == ""
    hospital.give(hospital.a, NURSE, "U1")
    assert list(beside.iterdir())


def test_a_station_may_have_any_name(hospital: Hospital, tmp_path: Path) -> None:
    folder, journal = set_up(hospital, tmp_path)
    with cart(hospital, folder, journal) as station:
        hospital.give(station, NURSE, "U1")
    assert [place.name for place in journal.iterdir()] == ["NOI%2F3"]


def test_a_machine_is_the_same_at_every_start_and_no_other(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert fingerprint() == fingerprint()
    numbers = tmp_path / "none", tmp_path / "machine-id"
    monkeypatch.setattr(machine, "_FILES", numbers)
    without = fingerprint()
    numbers[1].write_text("0123\n", encoding="ascii")
    first = fingerprint()
    numbers[1].write_text("4567\n", encoding="ascii")
    assert len({without, first, fingerprint()}) == 3
