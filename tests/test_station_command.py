"""``bcma station`` against a real sandbox EMR: read it, enrol somebody."""

import getpass
from collections.abc import Callable
from pathlib import Path

import pytest

from bcma.__main__ import main
from bcma.emr.sandbox import Sandbox

_STAFF = b"""{"resourceType": "Bundle", "type": "transaction", "entry": [
 {"resource": {"resourceType": "Practitioner", "id": "s1", "active": true,
   "identifier": [{"system": "urn:bcma:badge", "value": "NV-0001"}],
   "name": [{"text": "Invented Nurse"}]},
  "request": {"method": "PUT", "url": "Practitioner/s1"}},
 {"resource": {"resourceType": "PractitionerRole", "id": "r1", "active": true,
   "practitioner": {"reference": "Practitioner/s1"},
   "code": [{"coding": [{"system": "http://terminology.hl7.org/CodeSystem/practitioner-role",
                         "code": "nurse"}]}]},
  "request": {"method": "PUT", "url": "PractitionerRole/r1"}}]}"""


@pytest.fixture
def workstation(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., int]:
    monkeypatch.setenv("BCMA_DATA_FOLDER", str(tmp_path))

    def command(*arguments: str) -> int:
        return main(["--language", "en", "station", *arguments])

    return command


def typed(monkeypatch: pytest.MonkeyPatch, *pins: str) -> None:
    waiting = iter(pins)
    monkeypatch.setattr(getpass, "getpass", lambda _prompt: next(waiting))


def test_it_reads_the_emr_and_enrols_a_nurse(
    workstation: Callable[..., int],
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    with Sandbox() as emr:
        emr.load(_STAFF)
        monkeypatch.setenv("BCMA_EMR_URL", emr.base_url)
        assert workstation("sync") == 0
        typed(monkeypatch, "4711", "4711")
        assert workstation("enrol", "--badge", "NV-0001") == 0
    printed = capsys.readouterr().out
    assert "Practitioner: 1" in printed
    assert "NV-0001 may sign in" in printed
    assert "4711" not in printed


@pytest.mark.parametrize(
    "case",
    [
        ("NV-0001", ("4711", "4712"), "two PINs differ"),
        ("NV-0001", ("47",), "at least 4"),
        ("NV-9999", ("4711", "4711"), "badge"),
    ],
)
def test_nobody_is_enrolled_by_mistake(
    workstation: Callable[..., int],
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    case: tuple[str, tuple[str, ...], str],
) -> None:
    badge, pins, said = case
    with Sandbox() as emr:
        emr.load(_STAFF)
        monkeypatch.setenv("BCMA_EMR_URL", emr.base_url)
        typed(monkeypatch, *pins)
        assert workstation("enrol", "--badge", badge) == 2
    assert said in capsys.readouterr().err


def test_an_emr_out_of_reach_is_said_in_a_sentence(
    workstation: Callable[..., int],
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setenv("BCMA_EMR_URL", "http://127.0.0.1:9/fhir")
    assert workstation("sync") == 1
    assert "EMR" in capsys.readouterr().out
