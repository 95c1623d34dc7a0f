"""Keeps the journal in step with the store, and the store in step with the journal (hazard H92).

When a store is opened, the last line of the journal must be about an event that is here. Where it
is not, the store was restored from an older copy: what the journal has beyond it is written again
by the recorder's own way. What the journal lacks, because a commit was the last thing that a
program did, is added to it.
"""

import logging
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Final

from sqlalchemy import Connection, insert, select

from bcma.model.audited import AuditKind
from bcma.model.ports import Signer
from bcma.store import lineage, revisions, trail
from bcma.store.append import Row, append
from bcma.store.codec import DOSE
from bcma.store.engine import Database
from bcma.store.errors import StoreError
from bcma.store.journal import Journal, JournalBroken, JournalError, Line
from bcma.store.lineage import Setback
from bcma.store.tables import Event, UnitUse

_log = logging.getLogger(__name__)
#: So many events are written to the journal at once.
_AT_ONCE: Final = 500


@dataclass(frozen=True, slots=True, kw_only=True)
class Origin:
    """Where a store stands, and who signs there.

    Attributes:
        machine: names this machine, and no other.
        journal: folder of the journal; better on another disk than the store.
        now: when it is opened.
        signer: signs what is recorded there; left out, nothing is signed.
        station: the name of the station there, as the EMR is told.
    """

    machine: str
    journal: Path
    now: datetime
    signer: Signer | None = None
    station: str = ""


class Safekeeping:
    """The journal of a store; without an origin there is none, and nothing is looked at.

    Attributes:
        failure: code of what kept the journal from being read or written; empty while it is well.
    """

    def __init__(self, database: Database, origin: Origin | None) -> None:
        self._database = database
        self._origin = origin
        self._journal = None if origin is None else Journal(origin.journal)
        self._goes_on_from: int | None = None
        self._is_broken = False
        self.failure = ""

    def settle(self) -> None:
        """Find out whether the store is what it was when it last ran; bring back what is missing.

        Raises:
            StoreError: the store cannot be read or written.
        """
        with self._database.write() as connection:
            lineage.epoch(connection)
            if self._origin is None:
                return
            copied = not lineage.is_on_machine(connection, self._origin.machine)
            found = self._restored(connection) | Setback(copied=copied)
            if found.restored or found.copied:
                lineage.set_back(connection, found)
                trail.append(connection, _entry(found, self._origin.now))
                _log.warning(
                    "store restored=%s copied=%s brought_back=%d missing=%d",
                    *(found.restored, found.copied, found.brought_back, found.missing),
                )
        if self._journal is not None and self._is_broken:
            # what it gave back is on the disk by now; before, it was the only place to have it
            self._attempt(self._journal.put_aside)
        self.follow()

    def follow(self) -> None:
        """Write to the journal what it does not have; where that fails, it is told, not raised."""
        if self._journal is not None:
            self._attempt(self._catch_up)

    def _attempt(self, write: Callable[[], object]) -> None:
        """Do what may fail: the event is in the store by now, and nobody may hear otherwise."""
        try:
            write()
        except (JournalError, StoreError) as failed:
            if not self.failure:
                _log.warning("journal not written: %s", failed)
            self.failure = failed.code
        else:
            self.failure = ""

    def _restored(self, connection: Connection) -> Setback:
        """Compare with the journal; a journal that cannot be read says nothing."""
        journal = self._journal
        try:
            if journal is None or _holds(connection, journal):
                return Setback()
            replay = _Replay(connection)
            found = replay.run(journal.read())
        except JournalError as failed:
            _log.warning("journal not read: %s", failed)
            self.failure = failed.code
            return Setback()
        self._is_broken = replay.is_broken
        if not replay.is_broken:
            self._goes_on_from = replay.first_of_ours - 1
        return found

    def _mark(self) -> None:
        """Say in the journal that this store goes on from here, after it was compared."""
        if self._journal is None or self._goes_on_from is None:
            return
        with self._database.write() as connection:
            epoch = lineage.epoch(connection)
            self._journal.write([Line(epoch=epoch, sequence=self._goes_on_from)])
        self._goes_on_from = None

    def _catch_up(self) -> None:
        """Add the events that came after the last line; the write lock keeps others waiting."""
        while self._journal is not None:
            if self._goes_on_from is not None:
                self._mark()
            with self._database.write() as connection:
                head = self._journal.head()
                if head is not None and not _is_here(connection, head):
                    raise JournalError(cause="out-of-step")
                lines = _lines_after(connection, 0 if head is None else head.sequence)
                self._journal.write(lines)
            if len(lines) < _AT_ONCE:
                return


def lacking(connection: Connection, journal: Journal) -> int | None:
    """Count the events that a journal does not have; ``None`` where it does not go with the store.

    It does not while it cannot be read either.
    """
    try:
        head = journal.head()
    except JournalError:
        return None
    if head is None:
        return lineage.last_sequence(connection)
    if not _is_here(connection, head):
        return None
    return lineage.last_sequence(connection) - head.sequence


class _Replay:
    """Writes again what the journal has and the store has not.

    Attributes:
        is_broken: the journal could not be read to its end.
    """

    def __init__(self, connection: Connection) -> None:
        query = select(Event.event_id, Event.version, Event.sequence, Event.payload)
        self._connection = connection
        self._known = {
            (event, version): (sequence, trail.digest_of(payload))
            for event, version, sequence, payload in connection.execute(query)
        }
        self._ours = {sequence for sequence, _ in self._known.values()}
        self._last = max(self._ours, default=0)
        self._brought = self._missing = 0
        self._patients: set[str] = set()
        self.is_broken = False

    @property
    def first_of_ours(self) -> int:
        """Give the first event that the journal does not have, the next to come if it has all."""
        return min(self._ours, default=self._last + 1)

    def run(self, lines: Iterable[Line]) -> Setback:
        """Write what is not here, in the order in which it was first written."""
        try:
            for line in lines:
                if line.row is not None:
                    self._take(line, line.row)
        except JournalBroken as broken:
            _log.warning("journal not read to its end: %s", broken)
            self._missing += int(str(broken.facts["left"]))
            self.is_broken = True
        return Setback(
            restored=self._brought + self._missing > 0,
            brought_back=self._brought,
            missing=self._missing,
            patients=tuple(sorted(self._patients)),
        )

    def _take(self, line: Line, row: Row) -> None:
        sequence, digest = self._known.get((row.event_id, row.version), (0, ""))
        if digest == line.digest:
            self._ours.discard(sequence)
            return
        self._patients.add(row.patient_id)
        if sequence:
            self._missing += 1  # the same version of a record was made anew, and otherwise
            return
        self._last = _write_again(self._connection, row, line.units)
        self._known[row.event_id, row.version] = self._last, line.digest
        self._brought += 1


def _holds(connection: Connection, journal: Journal) -> bool:
    """Tell whether the store has what the journal ends with; of a broken end nobody knows."""
    try:
        head = journal.head()
    except JournalBroken:
        return False
    return head is None or _is_here(connection, head)


def _is_here(connection: Connection, head: Line) -> bool:
    """Tell whether the store has what the last line is about."""
    if head.row is None:
        here = head.sequence <= lineage.last_sequence(connection)
        return here and head.epoch == lineage.epoch(connection)
    query = select(Event.payload).where(Event.sequence == head.sequence)
    payload = connection.execute(query).scalar()
    return payload is not None and trail.digest_of(payload) == head.digest


def _lines_after(connection: Connection, sequence: int) -> Sequence[Line]:
    columns = Event.__table__.columns
    after = select(*columns).where(Event.sequence > sequence)
    events = connection.execute(after.order_by(Event.sequence).limit(_AT_ONCE)).all()
    epoch = lineage.epoch(connection) if events else ""
    return [
        Line(
            epoch=epoch,
            sequence=event.sequence,
            row=Row(
                event_id=event.event_id,
                patient_id=event.patient_id,
                kind=event.kind,
                at=event.recorded_at,
                by="",
                payload=event.payload,
                version=event.version,
                slot_id=event.slot_id,
                status=event.status,
                order_hash=event.order_hash,
                signature=event.signature,
            ),
            units=tuple(_units(connection, event.sequence)),
            digest=trail.digest_of(event.payload),
        )
        for event in events
    ]


def _units(connection: Connection, sequence: int) -> Iterator[str]:
    query = select(UnitUse.unit).where(UnitUse.event_sequence == sequence).order_by(UnitUse.unit)
    yield from connection.execute(query).scalars()


def _write_again(connection: Connection, row: Row, units: Sequence[str]) -> int:
    sequence = append(connection, row, replayed=True)
    if units:
        rows = [{"event_sequence": sequence, "unit": unit} for unit in units]
        connection.execute(insert(UnitUse), rows)
    kind = revisions.RECORDS if row.kind == DOSE else revisions.CARE
    revisions.count(connection, kind, [row.patient_id])
    return sequence


def _entry(found: Setback, at: datetime) -> trail.Entry:
    what = AuditKind.STORE_RESTORED if found.restored else AuditKind.STORE_COPIED
    detail = (f"brought back {found.brought_back}", f"missing {found.missing}")
    return trail.Entry(at=at, what=what, detail=detail)
