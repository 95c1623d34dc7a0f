"""A store that was restored from an older copy counts anew: nothing of it may be lost (H92)."""

import shutil
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from bcma.model.people import BandScan
from bcma.model.ports import SaveOutcome
from bcma.model.record import RecordStatus
from tests.store import ward
from tests.sync.conftest import EVENT, Emr, Station, make_station


@pytest.fixture
def restored(tmp_path: Path, emr: Emr, station: Station) -> Iterator[Station]:
    """Give a copy of the station as it was before the first correction."""
    station.sync.sync_now()
    record = ward.given(station.store, EVENT)
    assert station.store.recorder.record(record).outcome is SaveOutcome.SAVED
    station.sync.sync_now()
    for file in tmp_path.glob("A.db*"):
        shutil.copy2(file, tmp_path / file.name.replace("A.db", "copy.db"))
    made = make_station(tmp_path, emr, "copy")
    yield made
    made.client.close()
    made.store.close()


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
    assert len(station.client.search_all("AuditEvent")) == 2
