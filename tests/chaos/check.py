"""What must hold when the line is well again: all is there, once, in order, nothing more."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from bcma.emr.fhir_map import STANDARD, read_administration
from bcma.model.record import MedicationAdministration, RecordStatus
from tests.store import ward
from tests.sync.conftest import Station

DOSE = "MedicationAdministration"


@dataclass(frozen=True, slots=True)
class Told:
    """One thing that a station was told: a version of a record, or a care event."""

    station: str
    patient: str
    event: str
    record: MedicationAdministration | None = None

    @property
    def status(self) -> RecordStatus | None:
        """Give the status of a dose."""
        return None if self.record is None else self.record.status


def wrongs(told: list[Told], stations: Mapping[str, Station], fresh: Station) -> Iterator[str]:
    """Say everything that is not as it must be; ``fresh`` is a station that knows nothing yet."""
    fresh.sync.sync_now()
    last = {each.event: each for each in told}
    for name, station in stations.items():
        waiting = station.store.outbox.waiting()
        if waiting.unsent:
            outcomes = [problem.outcome for problem in station.store.problems.list()]
            yield f"station {name}: {waiting.unsent} never delivered {outcomes}"
        if station.store.verify_audit() is not None:
            yield f"station {name}: the audit trail is broken"
    yield from _doses(last, fresh)
    yield from _shown(last, fresh)
    yield from _order(told, fresh)


def _doses(last: Mapping[str, Told], fresh: Station) -> Iterator[str]:
    """Each dose counts on the EMR once, as it was told last; copies are in error."""
    copies = defaultdict(list)
    for found in fresh.client.search_all(DOSE):
        there = read_administration(found.resource, dialect=STANDARD)
        copies[there.event_id].append(there)
    if unknown := copies.keys() - last.keys():
        yield f"on the EMR and told by nobody: {len(unknown)}"
    for event, each in last.items():
        if each.record is None:
            continue
        wanted = (each.record.status, each.record.revision)
        standing = [c for c in copies[event] if c.status is not RecordStatus.ENTERED_IN_ERROR]
        if each.status is RecordStatus.ENTERED_IN_ERROR:
            if standing or not copies[event]:
                yield f"{event}: taken back, {len(standing)} of {len(copies[event])} stand"
        elif [(c.status, c.revision) for c in standing] != [wanted]:
            yield f"{event}: {wanted} is {[(c.status, c.revision) for c in copies[event]]}"


def _shown(last: Mapping[str, Told], fresh: Station) -> Iterator[str]:
    """Another station shows each dose once."""
    for patient in sorted({each.patient for each in last.values()}):
        chart = ward.chart(fresh.store, patient)
        seen = sorted((r.event_id or "", r.status) for r in chart.administrations)
        doses = (e for e in last.values() if e.patient == patient and e.record is not None)
        wanted = sorted((e.event, e.record.status) for e in doses if e.record is not None)
        if seen != wanted:
            yield f"{patient}: another station shows {len(seen)} doses, not {len(wanted)}"


def _order(told: Iterable[Told], fresh: Station) -> Iterator[str]:
    """What a station was told about a patient became whole on the EMR in that order."""
    whole: dict[str, list[tuple[str, str]]] = defaultdict(list)
    first: dict[str, str] = {}
    for found in fresh.client.search_all("Provenance", {"_sort": "_lastUpdated"}):
        resource: ward.Json = dict(found.resource)
        tags = [tag["code"] for tag in resource["meta"].get("tag", ())]
        for tag in tags:
            first.setdefault(tag, resource["meta"]["lastUpdated"])
    for each in told:
        if each.record is None or each.record.revision == 1:
            lane = f"{each.station} {each.patient}"
            whole[lane].append((each.event, first.get(each.event, "")))
    versions = sum(1 for each in told)
    if len(first) < versions:
        yield f"{len(first)} events are whole on the EMR, {versions} were told"
    for lane, events in whole.items():
        times = [at for _, at in events]
        if "" in times:
            yield f"{lane}: an event is not whole on the EMR"
        elif times != sorted(times):
            yield f"{lane}: out of order"
