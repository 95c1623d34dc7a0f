"""AuditEvent ↔ a scan of a wristband: how stations learn of each other's patients.

After IHE BALP's "patient read": who looked at whose record, where and when; our own subtype and
the band beside it.
"""

from typing import Final

from bcma.emr.fhir_map.datatypes import instant, reference, reference_at
from bcma.emr.fhir_map.dialect import AUDIT, STANDARD, Dialect
from bcma.emr.fhir_map.document import Raw
from bcma.emr.fhir_map.given_units import Json
from bcma.emr.fhir_map.node import Node, open_resource
from bcma.model.people import BandScan

#: How our scans are told from all other accesses, as a search parameter and as a code.
BAND_SCAN: Final = "band-scan"
_EVENT_TYPE: Final = "http://terminology.hl7.org/CodeSystem/audit-event-type"
_INTERACTION: Final = "http://hl7.org/fhir/restful-interaction"
_ENTITY_TYPE: Final = "http://terminology.hl7.org/CodeSystem/audit-entity-type"
_ENTITY_ROLE: Final = "http://terminology.hl7.org/CodeSystem/object-role"
_PERSON: Final = {"system": _ENTITY_TYPE, "code": "1"}
_OTHER: Final = {"system": _ENTITY_TYPE, "code": "4"}
_PATIENT: Final = {"system": _ENTITY_ROLE, "code": "1"}


def band_scan_resource(scan: BandScan, identity: str, dialect: Dialect = STANDARD) -> Json:
    """Write a scan under an id that follows from it, so that writing twice writes it once."""
    band = {"identifier": {"system": dialect.wristband, "value": scan.band}}
    return {
        "resourceType": "AuditEvent",
        "id": identity,
        "meta": {"tag": [{"system": dialect.event, "code": identity}]},
        "type": {"system": _EVENT_TYPE, "code": "rest"},
        "subtype": [
            {"system": _INTERACTION, "code": "read"},
            {"system": AUDIT, "code": BAND_SCAN},
        ],
        "action": "R",
        "recorded": scan.at.isoformat(timespec="milliseconds"),
        "outcome": "0",
        "agent": [{"who": {"reference": f"Practitioner/{scan.by_id}"}, "requestor": True}],
        "source": {"observer": {"display": scan.station}},
        "entity": [
            {
                "what": {"reference": f"Patient/{scan.patient_id}"},
                "type": _PERSON,
                "role": _PATIENT,
            },
            {"what": band, "type": _OTHER},
        ],
    }


def read_band_scan(raw: Raw, dialect: Dialect = STANDARD) -> BandScan | None:
    """Read a scan; ``None`` for any other access, or one of which the half is missing.

    Raises:
        ResourceUnreadable: it is no AuditEvent, or has no id.
    """
    node, _ = open_resource(raw, "AuditEvent")
    kinds = {(k.string("system"), k.string("code")) for k in node.nodes("subtype")}
    if (AUDIT, BAND_SCAN) not in kinds:
        return None
    whats = [what for entity in node.nodes("entity") if (what := entity.node("what")) is not None]
    patient = next((reference(w, "Patient") for w in whats if w.has("reference")), None)
    band = next((_band(w, dialect) for w in whats if w.has("identifier")), None)
    source = node.node("source")
    observer = None if source is None else source.node("observer")
    station = None if observer is None else observer.string("display")
    at = instant(node, "recorded")
    if patient is None or band is None or station is None or at is None:
        return None
    person = next((reference_at(a, "who", "Practitioner") for a in node.nodes("agent")), None)
    return BandScan(
        patient_id=patient.id,
        band=band,
        station=station,
        at=at,
        by_id="" if person is None else person.id,
    )


def _band(what: Node, dialect: Dialect) -> str | None:
    written = what.node("identifier")
    if written is None or written.string("system") != dialect.wristband:
        return None
    return written.string("value")
