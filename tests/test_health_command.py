"""``bcma health``: what is well and what needs a person, in sentences, as JSON, by exit status."""

import json
import os
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import httpx
import pytest

from bcma.__main__ import main
from bcma.app import SystemClock, check_up, checkup
from bcma.config import load_config
from bcma.emr.sandbox import Sandbox
from bcma.store import Loss, Origin, Store
from tests.store import ward

Health = Callable[..., int]


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "station.db"


@pytest.fixture
def health(file: Path, monkeypatch: pytest.MonkeyPatch) -> Health:
    monkeypatch.setenv("BCMA_DATA_FOLDER", str(file.parent))
    monkeypatch.setenv("BCMA_EMR_URL", "http://127.0.0.1:9/fhir")
    return lambda *more: main(["--language", "en", "health", *more])


def signs(capsys: pytest.CaptureFixture[str]) -> dict[str, dict[str, Any]]:
    """Give what was printed as JSON, by code."""
    found = json.loads(capsys.readouterr().out)
    assert found["well"] == all(sign["well"] for sign in found["signs"])
    return {sign["code"]: sign for sign in found["signs"]}


def test_a_station_that_works_is_well(
    health: Health,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    file: Path,
) -> None:
    with Sandbox() as emr, Store.open(file) as store:
        monkeypatch.setenv("BCMA_EMR_URL", emr.base_url)
        monkeypatch.setenv("BCMA_DATA_FOLDER", str(file.parent))
        store.staff.enrol("n1", "hash", "", ward.NOW)
        assert main(["station", "sync"]) == 0
        capsys.readouterr()
        assert health() == 0
        told = capsys.readouterr().out
        assert health("--json") == 0
    assert "This station is well" in told
    assert [line for line in told.splitlines()[:-1] if not line.startswith("✓ ")] == []
    found = signs(capsys)
    assert list(found) == [
        "store", "audit", "journal", "staff", "key", "emr", "clock", "orders",
        "unsent", "unclear", "refused", "untold", "disk",
    ]  # fmt: skip
    assert found["store"]["kind"] == "sqlite"
    assert found["audit"]["count"] == found["staff"]["count"] == 1
    assert found["untold"]["count"] == 0
    assert abs(found["clock"]["seconds"]) <= 2
    assert found["disk"]["free"] > 0


def test_a_new_station_without_a_network_needs_a_person(
    health: Health, capsys: pytest.CaptureFixture[str], file: Path
) -> None:
    with Store.open(file):
        pass
    assert health("--json") == 1
    ill = {code for code, sign in signs(capsys).items() if not sign["well"]}
    assert ill == {"staff", "key", "emr", "orders"}
    assert health() == 1
    told = capsys.readouterr().out
    assert "✗ EMR: The EMR cannot be reached" in told
    assert "Doses are recorded all the same, but unsigned" in told
    assert "Start the program here once" in told
    assert "Need a person: 4" in told


def test_where_there_is_no_store_none_is_made(
    health: Health, capsys: pytest.CaptureFixture[str], file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = file.parent / "of" / "nobody"
    monkeypatch.setenv("BCMA_DATA_FOLDER", str(folder))
    with Sandbox() as emr:
        monkeypatch.setenv("BCMA_EMR_URL", emr.base_url)
        assert health() == 1
    told = capsys.readouterr().out
    assert f"✗ Store cannot be opened: There is no store in the folder {folder}" in told
    assert "✓ EMR: reached" in told, "what can be looked at is looked at"
    assert "✓ Disk free" in told
    assert not folder.parent.exists()


def test_language_and_zone_are_those_of_the_workstation(
    file: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    settings = tmp_path / "station.toml"
    with Store.open(file) as store:
        store.take_page((), complete_at=datetime(2026, 3, 2, 12, 0, tzinfo=UTC))
    folder = json.dumps(str(file.parent))
    text = f'language = "en"\nzone = "Europe/Berlin"\ndata_folder = {folder}\n'
    settings.write_text(f'{text}[emr]\nurl = "http://127.0.0.1:9/fhir"\n', encoding="utf-8")
    assert main(["health", "--config", str(settings)]) == 1
    assert "Orders are old, last complete: 13:00 02/03" in capsys.readouterr().out
    assert main(["--language", "vi", "health", "--config", str(settings)]) == 1
    assert "lần nhận đủ gần nhất: 13:00 02/03" in capsys.readouterr().out


@pytest.mark.hazard("H87")
def test_what_was_refused_or_waits_too_long_is_told_with_its_age(
    health: Health, capsys: pytest.CaptureFixture[str], file: Path
) -> None:
    with Store.open(file, ward=ward.WARD) as store:
        ward.fill(store)
        for number in range(3):
            record = ward.given(store, f"event-{number}", slot=None, slot_id=f"s{number}")
            store.recorder.record(record)
        first, *_ = store.outbox.deliverable()
        store.outbox.refused(first.sequence, "emr.refused", at=ward.NOW)
        backlog = store.backlog()
    assert (backlog.waiting, backlog.refused) == (2, 1)
    assert health("--json") == 1
    found = signs(capsys)
    assert not found["refused"]["well"]
    assert found["refused"]["count"] == 1
    assert not found["unsent"]["well"]
    assert found["unsent"]["count"] == 2
    assert health() == 1
    told = capsys.readouterr().out
    assert "Refused by the EMR: 1, the oldest from" in told
    assert "Nguyễn" not in told


@pytest.mark.hazard("H85")
def test_what_of_the_audit_trail_the_emr_lacks_is_told_with_its_age(
    health: Health, capsys: pytest.CaptureFixture[str], file: Path
) -> None:
    with Store.open(file) as store:
        store.staff.enrol("n1", "hash", "", datetime.now(UTC))
    health("--json")
    assert signs(capsys)["untold"]["well"], "a moment ago"
    with Store.open(file) as store:
        store.staff.succeeded("n1", ward.NOW)
    assert health("--json") == 1
    untold = signs(capsys)["untold"]
    assert (untold["well"], untold["count"]) == (False, 2)
    assert datetime.fromisoformat(untold["since"]) == ward.NOW
    assert health() == 1
    said = "✗ Entries of the audit trail not yet on the EMR: 2, the oldest from"
    assert said in capsys.readouterr().out


@pytest.mark.usefixtures("health")
@pytest.mark.parametrize("kept, code", [(["AuditEvent"], "untold"), ([], "audit-stays")])
def test_an_emr_that_keeps_no_audit_trail_needs_nobody(
    file: Path, kept: list[str], code: str
) -> None:
    with Store.open(file) as store:
        store.staff.enrol("n1", "hash", "", ward.NOW)
    kinds = [{"type": kind} for kind in ("Patient", *kept)]
    rest = [{"mode": "server", "resource": kinds}]
    said = {"resourceType": "CapabilityStatement", "fhirVersion": "4.0.1", "rest": rest}
    server = httpx.MockTransport(lambda _: httpx.Response(200, json=said))
    found = check_up(load_config(None, os.environ), SystemClock(), transport=server)
    (sign,) = (sign for sign in found.signs if sign.code in {"untold", "audit-stays"})
    assert (sign.code, sign.well, sign.facts["count"]) == (code, code == "audit-stays", 1)


@pytest.mark.hazard("H92")
def test_an_emr_that_suddenly_lacks_much_is_told(
    health: Health, capsys: pytest.CaptureFixture[str], file: Path
) -> None:
    with Store.open(file) as store:
        store.losses.note([Loss("MedicationRequest", 341, 1204), Loss("Flag", 12, 12)])
    assert health("--json") == 1
    assert signs(capsys)["shrank"] == {"code": "shrank", "well": False, "count": 353}
    assert health() == 1
    assert "✗ The EMR lacks 353 resources" in capsys.readouterr().out


@pytest.mark.hazard("H92")
def test_a_restored_store_and_what_the_journal_lacks_are_told(
    health: Health, capsys: pytest.CaptureFixture[str], file: Path
) -> None:
    elsewhere = file.parent / "elsewhere"
    origin = Origin(machine="cart-1", journal=elsewhere, now=ward.NOW)
    for machine in ("cart-1", "cart-2"):
        origin = replace(origin, machine=machine)
        with Store.open(file, ward=ward.WARD, origin=origin) as store:
            ward.fill(store)
            record = ward.given(store, machine, slot=None, slot_id=machine)
            store.recorder.record(record)
    assert health("--json") == 1
    found = signs(capsys)
    assert not found["copied"]["well"]
    assert (found["journal"]["well"], found["journal"]["count"]) == (False, 2)
    assert health() == 1
    told = capsys.readouterr().out
    assert "2 records are not in it" in told
    assert "made on another machine" in told
    file.unlink()
    with Store.open(file, origin=origin):
        pass
    assert health() == 1
    assert "2 records came back from the journal" in capsys.readouterr().out


@pytest.mark.hazard("H85")
def test_a_broken_trail_is_told_with_its_reason(
    health: Health, capsys: pytest.CaptureFixture[str], file: Path
) -> None:
    with Store.open(file) as store:
        store.staff.enrol("n1", "hash", "", ward.NOW)
        with store._database.write() as connection:  # noqa: SLF001 - what is altered lies beneath
            connection.exec_driver_sql("DELETE FROM audit")
    assert health() == 1
    assert "✗ Audit trail cut after entry 0" in capsys.readouterr().out


def test_a_store_that_cannot_be_opened_is_told(
    health: Health, capsys: pytest.CaptureFixture[str], file: Path
) -> None:
    file.write_bytes(b"no store" * 100)
    assert health() == 1
    told = capsys.readouterr().out
    assert "✗ Store cannot be opened: The store is damaged." in told
    assert "✓ Disk free" in told


def test_a_disk_that_is_nearly_full_is_told(
    health: Health, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(checkup, "_LEAST_ROOM", 2**80)
    assert health("--json") == 1
    assert not signs(capsys)["disk"]["well"]
