"""Invented resources to read: loaded afresh for every test, so that each may spoil its own."""

from copy import deepcopy
from decimal import Decimal
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from bcma.emr.fhir_map import Dialect, parse, read_medication, read_order
from bcma.model.drug import Medication
from bcma.model.order import MedicationRequest

FIXTURES = Path(__file__).parent / "fixtures"
HANOI = ZoneInfo("Asia/Ho_Chi_Minh")
WARD = Dialect(zone=HANOI)
Json = dict[str, Any]


def load(name: str) -> Json:
    """Give a fixture as parsed JSON."""
    return parse((FIXTURES / f"{name}.json").read_bytes())


PARACETAMOL = read_medication(load("medication"))


def drug_file(identity: str) -> Medication | None:
    """Look the one drug up that there is."""
    return PARACETAMOL if identity == PARACETAMOL.id else None


def order_with(**elements: object) -> MedicationRequest:
    """Read the good order with some elements changed; ``None`` takes one away."""
    return read_order(changed(load("order"), elements), drug_file)


def dosage_with(**elements: object) -> MedicationRequest:
    """Read the good order with its dosage changed."""
    raw = load("order")
    raw["dosageInstruction"] = [changed(raw["dosageInstruction"][0], elements)]
    return read_order(raw, drug_file)


def repeat_with(**elements: object) -> MedicationRequest:
    """Read the good order with its ``timing.repeat`` changed."""
    raw = load("order")
    timing = raw["dosageInstruction"][0]["timing"]
    timing["repeat"] = changed(timing["repeat"], elements)
    return read_order(raw, drug_file)


def changed(raw: Json, elements: dict[str, object]) -> Json:
    """Give a copy with elements set, or taken away where ``None``."""
    found = deepcopy(raw) | elements
    return {name: value for name, value in found.items() if value is not None}


def quantity(value: object, unit: str) -> Json:
    """Write a Quantity."""
    number = Decimal(value) if isinstance(value, str) else value
    return {"value": number, "system": "http://unitsofmeasure.org", "code": unit}


def paths_of(order: MedicationRequest) -> set[str]:
    """Give the paths of what could not be read."""
    return {problem.path for problem in order.problems}
