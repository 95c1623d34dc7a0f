"""Who may sign in at this station: hashes of PINs, failures and locks."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, delete, insert, select, update

from bcma.emr.fhir_map import Raw
from bcma.model.audited import AuditKind
from bcma.model.people import Practitioner
from bcma.store import mirror, trail
from bcma.store.engine import Database
from bcma.store.reader import Reader
from bcma.store.tables import StaffPin


@dataclass(frozen=True, slots=True)
class PinRow:
    """What is kept of an enrolled member of staff."""

    pin_hash: str
    failures: int
    locked_until: datetime | None


class StaffDesk:
    """Reads and keeps the staff of a station."""

    def __init__(
        self, database: Database, reading: Callable[[], AbstractContextManager[Reader]]
    ) -> None:
        self._database = database
        self._reading = reading

    def practitioner(self, badge: str, now: datetime) -> Practitioner | None:
        """Give the active person whose badge this is; a badge of two people is nobody's."""
        with self._reading() as reader:
            system = reader.dialect.badge
            refs = mirror.find(reader.connection, "Practitioner", system, [badge])
            found = [p for p in reader.practitioners(reader.raws(refs), now) if badge in p.badges]
        return found[0] if len(found) == 1 else None

    def person(self, practitioner_id: str, now: datetime) -> Practitioner | None:
        """Give a member of staff with the roles that stand now, if known here."""
        with self._reading() as reader:

            def read() -> tuple[Raw, ...]:
                refs = mirror.get(reader.connection, "Practitioner", [practitioner_id])
                return reader.raws(refs)

            raws = reader.kept(("person", practitioner_id), reader.revision("Practitioner"), read)
            return next(iter(reader.practitioners(raws, now)), None)

    def pin_of(self, practitioner_id: str) -> PinRow | None:
        """Give what is kept of a person, ``None`` if not enrolled."""
        query = select(StaffPin.pin_hash, StaffPin.failures, StaffPin.locked_until).where(
            StaffPin.practitioner_id == practitioner_id
        )
        with self._database.read() as connection:
            row = connection.execute(query).first()
        return None if row is None else PinRow(*row)

    def enrol(self, practitioner_id: str, pin_hash: str, by: str, at: datetime) -> None:
        """Keep a person's PIN in place of any before.

        Raises:
            StoreError: nothing was kept.
        """
        with self._database.write() as connection:
            connection.execute(delete(StaffPin).where(StaffPin.practitioner_id == practitioner_id))
            connection.execute(
                insert(StaffPin).values(
                    practitioner_id=practitioner_id, pin_hash=pin_hash, enrolled_at=at
                )
            )
            _tell(connection, AuditKind.ENROL, practitioner_id, at, by=by)

    def failed(
        self, practitioner_id: str, at: datetime, allowed: int, locked_until: datetime
    ) -> bool:
        """Count a wrong PIN; tell whether it was one too many, so that the person is locked out."""
        mine = StaffPin.practitioner_id == practitioner_id
        with self._database.write() as connection:
            query = update(StaffPin).where(mine).values(failures=StaffPin.failures + 1)
            failures = connection.execute(query.returning(StaffPin.failures)).scalar()
            locks = failures is not None and failures >= allowed
            if locks:
                lock = update(StaffPin).where(mine)
                connection.execute(lock.values(failures=0, locked_until=locked_until))
            kind = AuditKind.LOCKED_OUT if locks else AuditKind.SIGN_IN_REFUSED
            _tell(connection, kind, practitioner_id, at)
        return locks

    def succeeded(self, practitioner_id: str, at: datetime) -> None:
        """Forget failures, and note the sign-in."""
        with self._database.write() as connection:
            connection.execute(
                update(StaffPin)
                .where(StaffPin.practitioner_id == practitioner_id)
                .values(failures=0, locked_until=None)
            )
            _tell(connection, AuditKind.SIGN_IN, practitioner_id, at, by=practitioner_id)

    def left(self, practitioner_id: str, how: AuditKind, at: datetime) -> None:
        """Note that a session was locked or ended.

        Raises:
            StoreError: nothing was noted.
        """
        with self._database.write() as connection:
            _tell(connection, how, practitioner_id, at, by=practitioner_id)


def _tell(
    connection: Connection, what: AuditKind, subject: str, at: datetime, *, by: str = ""
) -> None:
    trail.append(connection, trail.Entry(at=at, what=what, who=by, subject=subject))
