"""The one write: event, audit and outbox in one durable transaction (rule 3).

The write lock is taken before anything is re-read, so between the reading of order, slot
and units and the commit nobody else can change them.
"""

import logging
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import datetime

from sqlalchemy import Connection, insert, select

from bcma.emr.fhir_map import ResourceUnreadable, to_sign
from bcma.errors import BcmaError
from bcma.model.audited import AuditKind
from bcma.model.events import CareEvent
from bcma.model.order import OrdersRead
from bcma.model.people import BandScan
from bcma.model.ports import SaveOutcome, SaveResult, Signer
from bcma.model.record import MedicationAdministration
from bcma.store import audit_lane, lineage, mirror, revisions, trail
from bcma.store.append import Row, append
from bcma.store.claims import refusal_of
from bcma.store.codec import DOSE, decode_record, encode_care, encode_record, kind_of
from bcma.store.engine import Database
from bcma.store.errors import NoInstantError
from bcma.store.reader import Reader
from bcma.store.tables import Acknowledgement, Event, ResourceBody, UnitUse
from bcma.store.units import named

_log = logging.getLogger(__name__)


class StoreRecorder:
    """Fills :class:`bcma.model.ports.Recorder`.

    Args:
        database: of the station.
        reader: reads it inside a transaction.
        written: called after events were written, before it is said that they are; never raises.
        signer: signs what a person charts; left out, nothing is signed.
    """

    def __init__(
        self,
        database: Database,
        reader: Callable[[Connection], Reader],
        written: Callable[[], None] = lambda: None,
        signer: Signer | None = None,
    ) -> None:
        self._database = database
        self._reader = reader
        self._written = written
        self._signer = signer

    def record(
        self,
        administration: MedicationAdministration,
        closes: Sequence[MedicationAdministration] = (),
    ) -> SaveResult:
        """Re-read order version, slot and units, then write all or nothing.

        A record whose event is here already is a further version of it (stopped, removed,
        lost, entered in error); the same version twice is written once.
        """
        return self._kept(self._guarded(lambda: self._record(administration, closes)))

    def file(self, event: CareEvent) -> SaveResult:
        """Write a care event; the same one twice is written once, another under its id never."""
        return self._kept(self._guarded(lambda: self._file(event)))

    def acknowledge(self, read: Sequence[OrdersRead]) -> SaveResult:
        """Keep what a ward has read, each version once, and in the audit trail what is new."""
        return self._guarded(lambda: self._acknowledge(read))

    def band_scanned(self, scan: BandScan) -> SaveResult:
        """Keep in the audit trail whose band was scanned here."""
        return self._guarded(lambda: self._band_scanned(scan))

    def _band_scanned(self, scan: BandScan) -> SaveResult:
        with self._database.write() as connection:
            audit_lane.keep(connection, scan)
        return SaveResult(SaveOutcome.SAVED)

    def _guarded(self, write: Callable[[], SaveResult]) -> SaveResult:
        """Turn whatever kept a write from the disk into an explicit result."""
        try:
            return write()
        except BcmaError as failed:
            cause = str(failed.facts.get("cause", failed.code))
            _log.warning("not saved: %s", cause)
            return SaveResult(SaveOutcome.NOT_SAVED, cause=cause)

    def _kept(self, result: SaveResult) -> SaveResult:
        """Let what was saved be kept elsewhere as well."""
        if result.outcome is SaveOutcome.SAVED:
            self._written()
        return result

    def _record(
        self, administration: MedicationAdministration, closes: Sequence[MedicationAdministration]
    ) -> SaveResult:
        versions = (*closes, administration)
        if any(version.event_id is None for version in versions):
            return SaveResult(SaveOutcome.NOT_SAVED, administration, cause="no-event-id")
        with self._database.write() as connection:
            reader = self._reader(connection)
            before = [_latest(connection, version.event_id or "") for version in versions]
            if before[-1] is not None and before[-1][1] == administration:
                return SaveResult(SaveOutcome.SAVED, administration)
            pairs = list(zip(versions, before, strict=True))
            refusals = (refusal_of(reader, new, old and old[1]) for new, old in pairs)
            refusal = next((refusal for refusal in refusals if refusal is not None), None)
            if refusal is None:
                for new, old in pairs:
                    signature = self._signature(reader, new)
                    _append(reader, new, 1 if old is None else old[0] + 1, signature)
                return SaveResult(SaveOutcome.SAVED, administration)
            _keep_attempt(connection, administration, refusal)
        _log.warning("not recorded: %s event=%s", refusal.outcome, administration.event_id)
        return refusal

    def _signature(self, reader: Reader, record: MedicationAdministration) -> bytes | None:
        """Let its author sign what is sent of a record; what no person charted is not signed."""
        if self._signer is None or record.author_id is None:
            return None
        drug = reader.medication(record.medication_id) if record.medication_id else None
        try:
            content = to_sign(record, drug, lineage.epoch(reader.connection), reader.dialect)
        except ResourceUnreadable:
            return None  # it cannot be sent: the delivery tells it
        kept = trail.digest_of(encode_record(record))
        return self._signer.sign(content, record.author_id, _recorded_at(record), kept) or None

    def _file(self, event: CareEvent) -> SaveResult:
        payload, kind = encode_care(event), kind_of(event)
        with self._database.write() as connection:
            query = select(Event.payload).where(Event.event_id == event.event_id)
            held = connection.execute(query).scalar()
            if held is not None:
                same = held == payload
                return SaveResult(
                    SaveOutcome.SAVED if same else SaveOutcome.NOT_SAVED,
                    cause="" if same else "other-event",
                )
            row = Row(
                event_id=event.event_id,
                patient_id=event.patient_id,
                kind=kind,
                at=event.at,
                by=event.by_id,
                payload=payload,
            )
            append(connection, row)
            revisions.count(connection, revisions.CARE, [event.patient_id])
        return SaveResult(SaveOutcome.SAVED)

    def _acknowledge(self, read: Sequence[OrdersRead]) -> SaveResult:
        with self._database.write() as connection:
            for some in read:
                _keep_read(connection, some)
        return SaveResult(SaveOutcome.SAVED)


def _latest(connection: Connection, event_id: str) -> tuple[int, MedicationAdministration] | None:
    query = (
        select(Event.version, Event.payload)
        .where(Event.event_id == event_id)
        .order_by(Event.version.desc())
        .limit(1)
    )
    row = connection.execute(query).first()
    return None if row is None else (row.version, decode_record(row.payload))


def _keep_read(connection: Connection, read: OrdersRead) -> None:
    """Keep those versions that the ward has not read here before."""
    known = select(Acknowledgement.order_version).where(
        Acknowledgement.ward == read.ward,
        Acknowledgement.patient_id == read.patient_id,
        Acknowledgement.order_version.in_(read.versions),
    )
    news = sorted(set(read.versions) - set(connection.execute(known).scalars()))
    if not news:
        return
    row = {"ward": read.ward, "patient_id": read.patient_id, "by": read.by_id, "at": read.at}
    connection.execute(insert(Acknowledgement), [row | {"order_version": v} for v in news])
    audit_lane.keep(connection, replace(read, versions=tuple(news)))
    revisions.count(connection, revisions.ACKNOWLEDGEMENT, [read.patient_id])


def _append(
    reader: Reader,
    administration: MedicationAdministration,
    version: int,
    signature: bytes | None,
) -> None:
    """Write a version of a record and the units that it uses up."""
    connection = reader.connection
    row = Row(
        event_id=administration.event_id or "",
        patient_id=administration.patient_id,
        kind=DOSE,
        at=_recorded_at(administration),
        by=administration.author_id or "",
        payload=encode_record(administration),
        version=version,
        slot_id=administration.slot_id,
        status=administration.status.value,
        order_hash=_order_hash(connection, administration.order_id),
        signature=signature,
    )
    sequence = append(connection, row)
    revisions.count(connection, revisions.RECORDS, [administration.patient_id])
    units = sorted(named(administration.units, reader.medication))
    if units:
        rows = [{"event_sequence": sequence, "unit": unit} for unit in units]
        connection.execute(insert(UnitUse), rows)


def _keep_attempt(
    connection: Connection, administration: MedicationAdministration, refusal: SaveResult
) -> None:
    """Leave in the audit trail what was tried and why it was not written: nothing is lost."""
    entry = trail.Entry(
        at=_recorded_at(administration),
        what=AuditKind.RECORD_REFUSED,
        who=administration.giver_id or "",
        subject=administration.event_id or "",
        detail=(refusal.outcome.value, encode_record(administration).decode()),
    )
    trail.append(connection, entry)


def _order_hash(connection: Connection, order_id: str | None) -> str | None:
    """Name the bytes of the order that this record was judged by; the mirror keeps them."""
    refs = mirror.get(connection, "MedicationRequest", [order_id]) if order_id else ()
    return refs[0].content_hash if refs else None


def _recorded_at(administration: MedicationAdministration) -> datetime:
    at = administration.recorded_at or administration.given_at
    if at is None:
        raise NoInstantError(cause="no-instant", event=administration.event_id)
    return at


def order_as_judged(connection: Connection, event_id: str) -> bytes | None:
    """Give the bytes of the order by which the first version of a record was judged."""
    query = (
        select(ResourceBody.body)
        .join(Event, Event.order_hash == ResourceBody.content_hash)
        .where(
            Event.event_id == event_id,
            Event.version == 1,
            ResourceBody.type == "MedicationRequest",
        )
        .limit(1)
    )
    return connection.execute(query).scalar()
