"""What of the audit trail the EMR has not been told yet: how much, and since when."""

from dataclasses import dataclass
from datetime import datetime
from typing import Final

import msgspec
from sqlalchemy import Connection, select

from bcma.model.audited import AuditKind
from bcma.store import audit_lane, cursors, trail, trail_lane
from bcma.store.tables import AuditEntry

#: What goes in the lane of what stations tell each other; all else follows in the other one.
_TOLD_EACH_OTHER: Final = frozenset({AuditKind.BAND_SCAN, AuditKind.ORDERS_READ})


@dataclass(frozen=True, slots=True, kw_only=True)
class Untold:
    """The entries that the EMR does not have as AuditEvents.

    Attributes:
        since: when the oldest of them was written.
    """

    count: int = 0
    since: datetime | None = None


def read_untold(connection: Connection) -> Untold:
    """Count what waits in both lanes."""
    sent = int(cursors.setting(connection, audit_lane.SENT) or 0)
    told = int(cursors.setting(connection, trail_lane.TOLD) or 0)
    query = (
        select(AuditEntry.sequence, AuditEntry.body)
        .where(AuditEntry.sequence > min(sent, told))
        .order_by(AuditEntry.sequence)
    )
    entries = (
        (row.sequence, msgspec.json.decode(row.body, type=trail.Entry))
        for row in connection.execute(query)
    )
    waiting = [
        entry.at
        for sequence, entry in entries
        if sequence > (sent if entry.what in _TOLD_EACH_OTHER else told)
        and entry.what is not AuditKind.ACKNOWLEDGE
    ]
    return Untold(count=len(waiting), since=min(waiting, default=None))
