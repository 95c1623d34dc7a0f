"""What was measured at giving ↔ Observations, in the transaction of the dose itself."""

from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import datetime
from typing import Final
from uuid import NAMESPACE_URL, uuid5

from bcma.emr.fhir_map.amounts import quantity_at
from bcma.emr.fhir_map.datatypes import concept_at
from bcma.emr.fhir_map.dialect import LOINC, OBSERVATION, Dialect
from bcma.emr.fhir_map.document import Raw
from bcma.emr.fhir_map.given_units import Json, quantity_json
from bcma.emr.fhir_map.node import open_resource
from bcma.emr.fhir_map.unit_of_work import concept
from bcma.model.quantity import Quantity
from bcma.model.record import MedicationAdministration, RecordStatus

#: The symptom's score for which an as-needed dose was given; its scale has no code of its own.
SYMPTOM_SCORE: Final = "symptom-score"
#: The unit of a score: UCUM has none but an annotation.
SCORE: Final = "{score}"


def observation_id(event_id: str, code: str) -> str:
    """Give the id of the Observation of one value that was measured for a dose."""
    return str(uuid5(NAMESPACE_URL, f"urn:uuid:{event_id}#Observation|{code}"))


def measured_resources(
    record: MedicationAdministration, reference: str, at: datetime, dialect: Dialect
) -> Iterator[Json]:
    """Write the values of a record, each once; those of a record in error are in error too.

    Later versions of a record measure nothing anew: only a correction writes them again.

    Args:
        record: what was done.
        reference: the record's reference on the EMR.
        at: when it was done.
        dialect: identifier systems.
    """
    corrected = record.status is RecordStatus.ENTERED_IN_ERROR
    giver = {"reference": f"Practitioner/{record.giver_id}"}
    by: Json = {"performer": [giver]} if record.giver_id else {}
    for code, system, value in _values(record):
        yield {
            "resourceType": "Observation",
            "id": observation_id(record.event_id or "", code),
            "identifier": [{"system": dialect.event, "value": record.event_id or ""}],
            "partOf": [{"reference": reference}],
            "status": "entered-in-error" if corrected else "final",
            "code": concept(system, code),
            "subject": {"reference": f"Patient/{record.patient_id}"},
            "effectiveDateTime": at.isoformat(),
            "valueQuantity": quantity_json(value),
            **by,
        }


def with_measured(
    record: MedicationAdministration, observations: Iterable[Raw]
) -> MedicationAdministration:
    """Give a record that another station charted with what was measured for it there.

    Raises:
        ResourceUnreadable: one of them is no Observation, or has no id.
    """
    measured, score = dict(record.measured), record.prn_score
    for raw in observations:
        node, _ = open_resource(raw, "Observation")
        code, value = concept_at(node, "code"), quantity_at(node, "valueQuantity", signed=True)
        if code is None or value is None:
            continue
        if (loinc := code.code_in(LOINC)) is not None:
            measured[loinc] = value
        elif code.code_in(OBSERVATION) == SYMPTOM_SCORE:
            score = value.value
    return replace(record, measured=tuple(measured.items()), prn_score=score)


def _values(record: MedicationAdministration) -> Iterator[tuple[str, str, Quantity]]:
    for code, value in record.measured:
        yield code, LOINC, value
    if record.prn_score is not None:
        yield SYMPTOM_SCORE, OBSERVATION, Quantity(record.prn_score, SCORE)
