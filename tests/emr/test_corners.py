"""Corners of the standard that good servers seldom reach."""

from datetime import UTC, date, datetime, time

import pytest

from bcma.emr.fhir_map import read_administration
from bcma.emr.fhir_map.dates import read_day, read_last_day, read_moment, read_time
from bcma.model.record import RecordStatus
from tests.emr.resources import HANOI


@pytest.mark.hazard("H57")
@pytest.mark.parametrize(
    "text",
    [
        "2026-02-30",
        "2026-03",
        "2026-03-01T08:00:00",
        "2026-03-01T24:00:00+07:00",
        "2026-03-01T08:00:60+07:00",
        "2026-03-01 08:00:00+07:00",
        "0001-01-01T00:00:00+14:00",
        "9999-12-31",
        "２０２６-03-01",
    ],
)
def test_what_is_no_moment_is_none(text: str) -> None:
    assert read_moment(text, HANOI) is None


def test_moments_with_fractions_and_leap_days() -> None:
    found = read_moment("2028-02-29T08:00:00.123456789Z", None)
    assert found is not None
    assert found.exact
    assert found.first == datetime(2028, 2, 29, 8, 0, 0, 123456, tzinfo=UTC)
    whole = read_moment("2028-02-29", HANOI)
    assert whole is not None
    assert not whole.exact


def test_days_months_and_times() -> None:
    assert read_day("2026-03-01T23:00:00-05:00") == date(2026, 3, 1)
    assert read_day("2026-03-01T23:00") is None
    assert read_day("2026-13-01") is None
    assert read_last_day("2028-02") == date(2028, 2, 29)
    assert read_last_day("2026-13") is None
    assert read_time("08:00") == time(8)
    assert read_time("25:00:00") is None
    assert read_time("8:00") is None


def administration(**elements: object) -> dict[str, object]:
    return {
        "resourceType": "MedicationAdministration",
        "id": "ma1",
        "status": "completed",
        "subject": {"reference": "Patient/p1"},
        "effectiveDateTime": "2026-03-02T08:00:00+07:00",
    } | elements


@pytest.mark.hazard("H113")
@pytest.mark.parametrize("form", ["valueCode", "valueString"])
def test_another_stations_lost_dose(form: str) -> None:
    outcome = [{"url": "urn:bcma:ext:outcome", form: "vomited"}]
    assert read_administration(administration(extension=outcome)).status is RecordStatus.LOST


def test_an_outcome_that_is_not_known_is_named_and_the_dose_stays_given() -> None:
    outcome = [{"url": "urn:bcma:ext:outcome", "valueCode": "spilt"}]
    found = read_administration(administration(extension=outcome))
    assert found.status is RecordStatus.GIVEN
    assert found.problems


@pytest.mark.parametrize(
    "elements",
    [
        {"medicationReference": {"reference": "#none"}},
        {"medicationReference": {"reference": "Device/d"}},
        {"effectiveDateTime": None},
        {"extension": [{"url": "urn:bcma:ext:unit", "extension": [{"url": "colour"}]}]},
    ],
)
def test_what_cannot_be_read_of_a_record_is_named(elements: dict[str, object]) -> None:
    found = read_administration(administration(**elements))
    assert found.went_in
    assert found.problems


def test_people_are_known_by_what_they_did() -> None:
    system = "http://terminology.hl7.org/CodeSystem/med-admin-perform-function"

    def acted(code: str, who: str) -> dict[str, object]:
        function = {"coding": [{"system": system, "code": code}]}
        return {"function": function, "actor": {"reference": f"Practitioner/{who}"}}

    performers = [acted("witness", "n2"), acted("verifier", "n3"), {"actor": {"display": "Lan"}}]
    found = read_administration(administration(performer=performers))
    assert (found.giver_id, found.giver_name) == (None, "Lan")
    assert (found.witness_id, found.verifier_id) == ("n2", "n3")
