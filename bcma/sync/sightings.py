"""Band scans to and from the EMR: how stations learn that a patient is treated elsewhere.

A lane of its own, after everything else: whatever is wrong with it is told in the log, and no
dose and no order waits for it.
"""

import logging
from datetime import datetime, timedelta
from typing import Final

from bcma.emr.capabilities import Capabilities, choose_writer
from bcma.emr.deliver import deliver
from bcma.emr.errors import EmrError, NoWayToWrite, Refused, Unauthorized
from bcma.emr.fhir_client import FhirClient
from bcma.emr.fhir_map import AUDIT, BAND_SCAN, band_scan_resource, entry, transaction
from bcma.store import Store, read_incoming

_log = logging.getLogger(__name__)

_KIND: Final = "AuditEvent"
#: Re-read this much before the cursor, as for everything that is pulled.
_OVERLAP: Final = timedelta(minutes=5)
#: A station that starts needs no older scans than these.
_BACK: Final = timedelta(days=1)
_PAGE_SIZE: Final = "500"


def exchange(store: Store, client: FhirClient, able: Capabilities, now: datetime) -> None:
    """Send the scans of this station, and read those of the others.

    Raises:
        StoreError: the station's own disk failed.
    """
    if able.resources and _KIND not in able.resources:
        return  # this server keeps no accesses
    try:
        _send(store, client, able)
        _fetch(store, client, now)
    except EmrError as failed:
        _log.warning("band scans not exchanged: %s", failed.code)


def _send(store: Store, client: FhirClient, able: Capabilities) -> None:
    """Write what waits in one unit of work; what the server refuses stays in the local trail."""
    waiting = store.sightings.unsent()
    if waiting.sightings:
        resources = (band_scan_resource(s.scan, s.id, store.dialect) for s in waiting.sightings)
        try:
            deliver(client, transaction(map(entry, resources)), choose_writer(able, _KIND))
        except Unauthorized:
            raise
        except (Refused, NoWayToWrite) as refused:
            _log.warning("%d band scans refused: %s", len(waiting.sightings), refused.code)
        store.sightings.sent(waiting.up_to)


def _fetch(store: Store, client: FhirClient, now: datetime) -> None:
    """Read what is new, by the server's time where it can be asked for."""
    since = store.cursors().get(_KIND)
    began = None
    params = {"subtype": f"{AUDIT}|{BAND_SCAN}", "_count": _PAGE_SIZE}
    if since is None:
        params["date"] = f"ge{(now - _BACK).isoformat()}"
    else:
        params["_lastUpdated"] = f"ge{(since - _OVERLAP).isoformat()}"
    for page in client.search(_KIND, params):
        began = began or page.server_time
        resources = [read_incoming(found.raw, store.dialect) for found in page.found]
        reached = {_KIND: began} if page.next_url is None and began is not None else {}
        if resources or reached:
            store.take_page(resources, reached)
