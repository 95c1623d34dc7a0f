"""MedicationAdministration → a record, ours or another system's."""

from collections.abc import Iterator
from typing import Final

from bcma.emr.fhir_map.amounts import quantity_at
from bcma.emr.fhir_map.batch import UNLISTED, node_of_contained
from bcma.emr.fhir_map.datatypes import (
    Concept,
    concept_at,
    concepts_at,
    identifiers,
    instant,
    reference_at,
)
from bcma.emr.fhir_map.dialect import (
    EXT_BAND,
    EXT_ORDER_VERSION,
    EXT_OUTCOME,
    EXT_RELEASED,
    EXT_REVISION,
    EXT_SCANNED,
    EXT_SLOT,
    EXT_STATION,
    PERFORM_FUNCTION,
    REASON,
    RECORD,
    STANDARD,
    Dialect,
)
from bcma.emr.fhir_map.document import Raw, ResourceUnreadable
from bcma.emr.fhir_map.effective import effective_of
from bcma.emr.fhir_map.extensions import extensions
from bcma.emr.fhir_map.given_units import given_units
from bcma.emr.fhir_map.infusing import infusion_of
from bcma.emr.fhir_map.medication import drug_of_concept, medication_from
from bcma.emr.fhir_map.node import Node, open_resource
from bcma.emr.fhir_map.order_drug import MedicationOf
from bcma.emr.fhir_map.routes import routes_of
from bcma.emr.fhir_map.sites import site_of
from bcma.model.drug import Medication
from bcma.model.record import MedicationAdministration, RecordStatus, ReleaseRecord

#: FHIR R4 medication-admin-status. A paused infusion has gone in as far as it went.
_STATUS: Final = {
    "in-progress": RecordStatus.RUNNING,
    "on-hold": RecordStatus.RUNNING,
    "completed": RecordStatus.GIVEN,
    "stopped": RecordStatus.STOPPED,
    "not-done": RecordStatus.NOT_GIVEN,
    "entered-in-error": RecordStatus.ENTERED_IN_ERROR,
}
#: What ``urn:bcma:record`` may say more exactly, by the status beside which it may stand.
_RECORD: Final = {
    "not-done": {
        status.value: status
        for status in (RecordStatus.HELD, RecordStatus.REFUSED, RecordStatus.NOT_GIVEN)
    },
    "completed": {
        status.value: status
        for status in (RecordStatus.GIVEN, RecordStatus.GIVEN_IN_PART, RecordStatus.REMOVED)
    },
}
_OUTCOMES: Final = frozenset({"vomited", "lost"})


def read_administration(
    raw: Raw, medication_of: MedicationOf | None = None, dialect: Dialect = STANDARD
) -> MedicationAdministration:
    """Read a record; one whose status cannot be understood counts as having gone in.

    Args:
        raw: the resource.
        medication_of: the drug file, to name the substances of a drug given by reference.
        dialect: identifier systems.

    Raises:
        ResourceUnreadable: it has no id or names no patient.
    """
    node, identity = open_resource(raw, "MedicationAdministration")
    modified = bool(node.problems)
    patient = reference_at(node, "subject", "Patient")
    if patient is None or not patient.kind:
        raise ResourceUnreadable(resource="MedicationAdministration", id=identity, path="subject")
    event = next(
        (i.value for i in identifiers(node, dialect.wall_zone) if i.system == dialect.event), None
    )
    reasons = concepts_at(node, "statusReason")
    status = RecordStatus.UNREADABLE if modified else _status(node, reasons)
    effective = effective_of(node, dialect)
    order, stay = reference_at(node, "request"), reference_at(node, "context")
    drug_id, drug = _drug(node, medication_of, dialect)
    dosage = node.node("dosage")
    route = concept_at(dosage, "route") if dosage else None
    site = site_of(concept_at(dosage, "site"), route or Concept()) if dosage else None
    routes = routes_of(route) if route else ()
    people = _performers(node)
    scanned = _scanned(node)
    return MedicationAdministration(
        status=status,
        patient_id=patient.id,
        given_at=effective.given_at,
        ended_at=effective.ended_at,
        recorded_at=effective.recorded_at,
        event_id=event,
        resource_id=identity,
        revision=_revision(node),
        station=_text(node, EXT_STATION) or "",
        releases=tuple(_released(node)),
        order_id=order.id if order and order.kind == "MedicationRequest" else None,
        order_version=_text(node, EXT_ORDER_VERSION) or "",
        encounter_id=stay.id if stay and stay.kind == "Encounter" else None,
        slot=next((instant(e, "valueDateTime") for e in extensions(node, EXT_SLOT)), None),
        band=_text(node, EXT_BAND),
        medication_id=drug_id,
        medication_name=drug.name,
        ingredients=drug.ingredient_keys,
        amount=quantity_at(dosage, "dose") if dosage else None,
        route=routes[0] if len(routes) == 1 else None,
        site=None if site is None else site.code or site.display or None,
        units=given_units(node),
        infusion=infusion_of(node),
        giver_id=people.get("performer", (None, ""))[0],
        giver_name=people.get("performer", (None, ""))[1],
        witness_id=people.get("witness", (None, ""))[0],
        verifier_id=people.get("verifier", (None, ""))[0],
        reason=_reason(reasons),
        prn_reason=next((c.label for c in concepts_at(node, "reasonCode") if c.label), None),
        patient_scanned=scanned.get("patient", False),
        drug_scanned=scanned.get("drug", False),
        problems=tuple(f"{p.path}: {p.written}" for p in node.problems),
    )


def _status(node: Node, reasons: tuple[Concept, ...]) -> RecordStatus:
    written = node.string("status") or ""
    found = _STATUS.get(written)
    if found is None:
        node.note("status", written)
        return RecordStatus.UNREADABLE
    if written == "completed" and _outcome(node) is not None:
        return RecordStatus.LOST
    exact = next((code for r in reasons if (code := r.code_in(RECORD))), None)
    if exact is None or written not in _RECORD:
        return found
    if exact not in _RECORD[written]:
        node.note("statusReason", exact)
        return RecordStatus.UNREADABLE
    return _RECORD[written][exact]


def _outcome(node: Node) -> str | None:
    for extension in extensions(node, EXT_OUTCOME):
        name = extension.first_of("valueCode", "valueString")
        outcome = extension.string(name) if name else None
        if outcome in _OUTCOMES:
            return outcome
        extension.note(name or "value", outcome or "")
    return None


def _released(node: Node) -> Iterator[ReleaseRecord]:
    """Give what was let pass, by its codes; who did so stands in the DetectedIssues."""
    for extension in extensions(node, EXT_RELEASED):
        code = extension.string("valueCode")
        if code is not None:
            yield ReleaseRecord(code=code)


def _revision(node: Node) -> int:
    """Give which version it is, as we count; what was not written by us is a first one."""
    counted = (e.whole("valuePositiveInt", least=1) for e in extensions(node, EXT_REVISION))
    return next(counted, None) or 1


def _drug(
    node: Node, medication_of: MedicationOf | None, dialect: Dialect
) -> tuple[str | None, Medication]:
    """Give the id in the drug file, and what is known of the drug.

    Our own records name the drug file's entry by the local id of the contained Medication.
    """
    nameless = Medication(id="", name="")
    if node.first_of("medicationReference", "medicationCodeableConcept") != "medicationReference":
        named = concept_at(node, "medicationCodeableConcept")
        return None, drug_of_concept(named, dialect) if named else nameless
    there = reference_at(node, "medicationReference", "Medication")
    if there is None:
        return None, nameless
    if there.kind:
        found = medication_of(there.id) if medication_of else None
        return there.id, found or Medication(id=there.id, name=there.display)
    inside = node_of_contained(node, there.id)
    if inside is None:
        node.note("medicationReference.reference", there.id)
        return None, nameless
    ours = any(i.system == dialect.event for i in identifiers(node, dialect.wall_zone))
    return there.id if ours and there.id != UNLISTED else None, medication_from(
        inside, "", dialect, node.nodes("contained")
    )


def _performers(node: Node) -> dict[str, tuple[str | None, str]]:
    """Give who acted, by function; a performer without a function gave the dose."""
    found: dict[str, tuple[str | None, str]] = {}
    for entry in node.nodes("performer"):
        function = concept_at(entry, "function")
        actor = entry.node("actor")
        person = (
            reference_at(entry, "actor") if actor is not None and actor.has("reference") else None
        )
        code = function.code_in(PERFORM_FUNCTION) if function else "performer"
        if code is not None and actor is not None:
            found.setdefault(code, (person.id if person else None, actor.string("display") or ""))
    return found


def _scanned(node: Node) -> dict[str, bool]:
    """Give what was scanned; a record that does not say so counts as not scanned."""
    return {
        str(part.value.get("url")): part.flag("valueBoolean") is True
        for extension in extensions(node, EXT_SCANNED)
        for part in extension.nodes("extension")
    }


def _reason(reasons: tuple[Concept, ...]) -> str | None:
    coded = next((code for r in reasons if (code := r.code_in(REASON))), None)
    return coded or next((r.label for r in reasons if r.code_in(RECORD) is None and r.label), None)


def _text(node: Node, url: str) -> str | None:
    return next((e.string("valueString") for e in extensions(node, url)), None)
