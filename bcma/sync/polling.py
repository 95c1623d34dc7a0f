"""From an EMR that cannot tell what changed: patient by patient, compared by content.

Who is in the house is asked at every poll, so admission, move, merge and discharge come at
once. Patients are read in turn, the open one and those of the ward first, and each is as
fresh as the last whole answer about them. What such an answer lacks is asked for by name, and
what is gone is deleted here: an order that vanished must not be given against. Places, staff
and drugs are read whole, less often; one that is named and not known is fetched at once.
"""

from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime, timedelta
from typing import Final

from bcma.emr.capabilities import Capabilities
from bcma.emr.errors import Missing
from bcma.emr.fhir_client import FhirClient, Found, Params
from bcma.emr.fhir_map import Raw
from bcma.store import Store
from bcma.sync import gone, server_clock
from bcma.sync.gathering import Gathering
from bcma.sync.kinds import OF_HOUSE, OF_PATIENT, PAGE_SIZE, PATIENT_PARAMETER, kept_by
from bcma.sync.pages import every_page, first_pages, pages_from
from bcma.sync.parts import Parts
from bcma.sync.progress import Stage, Watch
from bcma.sync.report import Pulled
from bcma.sync.rounds import choose, of_ward

#: So many patients are read in one poll; a house of 400 is through in ten minutes.
EACH_POLL: Final = 20
#: Places, staff and drugs are read whole this often.
HOUSE_EVERY: Final = timedelta(hours=1)
#: Setting of the store: when they were.
_HOUSE_READ: Final = "house-read-at"
_ORDER: Final = "MedicationRequest"
_VERDICT: Final = "Task"
#: Verdicts are searched for so many orders at once.
_AT_ONCE: Final = 50
_IN_HOUSE: Final = {"status": "in-progress", "_count": PAGE_SIZE}

Name = tuple[str, str]


class PatientPoller:
    """Reads patients one by one into a store."""

    def __init__(self, store: Store, client: FhirClient, watch: Watch) -> None:
        self._store = store
        self._client = client
        self._watch = watch
        self._gathering = Gathering(store)
        self._parts = Parts(client)

    def poll(
        self, capabilities: Capabilities, now: datetime, *, opened: str | None, whole: bool
    ) -> Pulled:
        """Read who is in the house, and some of the patients; with ``whole``, everything.

        Raises:
            ServerShrankError: too much is gone; of those whom it concerns nothing was marked.
            EmrError: the EMR could not be asked; what came before is kept.
            CancelledError: it was broken off between two pages.
            StoreError: the station's own disk failed.
        """
        with gone.noted(self._store) as shortfall:
            if whole or self._house_is_old(now):
                with self._parts.part("house"):
                    self._house(capabilities, now)
            complete = self._patients(capabilities, shortfall, opened=opened, whole=whole)
        self._parts.tell()
        if whole:
            self._store.losses.forget()
        return self._gathering.pulled(complete=complete is not None, as_of=complete)

    def _patients(
        self,
        capabilities: Capabilities,
        shortfall: gone.Shortfall,
        *,
        opened: str | None,
        whole: bool,
    ) -> datetime | None:
        """Read who is in the house and their charts; give how old the oldest of the ward's is."""
        began = self._census()
        stays, as_of = self._store.stays(), self._store.patients_as_of()
        mine = of_ward(stays, self._store.ward)
        budget = len(stays) if whole else EACH_POLL
        chosen = choose(stays, as_of, ward=self._store.ward, opened=opened, budget=budget)
        for patient_id in chosen:
            with self._parts.part(f"Patient/{patient_id}"), shortfall.gathered():
                self.read(capabilities, patient_id)
        return self._store.patients_complete(mine, began)

    def read(self, capabilities: Capabilities, patient_id: str) -> None:
        """Read all about one patient, and commit it together with its instant.

        Raises:
            ServerShrankError: too much about the patient is gone; nothing was taken.
            EmrError: the EMR could not be asked; nothing was taken.
            CancelledError: it was broken off; nothing was taken.
            StoreError: nothing was taken.
        """
        searches = _about(patient_id, capabilities)
        as_of = self._client.server_now()
        found: list[Found] = []
        firsts = first_pages(self._client, searches, capabilities)
        for (kind, params), first in zip(searches, firsts, strict=True):
            as_of = min(as_of, first.server_time or as_of)
            for page in pages_from(self._client, kind, params, first):
                found += page.found
                # what there is of one patient is no total
                self._watch.page(Stage.PULL, kind, len(page.found))
        here = dict(self._store.held_about(patient_id, [kind for kind, _ in searches]))
        if _VERDICT in here:
            verdicts, known = self._verdicts(found)
            found += verdicts
            here[_VERDICT] = [*here[_VERDICT], *known]
        resources = self._gathering.read(found)
        asked = self._ask(here, {resource.name for resource in resources})
        self._named(resource for one in found for resource in _names(one.resource))
        news = self._store.take_patient(patient_id, [*resources, *asked.found], asked.gone, as_of)
        self._store.losses.believe(asked.gone)
        self._gathering.note(news)

    def _verdicts(self, found: Iterable[Found]) -> tuple[list[Found], frozenset[str]]:
        """Read the verdicts on some orders, as they need not name the patient; and those known."""
        orders = sorted(
            f"{_ORDER}/{one.resource.get('id')}"
            for one in found
            if one.resource.get("resourceType") == _ORDER
        )
        verdicts: list[Found] = []
        for start in range(0, len(orders), _AT_ONCE):
            focus = ",".join(orders[start : start + _AT_ONCE])
            verdicts += self._client.search_all(_VERDICT, {"focus": focus, "_count": PAGE_SIZE})
        return verdicts, self._store.verdicts_on(orders)

    def _ask(self, here: Mapping[str, Iterable[str]], answered: set[Name]) -> gone.Asked:
        """Ask by name for what an answer about a patient lacks."""
        every = gone.Asked()
        for kind, ids in here.items():
            held = set(ids)
            missing = {name for name in held if (kind, name) not in answered}
            asked = gone.ask(self._store, self._client, kind, missing, len(held))
            every.found += asked.found
            every.gone += asked.gone
        return every

    def _census(self) -> datetime:
        """Read who is in the house, and what became of those who are no more."""
        pages = list(every_page(self._client, "Encounter", _IN_HOUSE))
        began = pages[0].server_time or self._client.server_now()
        found = [one for page in pages for one in page.found]
        server_clock.heed(self._store, self._client)
        server_clock.note(self._store, self._client)
        resources = self._gathering.read(found)
        known = {stay.id for stay in self._store.stays()}
        left = known - {resource.id for resource in resources}
        asked = gone.ask(self._store, self._client, "Encounter", left, len(known))
        self._named(name for one in found for name in _names(one.resource))
        self._gathering.note(self._store.take_census([*resources, *asked.found], asked.gone))
        self._store.losses.believe(asked.gone)
        return began

    def _house_is_old(self, now: datetime) -> bool:
        written = self._store.setting(_HOUSE_READ)
        return written is None or not (
            timedelta(0) <= now - datetime.fromisoformat(written) < HOUSE_EVERY
        )

    def _house(self, capabilities: Capabilities, now: datetime) -> None:
        """Read places, staff and drugs whole, page by page, and mark what is gone at the end."""
        lost: list[Name] = []
        for kind in kept_by(capabilities, OF_HOUSE):
            missing = set(self._store.held(kind))
            held = len(missing)
            for page in every_page(self._client, kind, {"_count": PAGE_SIZE}):
                resources = self._gathering.read(page.found)
                missing.difference_update(resource.id for resource in resources)
                self._gathering.note(self._store.take_truth(resources))
                self._watch.page(Stage.PULL, kind, len(resources), page.total)
            asked = gone.ask(self._store, self._client, kind, missing, held)
            self._gathering.note(self._store.take_truth(asked.found))
            lost += asked.gone
        self._store.take_truth((), lost)
        self._store.set_setting(_HOUSE_READ, now.isoformat())

    def _named(self, names: Iterable[Name]) -> None:
        """Fetch the places and drugs that are named and not known yet, and what those name."""
        wanted = set(names)
        while wanted:
            further: set[Name] = set()
            for kind, identity in sorted(self._store.unknown(wanted)):
                try:
                    found, _ = self._client.read(kind, identity)
                except Missing:
                    continue  # a reference that leads nowhere is told where it is used
                self._gathering.note(self._store.take_truth(self._gathering.read([found])))
                further |= set(_names(found.resource))
            wanted = further


def _about(patient_id: str, capabilities: Capabilities) -> list[tuple[str, Params]]:
    """Give the searches that find all about a patient; the patient comes first."""
    searches: list[tuple[str, Params]] = [("Patient", {"_id": patient_id})]
    for kind in kept_by(capabilities, OF_PATIENT):
        usual = PATIENT_PARAMETER.get(kind, "patient")
        offered = capabilities.of(kind).search_params
        if usual in offered or not offered & {"patient", "subject"}:
            parameter = usual
        else:
            parameter = "subject" if "subject" in offered else "patient"
        searches.append((kind, {parameter: f"Patient/{patient_id}", "_count": PAGE_SIZE}))
    return searches


def _names(resource: Raw) -> Iterator[Name]:
    """Give the places and drugs that a resource names."""
    places = resource.get("location")
    beds = (
        [entry.get("location") for entry in places if isinstance(entry, Mapping)]
        if (isinstance(places, list))
        else []
    )
    for reference in (resource.get("medicationReference"), resource.get("partOf"), *beds):
        written = reference.get("reference") if isinstance(reference, Mapping) else None
        parts = written.split("/") if isinstance(written, str) else []
        if len(parts) > 1 and parts[-2] in {"Location", "Medication"}:
            yield parts[-2], parts[-1]
