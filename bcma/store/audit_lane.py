"""What stations tell each other beside the doses: whose band was scanned, which orders were read.

Kept in the audit trail, and sent to the EMR from there in a lane of its own.
"""

from collections.abc import Iterator, Sequence
from typing import Final, assert_never

from sqlalchemy import Connection

from bcma.model.audited import AuditKind
from bcma.model.order import OrdersRead
from bcma.model.people import BandScan
from bcma.store import trail
from bcma.store.engine import Database
from bcma.store.lane import Access, Lane, Sealed, access_id

#: Setting: the last entry of the trail that was looked through for the EMR.
SENT: Final = "audit-lane"


def lane(database: Database) -> Lane:
    """Give the way of band scans and orders read to the EMR."""
    return Lane(database, SENT, _accesses)


def keep(connection: Connection, what: BandScan | OrdersRead) -> None:
    """Keep in the audit trail what the other stations are to learn."""
    name, detail = _written(what)
    entry = trail.Entry(
        at=what.at, what=name, who=what.by_id, subject=what.patient_id, detail=detail
    )
    trail.append(connection, entry)


def _accesses(_: Connection, entries: Sequence[Sealed]) -> Iterator[Access]:
    for sealed in entries:
        what = _told(sealed.entry)
        if what is not None:
            yield Access(access_id(sealed.seal), what)


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
