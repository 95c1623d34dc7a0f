"""``bcma audit verify``: whole or broken, in a sentence and in the exit status."""

import sqlite3
from collections.abc import Callable
from pathlib import Path

import pytest

from bcma.__main__ import main
from bcma.model.people import BandScan
from bcma.store import Store
from tests.store import ward

Verify = Callable[..., int]


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """Give a store with three entries."""
    path = tmp_path / "station.db"
    with Store.open(path) as store:
        for _ in range(3):
            scan = BandScan(patient_id="p1", band="B1.01", station="A", at=ward.NOW, by_id="n1")
            store.recorder.band_scanned(scan)
    return path


@pytest.fixture
def verify(file: Path, monkeypatch: pytest.MonkeyPatch) -> Verify:
    monkeypatch.setenv("BCMA_DATA_FOLDER", str(file.parent))
    return lambda *more: main(["--language", "en", "audit", "verify", *more])


def alter(file: Path, statement: str) -> None:
    raw = sqlite3.connect(file)
    raw.execute(statement)
    raw.commit()
    raw.close()


def test_a_whole_trail_tells_its_length_and_last_seal(
    verify: Verify, file: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with Store.open(file) as store:
        checked = store.check_audit()
    assert verify() == 0
    assert capsys.readouterr().out == f"Audit trail whole: 3 entries, last seal {checked.seal}\n"
    assert verify("--seal", checked.seal) == 0
    capsys.readouterr()
    assert verify("--seal", "0" * 64) == 1
    assert "No entry bears the seal" in capsys.readouterr().out


@pytest.mark.hazard("H85")
def test_no_trail_at_all_is_not_called_whole(
    verify: Verify,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setenv("BCMA_DATA_FOLDER", str(tmp_path / "other"))
    assert verify() == 2
    told = capsys.readouterr()
    assert told.out == ""
    assert f"There is no store in the folder {tmp_path / 'other'}" in told.err
    assert not (tmp_path / "other").exists()


@pytest.mark.hazard("H85")
@pytest.mark.parametrize(
    "statement, told",
    [
        ("UPDATE audit SET body = 'x' WHERE sequence = 2", "broken at entry 2"),
        ("DELETE FROM audit WHERE sequence = 3", "cut after entry 2"),
    ],
)
def test_a_broken_trail_is_told_with_place_reason_and_what_to_do(
    verify: Verify, file: Path, capsys: pytest.CaptureFixture[str], statement: str, told: str
) -> None:
    alter(file, statement)
    assert verify() == 1
    printed = capsys.readouterr().out
    assert told in printed
    assert "call IT" in printed


def test_a_store_that_cannot_be_read_is_a_failure(
    verify: Verify, file: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file.write_bytes(b"no store" * 100)
    assert verify() == 2
    assert "damaged" in capsys.readouterr().err


@pytest.mark.hazard("H85")
@pytest.mark.parametrize("is_left", [False, True], ids=["deleted", "emptied"])
def test_a_store_that_is_gone_is_no_whole_trail(
    verify: Verify, file: Path, capsys: pytest.CaptureFixture[str], *, is_left: bool
) -> None:
    file.unlink()
    if is_left:
        file.touch()
    assert verify() == 2
    assert "whole" not in capsys.readouterr().out
    assert (file.exists(), is_left and file.stat().st_size) == (is_left, 0)
