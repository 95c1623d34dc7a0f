"""An order of the folder, and its pharmacist's approval, as FHIR R4 resources."""

from collections.abc import Mapping

from bcma.model.order import DoseRange
from bcma.model.quantity import Quantity
from bcma.replay.ordered import Dose, Ordered, Rate
from bcma.replay.products import Product
from bcma.replay.resources import Resource, order_id, quantity_json, time_json


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
        "authoredOn": time_json(row.entered),
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
    bounds = {"start": time_json(found.starts)}
    stops = found.order.stops
    if stops is not None and stops >= found.starts:
        bounds["end"] = time_json(stops)
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
        timing["event"] = [time_json(at) for at in found.planned]
    if found.order.frequency:
        timing["code"] = {"text": found.order.frequency}
    return timing


def _dose_and_rate(dose: Dose) -> dict[str, object] | None:
    match dose:
        case Quantity():
            return {"doseQuantity": quantity_json(dose)}
        case DoseRange(low, high):
            return {"doseRange": {"low": quantity_json(low), "high": quantity_json(high)}}
        case Rate(value, unit):
            return {"rateQuantity": {"value": value, "unit": unit}}
        case None:
            return None
