"""Whether the EMR's clock was put back since it was last read from.

Cursors are in the server's time. A clock that was put back writes changes with times that lie
before the cursor, and a pull would pass them over. The server's clock is compared with this
machine's: a machine that was put forward looks the same, and only reads more than it must.
"""

from datetime import timedelta
from decimal import Decimal
from typing import Final

from bcma.emr.fhir_client import FhirClient
from bcma.model.lengths import scaled
from bcma.store import Store

#: Setting of the store: server time less this machine's when it was last read from, in seconds.
_AT_LAST_PULL: Final = "pull-clock-offset"
#: Less than this is covered by the overlap of every pull.
_NOTICED: Final = timedelta(minutes=1)
_SECOND: Final = timedelta(seconds=1)


def note(store: Store, client: FhirClient) -> None:
    """Keep how the clocks stand now."""
    offset, before = client.clock_offset, _kept(store)
    if offset is None:
        return
    if before is None or abs(offset - before) > _SECOND:
        store.set_setting(_AT_LAST_PULL, str(round(offset.total_seconds())))


def put_back(store: Store, client: FhirClient) -> timedelta | None:
    """Give by how much the server's clock was put back, ``None`` where it was not."""
    before, now = _kept(store), client.clock_offset
    if before is None or now is None or before - now < _NOTICED:
        return None
    return before - now


def _kept(store: Store) -> timedelta | None:
    written = store.setting(_AT_LAST_PULL)
    return None if written is None else scaled(_SECOND, Decimal(written))
