"""The audit trail: one hash-chained entry per change, in the transaction of the change."""

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

import msgspec
from sqlalchemy import Connection, insert, select

from bcma.audit import GENESIS, ChainRow, first_broken, seal
from bcma.store.engine import Database
from bcma.store.tables import AuditEntry, Event


class Entry(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What one audit entry says: codes and ids, and the hash of what it is about.

    Attributes:
        what: ``record``, ``orders-read``, ``enrol``, ``sign-in-refused`` ...
        who: id of the person; empty for the program itself.
        event: sequence number of the event row that it seals.
        digest: SHA-256 of that row's payload.
    """

    at: datetime
    what: str
    who: str = ""
    subject: str = ""
    event: int | None = None
    digest: str = ""
    detail: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Broken:
    """Where the trail no longer holds, and why: ``seal``, ``payload`` or ``missing``."""

    sequence: int
    why: str


def digest_of(payload: bytes) -> str:
    """Give the hash by which an entry names a payload."""
    return hashlib.sha256(_as_bytes(payload)).hexdigest()


def append(connection: Connection, entry: Entry) -> None:
    """Seal an entry onto the chain; the writer's lock keeps two from taking one place."""
    last = connection.execute(
        select(AuditEntry.seal).order_by(AuditEntry.sequence.desc()).limit(1)
    ).scalar()
    body = msgspec.json.encode(entry, order="deterministic")
    connection.execute(
        insert(AuditEntry).values(body=body, seal=seal(GENESIS if last is None else last, body))
    )


def entries(database: Database) -> tuple[Entry, ...]:
    """List the trail, oldest first.

    Raises:
        StoreError: the store cannot be read.
    """
    with database.read() as connection:
        bodies = connection.execute(select(AuditEntry.body).order_by(AuditEntry.sequence))
        return tuple(msgspec.json.decode(body, type=Entry) for body in bodies.scalars())


def verify(database: Database) -> Broken | None:
    """Check every seal, and that every event is still what its entry sealed.

    Raises:
        StoreError: the store cannot be read.
    """
    with database.read() as connection:
        sequences: list[int] = []
        broken = first_broken(_chain(connection, sequences))
        if broken is not None:
            return Broken(sequences[-1], "seal")
        return _first_altered_event(connection)


def _chain(connection: Connection, sequences: list[int]) -> Iterator[ChainRow]:
    """Give the rows one by one, noting their numbers: the trail may be long."""
    rows = connection.execution_options(yield_per=500).execute(
        select(AuditEntry.sequence, AuditEntry.body, AuditEntry.seal).order_by(AuditEntry.sequence)
    )
    for sequence, body, row_seal in rows:
        sequences.append(sequence)
        yield ChainRow(_as_bytes(body), row_seal)


def _as_bytes(column: bytes | str) -> bytes:
    """Take what an alteration by hand may have left as text for the bytes that it stands for."""
    return column.encode() if isinstance(column, str) else column


def _first_altered_event(connection: Connection) -> Broken | None:
    sealed = {
        entry.event: entry.digest
        for (body,) in connection.execute(select(AuditEntry.body))
        if (entry := msgspec.json.decode(body, type=Entry)).event is not None
    }
    events = connection.execute(select(Event.sequence, Event.payload).order_by(Event.sequence))
    for sequence, payload in events:
        if sealed.pop(sequence, "") != digest_of(payload):
            return Broken(sequence, "payload")
    return Broken(min(sealed), "missing") if sealed else None
