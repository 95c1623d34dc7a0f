"""A store that was restored from an older copy counts anew: nothing of it may be lost (H92)."""

import shutil
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from uuid import uuid4

import pytest

from bcma.emr.fhir_client import FhirClient
from bcma.model.events import AllergyAsked
from bcma.model.people import BandScan
from bcma.model.ports import SaveOutcome
from bcma.model.record import RecordStatus
from bcma.store import Origin, Setback, Store
from bcma.sync import Sync
from tests.store import ward
from tests.sync.conftest import EVENT, Emr, Station, TestClock, make_station
from tests.sync.test_push import on_emr


@pytest.fixture
def restored(tmp_path: Path, emr: Emr, station: Station) -> Iterator[Station]:
    """Give a copy of the station as it was before the first correction."""
    station.sync.sync_now()
    record = ward.given(station.store, EVENT)
    assert station.store.recorder.record(record).outcome is SaveOutcome.SAVED
    station.sync.sync_now()
    copy_store(tmp_path)
    made = make_station(tmp_path, emr, "copy")
    yield made
    made.client.close()
    made.store.close()


def copy_store(folder: Path) -> None:
    for file in folder.glob("A.db*"):
        shutil.copy2(file, folder / file.name.replace("A.db", "copy.db"))


def change(station: Station, status: RecordStatus, reason: str) -> None:
    before = station.store.charts.recorded(EVENT)
    assert before is not None
    after = replace(before, status=status, reason=reason, revision=before.revision + 1)
    assert station.store.recorder.record(after).outcome is SaveOutcome.SAVED


@pytest.mark.hazard("H92")
def test_another_change_of_the_same_number_does_not_pass_for_the_one_that_is_there(
    station: Station, restored: Station
) -> None:
    change(station, RecordStatus.LOST, "vomited")
    assert station.sync.sync_now().delivered == 1
    change(restored, RecordStatus.ENTERED_IN_ERROR, "other")  # of the same version, without a pull
    report = restored.sync.sync_now()
    assert (report.delivered, report.problems) == (0, 1), "told to a person, not lost in silence"


@pytest.mark.hazard("H92")
def test_the_same_change_from_both_copies_is_there_once(
    station: Station, restored: Station
) -> None:
    change(station, RecordStatus.LOST, "vomited")
    change(restored, RecordStatus.LOST, "vomited")
    assert station.sync.sync_now().delivered == 1
    report = restored.sync.sync_now()
    assert (report.delivered, report.problems) == (1, 0)
    (there,) = restored.client.search_all("MedicationAdministration")
    assert there.resource["meta"]["versionId"] == "2"  # type: ignore[index]


@pytest.mark.hazard("H85", "H92")
@pytest.mark.parametrize("emr", ["transactions", "puts", "plain creates"], indirect=True)
def test_what_waits_in_a_copy_is_not_written_over_what_became_of_it(
    tmp_path: Path, emr: Emr, station: Station
) -> None:
    """A copy made before a dose was sent still has it to send, when it was corrected long ago."""
    station.sync.sync_now()
    record = ward.given(station.store, EVENT)
    assert station.store.recorder.record(record).outcome is SaveOutcome.SAVED
    asked = AllergyAsked(
        event_id=str(uuid4()), patient_id="p1", at=ward.NOW, by_id="n1", substance="penicillin"
    )
    assert station.store.recorder.file(asked).outcome is SaveOutcome.SAVED
    copy_store(tmp_path)
    station.sync.sync_now()
    change(station, RecordStatus.ENTERED_IN_ERROR, "other")
    station.sync.sync_now()
    (allergy,) = on_emr(station, "AllergyIntolerance")
    emr.load({**allergy, "verificationStatus": {"coding": [{"code": "confirmed"}]}})
    copy = make_station(tmp_path, emr, "copy")
    report = copy.sync.sync_now()
    copy.client.close()
    copy.store.close()
    assert (report.delivered, report.unsent) == (2, 0)
    (dose,) = on_emr(station)
    assert dose["status"] == "entered-in-error"
    (allergy,) = on_emr(station, "AllergyIntolerance")
    assert allergy["verificationStatus"]["coding"] == [{"code": "confirmed"}]


@pytest.mark.hazard("H92")
def test_no_band_scan_takes_the_place_of_one_that_was_sent_before(
    station: Station, restored: Station
) -> None:
    for seconds, one in enumerate((station, restored)):
        at = ward.NOW.replace(second=seconds)
        one.store.recorder.band_scanned(
            BandScan(patient_id="p1", band="B1.01", station="A", at=at, by_id="n1")
        )
        one.sync.sync_now()
    assert len(station.client.search_all("AuditEvent", {"subtype": "band-scan"})) == 2


@pytest.mark.hazard("H92")
def test_the_emrs_own_records_tell_that_the_store_went_back(
    emr: Emr, station: Station, restored: Station
) -> None:
    epoch = restored.store.epoch
    assert station.store.epoch == epoch
    given = ward.given(station.store, str(uuid4()), slot=None, slot_id="later")
    assert station.store.recorder.record(given).outcome is SaveOutcome.SAVED
    change(station, RecordStatus.LOST, "vomited")
    assert station.sync.sync_now().delivered == 2
    emr.tick()
    restored.sync.sync_now()
    assert restored.store.setback() == Setback(restored=True, missing=2, patients=("p1",))
    assert restored.store.epoch != epoch, "never two stores under one epoch"
    assert len(ward.chart(restored.store).administrations) == 2, "the doses themselves are known"
    emr.tick()
    restored.sync.sync_now()
    station.sync.sync_now()
    assert restored.store.setback() == Setback(restored=True, missing=2, patients=("p1",))
    assert station.store.setback() is None


@pytest.mark.hazard("H92")
def test_what_a_store_wrote_itself_is_no_sign_of_anything(emr: Emr, station: Station) -> None:
    station.sync.sync_now()
    given = ward.given(station.store, EVENT)
    assert station.store.recorder.record(given).outcome is SaveOutcome.SAVED
    station.sync.sync_now()
    emr.tick()
    change(station, RecordStatus.LOST, "vomited")
    station.sync.sync_now()
    emr.tick()
    station.sync.sync_now()
    assert station.store.setback() is None
    (there,) = station.client.search_all("MedicationAdministration")
    epochs = [
        extension["valueString"]
        for extension in there.resource["extension"]  # type: ignore[attr-defined]
        if extension["url"] == "urn:bcma:ext:epoch"
    ]
    assert epochs == [station.store.epoch]


@pytest.mark.hazard("H92")
def test_a_record_that_a_restored_store_brings_back_is_not_written_twice(
    tmp_path: Path, emr: Emr
) -> None:
    """Both versions are on the EMR already: the restored store looks, and writes neither."""
    origin = Origin(machine="cart-1", journal=tmp_path / "journal", now=ward.NOW)
    with FhirClient(emr.sandbox.base_url, now=emr.clock) as client:
        file, clock = tmp_path / "A.db", TestClock(emr.clock)
        with Store.open(file, ward=ward.WARD, origin=origin) as store:
            Sync(store, client, clock).sync_now()
        shutil.copy2(file, tmp_path / "backup.db")
        with Store.open(file, ward=ward.WARD, origin=origin) as store:
            before = Station(store, client, Sync(store, client, clock), clock)
            assert store.recorder.record(ward.given(store, EVENT)).outcome is SaveOutcome.SAVED
            change(before, RecordStatus.LOST, "vomited")
            assert before.sync.sync_now().delivered == 2
        shutil.copy2(tmp_path / "backup.db", file)
        with Store.open(file, ward=ward.WARD, origin=origin) as store:
            emr.tick()
            report = Sync(store, client, clock).sync_now()
            assert (report.delivered, report.unsent, report.problems) == (2, 0, 0)
            found = store.setback()
            assert found is not None
            assert (found.brought_back, found.missing) == (2, 0)
        (there,) = client.search_all("MedicationAdministration")
        assert there.resource["meta"]["versionId"] == "2"  # type: ignore[index]
        assert len(client.search_all("Provenance")) == 2
