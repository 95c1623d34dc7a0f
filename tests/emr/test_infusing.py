"""An infusion on its way to the EMR and back: another station reads what this one wrote."""

from dataclasses import replace
from datetime import datetime, timedelta, timezone
from decimal import Decimal
from typing import Any

import pytest

from bcma.emr.fhir_map import administration_bundle, encode, parse, read_administration
from bcma.model.quantity import Quantity
from bcma.model.record import Infusion, MedicationAdministration, RecordStatus

HANOI = timezone(timedelta(hours=7))
AT = datetime(2026, 3, 2, 8, 0, tzinfo=HANOI)
ML, RATE = Quantity(Decimal(480), "mL"), Quantity(Decimal("62.5"), "mL/h")
FULL = Infusion(
    rate=RATE,
    part=True,
    boluses=(Quantity(Decimal(10), "mL"), Quantity(Decimal(20), "mL")),
    ward="NOI",
    accepted_by="n2",
    accepted_at=AT + timedelta(hours=1),
    rest=Quantity(Decimal(120), "mL"),
)
RUNNING = MedicationAdministration(
    status=RecordStatus.RUNNING,
    patient_id="p1",
    given_at=AT,
    event_id="11111111-1111-4111-8111-111111111111",
    order_id="mr1",
    medication_id="nacl500",
    medication_name="Natri clorid 0,9%",
    amount=ML,
    route="IV",
    site="forearm-left",
    giver_id="n1",
    infusion=FULL,
    revision=3,
)


def written(record: MedicationAdministration) -> dict[str, Any]:
    bundle: Any = parse(encode(administration_bundle(record)))
    resource: dict[str, Any] = bundle["entry"][0]["resource"]
    return resource


@pytest.mark.hazard("H116")
@pytest.mark.parametrize(
    "infusion",
    [
        FULL,
        replace(FULL, paused=True),
        None,
        Infusion(rate=RATE),
        Infusion(paused=True),
        Infusion(accepted_by="n2"),
        Infusion(rest=ML),
    ],
)
def test_what_runs_is_read_as_it_was_written(infusion: Infusion | None) -> None:
    record = replace(RUNNING, infusion=infusion)
    resource = written(record)
    assert resource["status"] == ("on-hold" if infusion and infusion.paused else "in-progress")
    back = read_administration(resource)
    assert (back.infusion, back.status) == (infusion, RecordStatus.RUNNING)
    assert (back.amount, back.revision, back.problems) == (ML, 3, ())


def test_the_rate_stands_where_fhir_has_it_with_the_dose_or_without() -> None:
    dosage = written(RUNNING)["dosage"]
    assert (dosage["rateQuantity"]["value"], dosage["rateQuantity"]["code"]) == (
        Decimal("62.5"),
        "mL/h",
    )
    assert (dosage["dose"]["value"], dosage["site"], dosage["route"]) == (
        480,
        {"coding": [{"system": "urn:bcma:site", "code": "forearm-left"}]},
        {"coding": [{"system": "http://terminology.hl7.org/CodeSystem/v2-0162", "code": "IV"}]},
    )
    assert "dose" not in written(replace(RUNNING, amount=None))["dosage"]
    assert "dosage" not in written(replace(RUNNING, amount=None, infusion=Infusion()))
    without = written(replace(RUNNING, infusion=None))
    assert "rateQuantity" not in without["dosage"]
    assert not [e for e in without["extension"] if e["url"] == "urn:bcma:ext:infusion"]


def test_an_ended_infusion_has_its_period_and_its_rate() -> None:
    over = replace(RUNNING, status=RecordStatus.STOPPED, ended_at=AT + timedelta(hours=5))
    resource = written(over)
    assert resource["status"] == "stopped"
    assert resource["effectivePeriod"] == {
        "start": "2026-03-02T08:00:00+07:00",
        "end": "2026-03-02T13:00:00+07:00",
    }
    back = read_administration(resource)
    assert (back.infusion, back.ended_at) == (FULL, over.ended_at)


def test_a_bag_that_ran_through_is_a_completed_period() -> None:
    for status in (RecordStatus.GIVEN, RecordStatus.GIVEN_IN_PART):
        through = replace(RUNNING, status=status, ended_at=AT + timedelta(hours=5))
        resource = written(through)
        assert (resource["status"], "effectivePeriod" in resource) == ("completed", True)
        assert read_administration(resource).status is status


def foreign(status: str, **dosage: object) -> Infusion | None:
    resource = {
        "resourceType": "MedicationAdministration",
        "id": "ma1",
        "status": status,
        "medicationCodeableConcept": {"text": "Natri clorid"},
        "subject": {"reference": "Patient/p1"},
        "effectivePeriod": {"start": "2026-03-02T08:00:00+07:00"},
        **({"dosage": dosage} if dosage else {}),
    }
    return read_administration(resource).infusion


def test_another_system_s_infusion_is_known_by_its_status_or_its_rate() -> None:
    quantity = {"value": Decimal("62.5"), "system": "http://unitsofmeasure.org", "code": "mL/h"}
    assert foreign("in-progress") is None
    assert foreign("on-hold") == Infusion(paused=True)
    assert foreign("completed") is None
    assert foreign("completed", rateQuantity=quantity) == Infusion(rate=RATE)
    assert foreign("stopped", text="chậm") is None
    length = {"value": 20, "system": "http://unitsofmeasure.org", "code": "min"}
    assert foreign("completed", rateQuantity=length) is None  # how long, not how fast
