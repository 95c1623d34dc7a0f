"""From the EMR: everything that changed since the last time, page by page.

A page and the cursor behind it are committed together, so a pull that breaks off goes on
where it stood. Cursors are in the server's time and overlap; what comes twice is news once.

What a server may do without anything being missed: sort or not, give many resources one
instant, change while its pages are read, forget a search half-way, send no Date, put its
clock back. What none of this finds (a deletion, a server restored from a backup, what became
visible later than the overlap) the nightly look finds (:mod:`bcma.sync.reconcile`).
"""

import logging
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final

from bcma.emr.capabilities import Capabilities
from bcma.emr.errors import Missing, NotFhir
from bcma.emr.fhir_client import FhirClient, Found, Page
from bcma.store import Incoming, Store
from bcma.sync import gone, server_clock
from bcma.sync.gathering import Gathering
from bcma.sync.kinds import OF_PATIENT, PAGE_SIZE, PATIENT_PARAMETER, kept_by
from bcma.sync.pages import every_page, first_pages, is_cut, sorts_by_time
from bcma.sync.parts import Parts
from bcma.sync.progress import Stage, Watch, unwatched
from bcma.sync.report import Pulled

_log = logging.getLogger(__name__)

#: Re-read this much before the cursor: a transaction may become visible after its time.
OVERLAP: Final = timedelta(minutes=5)
#: A reply bears the time at which it went out; what it shows was looked up before, a batch even
#: long before. Who takes longer than this is not waited for.
_UNTIL_ANSWERED: Final = timedelta(minutes=1)
#: So often a search is read whose pages moved under the reader.
_READINGS: Final = 3


class Puller:
    """Pulls into a store."""

    def __init__(self, store: Store, client: FhirClient, watch: Watch | None = None) -> None:
        self._store = store
        self._client = client
        self._watch = watch or unwatched()
        self._gathering = Gathering(store)

    def pull(self, capabilities: Capabilities) -> Pulled:
        """Read every type from its cursor on; where one cannot be read, the others all the same.

        Raises:
            EmrError: not everything could be asked; what came is kept.
            CancelledError: it was broken off between two pages; what came before is kept.
            StoreError: a page could not be kept.
        """
        kinds = kept_by(capabilities)
        asked = self._client.server_now()
        since, firsts = self._begin(kinds, capabilities)
        held, as_of, settled = _Held(), asked, True
        parts = Parts(self._client)
        try:
            for kind in kinds:
                search = _Search(kind, since.get(kind))
                with parts.part(kind):
                    # behind a search that failed, each is asked by itself
                    first = next(firsts, None) or self._first(search)
                    settled &= self._type(search, first, held)
                as_of = min(as_of, search.began or asked)
            parts.tell()
            settled &= not gone.shrank(self._store)
            held.complete_at = as_of if settled else None
        finally:
            self._keep(held)
        server_clock.note(self._store, self._client)
        return self._gathering.pulled(complete=settled, as_of=as_of if settled else None)

    def patient(
        self, capabilities: Capabilities, found: Sequence[Found], patient_id: str
    ) -> Pulled:
        """Read one patient with everything about the person, all or nothing; moves no cursor.

        Raises:
            EmrError: the EMR could not be asked; nothing was kept.
            StoreError: nothing could be kept.
        """
        held = _Held(self._gathering.read(found))
        for kind in kept_by(capabilities, OF_PATIENT):
            patient = {PATIENT_PARAMETER.get(kind, "patient"): f"Patient/{patient_id}"}
            for page in every_page(self._client, kind, {**patient, "_count": PAGE_SIZE}):
                held.resources += self._gathering.read(page.found)
        self._keep(held)
        return self._gathering.pulled()

    def _begin(
        self, kinds: Sequence[str], capabilities: Capabilities
    ) -> tuple[dict[str, datetime], Iterator[Page]]:
        """Give how far each type was read, and its first page from there on.

        The first reply tells the server's time: where that clock was put back since the last
        pull, what it has written since lies before the cursors, and they go back with it.
        """
        while True:
            since = dict(self._store.cursors())
            searches = [(kind, _params(since.get(kind))) for kind in kinds]
            pages = first_pages(self._client, searches, capabilities)
            first = next(pages)
            if not server_clock.heed(self._store, self._client):
                return since, _chained(first, pages)

    def _type(self, search: "_Search", first: Page, held: "_Held") -> bool:
        """Read one type to its end, again where its pages moved; tell whether they stood still."""
        for left in reversed(range(_READINGS)):
            if self._read_through(search, first, held):
                return True
            if left:
                first = self._first(search)
                search = _Search(search.kind, search.since)
        _log.warning("pages of %s moved at every reading", search.kind)
        return False

    def _first(self, search: "_Search") -> Page:
        return next(self._client.search(search.kind, _params(search.since)))

    def _read_through(self, search: "_Search", first: Page, held: "_Held") -> bool:
        """Read all pages of a search; tell whether nothing can have slipped through between."""
        still = True
        for page in self._pages(search, first):
            resources = self._gathering.read(page.found)
            still &= self._stood_still(search, page, resources)
            search.see(page, resources)
            reached = self._reached(search, page) if still else None
            held.resources += resources
            held.cursors |= {} if reached is None else {search.kind: reached}
            if page.next_url is not None:
                self._keep(held)
            self._watch.page(Stage.PULL, search.kind, len(resources), page.total)
        return still

    def _reached(self, search: "_Search", page: Page) -> datetime | None:
        """Give the time up to which everything was read.

        Between pages that is known only where the server sorts as it was asked to. It is never
        after the search: what was written before a clock was put back has a time to come.
        """
        if page.next_url is None and not search.cut:
            return search.began or search.latest
        known = [at for at in (search.latest, search.began) if at is not None]
        return min(known) if search.latest is not None and self._sorts(search) else None

    def _sorts(self, search: "_Search") -> bool:
        """Tell whether what was not shown yet is newer than what was.

        Pages in order are no proof: by their ids, too, resources often stand as they were made.
        """
        if search.by_time is None:
            params = _params(search.since)
            search.by_time = sorts_by_time(self._client, search.kind, params, search.first)
        return search.by_time and search.in_order

    def _can_resume(self, search: "_Search") -> bool:
        """Tell whether the rest can be asked for by time, and that leads any further."""
        further = search.latest is not None and search.latest != search.resumed
        return further and self._sorts(search)

    def _pages(self, search: "_Search", page: Page) -> Iterator[Page]:
        """Follow the server's links; where they end early, go on from what was reached.

        A server may forget a search half-way, or show one page and no way to the next.
        """
        params = _params(search.since)
        while True:
            search.cut = is_cut(self._client, search.kind, params, page)
            yield page
            try:
                yield from self._client.onward(search.kind, page)
            except Missing:
                if not self._can_resume(search):
                    raise
            else:
                if not search.cut:
                    return
                if not self._can_resume(search):
                    raise NotFhir(what=search.kind, reason="pages-end")
            _log.info("search that ended early begun again: %s", search.kind)
            search.resumed, search.total = search.latest, None
            params = _params(search.latest, timedelta(0))
            page = next(self._client.search(search.kind, params))

    def _stood_still(self, search: "_Search", page: Page, resources: Sequence[Incoming]) -> bool:
        """Tell whether the places of what is found have not moved since the page before.

        On a server that counts pages over what it holds at the moment, whatever leaves an
        earlier page draws the first of the next page into it, where nobody reads it any more:
        what was changed (it comes again at the end, as sorted by time), or deleted.
        """
        if search.pages == 0:
            return True
        if None not in {page.total, search.total} and (page.total or 0) < (search.total or 0):
            return False
        since = None if search.began is None else search.began - _UNTIL_ANSWERED
        late = [r for r in resources if r.last_updated and since and r.last_updated >= since]
        return not late or not self._store.holds_other(late)

    def _keep(self, held: "_Held") -> None:
        """Commit what is held, together with the cursors behind it."""
        news = self._store.take_page(held.resources, held.cursors, held.complete_at)
        held.resources, held.cursors = [], {}
        self._gathering.note(news)


@dataclass(slots=True)
class _Held:
    """What was read and is not committed yet: small pages go together."""

    resources: list[Incoming] = field(default_factory=list)
    cursors: dict[str, datetime] = field(default_factory=dict)
    complete_at: datetime | None = None


@dataclass(slots=True)
class _Search:
    """One reading of a type, and how far its pages have come in the server's time.

    ``by_time``: the server sorts as it was asked to; ``None``: not tried yet.
    """

    kind: str
    since: datetime | None
    began: datetime | None = None
    latest: datetime | None = None
    in_order: bool = True
    by_time: bool | None = None
    first: Sequence[Found] = ()
    resumed: datetime | None = None
    total: int | None = None
    pages: int = 0
    cut: bool = False

    def see(self, page: Page, resources: Sequence[Incoming]) -> None:
        """Take note of a page."""
        self.began = self.began or page.server_time
        self.first = self.first or page.found
        times = [r.last_updated for r in resources if r.last_updated is not None]
        ahead = [*([self.latest] if self.latest else []), *times]
        self.in_order = self.in_order and ahead == sorted(ahead)
        self.latest = max(ahead, default=None)
        self.total = page.total
        self.pages += 1


def _chained(first: Page, rest: Iterator[Page]) -> Iterator[Page]:
    yield first
    yield from rest


def _params(since: datetime | None, overlap: timedelta = OVERLAP) -> dict[str, str]:
    changed = {} if since is None else {"_lastUpdated": f"ge{(since - overlap).isoformat()}"}
    return {"_count": PAGE_SIZE, "_sort": "_lastUpdated", **changed}
