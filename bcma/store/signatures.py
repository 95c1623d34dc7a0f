"""What people signed here, for whoever checks it."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, select

from bcma.store.codec import DOSE, decode_record
from bcma.store.errors import StoreIsCorruptError
from bcma.store.tables import Event
from bcma.store.trail import digest_of


@dataclass(frozen=True, slots=True, kw_only=True)
class SignedEvent:
    """A version of one of our own records, who wrote it when, and the signature, if it has one.

    Attributes:
        by: empty where no person charted it, and where it can no longer be read.
        digest: SHA-256 of the whole record, as it is kept now.
    """

    event_id: str
    version: int
    by: str
    at: datetime
    digest: str
    signature: bytes | None


def signed_events(connection: Connection) -> Iterator[SignedEvent]:
    """Give every version of every record, oldest first."""
    columns = Event.__table__.columns
    query = select(*columns).where(Event.kind == DOSE).order_by(Event.sequence)
    for event in connection.execute(query):
        yield SignedEvent(
            event_id=event.event_id,
            version=event.version,
            by=_author(event.payload),
            at=event.recorded_at,
            digest=digest_of(event.payload),
            signature=event.signature,
        )


def _author(payload: bytes) -> str:
    try:
        return decode_record(payload).author_id or ""
    except StoreIsCorruptError:
        return ""  # whose signature it bears shows that it was altered
