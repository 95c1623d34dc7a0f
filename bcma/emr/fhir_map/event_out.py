"""One event = one unit of work: everything that it writes, as one transaction Bundle."""

import base64
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Final, assert_never
from uuid import UUID, uuid5

from bcma.emr.fhir_map.administration_out import administration_resource
from bcma.emr.fhir_map.canonical import canonical
from bcma.emr.fhir_map.dialect import EXT_EPOCH, FINDING, REASON, STANDARD, Dialect
from bcma.emr.fhir_map.document import ResourceUnreadable, parse
from bcma.emr.fhir_map.given_units import Json
from bcma.emr.fhir_map.measured_out import measured_resources
from bcma.emr.fhir_map.unit_of_work import (
    agents,
    concept,
    entry,
    is_uuid,
    provenance,
    reference_to,
    transaction,
)
from bcma.model.drug import Medication
from bcma.model.record import MedicationAdministration, RecordStatus, ReleaseRecord
from bcma.model.verdict import Finding, Severity

_SIGNATURE_PURPOSE: Final = "urn:iso-astm:E1762-95:2013"
_AUTHORS_SIGNATURE: Final = "1.2.840.10065.1.12.1.1"


@dataclass(frozen=True, slots=True)
class Change:
    """A later event that makes a new version of a record: a correction, the end of a patch.

    Attributes:
        replaces: the version on the EMR that was read and judged; ``None`` takes any.
        told: findings of earlier versions, which have their issues already.
    """

    event_id: str
    replaces: str | None = None
    told: tuple[Finding, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Signed:
    """A signature over the canonical record; it is made elsewhere and never invented here."""

    data: bytes
    by: str
    at: datetime
    format: str = "application/jose"
    target: str = "application/fhir+json"


def administration_bundle(
    record: MedicationAdministration,
    *,
    medication: Medication | None = None,
    change: Change | None = None,
    signed: Signed | None = None,
    dialect: Dialect = STANDARD,
) -> Json:
    """Write one event: the administration, an issue per finding that mattered, what was measured.

    Every entry is a PUT to an id that follows from the event, so that writing twice writes
    the same once.

    Args:
        record: what was done.
        medication: the drug file's entry that was given.
        change: the event that writes, where it is a later one than the record's own.
        signed: the author's signature.
        dialect: identifier systems.

    Raises:
        ResourceUnreadable: the record has no event, no instant, or was never understood.
    """
    event = change.event_id if change else record.event_id
    if event is None or not is_uuid(event):
        raise ResourceUnreadable(resource="MedicationAdministration", id=event, path="identifier")
    administration = administration_resource(record, medication, dialect)
    reference = f"MedicationAdministration/{administration['id']}"
    told = change.told if change else ()
    news = replace(record, findings=tuple(f for f in record.findings if f not in told))
    issues = list(_issues(news, UUID(event), reference, dialect))
    more = [*issues, *_measured(record, reference, change, dialect)]
    last = _provenance(record, str(UUID(event)), [reference, *map(reference_to, more)], dialect)
    if signed is not None:
        last["signature"] = [_signature(signed)]
    first = entry(administration, change.replaces if change else None)
    return transaction([first, *map(entry, (*more, last))])


def written_under(bundle: Mapping[str, Any], epoch: str) -> Mapping[str, Any]:
    """Say in an event's administration which store wrote it, for the day when it was restored.

    Args:
        bundle: what :func:`administration_bundle` wrote; the administration comes first.
        epoch: of the station's store.
    """
    first, *others = bundle["entry"]
    resource = _with_epoch(first["resource"], epoch)
    return {**bundle, "entry": [{**first, "resource": resource}, *others]}


def to_sign(
    record: MedicationAdministration, medication: Medication | None, epoch: str, dialect: Dialect
) -> bytes:
    """Give what the author of a record signs: the administration that is sent, in canonical form.

    Raises:
        ResourceUnreadable: it cannot be sent either.
    """
    return canonical(_with_epoch(administration_resource(record, medication, dialect), epoch))


def as_signed(bundle: Mapping[str, Any], signed: Signed) -> Mapping[str, Any]:
    """Give an event with its author's signature, and the administration as it was signed.

    What the drug file says by now changes nothing in it. Only by which id the EMR knows the record
    and its patient is the EMR's to say.

    Args:
        bundle: what :func:`administration_bundle` wrote; the administration comes first.
        signed: a compact JWS over what :func:`to_sign` gave.
    """
    entries: list[Any] = list(bundle["entry"])
    first, others, last = entries[0], entries[1:-1], entries[-1]
    names = {name: first["resource"][name] for name in ("id", "subject")}
    resource = {**parse(_content(signed.data)), **names}
    provenance = {**last["resource"], "signature": [_signature(signed)]}
    return transaction([{**first, "resource": resource}, *others, {**last, "resource": provenance}])


def _content(jws: bytes) -> bytes:
    """Give what stands in a compact JWS (RFC 7515, section 7.1), unchecked."""
    content = jws.split(b".")[1]
    return base64.urlsafe_b64decode(content + b"=" * (-len(content) % 4))


def _with_epoch(resource: Mapping[str, Any], epoch: str) -> Json:
    written = {"url": EXT_EPOCH, "valueString": epoch}
    return {**resource, "extension": [*resource["extension"], written]}


def _measured(
    record: MedicationAdministration, reference: str, change: Change | None, dialect: Dialect
) -> Iterator[Json]:
    """Write what was measured with the dose itself, and again where the record was in error."""
    if change is None or record.status is RecordStatus.ENTERED_IN_ERROR:
        at = record.given_at or _recorded(record)
        yield from measured_resources(record, reference, at, dialect)


def _issues(
    record: MedicationAdministration, event: UUID, reference: str, dialect: Dialect
) -> Iterator[Json]:
    """Write a DetectedIssue per finding that was released, or that stopped the dose."""
    for finding in record.findings:
        mattered = finding.released or finding.severity is Severity.STOP
        if not mattered or finding.severity is Severity.INFO:
            continue
        releases = [r for r in record.releases if r.code == finding.code]
        releases = [r for r in releases if r.subject == finding.subject] or releases
        issue: Json = {
            "resourceType": "DetectedIssue",
            "id": str(uuid5(event, f"DetectedIssue|{finding.code}|{finding.subject}")),
            "identifier": [{"system": dialect.event, "value": str(event)}],
            "status": "final",
            "code": concept(FINDING, finding.code),
            "severity": _severity(finding),
            "patient": {"reference": f"Patient/{record.patient_id}"},
            "identifiedDateTime": _recorded(record).isoformat(),
            "implicated": [{"reference": r} for r in _implicated(record, reference)],
        }
        mitigations = [m for release in releases for m in _mitigations(record, release)]
        yield issue | ({"mitigation": mitigations} if mitigations else {})


def _severity(finding: Finding) -> str:
    match finding.severity:
        case Severity.STOP:
            return "high"
        case Severity.ASK | Severity.WARN:
            return "moderate"
        case Severity.INFO:
            return "low"
        case unknown:
            assert_never(unknown)


def _implicated(record: MedicationAdministration, reference: str) -> Iterator[str]:
    if record.order_id:
        yield f"MedicationRequest/{record.order_id}"
    yield reference


def _mitigations(record: MedicationAdministration, release: ReleaseRecord) -> Iterator[Json]:
    """Write who let it pass and why: one entry per person who had to act."""
    entitled = (release.prescriber_id, release.pharmacist_id, release.witness_id)
    people: list[str | None] = [person for person in entitled if person]
    reason = release.reason or release.answer or "answered"
    coded = concept(REASON, release.reason) if release.reason else {"text": reason}
    for person in people or [record.giver_id]:
        mitigation: Json = {"action": coded}
        mitigation["date"] = (release.at or _recorded(record)).isoformat()
        if person:
            mitigation["author"] = {"reference": f"Practitioner/{person}"}
        yield mitigation


def _provenance(
    record: MedicationAdministration, event: str, targets: list[str], dialect: Dialect
) -> Json:
    found = provenance(
        event,
        targets,
        recorded=_recorded(record),
        agents=agents(
            ("author", record.author_id), ("verifier", record.witness_id), station=record.station
        ),
        dialect=dialect,
    )
    return found | ({"reason": [concept(REASON, record.reason)]} if record.reason else {})


def _signature(signed: Signed) -> Json:
    return {
        "type": [{"system": _SIGNATURE_PURPOSE, "code": _AUTHORS_SIGNATURE}],
        "when": signed.at.isoformat(timespec="milliseconds"),
        "who": {"reference": f"Practitioner/{signed.by}"},
        "targetFormat": signed.target,
        "sigFormat": signed.format,
        "data": base64.b64encode(signed.data).decode("ascii"),
    }


def _recorded(record: MedicationAdministration) -> datetime:
    instant = record.recorded_at or record.given_at
    if instant is None:
        raise ResourceUnreadable(
            resource="MedicationAdministration", id=record.event_id, path="effective"
        )
    return instant
