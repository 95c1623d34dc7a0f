"""Two records for one dose, and a dose under an order that was stopped → DetectedIssue.

What a person found out about it is its mitigation; a dose that was really given twice is an
AdverseEvent besides.
"""

from collections.abc import Iterable
from datetime import datetime
from typing import Final, assert_never

from bcma.emr.fhir_map.dialect import (
    ACT_CODE,
    ADVERSE_EVENT_CATEGORY,
    FINDING,
    NOTICE,
    STANDARD,
    Dialect,
)
from bcma.emr.fhir_map.given_units import Json
from bcma.emr.fhir_map.unit_of_work import concept
from bcma.model.events import DoubleDose, DoubleOutcome, DoubleSettled, LateDose, LateDoseTold

#: HL7's code of the alert that the same drug is given twice.
DUPLICATE_THERAPY: Final = "DUPTHPY"
#: What our notice of a late dose is told from other issues by.
LATE_DOSE: Final = "given-after-order-change"
#: The finding that an AdverseEvent about a dose given twice names: it is no reaction to a drug.
GIVEN_TWICE: Final = "documentation.conflict"
PRESCRIBER_TOLD: Final = "prescriber-told"
#: HL7's category of what went wrong.
_WRONG_DOSE: Final = "wrong-dose"
_ADMINISTRATION: Final = "MedicationAdministration"

IssueEvent = DoubleDose | DoubleSettled | LateDose | LateDoseTold


def issue_resources(event: IssueEvent, dialect: Dialect = STANDARD) -> tuple[Json, ...]:
    """Write what was found, or how a person settled it."""
    match event:
        case DoubleDose():
            return (_double(event, dialect),)
        case DoubleSettled():
            told = tuple(_double(issue, dialect) | _settled(event) for issue in event.issues)
            both = event.outcome is DoubleOutcome.GIVEN_TWICE
            return (*told, _given_twice(event, dialect)) if both else told
        case LateDose():
            return (_late(event, dialect),)
        case LateDoseTold():
            return (_late(event.late, dialect) | _mitigation(PRESCRIBER_TOLD, event),)
        case unknown:
            assert_never(unknown)


def _double(event: DoubleDose, dialect: Dialect) -> Json:
    code = concept(ACT_CODE, DUPLICATE_THERAPY)
    return _issue(event, code, map(_dose, event.record_ids), dialect)


def _late(event: LateDose, dialect: Dialect) -> Json:
    implicated = (_reference("MedicationRequest", event.order_id), _dose(event.record_id))
    return _issue(event, concept(NOTICE, LATE_DOSE), implicated, dialect)


def _issue(
    event: DoubleDose | LateDose, code: Json, implicated: Iterable[Json], dialect: Dialect
) -> Json:
    return {
        "resourceType": "DetectedIssue",
        "id": event.event_id,
        "identifier": [_identifier(event.event_id, dialect)],
        "status": "final",
        "code": code,
        "severity": "high",
        "patient": _reference("Patient", event.patient_id),
        "identifiedDateTime": event.at.isoformat(),
        "implicated": list(implicated),
    }


def _settled(event: DoubleSettled) -> Json:
    return _mitigation(event.outcome.value, event)


def _mitigation(action: str, event: DoubleSettled | LateDoseTold) -> Json:
    """Write what was done about it, when and by whom."""
    done = {
        "action": concept(NOTICE, action),
        "date": event.at.isoformat(),
        "author": _reference("Practitioner", event.by_id),
    }
    return {"mitigation": [done]}


def _given_twice(event: DoubleSettled, dialect: Dialect) -> Json:
    happened: datetime = max(issue.at for issue in event.issues)
    return {
        "resourceType": "AdverseEvent",
        "id": event.event_id,
        "identifier": _identifier(event.event_id, dialect),
        "actuality": "actual",
        "category": [concept(ADVERSE_EVENT_CATEGORY, _WRONG_DOSE)],
        "event": concept(FINDING, GIVEN_TWICE),
        "subject": _reference("Patient", event.patient_id),
        "date": happened.isoformat(),
        "recordedDate": event.at.isoformat(),
        "recorder": _reference("Practitioner", event.by_id),
        "suspectEntity": [{"instance": _dose(name)} for name in event.record_ids],
    }


def _dose(record_id: str) -> Json:
    return _reference(_ADMINISTRATION, record_id)


def _identifier(event_id: str, dialect: Dialect) -> Json:
    return {"system": dialect.event, "value": event_id}


def _reference(kind: str, identity: str) -> Json:
    return {"reference": f"{kind}/{identity}"}
