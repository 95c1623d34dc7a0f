"""The units of a dose, in the extension ``urn:bcma:ext:unit``: read and written side by side."""

from collections.abc import Iterator
from typing import Final

from bcma.emr.fhir_map.amounts import quantity_at
from bcma.emr.fhir_map.datatypes import day, reference_at
from bcma.emr.fhir_map.dialect import EXT_UNIT, UCUM
from bcma.emr.fhir_map.extensions import extensions, parts
from bcma.emr.fhir_map.node import Node
from bcma.model.quantity import Quantity
from bcma.model.record import RecordedUnit

_PARTS: Final = frozenset(
    ["gtin", "drug", "lot", "expiry", "serial", "label", "amount", "medication", "scanned", "count"]
)
Json = dict[str, object]


def given_units(node: Node) -> tuple[RecordedUnit, ...]:
    """Read the units of a record; what cannot be read of one is noted."""
    return tuple(_unit(extension) for extension in extensions(node, EXT_UNIT))


def unit_extension(unit: RecordedUnit) -> Json:
    """Write one unit."""
    return {"url": EXT_UNIT, "extension": list(_parts(unit))}


def quantity_json(amount: Quantity) -> Json:
    """Write a Quantity; the value is a JSON number with the digits that it has."""
    return {"value": amount.value, "unit": amount.unit, "system": UCUM, "code": amount.unit}


def _unit(extension: Node) -> RecordedUnit:
    found = {name: entries[0] for name, entries in parts(extension, _PARTS).items()}

    def text(name: str) -> str | None:
        return found[name].string("valueString") if name in found else None

    drug = reference_at(found["medication"], "valueReference") if "medication" in found else None
    count = found["count"].whole("valueInteger", least=1) if "count" in found else None
    return RecordedUnit(
        medication_id=drug.id if drug else "",
        gtin=text("gtin"),
        drug=text("drug"),
        lot=text("lot"),
        expiry=day(found["expiry"], "valueDate") if "expiry" in found else None,
        serial=text("serial"),
        label=text("label"),
        amount=quantity_at(found["amount"], "valueQuantity") if "amount" in found else None,
        scanned="scanned" not in found or found["scanned"].flag("valueBoolean") is not False,
        count=count or 1,
    )


def _parts(unit: RecordedUnit) -> Iterator[Json]:
    for name in ("gtin", "drug", "lot", "serial", "label"):
        text = getattr(unit, name)
        if text is not None:
            yield {"url": name, "valueString": text}
    if unit.expiry is not None:
        yield {"url": "expiry", "valueDate": unit.expiry.isoformat()}
    if unit.amount is not None:
        yield {"url": "amount", "valueQuantity": quantity_json(unit.amount)}
    if unit.medication_id:
        reference = f"Medication/{unit.medication_id}"
        yield {"url": "medication", "valueReference": {"reference": reference}}
    yield {"url": "scanned", "valueBoolean": unit.scanned}
    yield {"url": "count", "valueInteger": unit.count}
