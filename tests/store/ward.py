"""A small ward as FHIR resources, and a store that has read them."""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from itertools import count
from typing import Any, TypedDict

import msgspec

from bcma.emr.fhir_map import STANDARD
from bcma.model.chart import Chart
from bcma.model.order import OrdersRead
from bcma.model.quantity import Quantity
from bcma.model.record import MedicationAdministration, RecordedUnit, RecordStatus
from bcma.store import Incoming, Store, read_incoming

Json = dict[str, Any]
NOW = datetime(2026, 3, 2, 1, 0, tzinfo=UTC)
SLOT = NOW
WARD = "NOI"
_versions = count(1)


class Teller(TypedDict):
    """What every care event says: of whom, when and by whom."""

    event_id: str
    patient_id: str
    at: datetime
    by_id: str


def reference(target: str) -> Json:
    return {"reference": target}


def location() -> Json:
    return {
        "resourceType": "Location",
        "id": "ward1",
        "identifier": [{"system": "urn:site:ward", "value": WARD}],
        "name": "Khoa Nội",
        "physicalType": {
            "coding": [
                {
                    "system": "http://terminology.hl7.org/CodeSystem/location-physical-type",
                    "code": "wa",
                }
            ]
        },
    }


def patient(patient_id: str = "p1", name: str = "Nguyễn Văn An", band: str = "B1.01") -> Json:
    return {
        "resourceType": "Patient",
        "id": patient_id,
        "identifier": [
            {"system": "urn:bcma:wristband", "value": band},
            {
                "type": {
                    "coding": [
                        {"system": "http://terminology.hl7.org/CodeSystem/v2-0203", "code": "MR"}
                    ]
                },
                "system": "urn:site:mrn",
                "value": f"MRN-{patient_id}",
            },
        ],
        "name": [{"text": name, "family": name.split(maxsplit=1)[0]}],
        "birthDate": "1950-06-01",
    }


def encounter(patient_id: str = "p1", status: str = "in-progress") -> Json:
    return {
        "resourceType": "Encounter",
        "id": f"e-{patient_id}",
        "status": status,
        "class": {"system": "http://terminology.hl7.org/CodeSystem/v3-ActCode", "code": "IMP"},
        "subject": reference(f"Patient/{patient_id}"),
        "period": {"start": "2026-03-01T00:00:00Z"},
        "location": [{"location": reference("Location/ward1"), "status": "active"}],
    }


def medication(medication_id: str = "m1", **extra: object) -> Json:
    return {
        "resourceType": "Medication",
        "id": medication_id,
        "identifier": [{"system": "https://www.gs1.org/gtin", "value": "08935001700111"}],
        "code": {
            "coding": [{"system": "urn:bcma:drug", "code": f"DRUG-{medication_id}"}],
            "text": "Paracetamol 500 mg",
        },
        "form": {"coding": [{"system": "urn:bcma:form", "code": "tablet"}]},
        "ingredient": [
            {
                "itemCodeableConcept": {
                    "coding": [{"system": "http://www.whocc.no/atc", "code": "N02BE01"}]
                },
                "strength": {
                    "numerator": {
                        "value": 500,
                        "unit": "mg",
                        "system": "http://unitsofmeasure.org",
                        "code": "mg",
                    },
                    "denominator": {
                        "value": 1,
                        "unit": "tablet",
                        "system": "http://unitsofmeasure.org",
                        "code": "{tablet}",
                    },
                },
            }
        ],
        **extra,
    }


def order(order_id: str = "mr1", patient_id: str = "p1", **extra: object) -> Json:
    return {
        "resourceType": "MedicationRequest",
        "id": order_id,
        "status": "active",
        "intent": "order",
        "medicationReference": reference("Medication/m1"),
        "subject": reference(f"Patient/{patient_id}"),
        "authoredOn": "2026-03-01T00:00:00Z",
        "dosageInstruction": [
            {
                "timing": {"event": ["2026-03-02T01:00:00Z", "2026-03-02T07:00:00Z"]},
                "route": {
                    "coding": [
                        {
                            "system": "http://terminology.hl7.org/CodeSystem/v2-0162",
                            "code": "PO",
                        }
                    ]
                },
                "doseAndRate": [
                    {
                        "doseQuantity": {
                            "value": 500,
                            "unit": "mg",
                            "system": "http://unitsofmeasure.org",
                            "code": "mg",
                        }
                    }
                ],
            }
        ],
        **extra,
    }


def administration(resource_id: str = "ma1", **extra: object) -> Json:
    return {
        "resourceType": "MedicationAdministration",
        "id": resource_id,
        "status": "completed",
        "medicationReference": reference("Medication/m1"),
        "subject": reference("Patient/p1"),
        "request": reference("MedicationRequest/mr1"),
        "effectiveDateTime": "2026-03-02T01:00:00Z",
        "extension": [{"url": "urn:bcma:ext:slot", "valueDateTime": "2026-03-02T01:00:00Z"}],
        **extra,
    }


def unit_extension(**parts: str) -> Json:
    return {
        "url": "urn:bcma:ext:unit",
        "extension": [{"url": name, "valueString": value} for name, value in parts.items()],
    }


def dispense(serial: str = "U-1", **extra: object) -> Json:
    return {
        "resourceType": "MedicationDispense",
        "id": f"md-{serial}",
        "status": "completed",
        "identifier": [{"system": "urn:bcma:unit-label", "value": serial}],
        "medicationReference": reference("Medication/m1"),
        "subject": reference("Patient/p1"),
        "authorizingPrescription": [reference("MedicationRequest/mr1")],
        **extra,
    }


def nurse(badge: str = "NV-0001", person: str = "n1", **extra: object) -> tuple[Json, Json]:
    practitioner = {
        "resourceType": "Practitioner",
        "id": person,
        "identifier": [{"system": "urn:bcma:badge", "value": badge}],
        "name": [{"text": "Trần Thị Bình"}],
        "active": True,
        **extra,
    }
    role = {
        "resourceType": "PractitionerRole",
        "id": f"role-{person}",
        "active": True,
        "practitioner": reference(f"Practitioner/{person}"),
        "code": [
            {
                "coding": [
                    {
                        "system": "http://terminology.hl7.org/CodeSystem/practitioner-role",
                        "code": "nurse",
                    }
                ]
            }
        ],
    }
    return practitioner, role


def incoming(resource: Mapping[str, Any], version: int | None = None, at: int = 0) -> Incoming:
    """Give a resource as the EMR sends it, ``at`` seconds later than the ward began."""
    number = next(_versions) if version is None else version
    instant = (NOW - timedelta(hours=1) + timedelta(seconds=at)).isoformat()
    meta = {"versionId": str(number), "lastUpdated": instant}
    return read_incoming(msgspec.json.encode({**resource, "meta": meta}), STANDARD)


def take(store: Store, *resources: Mapping[str, Any], at: int = 0) -> tuple[Incoming, ...]:
    return store.take_page([incoming(resource, at=at) for resource in resources])


def fill(store: Store) -> None:
    """Read in one patient with one order and its drug."""
    take(store, location(), patient(), encounter(), medication(), order(), *nurse())


def chart(store: Store, patient_id: str = "p1") -> Chart:
    return store.charts.chart(patient_id, NOW)


def orders_read(*versions: str, **changes: str) -> OrdersRead:
    """Give what the ward has read of a patient's orders."""
    values = {"patient_id": "p1", "ward": WARD, "station": "A", "by_id": "n1", **changes}
    return OrdersRead(versions=versions, at=NOW, **values)


def given(store: Store, event_id: str, **changes: object) -> MedicationAdministration:
    """Give a record of the first dose of the order, as the bedside would make it."""
    found = chart(store).order("mr1")
    values: dict[str, Any] = {
        "status": RecordStatus.GIVEN,
        "patient_id": "p1",
        "given_at": NOW,
        "recorded_at": NOW,
        "scanned_at": NOW,
        "event_id": event_id,
        "order_id": "mr1",
        "order_version": found.version if found else "",
        "slot": SLOT,
        "slot_id": "slot-1",
        "medication_id": "m1",
        "amount": Quantity(Decimal(500), "mg"),
        "route": "PO",
        "giver_id": "n1",
        "units": (RecordedUnit(medication_id="m1", gtin="08935001700111", lot="L1"),),
    }
    return MedicationAdministration(**(values | changes))
