"""From the EMR: everything that changed since the last time, page by page.

A page and the cursor behind it are committed together, so a pull that breaks off goes on
where it stood. Cursors are in the server's time and overlap; what comes twice is news once.
"""

import logging
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import chain
from types import MappingProxyType
from typing import Final

from bcma.emr.capabilities import Capabilities
from bcma.emr.errors import Refused
from bcma.emr.fhir_client import FhirClient, Found, Page, Params
from bcma.errors import DataError
from bcma.store import Incoming, Store, read_incoming
from bcma.sync.progress import Stage, Watch, unwatched
from bcma.sync.report import Pulled

_log = logging.getLogger(__name__)

#: Places and drugs first: what is read later refers to them.
TYPES: Final = (
    "Location",
    "Practitioner",
    "PractitionerRole",
    "Medication",
    "Patient",
    "Encounter",
    "MedicationRequest",
    "Task",
    "MedicationDispense",
    "MedicationAdministration",
    "AllergyIntolerance",
    "Flag",
    "NutritionOrder",
    "Observation",
    "Condition",
    "DetectedIssue",
    "AdverseEvent",
)
#: Those that are searched by patient when one patient is fetched.
OF_PATIENT: Final = tuple(
    kind
    for kind in TYPES
    if kind not in {"Location", "Practitioner", "PractitionerRole", "Medication", "Patient"}
)
#: What R4 calls the patient in a search, where it is not ``patient``.
_PATIENT_PARAMETER: Final[Mapping[str, str]] = MappingProxyType({"AdverseEvent": "subject"})
#: Re-read this much before the cursor: a transaction may become visible after its time.
OVERLAP: Final = timedelta(minutes=5)
_PAGE_SIZE: Final = "500"


class Puller:
    """Pulls into a store."""

    def __init__(self, store: Store, client: FhirClient, watch: Watch | None = None) -> None:
        self._store = store
        self._client = client
        self._watch = watch or unwatched()
        self._news: Counter[str] = Counter()
        self._unreadable: list[str] = []

    def pull(self, capabilities: Capabilities) -> Pulled:
        """Read every type from its cursor on.

        Raises:
            EmrError: the EMR could not be asked; what came before is kept.
            CancelledError: it was broken off between two pages; what came before is kept.
            StoreError: a page could not be kept.
        """
        by_time = capabilities.has_last_updated
        # what is not listed, this server has none of
        kinds = [k for k in TYPES if not capabilities.resources or k in capabilities.resources]
        cursors = self._store.cursors() if by_time else {}
        searches = [(kind, _params(cursors.get(kind), by_time=by_time)) for kind in kinds]
        held, as_of = _Held(), None
        try:
            for kind, first in zip(kinds, self._first_pages(searches, capabilities), strict=True):
                as_of = _earlier(as_of, self._type(kind, first, held, by_time=by_time))
            held.complete_at = as_of
        finally:
            self._keep(held)
        return self._result(as_of)

    def patient(self, found: Sequence[Found], patient_id: str) -> Pulled:
        """Read one patient with everything about the person; moves no cursor.

        Raises:
            EmrError: the EMR could not be asked.
            StoreError: a page could not be kept.
        """
        held = _Held(self._read(found))
        try:
            for kind in OF_PATIENT:
                patient = {_PATIENT_PARAMETER.get(kind, "patient"): f"Patient/{patient_id}"}
                for page in self._client.search(kind, {**patient, "_count": _PAGE_SIZE}):
                    held.resources += self._read(page.found)
        finally:
            self._keep(held)
        return self._result(None)

    def _first_pages(
        self, searches: Sequence[tuple[str, Params]], capabilities: Capabilities
    ) -> Iterator[Page]:
        """Ask for everything at once where the server can, else one after the other."""
        if capabilities.has_batch:
            try:
                pages = self._client.search_each(searches)
            except Refused as refused:
                # what stands between may let no batch through: each search by itself says more
                _log.info("no batch of searches: %s", refused.code)
            else:
                yield from pages
                return
        for kind, params in searches:
            yield next(self._client.search(kind, params))

    def _type(self, kind: str, first: Page, held: "_Held", *, by_time: bool) -> datetime | None:
        """Read one type to its end; give the server's time when that began."""
        progress = _Progress()
        for page in chain([first], self._client.onward(kind, first)):
            resources = self._read(page.found)
            progress.see(page, resources)
            reached = progress.reached(page) if by_time else None
            held.resources += resources
            held.cursors |= {} if reached is None else {kind: reached}
            if page.next_url is not None:
                self._keep(held)
            self._watch.page(Stage.PULL, kind, len(resources), page.total)
        return progress.began or progress.latest

    def _read(self, found: Sequence[Found]) -> list[Incoming]:
        resources = []
        for entry in found:
            try:
                resources.append(read_incoming(entry.raw, self._store.dialect))
            except DataError as unreadable:
                kind = str(entry.resource.get("resourceType", "resource"))
                _log.warning("not kept, a %s without id: %s", kind, unreadable.code)
                self._unreadable.append(f"{kind}/?")
        return resources

    def _keep(self, held: "_Held") -> None:
        """Commit what is held, together with the cursors behind it."""
        news = self._store.take_page(held.resources, held.cursors, held.complete_at)
        held.resources, held.cursors = [], {}
        self._news.update(resource.type for resource in news)
        if news:
            self._unreadable.extend(self._store.unreadable(news))

    def _result(self, as_of: datetime | None) -> Pulled:
        return Pulled(
            news=dict(self._news),
            unreadable=tuple(self._unreadable),
            complete=as_of is not None,
            as_of=as_of,
        )


@dataclass(slots=True)
class _Held:
    """What was read and is not committed yet: small pages go together."""

    resources: list[Incoming] = field(default_factory=list)
    cursors: dict[str, datetime] = field(default_factory=dict)
    complete_at: datetime | None = None


@dataclass(slots=True)
class _Progress:
    """How far the pages of one search have come in the server's time."""

    began: datetime | None = None
    latest: datetime | None = None
    sorted: bool = True

    def see(self, page: Page, resources: Sequence[Incoming]) -> None:
        """Take note of a page."""
        self.began = self.began or page.server_time
        times = [r.last_updated for r in resources if r.last_updated is not None]
        ahead = [*([self.latest] if self.latest else []), *times]
        self.sorted = self.sorted and ahead == sorted(ahead)
        self.latest = max(ahead, default=None)

    def reached(self, page: Page) -> datetime | None:
        """Give the time up to which everything was read.

        Between pages that is known only where the server sorts as it was asked to.
        """
        if page.next_url is None:
            return self.began or self.latest
        return self.latest if self.sorted else None


def _params(since: datetime | None, *, by_time: bool) -> dict[str, str]:
    if not by_time:
        return {"_count": _PAGE_SIZE}
    changed = {} if since is None else {"_lastUpdated": f"ge{(since - OVERLAP).isoformat()}"}
    return {"_count": _PAGE_SIZE, "_sort": "_lastUpdated", **changed}


def _earlier(one: datetime | None, other: datetime | None) -> datetime | None:
    return min((at for at in (one, other) if at is not None), default=None)
