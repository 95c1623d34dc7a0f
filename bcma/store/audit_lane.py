"""What stations tell each other beside the doses: whose band was scanned, which orders were read.

Kept in the audit trail, and sent to the EMR from there in a lane of its own.

The trail is the outbox: a number says up to which of its entries everything was sent. No dose
waits for it.
"""

from dataclasses import dataclass
from typing import Final, assert_never
from uuid import NAMESPACE_URL, uuid5

import msgspec
from sqlalchemy import Connection, select

from bcma.model.audited import Audited, AuditKind
from bcma.model.order import OrdersRead
from bcma.model.people import BandScan
from bcma.store import cursors, trail
from bcma.store.engine import Database
from bcma.store.tables import AuditEntry

#: Setting: the last entry of the trail that was looked through for the EMR.
SENT: Final = "audit-lane"


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


class AuditLane:
    """The way of accesses to the EMR.

    The id of each follows from its seal: the trail of a store that was restored from an older
    copy goes on otherwise, and nothing of it takes the place of what was sent before (H92).
    """

    def __init__(self, database: Database) -> None:
        self._database = database

    def unsent(self) -> Unsent:
        """Give what the EMR does not know of yet, oldest first.

        Raises:
            StoreError: the store cannot be read.
        """
        with self._database.read() as connection:
            sent = int(cursors.setting(connection, SENT) or 0)
            query = (
                select(AuditEntry.sequence, AuditEntry.body, AuditEntry.seal)
                .where(AuditEntry.sequence > sent)
                .order_by(AuditEntry.sequence)
            )
            rows = connection.execute(query).all()
        found = (_access(row.body, row.seal) for row in rows)
        last = rows[-1].sequence if rows else sent
        return Unsent(tuple(access for access in found if access is not None), last, last > sent)

    def sent(self, up_to: int) -> None:
        """Note that nothing up to this entry has to be sent any more.

        Raises:
            StoreError: nothing was noted.
        """
        with self._database.write() as connection:
            cursors.set_setting(connection, SENT, str(up_to))


def keep(connection: Connection, what: BandScan | OrdersRead) -> None:
    """Keep in the audit trail what the other stations are to learn."""
    name, detail = _written(what)
    entry = trail.Entry(
        at=what.at, what=name, who=what.by_id, subject=what.patient_id, detail=detail
    )
    trail.append(connection, entry)


def _access(body: bytes, seal: str) -> Access | None:
    what = _told(msgspec.json.decode(body, type=trail.Entry))
    return None if what is None else Access(access_id(seal), what)


def access_id(seal: str, station: str = "") -> str:
    """Give the id that an entry has on the EMR.

    The first entries of two stations may say the same, and have one seal: what does not name its
    station needs it here.
    """
    return str(uuid5(NAMESPACE_URL, " ".join(filter(None, ("audit", station, seal)))))


def _written(what: BandScan | OrdersRead) -> tuple[AuditKind, tuple[str, ...]]:
    match what:
        case BandScan():
            return AuditKind.BAND_SCAN, (what.band, what.station)
        case OrdersRead():
            return AuditKind.ORDERS_READ, (what.ward, what.station, *what.versions)
        case unknown:
            assert_never(unknown)


def _told(entry: trail.Entry) -> BandScan | OrdersRead | None:
    if entry.what == AuditKind.BAND_SCAN:
        band, station = entry.detail
        return BandScan(
            patient_id=entry.subject, band=band, station=station, at=entry.at, by_id=entry.who
        )
    if entry.what == AuditKind.ORDERS_READ:
        ward, station, *versions = entry.detail
        return OrdersRead(
            patient_id=entry.subject,
            versions=tuple(versions),
            ward=ward,
            station=station,
            at=entry.at,
            by_id=entry.who,
        )
    return None
