"""The way of our records to the EMR: in order for each patient, each exactly once."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Row, Select, func, select, update

from bcma.model.events import CareEvent
from bcma.model.record import MedicationAdministration
from bcma.store import revisions, trail
from bcma.store.codec import decode_event, decode_record
from bcma.store.engine import Database
from bcma.store.states import OPEN, DeliveryState
from bcma.store.tables import Delivery, Event

_Parcels = Select[*tuple[Any, ...]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Parcel:
    """An event on its way: a version of a record, or a care event.

    Attributes:
        sequence: names the delivery.
        version: 1 for the record as first charted, more for what became of it.
        digest: SHA-256 of what was written; no other version of any record has it.
        state: unknown also for what was here when the store was opened.
        outcome: what the server answered last, in its codes.
        signature: of who charted it; ``None`` where nobody signed.
    """

    sequence: int
    version: int
    digest: str
    lane: str
    record: MedicationAdministration | CareEvent
    state: DeliveryState
    attempts: int
    outcome: str
    signature: bytes | None = None


@dataclass(frozen=True, slots=True)
class Waiting:
    """How much is on its way: not yet on the server, and of it refused by the server."""

    unsent: int
    problems: int


class Outbox:
    """What has to reach the EMR.

    The fate of what was here when the store was opened is unknown, whatever the store says: it may
    have been restored or copied, and its other self may have sent it since (hazard H92).
    """

    def __init__(self, database: Database) -> None:
        self._database = database
        with database.read() as connection:
            self._found = connection.execute(select(func.max(Delivery.sequence))).scalar() or 0

    def deliverable(self, now: datetime | None = None) -> tuple[Parcel, ...]:
        """Give the head of every lane that may be sent; without ``now``, back-off is ignored.

        A head that waits or was refused holds up its own lane and no other.
        """
        heads = (
            select(func.min(Delivery.sequence))
            .where(Delivery.state.in_(OPEN))
            .group_by(Delivery.lane)
        )
        query = _query().where(
            Delivery.sequence.in_(heads), Delivery.state != DeliveryState.PROBLEM.value
        )
        if now is not None:
            due = (Delivery.not_before.is_(None)) | (Delivery.not_before <= now)
            query = query.where(due)
        return self._parcels(query)

    def waiting(self) -> Waiting:
        """Count what the EMR does not have yet."""
        query = (
            select(Delivery.state, func.count())
            .where(Delivery.state.in_(OPEN))
            .group_by(Delivery.state)
        )
        with self._database.read() as connection:
            counts = dict(connection.execute(query).all())
        return Waiting(sum(counts.values()), counts.get(DeliveryState.PROBLEM.value, 0))

    def sending(self, parcel: Parcel) -> bool:
        """Note, before anything is sent, that its fate is unknown until an answer comes.

        Returns:
            ``False``: another program has sent it since it was read, and may have changed it: it
            is not to be sent by this one.
        """
        as_read = (
            Delivery.attempts == parcel.attempts,
            Delivery.state.in_((DeliveryState.PENDING.value, DeliveryState.UNKNOWN.value)),
        )
        unknown = DeliveryState.UNKNOWN
        return self._mark(parcel.sequence, unknown, *as_read, attempts=parcel.attempts + 1)

    def delivered(self, sequence: int, outcome: str = "") -> None:
        """Note that the EMR has it; what it may have said before matters no more."""
        self._mark(sequence, DeliveryState.DELIVERED, outcome=outcome, said="")

    def retry_at(self, sequence: int, at: datetime, outcome: str, state: DeliveryState) -> None:
        """Try again later; pending only where the server surely has not got it."""
        self._mark(sequence, state, not_before=at, outcome=outcome)

    def wait_no_longer(self) -> None:
        """Let everything be tried again at once, as the clock that it waits by has changed."""
        waiting = update(Delivery).where(Delivery.not_before.is_not(None), Delivery.state.in_(OPEN))
        with self._database.write() as connection:
            connection.execute(waiting.values(not_before=None))

    def refused(self, sequence: int, outcome: str, *, at: datetime, said: str = "") -> None:
        """Put it on the problem list (:mod:`bcma.store.problems`); the record itself is kept.

        ``said`` are the server's own words, which never enter a log.
        """
        self._mark(sequence, DeliveryState.PROBLEM, outcome=outcome, refused_at=at, said=said)

    def before(self, parcel: Parcel) -> MedicationAdministration | None:
        """Give the version of the record before this one, if this station told the EMR of any."""
        query = (
            select(Event.payload)
            .join(Delivery, Delivery.sequence == Event.sequence)
            .where(Event.event_id == parcel.record.event_id, Event.version < parcel.version)
            .where(Delivery.state != DeliveryState.HANDLED.value)
            .order_by(Event.version.desc())
            .limit(1)
        )
        with self._database.read() as connection:
            payload = connection.execute(query).scalar()
        return None if payload is None else decode_record(payload)

    def _mark(
        self,
        sequence: int,
        state: DeliveryState,
        *conditions: ColumnElement[bool],
        **values: object,
    ) -> bool:
        with self._database.write() as connection:
            marked = (
                update(Delivery)
                .where(Delivery.sequence == sequence, *conditions)
                .values(state=state.value, **values)
                .returning(Delivery.lane)
            )
            # a lane is a patient's: whose version of a record counts hangs on its delivery
            patients = connection.execute(marked).scalars().all()
            revisions.count(connection, revisions.RECORDS, patients)
        return bool(patients)

    def _parcels(self, query: _Parcels) -> tuple[Parcel, ...]:
        with self._database.read() as connection:
            return tuple(
                Parcel(
                    sequence=row.sequence,
                    version=row.version,
                    digest=trail.digest_of(row.payload),
                    lane=row.lane,
                    record=decode_event(row.kind, row.payload),
                    state=self._state(row),
                    attempts=row.attempts,
                    outcome=row.outcome,
                    signature=row.signature,
                )
                for row in connection.execute(query.order_by(Delivery.sequence))
            )

    def _state(self, row: Row[Any]) -> DeliveryState:
        state = DeliveryState(row.state)
        found = state is DeliveryState.PENDING and row.sequence <= self._found
        return DeliveryState.UNKNOWN if found else state


def _query() -> _Parcels:
    return select(Delivery, Event.version, Event.kind, Event.payload, Event.signature).join(
        Event, Event.sequence == Delivery.sequence
    )
