"""``_elements``: of what a search finds, only the parts that were asked for."""

from typing import Final

import msgspec

from bcma.emr.sandbox.json_text import Resource, read_object

#: What is always there: without it nobody knows what it is a part of.
_ALWAYS: Final = ("resourceType", "id", "meta")
_SUBSETTED: Final = {
    "system": "http://terminology.hl7.org/CodeSystem/v3-ObservationValue",
    "code": "SUBSETTED",
}


def read_elements(value: str) -> frozenset[str]:
    """Read the names of top-level elements, apart by commas; none asks for the whole."""
    return frozenset(name.strip() for name in value.split(",") if name.strip())


def subset(body: bytes, elements: frozenset[str]) -> Resource | msgspec.Raw:
    """Give the parts of a resource, tagged as such, or the whole where none are named."""
    if not elements:
        return msgspec.Raw(body)
    whole = read_object(body)
    part = {name: value for name, value in whole.items() if name in elements or name in _ALWAYS}
    meta = part.get("meta")
    tagged = dict(meta) if isinstance(meta, dict) else {}
    tags = tagged.get("tag")
    tagged["tag"] = [*(tags if isinstance(tags, list) else []), _SUBSETTED]
    return {**part, "meta": tagged}
