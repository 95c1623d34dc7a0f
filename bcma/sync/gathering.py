"""What one reading of the EMR brings, whichever way it is read."""

import logging
from collections import Counter
from collections.abc import Iterable
from datetime import datetime

from bcma.emr.fhir_client import Found
from bcma.errors import DataError
from bcma.store import Incoming, Store, read_incoming
from bcma.sync.report import Pulled

_log = logging.getLogger(__name__)


class Gathering:
    """Makes resources of what was found, and counts what was new among them."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._news: Counter[str] = Counter()
        self._unreadable: list[str] = []

    def read(self, found: Iterable[Found]) -> list[Incoming]:
        """Give what can be kept; a resource without an id cannot, and is told of."""
        resources = []
        for entry in found:
            try:
                resources.append(read_incoming(entry.raw, self._store.dialect, entry.resource))
            except DataError as unreadable:
                kind = str(entry.resource.get("resourceType", "resource"))
                _log.warning("not kept, a %s without id: %s", kind, unreadable.code)
                self._unreadable.append(f"{kind}/?")
        return resources

    def note(self, news: tuple[Incoming, ...]) -> None:
        """Count what the store said was new or changed, and what of it cannot be understood."""
        self._news.update(resource.type for resource in news)
        if news:
            self._unreadable.extend(self._store.unreadable(news))

    def pulled(self, *, complete: bool = False, as_of: datetime | None = None) -> Pulled:
        """Sum it up."""
        return Pulled(
            news=dict(self._news),
            unreadable=tuple(self._unreadable),
            complete=complete,
            as_of=as_of,
        )
