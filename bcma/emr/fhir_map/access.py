"""AuditEvent ↔ what stations tell each other: a band was scanned, orders were read by a ward.

As every entry of the audit trail, with the band or the versions of orders beside it.
"""

from collections.abc import Iterable
from typing import Final, assert_never

from bcma.emr.fhir_map.audit_out import audited_resource
from bcma.emr.fhir_map.datatypes import instant, reference, reference_at
from bcma.emr.fhir_map.dialect import AUDIT, ORDER_VERSION, STANDARD, Dialect
from bcma.emr.fhir_map.document import Raw
from bcma.emr.fhir_map.given_units import Json
from bcma.emr.fhir_map.node import Node, open_resource
from bcma.model.audited import Audited, AuditKind
from bcma.model.order import OrdersRead
from bcma.model.people import BandScan

#: How ours are told from all other accesses, as a search parameter and as a code.
BAND_SCAN: Final = AuditKind.BAND_SCAN.value
ORDERS_READ: Final = AuditKind.ORDERS_READ.value
_OTHER: Final = {"system": "http://terminology.hl7.org/CodeSystem/audit-entity-type", "code": "4"}


def access_resource(
    told: BandScan | OrdersRead | Audited, identity: str, dialect: Dialect = STANDARD
) -> Json:
    """Write an access under an id that follows from it, so that writing twice writes it once."""
    match told:
        case Audited():
            return audited_resource(told, identity, dialect)
        case BandScan():
            kind, ward = AuditKind.BAND_SCAN, ""
            named = [(dialect.wristband, told.band)]
        case OrdersRead():
            # of a station without a ward, no ward reads it back
            kind, ward = AuditKind.ORDERS_READ, told.ward
            named = [(ORDER_VERSION, version) for version in told.versions]
        case unknown:
            assert_never(unknown)
    read = Audited(
        kind=kind,
        station=told.station,
        at=told.at,
        by_id=told.by_id,
        patient_id=told.patient_id,
    )
    return audited_resource(read, identity, dialect, site=ward, beside=_entities(named))


def read_access(raw: Raw, dialect: Dialect = STANDARD) -> BandScan | OrdersRead | None:
    """Read an access; ``None`` for one that is not ours, or of which the half is missing.

    Raises:
        ResourceUnreadable: it is no AuditEvent, or has no id.
    """
    node, _ = open_resource(raw, "AuditEvent")
    kinds = {k.string("code") for k in node.nodes("subtype") if k.string("system") == AUDIT}
    whats = [what for entity in node.nodes("entity") if (what := entity.node("what")) is not None]
    patient = next((reference(w, "Patient") for w in whats if w.has("reference")), None)
    source = node.node("source")
    observer = None if source is None else source.node("observer")
    station = None if observer is None else observer.string("display")
    at = instant(node, "recorded")
    if patient is None or source is None or station is None or at is None:
        return None
    person = next((reference_at(a, "who", "Practitioner") for a in node.nodes("agent")), None)
    by_id = "" if person is None else person.id
    bands, versions = _values(whats, dialect.wristband), _values(whats, ORDER_VERSION)
    ward = source.string("site")
    if BAND_SCAN in kinds and bands:
        return BandScan(patient_id=patient.id, band=bands[0], station=station, at=at, by_id=by_id)
    if ORDERS_READ in kinds and versions and ward:
        return OrdersRead(
            patient_id=patient.id,
            versions=versions,
            ward=ward,
            station=station,
            at=at,
            by_id=by_id,
        )
    return None


def _entities(named: Iterable[tuple[str, str]]) -> Iterable[Json]:
    for system, value in named:
        yield {"what": {"identifier": {"system": system, "value": value}}, "type": _OTHER}


def _values(whats: Iterable[Node], system: str) -> tuple[str, ...]:
    """Give the values of the identifiers of a system that an access names."""
    written = (what.node("identifier") for what in whats if what.has("identifier"))
    named = (i.string("value") for i in written if i and i.string("system") == system)
    return tuple(value for value in named if value)
