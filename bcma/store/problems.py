"""What the EMR refused, until a person has dealt with it (hazard H87).

The record itself is kept whatever becomes of its delivery. Each problem holds up its
patient's lane; whoever charted the event owns it.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, func, select, update
from sqlalchemy.orm import aliased

from bcma.model.audited import AuditKind
from bcma.model.events import CareEvent
from bcma.model.record import MedicationAdministration
from bcma.store import revisions, trail
from bcma.store.codec import decode_event
from bcma.store.engine import Database
from bcma.store.states import OPEN, DeliveryState
from bcma.store.tables import Delivery, Event


@dataclass(frozen=True, slots=True, kw_only=True)
class Problem:
    """A delivery that a person must decide about.

    Attributes:
        sequence: names the delivery.
        kind: ``dose``, or that of a care event (:mod:`bcma.store.codec`).
        since: when the EMR refused it; ``None`` where an older program noted it.
        outcome: what the server answered, in codes.
        said: what it said in words; for the screen only, as it may name a patient.
        behind: how many later events of the patient wait for it.
    """

    sequence: int
    record: MedicationAdministration | CareEvent
    kind: str
    since: datetime | None
    outcome: str
    said: str = ""
    behind: int = 0

    @property
    def event_id(self) -> str:
        """Give the event."""
        return self.record.event_id or ""

    @property
    def patient_id(self) -> str:
        """Give the patient."""
        return self.record.patient_id

    @property
    def owner_id(self) -> str:
        """Give who charted it; empty where nobody did, as the stations found it."""
        match self.record:
            case MedicationAdministration() as dose:
                return dose.author_id or ""
            case event:
                return event.by_id


class ProblemList:
    """The problems of one station's deliveries."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def list(self) -> tuple[Problem, ...]:
        """List what waits for a person, the oldest event first.

        Raises:
            StoreError: the store cannot be read.
        """
        later = aliased(Delivery)
        behind = (
            select(func.count())
            .where(
                later.lane == Delivery.lane,
                later.sequence > Delivery.sequence,
                later.state.in_(OPEN),
            )
            .scalar_subquery()
        )
        query = (
            select(
                Delivery.sequence,
                Delivery.refused_at,
                Delivery.outcome,
                Delivery.said,
                Event.kind,
                Event.payload,
                behind.label("behind"),
            )
            .join(Event, Event.sequence == Delivery.sequence)
            .where(Delivery.state == DeliveryState.PROBLEM.value)
            .order_by(Delivery.sequence)
        )
        with self._database.read() as connection:
            return tuple(_problem(row) for row in connection.execute(query))

    def retry(self, sequence: int, *, by: str, at: datetime) -> bool:
        """Send it again, because a person has dealt with its cause; it is looked for first.

        Args:
            sequence: names the delivery.
            by: id of the person.
            at: the present.

        Returns:
            Whether it was a problem still.

        Raises:
            StoreError: nothing was changed.
        """
        values = {"state": DeliveryState.UNKNOWN.value, "attempts": 0, "not_before": None}
        return self._decide(
            sequence, values, trail.Entry(at=at, what=AuditKind.DELIVERY_RETRIED, who=by)
        )

    def handled(self, sequence: int, *, by: str, reason: str, at: datetime) -> bool:
        """Take it off the list unsent: a person has seen to it in another way, and says how.

        The record is kept here, and the later events of the patient go on their way.

        Args:
            sequence: names the delivery.
            by: id of the person.
            reason: how it was seen to; kept in the audit trail.
            at: the present.

        Returns:
            Whether it was a problem still; nothing is done without a reason.

        Raises:
            StoreError: nothing was changed.
        """
        if not reason.strip():
            return False
        what = AuditKind.DELIVERY_HANDLED
        entry = trail.Entry(at=at, what=what, who=by, detail=(reason.strip(),))
        return self._decide(sequence, {"state": DeliveryState.HANDLED.value}, entry)

    def _decide(self, sequence: int, values: dict[str, object], entry: trail.Entry) -> bool:
        """Change a problem and tell the audit trail, both or neither."""
        with self._database.write() as connection:
            event_id = _decided(connection, sequence, values)
            if event_id is None:
                return False
            detail = (str(sequence), *entry.detail)
            told = trail.Entry(
                at=entry.at, what=entry.what, who=entry.who, subject=event_id, detail=detail
            )
            trail.append(connection, told)
            return True


def _decided(connection: Connection, sequence: int, values: dict[str, object]) -> str | None:
    """Change a delivery that is a problem; give its event."""
    change = (
        update(Delivery)
        .where(Delivery.sequence == sequence, Delivery.state == DeliveryState.PROBLEM.value)
        .values(**values)
        .returning(Delivery.lane)
    )
    patient = connection.execute(change).scalar()
    if patient is None:
        return None
    revisions.count(connection, revisions.RECORDS, [patient])
    query = select(Event.event_id).where(Event.sequence == sequence)
    return connection.execute(query).scalar_one()


def _problem(row: Row[Any]) -> Problem:
    return Problem(
        sequence=row.sequence,
        record=decode_event(row.kind, row.payload),
        kind=row.kind,
        since=row.refused_at,
        outcome=row.outcome,
        said=row.said,
        behind=row.behind,
    )
