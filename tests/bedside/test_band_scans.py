"""Which scans are told to other stations, and which of theirs concern this pass."""

from datetime import timedelta

import pytest

from bcma.bedside import Phase, Proof
from bcma.model.people import BandScan
from tests.bedside.ward import BAND, GONE_BAND, OLD_BAND, OTHER_BAND, Bedside, code, held
from tests.rules.builders import MINUTE, NOW, SECOND


def test_a_band_that_opened_its_patient_is_told() -> None:
    ward = Bedside().opened()
    assert ward.scans == [
        BandScan(patient_id="p1", band=BAND, station="A", at=ward.now, by_id="n1")
    ]
    ward.scan(BAND)
    assert len(ward.scans) == 2


@pytest.mark.parametrize("band", [OLD_BAND, GONE_BAND, "BN9999.1"])
def test_a_band_that_opened_nobody_is_not_told(band: str) -> None:
    ward = Bedside().signed_in()
    ward.scan(band)
    assert ward.scans == []


def test_another_patients_band_in_mid_dose_is_not_told() -> None:
    ward = Bedside().in_phase(Phase.JUDGED)
    ward.scan(OTHER_BAND)
    assert [scan.patient_id for scan in ward.scans] == ["p1"]


def elsewhere(before: timedelta, **changes: str) -> BandScan:
    values = {"patient_id": "p1", "band": BAND, "station": "B", "by_id": "n2"} | changes
    return BandScan(at=NOW + SECOND - before, **values)


WARNED = {"patient.band-elsewhere"}


@pytest.mark.hazard("H03")
@pytest.mark.parametrize(
    "scans,expected",
    [
        ([elsewhere(MINUTE)], WARNED),
        ([elsewhere(0 * MINUTE)], WARNED),
        ([elsewhere(-SECOND)], set()),
        ([elsewhere(MINUTE, station="A")], set()),
        ([elsewhere(MINUTE, band=OLD_BAND)], set()),
        ([elsewhere(60 * MINUTE), elsewhere(MINUTE)], WARNED),
        ([elsewhere(MINUTE), elsewhere(60 * MINUTE)], WARNED),
        ([elsewhere(60 * MINUTE)], set()),
    ],
)
def test_the_last_scan_before_ours_on_another_station_counts(
    scans: list[BandScan], expected: set[str]
) -> None:
    ward = Bedside(scans=scans).signed_in()
    state = ward.scan(BAND)
    assert state.verdict is not None
    assert {f.code for f in state.verdict.findings if f.holds_back} == expected


def test_the_reason_holds_for_the_pass() -> None:
    ward = Bedside(scans=[elsewhere(MINUTE)]).in_phase(Phase.JUDGED)
    assert held(ward.pass_.state()) == WARNED
    released = ward.pass_.release("patient.band-elsewhere", Proof(reason="emergency"))
    assert held(released) == set()
    ward.pass_.give()
    assert held(ward.scan(code(2))) == {"dose.incomplete"}
