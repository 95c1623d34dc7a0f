"""What has not reached the EMR yet: how much, since when, and when it is tried again."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, func, select

from bcma.store.states import OPEN, DeliveryState
from bcma.store.tables import Delivery, Event


@dataclass(frozen=True, slots=True, kw_only=True)
class Backlog:
    """The records that the EMR does not have.

    Attributes:
        waiting: on their way still.
        blocked: of these, behind a refused record of the same patient: sent once a person has
            decided about that.
        unknown: of ``waiting``, sent without an answer: they are looked for before they are sent
            again.
        since: when the oldest of ``waiting`` was recorded.
        next_try: when the next is sent; ``None`` where nothing can be sent or it is due already.
        refused: by the server; a person must decide.
        refused_since: when the oldest of ``refused`` was recorded.
    """

    waiting: int = 0
    blocked: int = 0
    unknown: int = 0
    since: datetime | None = None
    next_try: datetime | None = None
    refused: int = 0
    refused_since: datetime | None = None


def read_backlog(connection: Connection) -> Backlog:
    """Count what is open, in one look."""
    query = (
        select(Delivery.state, func.count(), func.min(Event.recorded_at))
        .join(Event, Event.sequence == Delivery.sequence)
        .where(Delivery.state.in_(OPEN))
        .group_by(Delivery.state)
    )
    found = {state: (count, since) for state, count, since in connection.execute(query)}
    nothing = (0, None)
    pending, since_pending = found.get(DeliveryState.PENDING.value, nothing)
    unknown, since_unknown = found.get(DeliveryState.UNKNOWN.value, nothing)
    refused, since_refused = found.get(DeliveryState.PROBLEM.value, nothing)
    return Backlog(
        waiting=pending + unknown,
        blocked=_blocked(connection) if refused else 0,
        unknown=unknown,
        since=min((at for at in (since_pending, since_unknown) if at is not None), default=None),
        next_try=_next_try(connection),
        refused=refused,
        refused_since=since_refused,
    )


def _blocked(connection: Connection) -> int:
    """Count what waits in the lanes of refused records."""
    problem = DeliveryState.PROBLEM.value
    lanes = select(Delivery.lane).where(Delivery.state == problem)
    query = select(func.count()).where(
        Delivery.state.in_(OPEN), Delivery.state != problem, Delivery.lane.in_(lanes)
    )
    return connection.execute(query).scalar_one()


def _next_try(connection: Connection) -> datetime | None:
    """Give the earliest end of a back-off among the heads of the lanes."""
    heads = (
        select(func.min(Delivery.sequence)).where(Delivery.state.in_(OPEN)).group_by(Delivery.lane)
    )
    query = select(Delivery.not_before).where(
        Delivery.sequence.in_(heads), Delivery.state != DeliveryState.PROBLEM.value
    )
    times = connection.execute(query).scalars().all()
    known = [at for at in times if at is not None]
    return min(known, default=None) if len(known) == len(times) else None
