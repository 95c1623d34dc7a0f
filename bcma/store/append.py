"""Event, audit entry and outbox row, side by side: nothing is kept that is not also told."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, insert

from bcma.model.audited import AuditKind
from bcma.store import trail
from bcma.store.codec import DOSE
from bcma.store.states import DeliveryState
from bcma.store.tables import Delivery, Event


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One version of one event, encoded; the patient is its lane to the EMR."""

    event_id: str
    patient_id: str
    kind: str
    at: datetime
    by: str
    payload: bytes
    version: int = 1
    slot_id: str | None = None
    status: str = ""
    order_hash: str | None = None
    signature: bytes | None = None


def append(connection: Connection, row: Row, *, replayed: bool = False) -> int:
    """Write an event into the running transaction; earlier versions stay as they are.

    Args:
        connection: of the transaction.
        row: the event.
        replayed: it was written before and comes back from the journal: the audit trail says
            so, and it is looked for on the EMR before it is sent.

    Returns:
        The event's number, that of its delivery too.
    """
    event = insert(Event).values(
        event_id=row.event_id,
        version=row.version,
        patient_id=row.patient_id,
        slot_id=row.slot_id,
        status=row.status,
        kind=row.kind,
        recorded_at=row.at,
        payload=row.payload,
        order_hash=row.order_hash,
        signature=row.signature,
    )
    sequence = connection.execute(event.returning(Event.sequence)).scalar_one()
    entry = trail.Entry(
        at=row.at,
        what=_kind_of(row, replayed=replayed),
        who=row.by,
        subject=row.event_id,
        event=sequence,
        digest=trail.digest_of(row.payload),
        detail=(row.status if row.kind == DOSE else row.kind,),
    )
    trail.append(connection, entry)
    state = DeliveryState.UNKNOWN if replayed else DeliveryState.PENDING
    delivery = insert(Delivery).values(sequence=sequence, lane=row.patient_id, state=state.value)
    connection.execute(delivery)
    return sequence


def _kind_of(row: Row, *, replayed: bool) -> AuditKind:
    if replayed:
        return AuditKind.REPLAYED
    return AuditKind.RECORD if row.kind == DOSE else AuditKind.CARE
