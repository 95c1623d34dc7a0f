"""The version of an order: equal for a copy written anew, another one for every change."""

import pytest

from bcma.emr.fhir_map import read_order
from tests.emr.resources import (
    changed,
    dosage_with,
    drug_file,
    load,
    order_with,
    quantity,
    repeat_with,
)

WRITTEN = read_order(load("order"), drug_file).version


@pytest.mark.hazard("H103")
def test_tomorrows_copy_has_the_same_version() -> None:
    raw = changed(load("order"), {"id": "mr2", "authoredOn": "2026-03-02T07:00:00+07:00"})
    raw["meta"] = {"versionId": "1", "lastUpdated": "2026-03-02T07:00:00+07:00"}
    raw["dosageInstruction"][0]["timing"]["repeat"]["boundsPeriod"] = {
        "start": "2026-03-02T20:00:00+07:00",
        "end": "2026-03-06T20:00:00+07:00",
    }
    assert read_order(raw, drug_file).version == WRITTEN


@pytest.mark.hazard("H103")
def test_yesterdays_copy_that_ran_out_has_the_version_of_todays() -> None:
    assert order_with(status="completed").version == WRITTEN


def test_planned_instants_count_by_their_time_of_day() -> None:
    def version(instant: str) -> str:
        return dosage_with(timing={"event": [instant]}).version

    assert version("2026-03-02T08:00:00+07:00") == version("2026-03-03T01:00:00Z")
    assert version("2026-03-02T08:00:00+07:00") != version("2026-03-02T09:00:00+07:00")


@pytest.mark.hazard("H45", "H59")
def test_every_change_that_matters_is_a_new_version() -> None:
    versions = [
        WRITTEN,
        order_with(status="stopped").version,
        order_with(doNotPerform=True).version,
        order_with(extension=None).version,
        order_with(medicationReference=None, medicationCodeableConcept={"text": "Para"}).version,
        dosage_with(doseAndRate=[{"doseQuantity": quantity(250, "mg")}]).version,
        dosage_with(doseAndRate=[{"doseQuantity": quantity(500, "ug")}]).version,
        dosage_with(doseAndRate=[{"doseQuantity": {"value": "500"}}]).version,
        dosage_with(doseAndRate=[{"doseQuantity": {"value": "600"}}]).version,
        dosage_with(route={"text": "tiêm"}).version,
        dosage_with(route={"text": "truyền"}).version,
        dosage_with(asNeededBoolean=True).version,
        dosage_with(maxDosePerAdministration=None).version,
        dosage_with(maxDosePerPeriod=None).version,
        repeat_with(frequency=2).version,
        repeat_with(timeOfDay=["08:00:00"]).version,
        repeat_with(count=3).version,
    ]
    assert len(set(versions)) == len(versions)
