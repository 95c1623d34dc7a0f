"""What the audit trail tells the EMR beside band scans and orders read: every other entry.

A lane of its own behind those, as nobody waits for it: so many at a time, and none of what was
written before the station could tell it.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, Final, assert_never

import msgspec
from sqlalchemy import Connection, Row, func, select

from bcma.model.audited import Audited, AuditedEvent, AuditKind
from bcma.store import cursors, lineage, trail
from bcma.store.codec import DOSE
from bcma.store.engine import Database
from bcma.store.lane import Access, Lane, Sealed, access_id
from bcma.store.states import DeliveryState
from bcma.store.tables import AuditEntry, Delivery, Event

#: Setting: the last entry of the trail that was told, or that is older than the telling.
TOLD: Final = "audit-trail-told"
#: So many entries are looked through at once; the next ones wait for the next exchange.
_AT_ONCE: Final = 200
#: The events that entries are about, by number.
_Events = Mapping[int, Row[*tuple[Any, ...]]]


class _Attempt(msgspec.Struct):
    """What is told of a record that the store did not take."""

    patient_id: str


def lane(database: Database, station: str) -> Lane:
    """Give the way of all else to the EMR.

    Args:
        database: of the store.
        station: names where all of it happened; left out, the store's epoch does.
    """

    def tell(connection: Connection, entries: Sequence[Sealed]) -> Iterator[Access]:
        events = _events(connection, [sealed.entry for sealed in entries])
        here = station or lineage.epoch(connection)
        for sealed in entries:
            what = _audited(sealed.entry, events, here)
            if what is not None:
                yield Access(access_id(sealed.seal, here), what)

    return Lane(database, TOLD, tell, _AT_ONCE)


def begin(connection: Connection) -> None:
    """Tell what is written from now on; a store that is telling already goes on with it."""
    if cursors.setting(connection, TOLD) is None:
        last = connection.execute(select(func.max(AuditEntry.sequence))).scalar()
        cursors.set_setting(connection, TOLD, str(last or 0))


def _sequence(entry: trail.Entry) -> int:
    """Give the number of the event that an entry is about; it is that of its delivery, too."""
    return int(entry.detail[0]) if entry.event is None else entry.event


def _events(connection: Connection, entries: Iterable[trail.Entry]) -> _Events:
    kinds = {AuditKind.DELIVERY_RETRIED, AuditKind.DELIVERY_HANDLED}
    numbers = {_sequence(e) for e in entries if e.event is not None or e.what in kinds}
    query = (
        select(
            Event.sequence,
            Event.event_id,
            Event.patient_id,
            Event.kind,
            Event.version,
            Delivery.state,
        )
        .join(Delivery, Delivery.sequence == Event.sequence)
        .where(Event.sequence.in_(numbers))
    )
    return {row.sequence: row for row in connection.execute(query)}


def _about(row: Row[*tuple[Any, ...]]) -> AuditedEvent:
    return AuditedEvent(
        event_id=row.event_id,
        is_dose=row.kind == DOSE,
        version=row.version,
        is_told=row.state == DeliveryState.DELIVERED.value,
    )


def _audited(entry: trail.Entry, events: _Events, station: str) -> Audited | None:
    """Give what is told of an entry: ids, and never what it says in words."""
    person, patient, about = "", "", None
    by = entry.who
    match entry.what:
        case AuditKind.BAND_SCAN | AuditKind.ORDERS_READ | AuditKind.ACKNOWLEDGE:
            return None  # told, or to be told, by the lane of what stations tell each other
        case (
            AuditKind.RECORD
            | AuditKind.CARE
            | AuditKind.REPLAYED
            | AuditKind.DELIVERY_RETRIED
            | AuditKind.DELIVERY_HANDLED
        ):
            row = events.get(_sequence(entry))
            if row is not None:
                patient, about = row.patient_id, _about(row)
        case AuditKind.RECORD_REFUSED:
            patient = msgspec.json.decode(entry.detail[1], type=_Attempt).patient_id
            about = AuditedEvent(event_id=entry.subject, is_dose=True)
        case AuditKind.ENROL:
            person = entry.subject
        case (
            AuditKind.SIGN_IN
            | AuditKind.SIGN_IN_REFUSED
            | AuditKind.LOCKED_OUT
            | AuditKind.LOCK
            | AuditKind.SIGN_OUT
        ):
            by = entry.subject  # whose badge it was, right PIN or wrong
        case (
            AuditKind.DELETIONS_ACCEPTED
            | AuditKind.SETBACK_SEEN
            | AuditKind.STORE_RESTORED
            | AuditKind.STORE_COPIED
        ):
            pass
        case unknown:
            assert_never(unknown)
    return Audited(
        kind=entry.what,
        station=station,
        at=entry.at,
        by_id=by,
        person_id=person,
        patient_id=patient,
        event=about,
    )
