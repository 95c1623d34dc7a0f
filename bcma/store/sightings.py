"""Scans of wristbands: kept in the audit trail, and sent to the EMR from there in their own lane.

The trail is the outbox: a number says up to which of its entries everything was sent. No dose
waits for it.
"""

from dataclasses import dataclass
from typing import Final
from uuid import NAMESPACE_URL, uuid5

import msgspec
from sqlalchemy import Connection, select

from bcma.model.people import BandScan
from bcma.store import cursors, trail
from bcma.store.engine import Database
from bcma.store.tables import AuditEntry

_WHAT: Final = "band-scan"
#: Setting: the last entry of the trail that was looked through for the EMR.
_SENT: Final = "audit-lane"


@dataclass(frozen=True, slots=True)
class Sighting:
    """A scan of this station that the EMR does not know of, and the id that it gets there."""

    id: str
    scan: BandScan


@dataclass(frozen=True, slots=True)
class Unsent:
    """What waits in the lane, and the last entry that was looked at for it."""

    sightings: tuple[Sighting, ...]
    up_to: int


class SightingLane:
    """The way of band scans to the EMR.

    Args:
        database: the station's store.
        epoch: names this store; ids of its scans follow from it.
    """

    def __init__(self, database: Database, epoch: str) -> None:
        self._database = database
        self._epoch = epoch

    def unsent(self) -> Unsent:
        """Give what the EMR does not know of yet, oldest first.

        Raises:
            StoreError: the store cannot be read.
        """
        with self._database.read() as connection:
            sent = int(cursors.setting(connection, _SENT) or 0)
            query = (
                select(AuditEntry.sequence, AuditEntry.body)
                .where(AuditEntry.sequence > sent)
                .order_by(AuditEntry.sequence)
            )
            rows = connection.execute(query).all()
        found = (self._sighting(sequence, body) for sequence, body in rows)
        last = rows[-1].sequence if rows else sent
        return Unsent(tuple(s for s in found if s is not None), last)

    def sent(self, up_to: int) -> None:
        """Note that nothing up to this entry has to be sent any more.

        Raises:
            StoreError: nothing was noted.
        """
        with self._database.write() as connection:
            cursors.set_setting(connection, _SENT, str(up_to))

    def _sighting(self, sequence: int, body: bytes) -> Sighting | None:
        entry = msgspec.json.decode(body, type=trail.Entry)
        if entry.what != _WHAT:
            return None
        band, station = entry.detail
        scan = BandScan(
            patient_id=entry.subject, band=band, station=station, at=entry.at, by_id=entry.who
        )
        return Sighting(str(uuid5(NAMESPACE_URL, f"{self._epoch} audit {sequence}")), scan)


def keep(connection: Connection, scan: BandScan) -> None:
    """Keep a scan in the audit trail."""
    entry = trail.Entry(
        at=scan.at,
        what=_WHAT,
        who=scan.by_id,
        subject=scan.patient_id,
        detail=(scan.band, scan.station),
    )
    trail.append(connection, entry)
