"""A record → MedicationAdministration, as fhir.md's table of writes has it."""

from collections.abc import Iterator
from datetime import datetime
from typing import Final, assert_never

from bcma.emr.fhir_map.batch import UNLISTED
from bcma.emr.fhir_map.dialect import (
    EXT_BAND,
    EXT_ORDER_VERSION,
    EXT_OUTCOME,
    EXT_RELEASED,
    EXT_REVISION,
    EXT_SCANNED,
    EXT_SLOT,
    EXT_STATION,
    INGREDIENT,
    PERFORM_FUNCTION,
    REASON,
    RECORD,
    ROUTE,
    SITE,
    Dialect,
)
from bcma.emr.fhir_map.document import ResourceUnreadable
from bcma.emr.fhir_map.given_units import Json, quantity_json, unit_extension
from bcma.emr.fhir_map.infusing import PAUSED, infusion_extension
from bcma.model.drug import Coding, Form, Medication
from bcma.model.record import MedicationAdministration, RecordStatus

#: What a record that is a mere outcome says of the drug that did not stay in.
_LOST_AS: Final = "lost"


def administration_resource(
    record: MedicationAdministration, medication: Medication | None, dialect: Dialect
) -> Json:
    """Write a record; its id is the EMR's where it has one, else the event's.

    Args:
        record: what was done; it needs an event and the instant of giving or deciding.
        medication: the drug file's entry that was given, for those who cannot look it up.
        dialect: identifier systems.

    Raises:
        ResourceUnreadable: there is nothing to name the resource by, or no instant.
    """
    identity = record.resource_id or record.event_id
    if identity is None or record.given_at is None:
        path = "id" if identity is None else "effective"
        raise ResourceUnreadable(resource="MedicationAdministration", id=identity, path=path)
    drug_id = record.medication_id or UNLISTED
    found: Json = {
        "resourceType": "MedicationAdministration",
        "id": identity,
        "contained": [_contained(record, medication, drug_id, dialect)],
        "extension": list(_extensions(record)),
        "identifier": [{"system": dialect.event, "value": record.event_id or identity}],
        "status": _status(record),
        "statusReason": list(_status_reasons(record)),
        "medicationReference": {"reference": f"#{drug_id}"},
        "subject": {"reference": f"Patient/{record.patient_id}"},
        "context": _reference("Encounter", record.encounter_id),
        **_effective(record, record.given_at, medication),
        "performer": list(_performers(record)),
        "reasonCode": [{"text": record.prn_reason}] if record.prn_reason else [],
        "request": _reference("MedicationRequest", record.order_id),
        "dosage": _dosage(record),
    }
    return {name: value for name, value in found.items() if value not in (None, [], {})}


def _status(record: MedicationAdministration) -> str:
    running = record.status is RecordStatus.RUNNING
    if running and record.infusion is not None and record.infusion.paused:
        return PAUSED
    return fhir_status(record.status)


def fhir_status(status: RecordStatus) -> str:
    """Give FHIR's status of a record (medication-admin-status).

    Raises:
        ResourceUnreadable: the record itself was never understood; it is not ours to write.
    """
    match status:
        case (
            RecordStatus.GIVEN
            | RecordStatus.GIVEN_IN_PART
            | RecordStatus.REMOVED
            | RecordStatus.LOST
        ):
            return "completed"
        case RecordStatus.RUNNING:
            return "in-progress"
        case RecordStatus.STOPPED:
            return "stopped"
        case RecordStatus.HELD | RecordStatus.REFUSED | RecordStatus.NOT_GIVEN:
            return "not-done"
        case RecordStatus.ENTERED_IN_ERROR:
            return "entered-in-error"
        case RecordStatus.UNREADABLE:
            raise ResourceUnreadable(resource="MedicationAdministration", id=None, path="status")
        case unknown:
            assert_never(unknown)


def _extensions(record: MedicationAdministration) -> Iterator[Json]:
    if record.slot is not None:
        yield {"url": EXT_SLOT, "valueDateTime": record.slot.isoformat()}
    if record.band:
        yield {"url": EXT_BAND, "valueString": record.band}
    for unit in record.units:
        yield unit_extension(unit)
    yield {
        "url": EXT_SCANNED,
        "extension": [
            {"url": "patient", "valueBoolean": record.patient_scanned},
            {"url": "drug", "valueBoolean": record.drug_scanned},
        ],
    }
    if record.infusion is not None:
        yield from infusion_extension(record.infusion)
    if record.order_version:
        yield {"url": EXT_ORDER_VERSION, "valueString": record.order_version}
    if record.station:
        yield {"url": EXT_STATION, "valueString": record.station}
    for code in sorted({release.code for release in record.releases}):
        yield {"url": EXT_RELEASED, "valueCode": code}
    if record.revision > 1:
        yield {"url": EXT_REVISION, "valuePositiveInt": record.revision}
    if record.status is RecordStatus.LOST:
        outcome = record.reason if record.reason == "vomited" else _LOST_AS
        yield {"url": EXT_OUTCOME, "valueCode": outcome}


def _status_reasons(record: MedicationAdministration) -> Iterator[Json]:
    """Give the coded reason, and what kind of record it is where FHIR's status is too coarse."""
    if record.reason:
        yield _concept(REASON, record.reason)
    if fhir_status(record.status) == "not-done" or record.status in _FINER:
        yield _concept(RECORD, record.status.value)


_FINER: Final = frozenset({RecordStatus.GIVEN_IN_PART, RecordStatus.REMOVED})
_LASTING: Final = frozenset({RecordStatus.RUNNING, RecordStatus.STOPPED, RecordStatus.REMOVED})


def _effective(
    record: MedicationAdministration, given_at: datetime, medication: Medication | None
) -> Json:
    """Give an instant, or a period for what lasts (infusions, patches).

    The end of a patch that is on is left open until somebody takes it off.
    """
    sticks = medication is not None and medication.form is Form.PATCH and record.went_in
    if record.ended_at is None and record.status not in _LASTING and not sticks:
        return {"effectiveDateTime": given_at.isoformat()}
    period = {"start": given_at.isoformat()}
    if record.ended_at is not None:
        period["end"] = record.ended_at.isoformat()
    return {"effectivePeriod": period}


def _dosage(record: MedicationAdministration) -> Json | None:
    """Give the dosage, only where dose or rate is known (mad-1) and something went in."""
    rate = None if record.infusion is None else record.infusion.rate
    unknown = record.amount is None and rate is None
    if unknown or fhir_status(record.status) == "not-done":
        return None
    found: Json = {}
    if record.site:
        found["site"] = _concept(SITE, record.site)
    if record.route:
        found["route"] = _concept(ROUTE, record.route)
    if record.amount is not None:
        found["dose"] = quantity_json(record.amount)
    if rate is not None:
        found["rateQuantity"] = quantity_json(rate)
    return found


def _performers(record: MedicationAdministration) -> Iterator[Json]:
    people = (
        ("performer", record.giver_id, record.giver_name),
        ("verifier", record.verifier_id, ""),
        ("witness", record.witness_id, ""),
    )
    for function, identity, name in people:
        if identity:
            actor = {"reference": f"Practitioner/{identity}"} | ({"display": name} if name else {})
            yield {"function": _concept(PERFORM_FUNCTION, function), "actor": actor}


def _contained(
    record: MedicationAdministration, medication: Medication | None, drug_id: str, dialect: Dialect
) -> Json:
    """Write what was given, with its batch; its local id is the drug file's."""
    found: Json = {"resourceType": "Medication", "id": drug_id}
    gtins = sorted({unit.gtin for unit in record.units if unit.gtin})
    if gtins:
        found["identifier"] = [{"system": dialect.gtin, "value": gtin} for gtin in gtins]
    codes = medication.codes if medication else ()
    name = record.medication_name or (medication.name if medication else "")
    found["code"] = {"coding": [_coding(c) for c in codes]} | ({"text": name} if name else {})
    if not codes:
        found["code"] = {"text": name or drug_id}
    if record.ingredients:
        found["ingredient"] = [
            {"itemCodeableConcept": _concept(INGREDIENT, key)} for key in sorted(record.ingredients)
        ]
    return found | _batch(record)


def _batch(record: MedicationAdministration) -> Json:
    """Write lot and expiry where all units share them; each unit's own are in its extension."""
    lots = {unit.lot for unit in record.units}
    expiries = {unit.expiry for unit in record.units}
    batch: Json = {}
    if len(lots) == 1 and (lot := lots.pop()):
        batch["lotNumber"] = lot
    if len(expiries) == 1 and (expiry := expiries.pop()):
        batch["expirationDate"] = expiry.isoformat()
    return {"batch": batch} if batch else {}


def _reference(kind: str, identity: str | None) -> Json | None:
    return {"reference": f"{kind}/{identity}"} if identity else None


def _concept(system: str, code: str) -> Json:
    return {"coding": [{"system": system, "code": code}]}


def _coding(coding: Coding) -> Json:
    parts = {"system": coding.system, "code": coding.code, "display": coding.display}
    return {name: text for name, text in parts.items() if text}
