"""By what a mirrored resource can be found: identifiers, and whom and what it refers to.

Reads leniently and never fails: what a resource does not say in the expected place gives no
key. Whether it makes sense is the mapping's business, when it is read.
"""

import re
from collections.abc import Iterator, Mapping
from typing import Any, Final

from bcma.emr.fhir_map import Dialect, read_issue, read_medication
from bcma.emr.fhir_map.dialect import EXT_EPOCH, EXT_UNIT
from bcma.errors import DataError

#: Systems of keys that are not identifiers of the EMR.
BAND: Final = "key:band"
MRN: Final = "key:mrn"
FOCUS: Final = "key:focus"
PRACTITIONER: Final = "key:practitioner"
MERGED_INTO: Final = "key:merged-into"
UNIT: Final = "key:unit"
SUBSTANCE: Final = "key:substance"
EPOCH: Final = "key:epoch"
#: Issues about doses in patients: :data:`OPEN` until a person has dealt with them.
ISSUE: Final = "key:issue"
OPEN, SETTLED = "open", "settled"
#: ``Patient/p1``, also at the end of an address and before a version.
_REFERENCE = re.compile(r"(?:^|/)([A-Z][A-Za-z]+/[A-Za-z0-9.-]{1,64})(?:/_history/[^/]+)?$")
#: Where a resource names its patient, by the types that are mirrored.
_PATIENT_FIELDS = ("subject", "patient", "for", "beneficiary")
#: A longer value is no identifier that a scan could carry.
_LONGEST = 255
_GTIN_DIGITS = 14

Key = tuple[str, str]


def unit_key(*, label: str | None, gtin: str | None, serial: str | None) -> str | None:
    """Give the key of one unit: our label's serial, else the product's code with its serial."""
    if label:
        return f"label {label}"
    return f"serial {gtin or ''} {serial}" if serial else None


def local_reference(value: object) -> str | None:
    """Give ``Type/id`` of a FHIR Reference, ``None`` where it names nothing on this server."""
    written = value.get("reference") if isinstance(value, dict) else None
    found = _REFERENCE.search(written) if isinstance(written, str) else None
    return found[1] if found else None


def patient_of(resource: Mapping[str, Any]) -> str | None:
    """Give the id of the patient that a resource is about."""
    if resource.get("resourceType") == "Patient":
        return str(resource.get("id"))
    named = [resource.get(field) for field in _PATIENT_FIELDS]
    named += [entity.get("what") for entity in _dicts(resource.get("entity"))]
    for reference in named:
        kind, _, patient_id = (local_reference(reference) or "").partition("/")
        if kind == "Patient":
            return patient_id
    return None


def keys_of(resource: Mapping[str, Any], dialect: Dialect) -> frozenset[Key]:
    """Give every key of a resource."""
    found = {
        *_identifiers(resource, dialect),
        *_references(resource),
        *_merges(resource),
        *_units(resource),
        *_epochs(resource),
        *_substances(resource, dialect),
        *_issues(resource, dialect),
    }
    return frozenset(key for key in found if all(map(_can_be_kept, key)))


def _can_be_kept(text: str) -> bool:
    """Tell whether every database takes a text, PostgreSQL included."""
    return len(text) <= _LONGEST and "\0" not in text


def _epochs(resource: Mapping[str, Any]) -> Iterator[Key]:
    """Give the epoch of the store that wrote a record."""
    for extension in _dicts(resource.get("extension")):
        written = extension.get("valueString")
        if extension.get("url") == EXT_EPOCH and isinstance(written, str):
            yield EPOCH, written


def _identifiers(resource: Mapping[str, Any], dialect: Dialect) -> Iterator[Key]:
    code = resource.get("code")
    codings = _dicts(code.get("coding")) if isinstance(code, dict) else ()
    if resource.get("resourceType") == "Medication":
        for coding in codings:
            if coding.get("system") == dialect.drug and isinstance(coding.get("code"), str):
                yield dialect.drug, coding["code"]
    written = resource.get("identifier")
    # most resources have a list of identifiers, an AdverseEvent has one
    for identifier in _dicts([written] if isinstance(written, dict) else written):
        system, value = identifier.get("system", ""), identifier.get("value")
        if not isinstance(system, str) or not isinstance(value, str):
            continue
        yield system, value.zfill(_GTIN_DIGITS) if system == dialect.gtin else value
        if system == dialect.wristband:
            yield BAND, value.rpartition(".")[0] or value
        if _is_record_number(identifier):
            yield MRN, value


def _is_record_number(identifier: Mapping[str, Any]) -> bool:
    kind = identifier.get("type")
    codings = _dicts(kind.get("coding")) if isinstance(kind, dict) else ()
    return any(coding.get("code") == "MR" for coding in codings)


def _references(resource: Mapping[str, Any]) -> Iterator[Key]:
    for system, field in ((FOCUS, "focus"), (PRACTITIONER, "practitioner")):
        reference = local_reference(resource.get(field))
        if reference is not None:
            yield system, reference


def _merges(resource: Mapping[str, Any]) -> Iterator[Key]:
    for link in _dicts(resource.get("link")):
        into = local_reference(link.get("other"))
        if link.get("type") == "replaced-by" and into is not None:
            yield MERGED_INTO, into


def _units(resource: Mapping[str, Any]) -> Iterator[Key]:
    for extension in _dicts(resource.get("extension")):
        if extension.get("url") != EXT_UNIT:
            continue
        parts = {
            part.get("url"): part.get("valueString") for part in _dicts(extension.get("extension"))
        }
        key = unit_key(label=parts.get("label"), gtin=parts.get("gtin"), serial=parts.get("serial"))
        if key is not None:
            yield UNIT, key


def _substances(resource: Mapping[str, Any], dialect: Dialect) -> Iterator[Key]:
    """Give what a product is made of; this key needs the mapping's understanding."""
    if resource.get("resourceType") != "Medication":
        return
    try:
        product = read_medication(resource, dialect)
    except DataError:
        return  # without an id nothing finds it anyway
    for substance in product.ingredient_keys:
        yield SUBSTANCE, substance


def _issues(resource: Mapping[str, Any], dialect: Dialect) -> Iterator[Key]:
    """Mark the issues about doses, and whether somebody has dealt with them."""
    if resource.get("resourceType") != "DetectedIssue":
        return
    try:
        issue = read_issue(resource, dialect)
    except DataError:
        return
    if issue is not None:
        yield ISSUE, SETTLED if issue.settled else OPEN


def _dicts(value: object) -> Iterator[Mapping[str, Any]]:
    if isinstance(value, list):
        yield from (entry for entry in value if isinstance(entry, dict))
