"""Once a night everything that the mirror holds is compared with what the EMR holds.

A pull by time sees no deletion, nothing that a server lost when it was restored from a backup,
and nothing that became visible later than the overlap. Here ids and versions of everything
are listed; what is gone is marked as deleted (its bodies stay, records were judged by them),
what is missing or differs is fetched, be it older than what is here. Nothing is marked before
every page of every type has come.
"""

import logging
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from bcma.emr.capabilities import Capabilities
from bcma.emr.errors import Missing, Refused, Unauthorized
from bcma.emr.fhir_client import FhirClient, Params
from bcma.errors import DataError
from bcma.store import Incoming, Store, read_incoming
from bcma.sync import gone
from bcma.sync.kinds import PAGE_SIZE, kept_by
from bcma.sync.pages import every_page
from bcma.sync.progress import Stage, Watch

_log = logging.getLogger(__name__)

_VERSIONS: Final = {"_elements": "id,meta", "_count": PAGE_SIZE}
_WHOLE: Final = {"_count": PAGE_SIZE}
#: So many are fetched at once by their ids.
_AT_ONCE: Final = 100
_NO_VERSION: Final = ("", None)
#: Setting of the store: when it was last compared to the end.
_LAST: Final = "reconciled-at"

Version = tuple[str, datetime | None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Nightly:
    """When a station compares: an hour of the ward's wall clock, and how long after it.

    Attributes:
        after: apart for every station, so that not all ask at once.
    """

    hour: int
    zone: ZoneInfo
    after: timedelta = timedelta(0)

    def last_before(self, now: datetime) -> datetime:
        """Give the latest instant at which it was time, by the calendar of the ward."""
        today = now.astimezone(self.zone)
        at = today.replace(hour=self.hour, minute=0, second=0, microsecond=0) + self.after
        if at.astimezone(UTC) > now:
            at -= timedelta(days=1)
        return at.astimezone(UTC)

    def is_due(self, last: datetime | None, now: datetime) -> bool:
        """Tell whether a night has passed since it was last done, by a clock that is right now."""
        return last is None or not self.last_before(now) <= last <= now


@dataclass(frozen=True, slots=True, kw_only=True)
class Reconciled:
    """What one comparison came to, by type: marked as deleted, fetched."""

    deleted: Mapping[str, int] = field(default_factory=dict)
    fetched: Mapping[str, int] = field(default_factory=dict)


def last_done(store: Store) -> datetime | None:
    """Give when the store was last compared to the end."""
    written = store.setting(_LAST)
    return datetime.fromisoformat(written) if written else None


def note_undone(store: Store) -> None:
    """Note that nobody knows whether the store is the same as the EMR: it is another one."""
    store.set_setting(_LAST, "")


def note_done(store: Store, now: datetime) -> None:
    """Note that the store is the same as the EMR."""
    store.set_setting(_LAST, now.isoformat())


class Reconciler:
    """Compares a store with an EMR."""

    def __init__(self, store: Store, client: FhirClient, watch: Watch) -> None:
        self._store = store
        self._client = client
        self._watch = watch
        self._fetched: Counter[str] = Counter()

    def run(self, capabilities: Capabilities, now: datetime) -> Reconciled:
        """Compare everything.

        Raises:
            ServerShrankError: too much is gone; nothing was marked.
            EmrError: the EMR could not be asked to the end; nothing was marked.
            CancelledError: it was broken off; nothing was marked.
            StoreError: the station's own disk failed.
        """
        missing: list[tuple[str, str]] = []
        with gone.noted(self._store) as shortfall:
            for kind in kept_by(capabilities):
                with shortfall.gathered():
                    missing += self._compare(kind)
        self._store.take_truth((), missing)
        self._store.losses.forget()
        note_done(self._store, now)
        deleted = Counter(kind for kind, _ in missing)
        if deleted or self._fetched:
            _log.info("deleted there: %d, fetched: %d", deleted.total(), self._fetched.total())
        return Reconciled(deleted=dict(deleted), fetched=dict(self._fetched))

    def _compare(self, kind: str) -> list[tuple[str, str]]:
        """Compare one type; fetch what differs, and name what is gone."""
        there = self._versions(kind)
        here = self._store.held(kind)
        asked = gone.ask(self._store, self._client, kind, here.keys() - there.keys(), len(here))
        self._take(kind, asked.found)
        if _NO_VERSION in there.values():
            self._take_whole(kind)
            return asked.gone
        other = sorted(name for name, version in there.items() if here.get(name) != version)
        for start in range(0, len(other), _AT_ONCE):
            self._take(kind, self._fetch(kind, other[start : start + _AT_ONCE]))
        return asked.gone

    def _versions(self, kind: str) -> dict[str, Version]:
        """List every resource of a type with its version, in little where the server can."""
        try:
            return self._list(kind, _VERSIONS)
        except (Unauthorized, Missing):
            raise
        except Refused:
            return self._list(kind, _WHOLE)

    def _list(self, kind: str, params: Params) -> dict[str, Version]:
        found: dict[str, Version] = {}
        for page in self._pages(kind, params):
            found |= {i.id: (i.version_id, i.last_updated) for i in page if i.type == kind}
        return found

    def _take_whole(self, kind: str) -> None:
        """Read all of a type whose versions the server does not tell: the content decides."""
        for page in self._pages(kind, _WHOLE):
            self._take(kind, page)

    def _pages(self, kind: str, params: Params) -> Iterator[list[Incoming]]:
        for page in every_page(self._client, kind, params):
            yield list(self._read([found.raw for found in page.found]))
            self._watch.page(Stage.RECONCILE, kind, len(page.found), page.total)

    def _fetch(self, kind: str, ids: Sequence[str]) -> list[Incoming]:
        params = {"_id": ",".join(ids), "_count": str(_AT_ONCE)}
        found = self._client.search_all(kind, params)
        return list(self._read([one.raw for one in found]))

    def _read(self, bodies: Sequence[bytes]) -> Iterator[Incoming]:
        for body in bodies:
            try:
                yield read_incoming(body, self._store.dialect)
            except DataError as unreadable:
                _log.warning("not compared, a resource without id: %s", unreadable.code)

    def _take(self, kind: str, found: Sequence[Incoming]) -> None:
        self._fetched.update({kind: len(self._store.take_truth(found))})
        self._fetched += Counter()  # none is no entry
