"""FHIR Parameters of the sandbox's own operations, in and out."""

from collections.abc import Mapping
from decimal import Decimal, InvalidOperation

import msgspec

from bcma.emr.sandbox.exchange import Request
from bcma.emr.sandbox.json_text import Resource, objects, read_object, text
from bcma.emr.sandbox.outcome import bad_request

_MOST_SECONDS = 10**10


def given(request: Request, names: frozenset[str]) -> Mapping[str, Resource]:
    """Read the parts that a request gives, by name.

    Raises:
        Refusal: 400 where there is none, or one of another name.
    """
    body = read_object(request.body)
    found = {text(part, "name"): part for part in objects(body.get("parameter"))}
    if body.get("resourceType") != "Parameters" or not found or not found.keys() <= names:
        raise bad_request(f"The body is Parameters of {', '.join(sorted(names))}", "structure")
    return found


def parameters(*parts: Resource) -> Resource:
    """Give Parameters; FHIR has no empty arrays."""
    return {"resourceType": "Parameters", **({"parameter": list(parts)} if parts else {})}


def number(holder: Resource, key: str, *, signed: bool = False) -> Decimal:
    """Read a number small enough for a duration, and not negative unless that is allowed.

    Raises:
        ValueError: it is none.
    """
    value = holder.get(key, 0)
    digits = bytes(value).decode() if isinstance(value, msgspec.Raw) else str(value)
    try:
        found = Decimal(digits)
    except InvalidOperation as failure:
        raise ValueError(key) from failure
    if not (-_MOST_SECONDS if signed else 0) <= found <= _MOST_SECONDS:
        raise ValueError(key)
    return found
