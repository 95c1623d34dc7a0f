"""Patient, Practitioner and PractitionerRole → people."""

from collections.abc import Iterator, Sequence
from datetime import date, datetime
from typing import Final

from bcma.emr.fhir_map.datatypes import (
    Identifier,
    concepts_at,
    identifiers,
    period_at,
    reference_at,
)
from bcma.emr.fhir_map.dates import read_day
from bcma.emr.fhir_map.dialect import (
    EXT_MOTHER,
    PRACTITIONER_ROLE,
    ROLE,
    STANDARD,
    Dialect,
)
from bcma.emr.fhir_map.document import Raw, ResourceUnreadable
from bcma.emr.fhir_map.extensions import extensions
from bcma.emr.fhir_map.node import Node, open_resource
from bcma.model.people import Band, Patient, Practitioner, Role, Sex

#: A merge whose target cannot be read is still a merge: the record must not be used.
UNREADABLE_TARGET: Final = "unreadable"
_OTHER_LINKS: Final = frozenset({"replaces", "refer", "seealso"})
_NAME_USES: Final = ("official", "usual", None, "temp", "nickname", "anonymous")
_STANDARD_ROLES: Final = {
    "nurse": Role.NURSE,
    "pharmacist": Role.PHARMACIST,
    "doctor": Role.DOCTOR,
}
_OWN_ROLES: Final = {"student": Role.STUDENT, "ward-manager": Role.WARD_MANAGER}


def read_patient(raw: Raw, dialect: Dialect = STANDARD) -> Patient:
    """Read a patient.

    What cannot be read closes rather than opens: an unreadable end voids a band, an
    unreadable ``active`` or ``deceased`` counts against admission, and so does an element
    that modifies the meaning of the whole.

    Raises:
        ResourceUnreadable: it is no Patient, or has no id.
    """
    node, identity = open_resource(raw, "Patient")
    modified = bool(node.problems)
    name, family = _name(node)
    known = tuple(identifiers(node, dialect.wall_zone))
    mother = next((reference_at(e, "valueReference") for e in extensions(node, EXT_MOTHER)), None)
    birth_text = node.string("birthDate") or ""
    return Patient(
        id=identity,
        name=name,
        family=family,
        mrn=_record_number(known),
        sex=node.member("gender", Sex) or Sex.UNKNOWN,
        birth_date=_exact_day(birth_text),
        birth_text=birth_text,
        bands=tuple(
            Band(i.value, old=i.void, ends=i.ends) for i in known if i.system == dialect.wristband
        ),
        deceased=_deceased(node),
        replaced_by=_replaced_by(node),
        mother_id=None if mother is None else mother.id,
        active=not modified and (not node.has("active") or node.flag("active") is True),
    )


def read_practitioner(
    raw: Raw, roles: Sequence[Raw], now: datetime, dialect: Dialect = STANDARD
) -> Practitioner:
    """Read a member of staff with the roles that stand now; an unreadable role does not.

    Raises:
        ResourceUnreadable: it is no Practitioner, or has no id.
    """
    node, identity = open_resource(raw, "Practitioner")
    modified = bool(node.problems)
    held = frozenset(role for entry in roles for role in _roles(entry, identity, now, dialect))
    badges = (i for i in identifiers(node, dialect.wall_zone) if i.system == dialect.badge)
    return Practitioner(
        id=identity,
        name=_name(node)[0],
        badges=frozenset(i.value for i in badges if i.stands_at(now)),
        roles=held,
        active=not modified and (not node.has("active") or node.flag("active") is True),
    )


def _roles(raw: Raw, practitioner_id: str, now: datetime, dialect: Dialect) -> Iterator[Role]:
    """Give the roles of a PractitionerRole, if it is this person's, active and in its period."""
    try:
        node, _ = open_resource(raw, "PractitionerRole")
    except ResourceUnreadable:
        return  # a role that cannot be told from others entitles nobody
    person = reference_at(node, "practitioner", "Practitioner")
    period = period_at(node, "period", dialect.wall_zone)
    active = not node.has("active") or node.flag("active") is True
    if node.problems or person is None or person.id != practitioner_id or not active:
        return
    if period is not None and not period.contains(now):
        return
    for code in concepts_at(node, "code"):
        for role in code.codings:
            known = {PRACTITIONER_ROLE: _STANDARD_ROLES, ROLE: _OWN_ROLES}.get(role.system, {})
            if role.code in known:
                yield known[role.code]


def _name(node: Node) -> tuple[str, str]:
    """Give the name as written, and the family name; a former name is never taken."""
    entries = {entry.value.get("use"): entry for entry in reversed(node.nodes("name"))}
    chosen = next((entries[use] for use in _NAME_USES if use in entries), None)
    if chosen is None:
        return "", ""
    family = chosen.string("family") or ""
    parts = (family, *chosen.strings("given"))
    return chosen.string("text") or " ".join(part for part in parts if part), family


def _record_number(known: Sequence[Identifier]) -> str | None:
    return next((i.value for i in known if "MR" in i.kinds and not i.void), None)


def _exact_day(written: str) -> date | None:
    return read_day(written) if "T" not in written else None


def _deceased(node: Node) -> bool:
    if node.has("deceasedDateTime"):
        return True
    return node.has("deceasedBoolean") and node.flag("deceasedBoolean") is not False


def _replaced_by(node: Node) -> str | None:
    for link in node.nodes("link"):
        kind = link.string("type")
        if kind in _OTHER_LINKS:
            continue
        other = reference_at(link, "other", "Patient")
        return UNREADABLE_TARGET if other is None else other.id
    return None
