"""MedicationRequest → an order, with a problem for everything that could not be understood."""

from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import datetime
from typing import Final, TypeVar

from bcma.emr.fhir_map.amounts import quantity_at
from bcma.emr.fhir_map.datatypes import (
    Concept,
    coding_at,
    concept_at,
    concepts_at,
    identifiers,
    moment,
    period_at,
    reference_at,
    references_at,
)
from bcma.emr.fhir_map.dialect import EXT_HOLD, EXT_REVIEW, STANDARD, Dialect
from bcma.emr.fhir_map.document import Raw, ResourceUnreadable
from bcma.emr.fhir_map.dosage import dosage, is_unplanned, note_contradictions
from bcma.emr.fhir_map.extensions import duration_at, extensions, last_updated, parts, version_id
from bcma.emr.fhir_map.node import Node, open_resource
from bcma.emr.fhir_map.order_drug import MedicationOf, ordered_drug
from bcma.emr.fhir_map.order_version import version_of
from bcma.model.drug import Medication
from bcma.model.order import (
    Dosage,
    HoldLimit,
    Intent,
    MedicationRequest,
    OrderStatus,
    Priority,
)

_ELEMENTS: Final = frozenset(
    [
        "resourceType",
        "meta",
        "implicitRules",
        "language",
        "text",
        "contained",
        "identifier",
        "status",
        "statusReason",
        "intent",
        "category",
        "priority",
        "doNotPerform",
        "reportedBoolean",
        "reportedReference",
        "medicationCodeableConcept",
        "medicationReference",
        "subject",
        "encounter",
        "supportingInformation",
        "authoredOn",
        "requester",
        "performer",
        "performerType",
        "recorder",
        "reasonCode",
        "reasonReference",
        "instantiatesCanonical",
        "instantiatesUri",
        "basedOn",
        "groupIdentifier",
        "courseOfTherapyType",
        "insurance",
        "note",
        "dosageInstruction",
        "dispenseRequest",
        "substitution",
        "priorPrescription",
        "detectedIssue",
        "eventHistory",
    ]
)
_Code = TypeVar("_Code", OrderStatus, Intent)
_HOLD: Final = frozenset({"code", "low", "high", "max-age"})
_SUBSTITUTION: Final = "http://terminology.hl7.org/CodeSystem/v3-substanceAdminSubstitution"
_SUBSTITUTES: Final = frozenset({"E", "EC", "BC", "G", "TE", "TB", "TG", "F"})


def read_order(
    raw: Raw, medication_of: MedicationOf, dialect: Dialect = STANDARD
) -> MedicationRequest:
    """Read an order of any status; whatever cannot be understood becomes a problem on it.

    Args:
        raw: the resource as :func:`~bcma.emr.fhir_map.document.parse` gives it.
        medication_of: the drug file, by id of the Medication.
        dialect: identifier systems, and the zone of bare dates.

    Raises:
        ResourceUnreadable: it has no id or names no patient, so that no chart could show it.
    """
    node, identity = open_resource(raw, "MedicationRequest")
    node.know(_ELEMENTS | {"modifierExtension"})
    patient = reference_at(node, "subject", "Patient")
    if patient is None or not patient.kind:
        raise ResourceUnreadable(resource="MedicationRequest", id=identity, path="subject")
    order = _frame(node, identity, patient.id, ordered_drug(node, medication_of, dialect), dialect)
    order = replace(order, dosages=_dosages(node, order, dialect))
    order = replace(order, as_written=_as_written(order), problems=tuple(node.problems))
    return replace(order, version=version_of(order, dialect.wall_zone))


def _frame(
    node: Node, identity: str, patient_id: str, drug: Medication, dialect: Dialect
) -> MedicationRequest:
    """Read everything but the dosages."""
    encounter = reference_at(node, "encounter", "Encounter")
    authored = moment(node, "authoredOn", dialect.zone)
    requester = reference_at(node, "requester")
    reasons = concepts_at(node, "reasonCode")
    return MedicationRequest(
        id=identity,
        patient_id=patient_id,
        status=_required(node, "status", node.member("status", OrderStatus))
        or OrderStatus.UNREADABLE,
        intent=_required(node, "intent", node.member("intent", Intent)) or Intent.UNREADABLE,
        medication=drug,
        version_id=version_id(node),
        last_updated=last_updated(node),
        identifiers=tuple(i.value for i in identifiers(node, dialect.wall_zone)),
        encounter_id=None if encounter is None else encounter.id,
        priority=node.member("priority", Priority) or Priority.ROUTINE,
        prohibits=_prohibits(node),
        authored_on=None if authored is None else authored.first,
        stop_date=min(_stop_dates(node, dialect), default=None),
        prior_ids=tuple(_priors(node)),
        reasons=tuple(_reasons(node, reasons)),
        reason_codes=tuple(code for reason in reasons for code in reason.codings),
        substitution_allowed=_substitution(node),
        holds=tuple(_holds(node)),
        requester="" if requester is None else requester.display or requester.id,
        note="; ".join(text for n in node.nodes("note") if (text := n.string("text"))),
    )


def _required(node: Node, name: str, found: _Code | None) -> _Code | None:
    if found is None and not node.has(name):
        node.note(name, "")
    return found


def _prohibits(node: Node) -> bool:
    """Tell whether it says "do not give"; a value that cannot be read may mean that."""
    return node.has("doNotPerform") and node.flag("doNotPerform") is not False


def _dosages(node: Node, order: MedicationRequest, dialect: Dialect) -> tuple[Dosage, ...]:
    nodes = node.nodes("dosageInstruction")
    found = tuple(dosage(entry, dialect.zone) for entry in nodes)
    if order.prohibits:
        return found
    if not node.has("dosageInstruction"):
        node.note("dosageInstruction", "")
    note_contradictions(nodes, found)
    at_once = order.priority is not Priority.ROUTINE and order.authored_on is not None
    for entry, instruction in zip(nodes, found, strict=True):
        if is_unplanned(instruction) and not (at_once and instruction.timing is None):
            entry.note("timing", "")
    return found


def _priors(node: Node) -> Iterator[str]:
    prior = reference_at(node, "priorPrescription", "MedicationRequest")
    if prior is not None:
        yield prior.id
    for based_on in references_at(node, "basedOn"):
        if based_on.kind == "MedicationRequest":
            yield based_on.id


def _stop_dates(node: Node, dialect: Dialect) -> Iterator[datetime]:
    """Give until when it may be dispensed, and by when it is to be reviewed."""
    dispense = node.node("dispenseRequest")
    period = period_at(dispense, "validityPeriod", dialect.zone) if dispense else None
    if period is not None and period.end is not None:
        yield period.end
    for extension in extensions(node, EXT_REVIEW):
        name = extension.first_of("valueDateTime", "valueDate")
        review = moment(extension, name, dialect.zone) if name else None
        if review is not None:
            yield review.last


def _reasons(node: Node, reasons: Iterable[Concept]) -> Iterator[str]:
    for reason in reasons:
        if reason.label:
            yield reason.label
    for there in references_at(node, "reasonReference"):
        yield there.display or f"{there.kind}/{there.id}"


def _substitution(node: Node) -> bool | None:
    """Tell whether an equivalent is allowed; a code that is not known does not allow it."""
    there = node.node("substitution")
    if there is None:
        return None
    match there.first_of("allowedBoolean", "allowedCodeableConcept"):
        case "allowedBoolean":
            return there.flag("allowedBoolean") is True
        case "allowedCodeableConcept":
            allowed = concept_at(there, "allowedCodeableConcept") or Concept()
            return allowed.code_in(_SUBSTITUTION) in _SUBSTITUTES
        case _:
            return False


def _holds(node: Node) -> Iterator[HoldLimit]:
    for extension in extensions(node, EXT_HOLD):
        found = parts(extension, _HOLD)
        code = next((coding_at(p, "valueCoding") for p in found.get("code", ())), None)
        low = next(
            (quantity_at(p, "valueQuantity", signed=True) for p in found.get("low", ())), None
        )
        high = next(
            (quantity_at(p, "valueQuantity", signed=True) for p in found.get("high", ())), None
        )
        age = next((duration_at(p, "valueDuration") for p in found.get("max-age", ())), None)
        if code is None or not code.code or (low is None and high is None):
            extension.note("extension", "code, low, high")
        else:
            yield HoldLimit(code=code, low=low, high=high, max_age=age)


def _as_written(order: MedicationRequest) -> str:
    """Join the order's own words: drug, each instruction, notes."""
    lines = [order.medication.name, *(_written(d) for d in order.dosages), order.note]
    return "\n".join(line for line in lines if line)


def _written(instruction: Dosage) -> str:
    if instruction.text:
        return instruction.text
    dose = "" if instruction.dose is None else str(instruction.dose)
    code = instruction.timing.code if instruction.timing else None
    return " ".join(word for word in (dose, instruction.route_text, code or "") if word)
