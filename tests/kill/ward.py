"""The ward on which a program is killed: five patients with three orders for every hour."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

import msgspec

Json = dict[str, Any]

#: Two minutes after a planned hour.
NOW: Final = datetime(2026, 3, 2, 1, 2, tzinfo=UTC)
WARD: Final = "NOI"
BADGE, PIN = "NV-0001", "4711"
_PEOPLE: Final = Path(__file__).parents[1] / "scenarios" / "ward.json"
_GS: Final = "\x1d"


@dataclass(frozen=True, slots=True)
class Bed:
    """A patient of the ward, and what stands on the wristband."""

    patient: str
    band: str


@dataclass(frozen=True, slots=True)
class Drug:
    """A drug that every patient gets every hour, one tablet of it."""

    id: str
    gtin: str
    milligrams: int

    def unit(self, serial: str) -> str:
        """Give the code of one unit, as a reader sends it."""
        return f"]d201{self.gtin}17291231{'10L1'}{_GS}21{serial}"


BEDS: Final = (
    Bed("p1", "BN0001.2"),
    Bed("p2", f"]d28018893200000000000013{_GS}801901"),
    Bed("p3", "BN0003.1"),
    Bed("p4", "BN0004.1"),
    Bed("p8", "BN0008.1"),
)
DRUGS: Final = (
    Drug("para500", "08935000000014", 500),
    Drug("metf500", "08935000000069", 500),
    Drug("amlo5", "08935000000038", 5),
)


def order_of(bed: Bed, drug: Drug) -> str:
    """Name the order of a drug for a patient."""
    return f"{bed.patient}-{drug.id}"


def bundle() -> bytes:
    """Give the whole ward as one Bundle."""
    people = msgspec.json.decode(_PEOPLE.read_bytes(), type=Json)
    entries = [*people["entry"], *({"resource": resource} for resource in _orders())]
    return msgspec.json.encode({"resourceType": "Bundle", "type": "collection", "entry": entries})


def _orders() -> Iterator[Json]:
    for bed in BEDS:
        for drug in DRUGS:
            name = order_of(bed, drug)
            yield _order(name, bed, drug)
            yield {
                "resourceType": "Task",
                "id": f"approves-{name}",
                "status": "completed",
                "intent": "order",
                "code": _concept("http://hl7.org/fhir/CodeSystem/task-code", "approve"),
                "focus": {"reference": f"MedicationRequest/{name}"},
                "owner": {"reference": "Practitioner/s3"},
            }


def _order(name: str, bed: Bed, drug: Drug) -> Json:
    dose = {
        "value": drug.milligrams,
        "unit": "mg",
        "system": "http://unitsofmeasure.org",
        "code": "mg",
    }
    return {
        "resourceType": "MedicationRequest",
        "id": name,
        "status": "active",
        "intent": "order",
        "medicationReference": {"reference": f"Medication/{drug.id}"},
        "subject": {"reference": f"Patient/{bed.patient}"},
        "encounter": {"reference": f"Encounter/e{bed.patient[1:]}"},
        "authoredOn": "2026-03-01T00:30:00+00:00",
        "requester": {"reference": "Practitioner/s4"},
        "reasonCode": [{"text": "Theo chẩn đoán"}],
        "dosageInstruction": [
            {
                "sequence": 1,
                "timing": {
                    "repeat": {
                        "boundsPeriod": {"start": "2026-03-02T01:00:00+00:00"},
                        "frequency": 1,
                        "period": 1,
                        "periodUnit": "h",
                    }
                },
                "route": _concept("http://terminology.hl7.org/CodeSystem/v2-0162", "PO"),
                "doseAndRate": [{"doseQuantity": dose}],
            }
        ],
    }


def _concept(system: str, code: str) -> Json:
    return {"coding": [{"system": system, "code": code}]}
