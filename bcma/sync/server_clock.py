"""Whether the EMR's clock was put back since it was last read from.

Cursors are in the server's time. A clock that was put back writes changes with times that lie
before the cursor, and a pull would pass them over. The server's clock is compared with this
machine's: a machine that was put forward looks the same, and only reads more than it must.
Where one source of time put both back, what was read up to a time to come betrays it.
"""

import logging
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
#: So much before the present what was read up to a time to come is taken for read.
_SINCE: Final = timedelta(minutes=5)
_SECOND: Final = timedelta(seconds=1)
_log = logging.getLogger(__name__)


def note(store: Store, client: FhirClient) -> None:
    """Keep how the clocks stand now."""
    offset, before = client.clock_offset, _kept(store)
    if offset is None:
        return
    if before is None or abs(offset - before) > _SECOND:
        store.set_setting(_AT_LAST_PULL, str(round(offset.total_seconds())))


def heed(store: Store, client: FhirClient) -> bool:
    """Take back what is called read where the server's clock was put back; tell whether it was.

    To be asked after a reply of the server, which tells its time.
    """
    back = _put_back(store, client)
    if back < _NOTICED:
        return False
    _log.warning("the clock of the EMR was put back by %d s", back.total_seconds())
    store.turn_back_cursors(back)
    note(store, client)
    return True


def _put_back(store: Store, client: FhirClient) -> timedelta:
    before, now = _kept(store), client.clock_offset
    if now is None:
        return timedelta(0)
    told = timedelta(0) if before is None else before - now
    read = (*store.cursors().values(), *store.patients_as_of().values())
    to_come = max((at - client.server_now() for at in read if at is not None), default=told)
    # when it was put back is not known then, only that it was since the last reading
    return max(told, to_come + _SINCE if to_come >= _NOTICED else told)


def _kept(store: Store) -> timedelta | None:
    written = store.setting(_AT_LAST_PULL)
    return None if written is None else scaled(_SECOND, Decimal(written))
