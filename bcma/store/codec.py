"""Events as canonical JSON and back, without loss: what the event table and the audit keep.

Everything but the facts of a record's findings has one type per field and is written by
msgspec as it stands. A fact may be text, number, instant or amount, so each carries the
name of its type.
"""

from collections.abc import Mapping
from dataclasses import fields
from datetime import date, datetime
from decimal import Decimal
from types import NoneType
from typing import Any, Final, get_type_hints

import msgspec

from bcma.model.events import (
    AllergyAsked,
    CareEvent,
    DoubleDose,
    DoubleSettled,
    EffectCheck,
    LateDose,
    LateDoseTold,
    NearMiss,
    Reaction,
)
from bcma.model.quantity import Quantity
from bcma.model.record import MedicationAdministration
from bcma.model.verdict import Fact, Finding
from bcma.store.errors import StoreIsCorruptError

_FIELD_TYPES: Final = get_type_hints(MedicationAdministration)
_FINDING_TYPES: Final = get_type_hints(Finding)
_FACT_KINDS: Final[Mapping[str, type]] = {
    "none": NoneType,
    "bool": bool,
    "int": int,
    "decimal": Decimal,
    "instant": datetime,
    "date": date,
    "quantity": Quantity,
    "texts": tuple,
    "text": str,
}
#: What a name means on the way back, where the class alone does not say it.
_FACT_TYPES: Final[Mapping[str, Any]] = {**_FACT_KINDS, "texts": tuple[str, ...]}


#: The kind of an event that is a dose; all others are care events.
DOSE: Final = "dose"
_CARE_KINDS: Final[Mapping[str, type[CareEvent]]] = {
    "allergy-asked": AllergyAsked,
    "reaction": Reaction,
    "effect-check": EffectCheck,
    "double-dose": DoubleDose,
    "double-settled": DoubleSettled,
    "late-dose": LateDose,
    "late-dose-told": LateDoseTold,
    "near-miss": NearMiss,
}


def encode_record(record: MedicationAdministration) -> bytes:
    """Give the canonical JSON of a record: the same record is always the same bytes."""
    plain = _plain(record)
    plain["findings"] = [_finding_to_plain(finding) for finding in record.findings]
    return msgspec.json.encode(plain, order="deterministic")


def decode_record(body: bytes) -> MedicationAdministration:
    """Read what :func:`encode_record` wrote.

    Raises:
        StoreIsCorruptError: the bytes were altered; the audit chain says so as well.
    """
    try:
        return _decode(body)
    except (msgspec.MsgspecError, LookupError, TypeError, ValueError) as broken:
        raise StoreIsCorruptError(cause="record") from broken


def kind_of(event: CareEvent) -> str:
    """Give the kind under which a care event is kept."""
    return next(kind for kind, written in _CARE_KINDS.items() if isinstance(event, written))


def encode_care(event: CareEvent) -> bytes:
    """Give the canonical JSON of a care event: the same event is always the same bytes."""
    return msgspec.json.encode(event, order="deterministic")


def decode_care(kind: str, body: bytes) -> CareEvent:
    """Read what :func:`encode_care` wrote.

    Raises:
        StoreIsCorruptError: the bytes were altered, or no event is of this kind.
    """
    try:
        return msgspec.json.decode(body, type=_CARE_KINDS[kind])
    except (msgspec.MsgspecError, LookupError) as broken:
        raise StoreIsCorruptError(cause="care-event") from broken


def decode_event(kind: str, body: bytes) -> MedicationAdministration | CareEvent:
    """Read an event of any kind.

    Raises:
        StoreIsCorruptError: the bytes were altered.
    """
    return decode_record(body) if kind == DOSE else decode_care(kind, body)


def _decode(body: bytes) -> MedicationAdministration:
    plain = msgspec.json.decode(body, type=dict[str, Any])
    findings = tuple(_finding_from_plain(finding) for finding in plain.pop("findings"))
    values = {name: msgspec.convert(value, _FIELD_TYPES[name]) for name, value in plain.items()}
    return MedicationAdministration(findings=findings, **values)


def _finding_to_plain(finding: Finding) -> dict[str, Any]:
    facts = {name: (_type_of(fact), fact) for name, fact in finding.facts.items()}
    return _plain(finding) | {"facts": facts}


def _finding_from_plain(plain: dict[str, Any]) -> Finding:
    facts: dict[str, Fact] = {
        name: msgspec.convert(fact, _FACT_TYPES[kind])
        for name, (kind, fact) in plain.pop("facts").items()
    }
    values = {name: msgspec.convert(value, _FINDING_TYPES[name]) for name, value in plain.items()}
    return Finding(facts=facts, **values)


def _plain(value: MedicationAdministration | Finding) -> dict[str, Any]:
    return {field.name: getattr(value, field.name) for field in fields(value)}


def _type_of(fact: Fact) -> str:
    """Name a fact's type; a truth is also an int, and an instant also a date: order matters."""
    return next(name for name, kind in _FACT_KINDS.items() if isinstance(fact, kind))
