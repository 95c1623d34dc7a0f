"""What a person charts is signed by them, and the EMR's copy can be checked."""

import base64
import sqlite3
from dataclasses import replace
from pathlib import Path

import pytest

from bcma.__main__ import main
from bcma.access import Keys, Standing, check_provenance, check_store, keys_of, public_key
from bcma.app import Station
from bcma.bedside.acts import Correct
from bcma.emr.fhir_map import canonical
from tests.app.conftest import NURSE, PIN, Hospital, Json


def keys(station: Station) -> Keys:
    return keys_of([public_key(station.config.data_folder)])


def provenances(hospital: Hospital) -> list[Json]:
    return hospital.on_emr("Provenance?_sort=_lastUpdated")


def content_of(provenance: Json) -> bytes:
    (signature,) = provenance["signature"]
    body = base64.b64decode(signature["data"]).split(b".")[1]
    return base64.urlsafe_b64decode(body + b"==")


def test_what_the_emr_has_of_a_dose_is_what_the_nurse_signed(hospital: Hospital) -> None:
    hospital.give(hospital.a, NURSE, "U1")
    assert hospital.a.sync_now().delivered == 1
    (dose,) = hospital.on_emr("MedicationAdministration")
    (told,) = provenances(hospital)
    (signature,) = told["signature"]
    assert signature["type"][0]["code"] == "1.2.840.10065.1.12.1.1"
    assert signature["who"] == told["agent"][0]["who"]
    formats = signature["sigFormat"], signature["targetFormat"]
    assert formats == ("application/jose", "application/fhir+json")
    assert content_of(told) == canonical(dose)
    assert b"urn:bcma:ext:epoch" in content_of(told)
    assert check_provenance(told, keys(hospital.a), dose) is Standing.GOOD
    assert check_provenance(told, keys(hospital.b), dose) is Standing.UNKNOWN_KEY
    altered = {**dose, "status": "not-done"}
    assert check_provenance(told, keys(hospital.a), altered) is Standing.ALTERED


def test_a_correction_is_signed_as_well(hospital: Hospital) -> None:
    event = hospital.give(hospital.a, NURSE, "U1")
    hospital.a.sync_now()
    hospital.time.goes_on(minutes=1)
    hospital.a.act_on(event, Correct("other"))
    assert hospital.a.sync_now().delivered == 1
    (dose,) = hospital.on_emr("MedicationAdministration")
    assert dose["status"] == "entered-in-error"
    told = provenances(hospital)
    signed = {content_of(one): one for one in told}
    assert len(signed) == 2
    last = signed[canonical(dose)]
    assert check_provenance(last, keys(hospital.a), dose) is Standing.GOOD


def test_a_station_without_its_key_records_unsigned_and_says_so(
    hospital: Hospital, tmp_path: Path
) -> None:
    folder = tmp_path / "cart"
    (folder / "signing-key.json").mkdir(parents=True)
    config = replace(hospital.a.config, station="C", data_folder=folder)
    with Station(config, hospital.time, policy=hospital.a.policy) as station:
        assert station.health().signing_failure == "signing.no-key"
        station.sync_now()
        station.enrol(NURSE, PIN)
        hospital.give(station, NURSE, "U1")
        assert station.sync_now().delivered == 1
    (told,) = provenances(hospital)
    assert "signature" not in told
    assert hospital.a.health().signing_failure == ""


def test_a_restart_keeps_the_key_and_what_was_signed_before_it(hospital: Hospital) -> None:
    hospital.give(hospital.a, NURSE, "U1")
    before = keys(hospital.a)
    hospital.a.close()
    with Station(hospital.a.config, hospital.time, policy=hospital.a.policy) as again:
        assert set(keys(again)) == set(before)
        assert again.sync_now().delivered == 1
    (dose,) = hospital.on_emr("MedicationAdministration")
    (told,) = provenances(hospital)
    assert check_provenance(told, before, dose) is Standing.GOOD


@pytest.mark.hazard("H92")
def test_a_lost_store_gets_the_signatures_back_from_its_journal(hospital: Hospital) -> None:
    hospital.give(hospital.a, NURSE, "U1")
    folder = hospital.a.config.data_folder
    hospital.a.close()
    for file in folder.glob("station.db*"):
        file.unlink()
    with Station(hospital.a.config, hospital.time, policy=hospital.a.policy) as again:
        (event,) = check_store(again.store, keys(again))
        assert event.standing is Standing.GOOD
        again.sync_now()
    (dose,) = hospital.on_emr("MedicationAdministration")
    (told,) = provenances(hospital)
    assert check_provenance(told, keys(hospital.a), dose) is Standing.GOOD


def test_the_command_prints_the_key_and_finds_what_was_altered(
    hospital: Hospital, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    event = hospital.give(hospital.a, NURSE, "U1")
    folder = hospital.a.config.data_folder
    monkeypatch.setenv("BCMA_DATA_FOLDER", str(folder))
    run = ["--language", "en", "audit"]
    assert main([*run, "key"]) == 0
    shown = capsys.readouterr()
    kid = str(public_key(folder)["kid"])
    assert f'"kid":"{kid}"' in shown.out
    assert '"d"' not in shown.out
    assert kid in shown.err
    assert main([*run, "signatures"]) == 0
    assert "Signatures that hold: 1; records without one: 0" in capsys.readouterr().out
    raw = sqlite3.connect(folder / "station.db")
    raw.execute("UPDATE event SET signature = CAST(replace(signature, '.', '.A') AS BLOB)")
    raw.commit()
    raw.close()
    assert main([*run, "signatures"]) == 1
    assert f"Record {event}, version 1: what was signed was altered" in capsys.readouterr().out
    other = folder / "other.json"
    (folder / "signing-key.json").unlink()
    assert main([*run, "signatures"]) == 2
    other.write_text("{}")
    assert main([*run, "signatures", "--keys", str(other)]) == 2
