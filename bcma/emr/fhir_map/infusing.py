"""How an infusion runs, in the extension ``urn:bcma:ext:infusion``: read and written side by side.

Its rate is where FHIR has it (``dosage.rate[x]``), and that it stands still is its status.
"""

from collections.abc import Iterator
from typing import Final

from bcma.emr.fhir_map.amounts import is_per_time, quantity_at
from bcma.emr.fhir_map.datatypes import instant, reference_at
from bcma.emr.fhir_map.dialect import EXT_INFUSION
from bcma.emr.fhir_map.extensions import extensions, parts
from bcma.emr.fhir_map.given_units import Json, quantity_json
from bcma.emr.fhir_map.node import Node
from bcma.model.quantity import Quantity
from bcma.model.record import Infusion

_PARTS: Final = frozenset(["part", "bolus", "ward", "accepted-by", "accepted-at", "rest"])
#: FHIR's status of an infusion that stands still.
PAUSED: Final = "on-hold"


def infusion_of(node: Node) -> Infusion | None:
    """Read how an infusion runs or ran, as far as anything is known of it."""
    written = next(iter(extensions(node, EXT_INFUSION)), None)
    dosage = node.node("dosage")
    rate = None if dosage is None else _rate(dosage)
    paused = node.value.get("status") == PAUSED
    if written is None and rate is None and not paused:
        return None
    found = {} if written is None else parts(written, _PARTS)
    person = next((reference_at(p, "valueReference") for p in found.get("accepted-by", ())), None)
    amounts = (quantity_at(p, "valueQuantity") for p in found.get("bolus", ()))
    return Infusion(
        rate=rate,
        part=any(p.flag("valueBoolean") is True for p in found.get("part", ())),
        paused=paused,
        boluses=tuple(amount for amount in amounts if amount is not None),
        ward=next((p.string("valueString") for p in found.get("ward", ())), None) or "",
        accepted_by=None if person is None else person.id,
        accepted_at=next((instant(p, "valueDateTime") for p in found.get("accepted-at", ())), None),
        rest=next((quantity_at(p, "valueQuantity") for p in found.get("rest", ())), None),
    )


def _rate(dosage: Node) -> Quantity | None:
    rate = quantity_at(dosage, "rateQuantity")
    if rate is None or is_per_time(rate):
        return rate
    dosage.note("rateQuantity", str(rate))
    return None


def infusion_extension(infusion: Infusion) -> Iterator[Json]:
    """Write what FHIR has no place for; nothing where there is nothing of it."""
    written = list(_parts(infusion))
    if written:
        yield {"url": EXT_INFUSION, "extension": written}


def _parts(infusion: Infusion) -> Iterator[Json]:
    if infusion.part:
        yield {"url": "part", "valueBoolean": True}
    for bolus in infusion.boluses:
        yield {"url": "bolus", "valueQuantity": quantity_json(bolus)}
    if infusion.ward:
        yield {"url": "ward", "valueString": infusion.ward}
    if infusion.accepted_by is not None:
        reference = f"Practitioner/{infusion.accepted_by}"
        yield {"url": "accepted-by", "valueReference": {"reference": reference}}
    if infusion.accepted_at is not None:
        yield {"url": "accepted-at", "valueDateTime": infusion.accepted_at.isoformat()}
    if infusion.rest is not None:
        yield {"url": "rest", "valueQuantity": quantity_json(infusion.rest)}
