"""A pharmacist's verdict holds for every copy of the version that it was given on."""

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from bcma.model.order import Decision
from bcma.store import Store, read_incoming

MORNING = datetime(2026, 3, 2, 1, 0, tzinfo=UTC)
APPROVE = "http://hl7.org/fhir/CodeSystem/task-code"


def resource(kind: str, identity: str, version: int, **elements: object) -> bytes:
    at = (MORNING + timedelta(minutes=version)).isoformat()
    meta = {"versionId": str(version), "lastUpdated": at}
    return json.dumps({"resourceType": kind, "id": identity, "meta": meta, **elements}).encode()


def order(version: int, dose: int = 500, **elements: object) -> bytes:
    quantity = {"value": dose, "system": "http://unitsofmeasure.org", "code": "mg"}
    dosage = {
        "timing": {"repeat": {"frequency": 1, "period": 1, "periodUnit": "d"}},
        "route": {"text": "PO"},
        "doseAndRate": [{"doseQuantity": quantity}],
    }
    return resource(
        "MedicationRequest",
        "mr1",
        version,
        status="active",
        intent="order",
        subject={"reference": "Patient/p1"},
        medicationCodeableConcept={"text": "Paracetamol"},
        dosageInstruction=[dosage],
        **elements,
    )


def approval(focus: str, version: int = 1) -> bytes:
    code = {"coding": [{"system": APPROVE, "code": "approve"}]}
    return resource(
        "Task", "t1", version, status="completed", code=code, focus={"reference": focus}
    )


@pytest.mark.hazard("H103")
@pytest.mark.parametrize("focus", ["MedicationRequest/mr1/_history/1", "MedicationRequest/mr1"])
def test_an_unchanged_copy_keeps_what_was_approved(tmp_path: Path, focus: str) -> None:
    with Store.open(tmp_path / "station.db", ward="NOI") as store:
        patient = resource("Patient", "p1", 1, name=[{"text": "A"}])
        store.take_page(
            [read_incoming(body, store.dialect) for body in (patient, order(1), approval(focus))]
        )
        store.take_page([read_incoming(order(2, note=[{"text": "same"}]), store.dialect)])
        chart = store.charts.chart("p1", MORNING + timedelta(hours=1))
        (copy,), (verdict,) = chart.orders, chart.approvals
        assert (verdict.decision, verdict.order_version) == (Decision.APPROVED, copy.version)

        store.take_page([read_incoming(order(3, dose=600), store.dialect)])
        chart = store.charts.chart("p1", MORNING + timedelta(hours=1))
        assert chart.approvals[0].order_version != chart.orders[0].version


def test_a_version_that_was_never_seen_is_not_taken_for_another(tmp_path: Path) -> None:
    with Store.open(tmp_path / "station.db", ward="NOI") as store:
        patient = resource("Patient", "p1", 1, name=[{"text": "A"}])
        focus = "MedicationRequest/mr1/_history/1"
        store.take_page(
            [read_incoming(body, store.dialect) for body in (patient, order(2), approval(focus))]
        )
        (verdict,) = store.charts.chart("p1", MORNING + timedelta(hours=1)).approvals
        assert verdict.order_version == ""
