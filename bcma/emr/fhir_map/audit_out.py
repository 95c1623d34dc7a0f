"""The audit trail as AuditEvents, after IHE BALP: who did what at which station, by ids only.

Types, actions, agents and entities are BALP's. Its profiles are not claimed: they ask for the
addresses of a client and a server, and this happened at a station, whether or not an EMR was
there. Sign-ins are DICOM's user authentication, as BALP has no pattern of its own for them.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Final

from bcma.emr.fhir_map.dialect import AUDIT, STANDARD, Dialect
from bcma.emr.fhir_map.given_units import Json
from bcma.model.audited import Audited, AuditedEvent, AuditKind

_DICOM: Final = "http://dicom.nema.org/resources/ontology/DCM"
_PARTICIPATION: Final = "http://terminology.hl7.org/CodeSystem/v3-ParticipationType"
_RESTFUL: Final = "http://hl7.org/fhir/restful-interaction"
_ENTITY_TYPE: Final = "http://terminology.hl7.org/CodeSystem/audit-entity-type"
_ENTITY_ROLE: Final = "http://terminology.hl7.org/CodeSystem/object-role"
#: The station, as BALP has the client: DICOM's source.
_SOURCE: Final = (_DICOM, "110153")
_PERSON, _OBJECT = "1", "2"
_PATIENT, _RESOURCE, _USER = "1", "4", "11"
_DOSE: Final = "MedicationAdministration"


@dataclass(frozen=True, slots=True)
class Form:
    """What kind of AuditEvent something is.

    Attributes:
        kind: system and code of its type.
        detail: those of what was done, beside our own subtype.
        action: created, read, updated or, for all else, executed.
        person: BALP's part of the person in it, in codes of v3's participation types.
        outcome: 0 done, 4 refused.
    """

    kind: tuple[str, str]
    detail: tuple[str, str] | None
    action: str
    person: str | None = None
    outcome: str = "0"


_REST: Final = ("http://terminology.hl7.org/CodeSystem/audit-event-type", "rest")
_AUTHENTICATION: Final = (_DICOM, "110114")
_LOGIN, _LOGOUT = (_DICOM, "110122"), (_DICOM, "110123")
_CREATED: Final = Form(_REST, (_RESTFUL, "create"), "C", "AUT")
_UPDATED: Final = Form(_REST, (_RESTFUL, "update"), "U", "AUT")
_READ: Final = Form(_REST, (_RESTFUL, "read"), "R", "IRCP")
_SIGNED_IN: Final = Form(_AUTHENTICATION, _LOGIN, "E")
_NOT_SIGNED_IN: Final = replace(_SIGNED_IN, outcome="4")
_SIGNED_OUT: Final = Form(_AUTHENTICATION, _LOGOUT, "E")
_DONE: Final = Form(_REST, None, "E")

#: Every kind of entry. A security alert (110113) is DICOM's for changed rights of a user (110137).
FORMS: Final[Mapping[AuditKind, Form]] = {
    AuditKind.RECORD: _CREATED,
    AuditKind.CARE: _CREATED,
    AuditKind.REPLAYED: _CREATED,
    AuditKind.RECORD_REFUSED: replace(_CREATED, outcome="4"),
    AuditKind.BAND_SCAN: _READ,
    AuditKind.ORDERS_READ: _READ,
    AuditKind.ACKNOWLEDGE: _READ,
    AuditKind.ENROL: Form((_DICOM, "110113"), (_DICOM, "110137"), "E"),
    AuditKind.SIGN_IN: _SIGNED_IN,
    AuditKind.SIGN_IN_REFUSED: _NOT_SIGNED_IN,
    AuditKind.LOCKED_OUT: _NOT_SIGNED_IN,
    AuditKind.LOCK: _SIGNED_OUT,
    AuditKind.SIGN_OUT: _SIGNED_OUT,
    AuditKind.DELIVERY_RETRIED: _DONE,
    AuditKind.DELIVERY_HANDLED: _DONE,
    AuditKind.DELETIONS_ACCEPTED: _DONE,
    AuditKind.SETBACK_SEEN: _DONE,
    AuditKind.STORE_RESTORED: _DONE,
    AuditKind.STORE_COPIED: _DONE,
}


def audited_resource(
    told: Audited,
    identity: str,
    dialect: Dialect = STANDARD,
    *,
    site: str = "",
    beside: Iterable[Json] = (),
) -> Json:
    """Write an access or a change under an id that follows from it: twice is once.

    ``site`` is the ward of the station, where it matters; ``beside`` what else it is about.
    """
    form = _form_of(told)
    ours = (AUDIT, told.kind.value)
    subtypes = [ours] if form.detail is None else [form.detail, ours]
    entities = [*_entities(told, dialect), *beside]
    return {
        "resourceType": "AuditEvent",
        "id": identity,
        "meta": {"tag": [{"system": dialect.event, "code": identity}]},
        "type": _coding(form.kind),
        "subtype": [_coding(subtype) for subtype in subtypes],
        "action": form.action,
        "recorded": told.at.isoformat(timespec="milliseconds"),
        "outcome": form.outcome,
        "agent": list(_agents(told, form)),
        # FHIR knows neither empty text nor an empty list
        "source": {**({"site": site} if site else {}), "observer": {"display": told.station}},
        **({"entity": entities} if entities else {}),
    }


def _form_of(told: Audited) -> Form:
    form = FORMS[told.kind]
    is_later = told.event is not None and told.event.version > 1
    return _UPDATED if is_later and form == _CREATED else form


def _agents(told: Audited, form: Form) -> Iterator[Json]:
    """Name the person, if there was one, and the station where it happened."""
    if told.by_id:
        part = {} if form.person is None else {"type": _concept((_PARTICIPATION, form.person))}
        yield {
            **part,
            "who": {"reference": f"Practitioner/{told.by_id}"},
            "requestor": True,
        }
    yield {
        "type": _concept(_SOURCE),
        "who": {"display": told.station},
        "requestor": not told.by_id,
    }


def _entities(told: Audited, dialect: Dialect) -> Iterator[Json]:
    if told.patient_id:
        yield _entity({"reference": f"Patient/{told.patient_id}"}, _PERSON, _PATIENT)
    if told.event is not None:
        yield _entity(_event(told.event, dialect), _OBJECT, _RESOURCE)
    if told.person_id:
        yield _entity({"reference": f"Practitioner/{told.person_id}"}, _PERSON, _USER)


def _event(event: AuditedEvent, dialect: Dialect) -> Json:
    """Name an event as it is found anywhere; a dose as a resource, too, once it is one there.

    A server that looks after every reference takes none to what it does not have yet.
    """
    named: Json = {"identifier": {"system": dialect.event, "value": event.event_id}}
    if not event.is_dose:
        return named
    there = {"reference": f"{_DOSE}/{event.event_id}"} if event.is_told else {}
    return {**there, "type": _DOSE, **named}


def _entity(what: Json, kind: str, role: str) -> Json:
    return {
        "what": what,
        "type": {"system": _ENTITY_TYPE, "code": kind},
        "role": {"system": _ENTITY_ROLE, "code": role},
    }


def _coding(coding: tuple[str, str]) -> Json:
    system, code = coding
    return {"system": system, "code": code}


def _concept(coding: tuple[str, str]) -> Json:
    return {"coding": [_coding(coding)]}
