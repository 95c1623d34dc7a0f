"""Care events → what fhir.md's table of writes has for them, one transaction each.

The resource that says it has the event's own id, and its identifier is the event.
"""

from collections.abc import Iterator
from typing import Final, assert_never

from bcma.emr.fhir_map.dialect import (
    ADVERSE_EVENT_SEVERITY,
    ALLERGY_CLINICAL,
    ALLERGY_VERIFICATION,
    EXT_REACTION,
    OBSERVATION,
    SNOMED,
    STANDARD,
    Dialect,
)
from bcma.emr.fhir_map.document import ResourceUnreadable
from bcma.emr.fhir_map.given_units import Json, quantity_json
from bcma.emr.fhir_map.issue_out import issue_resources
from bcma.emr.fhir_map.measured_out import SCORE
from bcma.emr.fhir_map.near_miss_out import near_miss_resource
from bcma.emr.fhir_map.unit_of_work import (
    agents,
    concept,
    entry,
    is_uuid,
    provenance,
    reference_to,
    transaction,
)
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

#: No known allergy (SNOMED CT).
_NONE_KNOWN: Final = "716186003"
#: How an effect check is told from other Observations; a site may map it to its own code.
EFFECT_CHECK: Final = "effect-check"
EFFECT_SCORE: Final = "effect-score"
_SEVERITIES: Final = frozenset({"mild", "moderate", "severe"})
#: Between the signs of a reaction where one text has to hold them all.
SIGNS_APART: Final = "; "


def care_bundle(event: CareEvent, dialect: Dialect = STANDARD) -> Json:
    """Write what one care event says, and its Provenance.

    Raises:
        ResourceUnreadable: its id is no UUID: nothing can be written under it.
    """
    resources = _resources(event, dialect)
    if not is_uuid(event.event_id):
        kind = str(resources[0]["resourceType"])
        raise ResourceUnreadable(resource=kind, id=event.event_id, path="identifier")
    last = provenance(
        event.event_id,
        map(reference_to, resources),
        recorded=event.at,
        agents=agents(("author", event.by_id)),
        dialect=dialect,
    )
    return transaction(map(entry, (*resources, last)))


def _resources(event: CareEvent, dialect: Dialect) -> tuple[Json, ...]:
    match event:
        case AllergyAsked():
            return (_allergy(event, dialect),)
        case Reaction():
            return (_adverse_event(event, dialect),)
        case EffectCheck():
            return (_effect(event, dialect),)
        case DoubleDose() | DoubleSettled() | LateDose() | LateDoseTold():
            return issue_resources(event, dialect)
        case NearMiss():
            return (near_miss_resource(event, dialect),)
        case unknown:
            assert_never(unknown)


def _allergy(event: AllergyAsked, dialect: Dialect) -> Json:
    code = concept(SNOMED, _NONE_KNOWN) if event.substance is None else {"text": event.substance}
    return {
        "resourceType": "AllergyIntolerance",
        "id": event.event_id,
        "identifier": [_identifier(event, dialect)],
        "clinicalStatus": concept(ALLERGY_CLINICAL, "active"),
        "verificationStatus": concept(ALLERGY_VERIFICATION, "unconfirmed"),
        "code": code,
        "patient": _reference("Patient", event.patient_id),
        "recordedDate": event.at.isoformat(),
        "recorder": _reference("Practitioner", event.by_id),
    }


def _adverse_event(event: Reaction, dialect: Dialect) -> Json:
    found: Json = {
        "resourceType": "AdverseEvent",
        "id": event.event_id,
        "identifier": _identifier(event, dialect),
        "actuality": "actual",
        "subject": _reference("Patient", event.patient_id),
        "date": event.at.isoformat(),
        "recordedDate": event.at.isoformat(),
        "recorder": _reference("Practitioner", event.by_id),
        "suspectEntity": [{"instance": _reference("MedicationAdministration", event.record_id)}],
    }
    parts = list(_parts(event))
    if parts:
        found["extension"] = [{"url": EXT_REACTION, "extension": parts}]
    if event.signs:
        found["event"] = {"text": SIGNS_APART.join(event.signs)}
    if event.severity in _SEVERITIES:
        found["severity"] = concept(ADVERSE_EVENT_SEVERITY, event.severity)
    return found


def _parts(event: Reaction) -> Iterator[Json]:
    """Give what AdverseEvent has no element for: each sign by itself, and the grade.

    Its severity takes three codes and no words (a required binding): other words stand here.
    """
    for sign in event.signs:
        yield {"url": "sign", "valueString": sign}
    if event.severity and event.severity not in _SEVERITIES:
        yield {"url": "severity", "valueString": event.severity}
    if event.grade is not None:
        yield {"url": "grade", "valueInteger": event.grade}


def _effect(event: EffectCheck, dialect: Dialect) -> Json:
    found: Json = {
        "resourceType": "Observation",
        "id": event.event_id,
        "identifier": [_identifier(event, dialect)],
        "partOf": [_reference("MedicationAdministration", event.record_id)],
        "status": "final",
        "code": concept(OBSERVATION, EFFECT_CHECK),
        "subject": _reference("Patient", event.patient_id),
        "effectiveDateTime": event.at.isoformat(),
        "performer": [_reference("Practitioner", event.by_id)],
    }
    if event.score is None:
        return found | {"valueString": event.text}
    score = quantity_json(Quantity(event.score, SCORE))
    if not event.text:
        return found | {"valueQuantity": score}
    part = {"code": concept(OBSERVATION, EFFECT_SCORE), "valueQuantity": score}
    return found | {"valueString": event.text, "component": [part]}


def _identifier(event: CareEvent, dialect: Dialect) -> Json:
    return {"system": dialect.event, "value": event.event_id}


def _reference(kind: str, identity: str) -> Json:
    return {"reference": f"{kind}/{identity}"}
