"""A lane of the audit trail to the EMR.

The trail is the outbox: a number says up to which of its entries everything was told. No dose
waits for it.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from uuid import NAMESPACE_URL, uuid5

import msgspec
from sqlalchemy import Connection, select

from bcma.model.audited import Audited
from bcma.model.order import OrdersRead
from bcma.model.people import BandScan
from bcma.store import cursors, trail
from bcma.store.engine import Database
from bcma.store.tables import AuditEntry


@dataclass(frozen=True, slots=True)
class Access:
    """What was done here that the EMR does not know of yet, and the id that it gets there."""

    id: str
    what: BandScan | OrdersRead | Audited


@dataclass(frozen=True, slots=True)
class Unsent:
    """What waits in the lane, and the last entry that was looked at for it.

    Attributes:
        is_news: that entry was not looked at before.
    """

    accesses: tuple[Access, ...]
    up_to: int
    is_news: bool


@dataclass(frozen=True, slots=True)
class Sealed:
    """An entry of the trail with its seal."""

    entry: trail.Entry
    seal: str


#: Gives what the EMR is told of some entries, those left out that are nothing to tell.
Tell = Callable[[Connection, Sequence[Sealed]], Iterable[Access]]


class Lane:
    """One lane.

    Args:
        database: of the store.
        passed: setting: the last entry that was looked through for this lane.
        tell: what is told of entries.
        at_once: so many are looked through at once, the next ones by the next exchange; left
            out, all.
    """

    def __init__(
        self, database: Database, passed: str, tell: Tell, at_once: int | None = None
    ) -> None:
        self._database = database
        self._passed = passed
        self._tell = tell
        self._at_once = at_once

    def unsent(self) -> Unsent:
        """Give what the EMR does not know of yet, oldest first.

        Raises:
            StoreError: the store cannot be read.
        """
        with self._database.read() as connection:
            passed = int(cursors.setting(connection, self._passed) or 0)
            query = (
                select(AuditEntry.sequence, AuditEntry.body, AuditEntry.seal)
                .where(AuditEntry.sequence > passed)
                .order_by(AuditEntry.sequence)
                .limit(self._at_once)
            )
            rows = connection.execute(query).all()
            entries = [
                Sealed(msgspec.json.decode(row.body, type=trail.Entry), row.seal) for row in rows
            ]
            accesses = tuple(self._tell(connection, entries))
        last = rows[-1].sequence if rows else passed
        return Unsent(accesses, last, last > passed)

    def sent(self, up_to: int) -> None:
        """Note that nothing up to this entry has to be told any more.

        Raises:
            StoreError: nothing was noted.
        """
        with self._database.write() as connection:
            cursors.set_setting(connection, self._passed, str(up_to))


def access_id(seal: str, station: str = "") -> str:
    """Give the id that an entry has on the EMR.

    It follows from the seal: the trail of a store that was restored from an older copy goes on
    otherwise, and nothing of it takes the place of what was sent before (H92). The first entries
    of two stations may say the same, and have one seal: what does not name its station needs it
    here.
    """
    return str(uuid5(NAMESPACE_URL, " ".join(filter(None, ("audit", station, seal)))))
