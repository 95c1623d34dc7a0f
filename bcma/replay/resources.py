"""The folder's orders, people and products as FHIR R4 resources."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Final

from bcma.model.order import DoseRange
from bcma.model.quantity import Quantity, Ratio
from bcma.replay.amounts import amount
from bcma.replay.chart_rows import Event, Person, Stay
from bcma.replay.ordered import Dose, Ordered, Rate
from bcma.replay.products import Product

Resource = Mapping[str, object]

BADGE: Final = "NV-REPLAY"
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
        substance["strength"] = _ratio(product.strength)
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
        found["amount"] = _ratio(product.content)
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


def encounter(stay: Stay, *, over: bool) -> Resource:
    """Build a stay, in progress or over."""
    period = {"start": _time(stay.admitted)} | ({"end": _time(stay.discharged)} if over else {})
    return {
        "resourceType": "Encounter",
        "id": stay.id,
        "status": "finished" if over else "in-progress",
        "class": {"code": "IMP"},
        "subject": {"reference": f"Patient/{stay.patient}"},
        "period": period,
    }


def order(found: Ordered, products: Mapping[str, Product], *, over: bool) -> Resource:
    """Build an order, in force or over."""
    row = found.order
    main = row.main
    product = None if main is None else products.get(main.code)
    status = ("completed" if row.expired else "stopped") if over else "active"
    resource: dict[str, object] = {
        "resourceType": "MedicationRequest",
        "id": order_id(row.id),
        "status": status,
        "intent": "order",
        "subject": {"reference": f"Patient/{row.patient}"},
        "authoredOn": _time(row.entered),
        "dosageInstruction": [_dosage(found)],
    }
    if product is not None:
        resource["medicationReference"] = {"reference": f"Medication/{product.id}"}
    else:
        resource["medicationCodeableConcept"] = {"text": row.drug or "?"}
    if row.stay:
        resource["encounter"] = {"reference": f"Encounter/{row.stay}"}
    return resource


def approval(found: Ordered) -> Resource:
    """Build the pharmacist's approval of the order's first version."""
    focus = f"MedicationRequest/{order_id(found.order.id)}/_history/1"
    code = {"system": "http://hl7.org/fhir/CodeSystem/task-code", "code": "approve"}
    return {
        "resourceType": "Task",
        "id": f"ok{found.order.id}",
        "status": "completed",
        "intent": "order",
        "code": {"coding": [code]},
        "focus": {"reference": focus},
    }


def charted_elsewhere(event: Event, product: Product | None) -> Resource:
    """Build the record of a dose that went in without this station's doing."""
    drug = {"text": "?"} if product is None else None
    resource: dict[str, object] = {
        "resourceType": "MedicationAdministration",
        "id": f"emar-{event.id}",
        "status": "completed",
        "subject": {"reference": f"Patient/{event.patient}"},
        "effectiveDateTime": _time(event.charted),
        "request": {"reference": f"MedicationRequest/{order_id(event.own_order)}"},
    }
    if drug is not None:
        resource["medicationCodeableConcept"] = drug
    elif product is not None:
        resource["medicationReference"] = {"reference": f"Medication/{product.id}"}
    given = [amount(unit.given, unit.given_unit) for unit in event.units]
    first = given[0] if len(given) == 1 else None
    if isinstance(first, Quantity):
        resource["dosage"] = {"dose": _quantity(first)}
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


def _dosage(found: Ordered) -> dict[str, object]:
    row, main = found.order, found.order.main
    words = "" if main is None else f"{main.dose} {main.dose_unit}"
    dosage: dict[str, object] = {
        "text": " ".join(f"{words} {row.route} {row.frequency}".split()) or "?",
        "timing": _timing(found),
    }
    if row.as_needed:
        dosage["asNeededBoolean"] = True
    if row.route:
        dosage["route"] = {"text": row.route}
    entry = _dose_and_rate(found.dose)
    if entry is not None:
        dosage["doseAndRate"] = [entry]
    return dosage


def _timing(found: Ordered) -> dict[str, object]:
    bounds = {"start": _time(found.starts)}
    stops = found.order.stops
    if stops is not None and stops >= found.starts:
        bounds["end"] = _time(stops)
    repeat: dict[str, object] = {"boundsPeriod": bounds}
    rhythm = found.rhythm
    if rhythm is not None and not found.planned:
        repeat |= {
            "frequency": rhythm.times,
            "period": rhythm.period,
            "periodUnit": rhythm.unit,
        }
    timing: dict[str, object] = {"repeat": repeat}
    if found.planned:
        timing["event"] = [_time(at) for at in found.planned]
    if found.order.frequency:
        timing["code"] = {"text": found.order.frequency}
    return timing


def _dose_and_rate(dose: Dose) -> dict[str, object] | None:
    match dose:
        case Quantity():
            return {"doseQuantity": _quantity(dose)}
        case DoseRange(low, high):
            return {"doseRange": {"low": _quantity(low), "high": _quantity(high)}}
        case Rate(value, unit):
            return {"rateQuantity": {"value": value, "unit": unit}}
        case None:
            return None


def _ratio(ratio: Ratio) -> dict[str, object]:
    return {
        "numerator": _quantity(ratio.numerator),
        "denominator": _quantity(ratio.denominator),
    }


def _quantity(quantity: Quantity) -> dict[str, object]:
    return {"value": quantity.value, "system": _UCUM, "code": quantity.unit}


def _time(at: datetime) -> str:
    return at.isoformat()
