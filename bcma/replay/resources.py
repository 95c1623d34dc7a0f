"""The folder's people, products and charted doses as FHIR R4 resources."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Final

from bcma.model.quantity import Quantity, Ratio
from bcma.replay.amounts import amount
from bcma.replay.chart_rows import Event, Person, Stay
from bcma.replay.products import Product

Resource = Mapping[str, object]

BADGE: Final = "NV-REPLAY"
WARD: Final = "REPLAY"
NURSE: Final = "nurse"
PHARMACIST: Final = "pharmacist"
_UCUM: Final = "http://unitsofmeasure.org"
_SEX: Final = {"F": "female", "M": "male"}


def order_id(identity: str) -> str:
    """Give the logical id of an order's MedicationRequest."""
    return f"mr{identity}"


def band_of(patient: str) -> str:
    """Give what a patient's wristband says when it is scanned."""
    return f"BN{patient}.1"


def ward() -> Resource:
    """Build the one ward: the folder's transfers name no station with a scanner of its own."""
    return {
        "resourceType": "Location",
        "id": "ward",
        "identifier": [{"system": "urn:bcma:ward", "value": WARD}],
        "name": "Replay",
        "physicalType": {
            "coding": [
                {
                    "system": "http://terminology.hl7.org/CodeSystem/location-physical-type",
                    "code": "wa",
                }
            ]
        },
    }


def staff() -> tuple[Resource, ...]:
    """Build the one nurse who gives everything."""
    role = "http://terminology.hl7.org/CodeSystem/practitioner-role"
    return (
        {
            "resourceType": "Practitioner",
            "id": NURSE,
            "active": True,
            "identifier": [{"system": "urn:bcma:badge", "value": BADGE}],
        },
        {
            "resourceType": "PractitionerRole",
            "id": NURSE,
            "active": True,
            "practitioner": {"reference": f"Practitioner/{NURSE}"},
            "code": [{"coding": [{"system": role, "code": "nurse"}]}],
        },
    )


def medication(product: Product) -> Resource:
    """Build a product of the drug file."""
    substance: dict[str, object] = {"itemCodeableConcept": {"text": product.substance}}
    if product.strength is not None:
        substance["strength"] = ratio_json(product.strength)
    found: dict[str, object] = {
        "resourceType": "Medication",
        "id": product.id,
        "identifier": [
            {"system": "https://www.gs1.org/gtin", "value": product.gtin},
            {"system": "urn:bcma:drug", "value": product.code},
        ],
        "code": {"text": product.name},
        "ingredient": [substance],
    }
    if product.form is not None:
        found["form"] = {"coding": [{"system": "urn:bcma:form", "code": product.form.value}]}
    if product.content is not None:
        found["amount"] = ratio_json(product.content)
    if product.divisible:
        part = {"url": "divisible", "valueBoolean": True}
        found["extension"] = [{"url": "urn:bcma:ext:drug", "extension": [part]}]
    return found


def patient(person: Person) -> Resource:
    """Build a patient with the one wristband."""
    kind = {"coding": [{"system": "http://terminology.hl7.org/CodeSystem/v2-0203", "code": "MR"}]}
    return {
        "resourceType": "Patient",
        "id": person.id,
        "active": True,
        "identifier": [
            {"type": kind, "value": person.id},
            {"system": "urn:bcma:wristband", "value": band_of(person.id).removeprefix("BN")},
        ],
        "gender": _SEX.get(person.sex, "unknown"),
    }


def no_known_allergy(person: Person) -> Resource:
    """Build what admission asked: the folder knows of no allergy, and a hospital always asks."""
    said = {"system": "http://snomed.info/sct", "code": "716186003"}
    return {
        "resourceType": "AllergyIntolerance",
        "id": f"nka{person.id}",
        "code": {"coding": [said]},
        "patient": {"reference": f"Patient/{person.id}"},
    }


def encounter(stay: Stay, *, over: bool) -> Resource:
    """Build a stay, in progress or over."""
    period = {"start": time_json(stay.admitted)} | (
        {"end": time_json(stay.discharged)} if over else {}
    )
    return {
        "resourceType": "Encounter",
        "id": stay.id,
        "status": "finished" if over else "in-progress",
        "class": {"code": "IMP"},
        "subject": {"reference": f"Patient/{stay.patient}"},
        "period": period,
        "location": [
            {
                "location": {"reference": "Location/ward"},
                "status": "completed" if over else "active",
            }
        ],
    }


def charted_elsewhere(event: Event, product: Product | None) -> Resource:
    """Build the record of a dose that went in without this station's doing.

    It names the planned instant, as the hospital's own eMAR does.
    """
    drug = {"text": "?"} if product is None else None
    resource: dict[str, object] = {
        "resourceType": "MedicationAdministration",
        "id": f"emar-{event.id}",
        "status": "completed",
        "subject": {"reference": f"Patient/{event.patient}"},
        "effectiveDateTime": time_json(event.charted),
        "request": {"reference": f"MedicationRequest/{order_id(event.own_order)}"},
        "extension": [{"url": "urn:bcma:ext:slot", "valueDateTime": time_json(event.planned)}],
    }
    if drug is not None:
        resource["medicationCodeableConcept"] = drug
    elif product is not None:
        resource["medicationReference"] = {"reference": f"Medication/{product.id}"}
    given = [amount(unit.given, unit.given_unit) for unit in event.units]
    first = given[0] if len(given) == 1 else None
    if isinstance(first, Quantity):
        resource["dosage"] = {"dose": quantity_json(first)}
    return resource


def bundle(resources: Sequence[Resource]) -> dict[str, object]:
    """Put resources under their ids, all or none."""
    return {
        "resourceType": "Bundle",
        "type": "transaction",
        "entry": [
            {
                "resource": resource,
                "request": {
                    "method": "PUT",
                    "url": f"{resource['resourceType']}/{resource['id']}",
                },
            }
            for resource in resources
        ],
    }


def ratio_json(ratio: Ratio) -> dict[str, object]:
    """Write a ratio."""
    return {
        "numerator": quantity_json(ratio.numerator),
        "denominator": quantity_json(ratio.denominator),
    }


def quantity_json(quantity: Quantity) -> dict[str, object]:
    """Write an amount in UCUM."""
    return {"value": quantity.value, "system": _UCUM, "code": quantity.unit}


def time_json(at: datetime) -> str:
    """Write an instant."""
    return at.isoformat()
