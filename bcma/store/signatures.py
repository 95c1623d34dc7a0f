"""What people signed here, for whoever checks it."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, select

from bcma.store.codec import DOSE, decode_record
from bcma.store.tables import Event


@dataclass(frozen=True, slots=True, kw_only=True)
class SignedEvent:
    """A version of one of our own records, who wrote it when, and the signature, if it has one."""

    event_id: str
    version: int
    by: str
    at: datetime
    signature: bytes | None


def signed_events(connection: Connection) -> Iterator[SignedEvent]:
    """Give every version of every record, oldest first."""
    columns = Event.__table__.columns
    query = select(*columns).where(Event.kind == DOSE).order_by(Event.sequence)
    for event in connection.execute(query):
        yield SignedEvent(
            event_id=event.event_id,
            version=event.version,
            by=decode_record(event.payload).author_id or "",
            at=event.recorded_at,
            signature=event.signature,
        )
