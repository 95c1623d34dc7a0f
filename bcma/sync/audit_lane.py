"""The audit trail on its way to the EMR, and what stations of a ward learn of each other by it.

Band scans and orders read go first, and those of other stations are read; every other access and
change follows, for the EMR alone. A lane of its own, after everything else: whatever is wrong
with it is told in the log, and no dose and no order waits for it.
"""

import logging
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime, timedelta
from itertools import chain
from typing import Final

from bcma.emr.deliver import Writer
from bcma.emr.errors import EmrError, NoWayToWrite, Refused, Unauthorized
from bcma.emr.fhir_client import FhirClient, Params
from bcma.emr.fhir_map import (
    AUDIT,
    BAND_SCAN,
    ORDERS_READ,
    Dialect,
    access_resource,
    entry,
    transaction,
)
from bcma.store import Incoming, Lane, Store, read_incoming

_log = logging.getLogger(__name__)

_KIND: Final = "AuditEvent"
#: Re-read this much before the cursor, as for everything that is pulled.
_OVERLAP: Final = timedelta(minutes=5)
#: What a station that starts reads, and how far back: a band is of the moment, an order that the
#: ward has read goes on for days.
_AT_START: Final = ((BAND_SCAN, timedelta(days=1)), (ORDERS_READ, timedelta(days=30)))
_PAGE_SIZE: Final = "500"
#: So many are sent at once: after a day without network a server might find them all too many.
_AT_ONCE: Final = 200


def exchange(store: Store, client: FhirClient, writer: Writer, now: datetime) -> None:
    """Send the accesses of this station, and read those of the others.

    Raises:
        StoreError: the station's own disk failed.
    """
    if not writer.capabilities.keeps_audit:
        return
    try:
        _send(store.audit_lane, writer, store.dialect)
        # without the server's time, what is of the last days is read each time
        by_time = writer.capabilities.has_last_updated
        since = store.cursors().get(_KIND) if by_time else None
        _fetch(store, client, _searches(since, now))
        _send(store.trail_lane, writer, store.dialect)
    except EmrError as failed:
        _log.warning("accesses not exchanged: %s", failed.code)


def _send(lane: Lane, writer: Writer, dialect: Dialect) -> None:
    """Write what waits; what the server refuses stays in the local trail."""
    waiting = lane.unsent()
    entries = [entry(access_resource(a.what, a.id, dialect)) for a in waiting.accesses]
    for start in range(0, len(entries), _AT_ONCE):
        _write(writer, entries[start : start + _AT_ONCE])
    if waiting.is_news:
        lane.sent(waiting.up_to)


def _write(writer: Writer, entries: Sequence[dict[str, object]]) -> None:
    """Write some in one unit of work; each by itself where one of them may keep the others away."""
    try:
        writer.write(transaction(entries))
    except Unauthorized:
        raise
    except (Refused, NoWayToWrite) as refused:
        if isinstance(refused, Refused) and len(entries) > 1:
            for each in entries:
                _write(writer, [each])
        else:
            _log.warning("%d accesses refused: %s", len(entries), refused.code)


def _fetch(store: Store, client: FhirClient, searches: Iterable[Params]) -> None:
    """Read what is new, by the server's time where it can be asked for."""
    began: datetime | None = None
    held: list[Incoming] = []
    for page in chain.from_iterable(client.search(_KIND, params) for params in searches):
        began = began or page.server_time
        if held:
            store.take_page(held)
        held = [read_incoming(found.raw, store.dialect, found.resource) for found in page.found]
    # the last page and the cursor behind it together
    reached = {} if began is None else {_KIND: began}
    if held or reached:
        store.take_page(held, reached)


def _searches(since: datetime | None, now: datetime) -> Iterator[Params]:
    """Give one search for all that is new, or one for each kind where nothing was read yet."""
    if since is None:
        for kind, back in _AT_START:
            first = {"date": f"ge{(now - back).isoformat()}"}
            yield {"subtype": f"{AUDIT}|{kind}", "_count": _PAGE_SIZE, **first}
    else:
        kinds = ",".join(f"{AUDIT}|{kind}" for kind, _ in _AT_START)
        news = {"_lastUpdated": f"ge{(since - _OVERLAP).isoformat()}"}
        yield {"subtype": kinds, "_count": _PAGE_SIZE, **news}
