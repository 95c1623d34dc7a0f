"""What was measured at giving is written with the dose, once, and can be read back."""

from dataclasses import replace
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pytest

from bcma.emr.fhir_map import (
    Change,
    Raw,
    administration_bundle,
    encode,
    observation_id,
    parse,
    read_effect_check,
    read_observations,
)
from bcma.model.chart import Observation
from bcma.model.quantity import Quantity
from bcma.model.record import MedicationAdministration, RecordStatus

DOSE = "7d9c2f0e-4a8b-4f1c-9a52-0c3de5a1b002"
LATER = "7d9c2f0e-4a8b-4f1c-9a52-0c3de5a1b003"
NOW = datetime(2026, 3, 2, 1, 0, tzinfo=UTC)
Json = dict[str, Any]


def resources(bundle: Raw) -> list[Json]:
    whole: Json = parse(encode(bundle))
    return [entry["resource"] for entry in whole["entry"]]


def coded(system: str, code: str) -> Json:
    return {"coding": [{"system": system, "code": code}]}


HEART_RATE = "8867-4"
GLUCOSE = "15074-8"
RECORD = MedicationAdministration(
    status=RecordStatus.HELD,
    patient_id="p1",
    given_at=NOW,
    recorded_at=NOW,
    event_id=DOSE,
    giver_id="n1",
    measured=(
        (HEART_RATE, Quantity(Decimal(48), "/min")),
        (GLUCOSE, Quantity(Decimal("5.50"), "mmol/L")),
    ),
)


def observations(bundle: Raw) -> list[Json]:
    return [r for r in resources(bundle) if r["resourceType"] == "Observation"]


@pytest.mark.hazard("H76")
def test_each_measured_value_is_an_observation_of_the_dose() -> None:
    bundle = administration_bundle(RECORD)
    heart, glucose = observations(bundle)
    assert heart == {
        "resourceType": "Observation",
        "id": observation_id(DOSE, HEART_RATE),
        "identifier": [{"system": "urn:bcma:event", "value": DOSE}],
        "partOf": [{"reference": f"MedicationAdministration/{DOSE}"}],
        "status": "final",
        "code": coded("http://loinc.org", HEART_RATE),
        "subject": {"reference": "Patient/p1"},
        "effectiveDateTime": "2026-03-02T01:00:00+00:00",
        "performer": [{"reference": "Practitioner/n1"}],
        "valueQuantity": {
            "value": 48,
            "unit": "/min",
            "system": "http://unitsofmeasure.org",
            "code": "/min",
        },
    }
    assert read_observations(glucose) == (
        Observation(
            id=observation_id(DOSE, GLUCOSE),
            code=GLUCOSE,
            at=NOW,
            value=Quantity(Decimal("5.50"), "mmol/L"),
            display=GLUCOSE,
        ),
    )
    assert read_effect_check(glucose) is None, "it was measured before the dose"
    targets = {t["reference"] for t in resources(bundle)[-1]["target"]}
    assert f"Observation/{heart['id']}" in targets


def test_the_score_that_a_dose_was_given_for_is_an_observation() -> None:
    record = replace(RECORD, measured=(), prn_score=Decimal(6), giver_id=None)
    (score,) = observations(administration_bundle(record))
    assert score["code"] == coded("urn:bcma:observation", "symptom-score")
    assert score["valueQuantity"]["value"] == 6
    assert "performer" not in score


def test_a_later_version_measures_nothing_anew_and_a_correction_withdraws() -> None:
    stopped = replace(RECORD, status=RecordStatus.STOPPED)
    assert observations(administration_bundle(stopped, change=Change(LATER))) == []
    wrong = replace(RECORD, status=RecordStatus.ENTERED_IN_ERROR)
    found = observations(administration_bundle(wrong, change=Change(LATER)))
    assert [o["status"] for o in found] == ["entered-in-error"] * 2
    assert found[0]["id"] == observation_id(DOSE, HEART_RATE)
    assert read_observations(found[0]) == ()
