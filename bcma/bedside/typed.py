"""Identifiers typed by hand: read strictly, refused where anything is missing."""

from collections.abc import Mapping
from datetime import date

from bcma.model.ports import TypedIdentity
from bcma.model.scan import UnitCode

#: Two identifiers of the patient, as everywhere in patient safety.
_IDENTIFIERS_NEEDED = 2


def typed_identity(typed: Mapping[str, str]) -> TypedIdentity | None:
    """Read identifiers of a patient; ``None`` with fewer than two."""
    known = {
        key: value.strip()
        for key, value in typed.items()
        if key in {"mrn", "birth_date", "name"} and value.strip()
    }
    if len(known) < _IDENTIFIERS_NEEDED:
        return None
    return TypedIdentity(**known)


def typed_unit(typed: Mapping[str, str]) -> UnitCode | None:
    """Read product code, lot and expiry of a unit; ``None`` where one cannot be read."""
    gtin, drug = typed.get("gtin"), typed.get("drug")
    if not (gtin or drug):
        return None
    try:
        expiry = date.fromisoformat(typed["expiry"]) if typed.get("expiry") else None
    except ValueError:
        return None
    return UnitCode(
        gtin=gtin.zfill(14) if gtin else None,
        drug=drug,
        lot=typed.get("lot") or None,
        expiry=expiry,
    )
