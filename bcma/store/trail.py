"""The audit trail: one hash-chained entry per change, in the transaction of the change.

The seal of the last entry is kept beside the trail, and the next entry is sealed onto that one:
whoever cuts entries off the end leaves a gap that no later entry can close.
"""

import hashlib
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any, Final, TypeVarTuple

import msgspec
from sqlalchemy import Connection, Result, Row, Select, exists, insert, select
from sqlalchemy.orm import aliased

from bcma.audit import GENESIS, Chain, ChainRow, seal
from bcma.model.audited import AuditKind
from bcma.store import cursors
from bcma.store.codec import DOSE
from bcma.store.engine import Database
from bcma.store.tables import AuditEntry, Event

#: Setting: the seal of the last entry.
_HEAD: Final = "audit-head"
_AT_ONCE: Final = 500
_Columns = TypeVarTuple("_Columns")


class Entry(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What one audit entry says: codes and ids, and the hash of what it is about.

    Attributes:
        who: id of the person; empty for the program itself.
        event: sequence number of the event row that it seals.
        digest: SHA-256 of that row's payload.
    """

    at: datetime
    what: AuditKind
    who: str = ""
    subject: str = ""
    event: int | None = None
    digest: str = ""
    detail: tuple[str, ...] = ()


class _Named(msgspec.Struct):
    """What a payload says of the columns by which its event is found."""

    event_id: str
    patient_id: str
    slot_id: str | None = None
    status: str = ""


class Flaw(StrEnum):
    """Why a trail does not hold.

    ``SEAL``: an entry was altered, put in, or one before it is gone. ``PAYLOAD``: an event is not
    what its entry sealed, or is found as another. ``MISSING``: an event is gone. ``UNSEALED``: an
    event has no entry. ``CUT``: entries are gone from the end.
    """

    SEAL = "seal"
    PAYLOAD = "payload"
    MISSING = "missing"
    UNSEALED = "unsealed"
    CUT = "cut"


@dataclass(frozen=True, slots=True)
class Broken:
    """Where the trail no longer holds, and why; ``sequence`` is an entry's or an event's."""

    sequence: int
    why: Flaw


@dataclass(frozen=True, slots=True)
class Checked:
    """What was found of the trail: how many entries hold, the seal of the last of them.

    Whoever notes the seal elsewhere can tell later whether that entry is still in the trail.
    """

    entries: int
    seal: str
    broken: Broken | None = None


def digest_of(payload: object) -> str:
    """Give the hash by which an entry names a payload."""
    return hashlib.sha256(_as_bytes(payload)).hexdigest()


def append(connection: Connection, entry: Entry) -> None:
    """Seal an entry onto the chain; the writer's lock keeps two from taking one place."""
    head = cursors.setting(connection, _HEAD) or GENESIS
    body = msgspec.json.encode(entry, order="deterministic")
    sealed = seal(head, body)
    connection.execute(insert(AuditEntry).values(body=body, seal=sealed))
    cursors.set_setting(connection, _HEAD, sealed)


def entries(database: Database) -> tuple[Entry, ...]:
    """List the trail, oldest first.

    Raises:
        StoreError: the store cannot be read.
    """
    with database.read() as connection:
        bodies = connection.execute(select(AuditEntry.body).order_by(AuditEntry.sequence))
        return tuple(msgspec.json.decode(body, type=Entry) for body in bodies.scalars())


def verify(database: Database) -> Checked:
    """Check every seal, and that every event is still what its entry sealed.

    Goes through trail and events side by side, so that a long trail needs no more memory.

    Raises:
        StoreError: the store cannot be read.
    """
    with (
        database.read() as connection,
        _rows(connection, _TRAIL) as trail,
        _rows(connection, _EVENTS) as events,
    ):
        chain, sealed, sequence = Chain(), _Sealed(events), 0
        for sequence, body, found in trail:
            text = _as_bytes(body)
            broken = (
                sealed.check(msgspec.json.decode(text, type=Entry))
                if chain.goes_on(ChainRow(text, found))
                else Broken(sequence, Flaw.SEAL)
            )
            if broken is not None:
                return Checked(chain.length, chain.seal, broken)
        broken = _at_the_end(connection, chain.seal, sequence) or sealed.left()
        return Checked(chain.length, chain.seal, broken)


def holds(database: Database, noted: str) -> bool:
    """Tell whether the entry with a seal that was noted earlier is still in the trail.

    Raises:
        StoreError: the store cannot be read.
    """
    query = select(AuditEntry.sequence).where(AuditEntry.seal == noted)
    with database.read() as connection:
        return connection.execute(query).first() is not None


_TRAIL: Final = select(AuditEntry.sequence, AuditEntry.body, AuditEntry.seal).order_by(
    AuditEntry.sequence
)
_earlier = aliased(Event)
#: A version that an earlier event has already: it would no longer count.
_OVERTAKEN: Final = exists().where(
    _earlier.event_id == Event.event_id,
    _earlier.sequence < Event.sequence,
    _earlier.version >= Event.version,
)
_EVENTS: Final = select(
    Event.sequence,
    Event.payload,
    Event.event_id,
    Event.patient_id,
    Event.slot_id,
    Event.status,
    Event.kind,
    _OVERTAKEN.label("overtaken"),
).order_by(Event.sequence)


class _Sealed:
    """The events in their order, which is that of their entries."""

    def __init__(self, events: Result[*tuple[Any, ...]]) -> None:
        self._events = iter(events)

    def check(self, entry: Entry) -> Broken | None:
        """Compare an entry with the event that it seals, if it seals one."""
        if entry.event is None:
            return None
        event = next(self._events, None)
        if event is None or event.sequence > entry.event:
            return Broken(entry.event, Flaw.MISSING)
        if event.sequence < entry.event:
            return Broken(event.sequence, Flaw.UNSEALED)
        return None if _is_sealed(event, entry) else Broken(event.sequence, Flaw.PAYLOAD)

    def left(self) -> Broken | None:
        """Give the first event that no entry seals."""
        event = next(self._events, None)
        return None if event is None else Broken(event.sequence, Flaw.UNSEALED)


def _is_sealed(event: Row[*tuple[Any, ...]], entry: Entry) -> bool:
    """Tell whether an event is what an entry sealed, and is found as that and nothing else."""
    if entry.digest != digest_of(event.payload) or event.overtaken:
        return False
    told = (event.status if event.kind == DOSE else event.kind,)
    found_by = _Named(event.event_id, event.patient_id, event.slot_id, event.status)
    try:
        named = msgspec.json.decode(event.payload, type=_Named)
    except msgspec.MsgspecError:
        return False
    return entry.detail in (told, ()) and named == found_by


def _at_the_end(connection: Connection, last: str, sequence: int) -> Broken | None:
    """Compare the last seal with the one that was kept beside the trail."""
    head = cursors.setting(connection, _HEAD) or GENESIS
    return None if head == last else Broken(sequence, Flaw.CUT)


def _rows(connection: Connection, query: Select[*_Columns]) -> Result[*_Columns]:
    """Read row by row: the trail may be long."""
    return connection.execute(query, execution_options={"yield_per": _AT_ONCE})


def _as_bytes(column: object) -> bytes:
    """Take what an alteration by hand may have left for the bytes of how it is written."""
    return column if isinstance(column, bytes) else str(column).encode()
