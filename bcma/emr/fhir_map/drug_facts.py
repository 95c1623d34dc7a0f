"""The drug facts and recalls that a site adds to a Medication (``urn:bcma:ext:*``)."""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from enum import StrEnum
from typing import Final, TypeVar

from bcma.emr.fhir_map.dialect import EXT_DRUG, EXT_RECALL
from bcma.emr.fhir_map.extensions import duration_at, extensions, parts
from bcma.emr.fhir_map.node import Node
from bcma.emr.fhir_map.routes import TABLE_0162
from bcma.model.drug import (
    ContainerUse,
    Controlled,
    HighAlert,
    Medication,
    Recall,
    SerialLevel,
)

_FACTS: Final = frozenset(
    [
        "high-alert",
        "container-route",
        "container-use",
        "serial-level",
        "controlled",
        "divisible",
        "must-dilute",
        "scan-exempt",
        "look-alike",
        "in-use-life",
    ]
)
_RECALL: Final = frozenset({"gtin", "lot", "reason"})

_Parts = Mapping[str, tuple[Node, ...]]
_Code = TypeVar("_Code", bound=StrEnum)


def with_drug_facts(product: Medication, node: Node) -> Medication:
    """Add the facts of the extensions to a product; what cannot be read is noted on the node."""
    product = replace(product, recalls=tuple(_recalls(node)))
    found = extensions(node, EXT_DRUG)
    if not found:
        return product
    for further in found[1:]:
        node.note("extension", further.value.get("url"))
    facts = parts(found[0], _FACTS)
    return replace(
        product,
        high_alert=_code(facts, "high-alert", HighAlert) or HighAlert.NONE,
        container_routes=frozenset(_routes(facts)),
        container_use=_code(facts, "container-use", ContainerUse) or ContainerUse.SINGLE,
        serial_level=_code(facts, "serial-level", SerialLevel) or SerialLevel.PACK,
        controlled=_code(facts, "controlled", Controlled),
        divisible=_flag(facts, "divisible"),
        must_dilute=_flag(facts, "must-dilute"),
        scan_exempt=_flag(facts, "scan-exempt"),
        look_alike=_text(facts, "look-alike"),
        in_use_life=next(
            (duration_at(p, "valueDuration") for p in facts.get("in-use-life", ())), None
        ),
    )


def _one(facts: _Parts, name: str, value: str) -> Node | None:
    """Give the one part of a name; further ones, or one without its value, are noted."""
    found = facts.get(name, ())
    for further in found[1:]:
        further.note("url", name)
    if not found:
        return None
    if not found[0].has(value):
        found[0].note(value, "")
    return found[0]


def _code(facts: _Parts, name: str, codes: type[_Code]) -> _Code | None:
    part = _one(facts, name, "valueCode")
    return None if part is None else part.member("valueCode", codes)


def _flag(facts: _Parts, name: str) -> bool:
    part = _one(facts, name, "valueBoolean")
    return part is not None and part.flag("valueBoolean") is True


def _text(facts: _Parts, name: str) -> str | None:
    part = _one(facts, name, "valueString")
    return None if part is None else part.string("valueString")


def _routes(facts: _Parts) -> Iterator[str]:
    for part in facts.get("container-route", ()):
        code = part.string("valueCode")
        if code in TABLE_0162:
            yield code
        else:
            part.note("valueCode", code or "")


def _recalls(node: Node) -> Iterator[Recall]:
    for extension in extensions(node, EXT_RECALL):
        facts = parts(extension, _RECALL)
        gtin, lot = _text(facts, "gtin"), _text(facts, "lot")
        yield Recall(
            gtin=gtin.strip().zfill(14) if gtin else None,
            lot=lot.strip() if lot else None,
            reason=_text(facts, "reason") or "",
        )
