"""What stations found out of one another's records: doses charted twice, and late ones.

A dose is late where its order had been stopped or changed on the EMR before it was given, unknown
to the station. Both are told to the EMR, and listed here until a person has dealt with them
(hazards H47, H59).
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import datetime
from threading import Lock
from typing import Final

from sqlalchemy import func, select

from bcma.model.double import late_dose, name_of, settlement_id
from bcma.model.events import CareEvent, DoubleDose, DoubleOutcome, DoubleSettled, LateDose
from bcma.model.order import MedicationRequest
from bcma.model.people import Patient
from bcma.model.record import MedicationAdministration, RecordStatus
from bcma.store import keys, mirror, revisions
from bcma.store.codec import DOSE
from bcma.store.mirror import Ref
from bcma.store.patient_file import PatientFile
from bcma.store.reader import Reader
from bcma.store.tables import Event, PatientRevision

_ISSUE, _ORDER = "DetectedIssue", "MedicationRequest"
#: Whatever changes of these may make a dose double or late, or settle it.
_WATCHED: Final = (revisions.RECORDS, revisions.CARE, _ISSUE, _ORDER)
#: So many events of ours are looked back on: the last days of a station, also of one that comes
#: back after months. What was found before was told to the EMR, and is listed while open there.
_LOOKED_BACK: Final = 1000


@dataclass(frozen=True, slots=True)
class OpenIssue:
    """What a person has to find out about doses of one patient.

    Attributes:
        bed: where the patient lies; empty where it is not known.
        records: of a dose charted twice, the one given first in front; else the late one.
        planned: the slot, where there is one.
        late: that the dose was late; ``None``: it was charted twice.
        order: as the EMR has it now.
    """

    patient: Patient
    bed: str
    records: tuple[MedicationAdministration, ...]
    planned: datetime | None = None
    late: LateDose | None = None
    order: MedicationRequest | None = None

    @property
    def id(self) -> str:
        """Give what names it at this station: another record makes it another."""
        named = "/".join(sorted(name_of(record) for record in self.records))
        return named if self.late is None else self.late.event_id


class SafetyIssues:
    """Finds and lists the issues of one station."""

    def __init__(self, reading: Callable[[], AbstractContextManager[Reader]]) -> None:
        self._reading = reading
        self._looking = Lock()
        self._state: tuple[int, ...] | None = None
        self._seen: dict[str, int] = {}
        self._found: dict[str, tuple[DoubleDose | LateDose, ...]] = {}

    def to_tell(self) -> tuple[CareEvent, ...]:
        """Look for news, and give what neither this station nor the EMR has told yet.

        Takes a while after a start, and where the news are many: it is the sync thread's.

        Raises:
            StoreError: the store cannot be read.
        """
        with self._reading() as reader:
            news = (*self._look(reader), *_corrected(reader))
            told = _told(reader, [event.event_id for event in news])
            return tuple(event for event in news if event.event_id not in told)

    def open(self) -> tuple[OpenIssue, ...]:
        """List what is known and nobody has dealt with yet, by patient.

        Raises:
            StoreError: the store cannot be read.
        """
        with self._reading() as reader:
            found = {i.event_id: i for i in (*_on_emr(reader), *self._known())}
            patients = sorted({issue.patient_id for issue in found.values()})
            late = [issue for issue in found.values() if isinstance(issue, LateDose)]
            opened = [i for name in patients for i in _open_of(reader, name, late)]
            return tuple({i.id: i for i in (*opened, *_none_left(reader))}.values())

    def _look(self, reader: Reader) -> tuple[DoubleDose | LateDose, ...]:
        """Give what is found of doses of ours, with another look where anything changed."""
        with self._looking:
            state = reader.revision(*_WATCHED)
            if state != self._state:
                now = _revisions(reader)
                for patient, revision in now.items():
                    if self._seen.get(patient) != revision:
                        self._found[patient] = tuple(_issues_of(reader, patient))
                self._state, self._seen = state, now
        return self._known()

    def _known(self) -> tuple[DoubleDose | LateDose, ...]:
        found = tuple(self._found.values())  # in one step: the sync thread adds to it
        return tuple(issue for some in found for issue in some)


def _revisions(reader: Reader) -> dict[str, int]:
    """Tell how often anything that matters changed about each patient with events of ours."""
    latest = select(func.max(Event.sequence) - _LOOKED_BACK).scalar_subquery()
    ours = select(Event.patient_id).where(Event.sequence > latest).distinct()
    query = (
        select(PatientRevision.patient_id, func.sum(PatientRevision.revision))
        .where(PatientRevision.type.in_(_WATCHED), PatientRevision.patient_id.in_(ours))
        .group_by(PatientRevision.patient_id)
    )
    return dict(reader.connection.execute(query).all())


def _issues_of(reader: Reader, patient_id: str) -> Iterator[DoubleDose | LateDose]:
    file = PatientFile(reader, patient_id)
    settled = file.settled_doubles()
    for double in file.doubles():
        if not double.is_settled(settled):
            yield from double.issues
    yield from _late_doses(reader, file, patient_id)


def _late_doses(reader: Reader, file: PatientFile, patient_id: str) -> Iterator[LateDose]:
    """Find doses given here under an order that was another one on the EMR already.

    The bytes of the order that each was judged by are known; when the EMR's were changed, the
    server says.
    """
    query = select(Event.event_id, Event.order_hash).where(
        Event.patient_id == patient_id, Event.kind == DOSE, Event.version == 1
    )
    judged = dict(reader.connection.execute(query).all())
    now = {order.id: order for order in file.orders()}
    for record in file.records():
        order = now.get(record.order_id or "")
        ours = record.went_in and record.event_id in judged
        if not ours or order is None or record.event_id is None or record.given_at is None:
            continue
        changed_at = order.last_updated
        if changed_at is None or changed_at > record.given_at:
            continue
        late = late_dose(record)
        if late is not None and _is_another(reader, order, judged[record.event_id]):
            yield late


def _is_another(reader: Reader, order: MedicationRequest, judged: str | None) -> bool:
    """Tell whether an order is clinically another one than the bytes by which a dose was judged."""
    if judged is None:
        return False
    before = reader.orders([Ref(_ORDER, order.id, judged)])
    return any(version.version != order.version for version in before)


def _told(reader: Reader, ids: Sequence[str]) -> frozenset[str]:
    """Tell of which issues the EMR knows, or this station has told it or is about to."""
    there = {ref.id for ref in mirror.get(reader.connection, _ISSUE, ids)}
    # a server that gives ids of its own keeps the event as an identifier
    there |= mirror.held(reader.connection, reader.dialect.event, ids) if ids else frozenset()
    query = select(Event.event_id).where(Event.event_id.in_(ids))
    return frozenset(there.union(reader.connection.execute(query).scalars()))


def _on_emr(
    reader: Reader, states: Sequence[str] = (keys.OPEN,)
) -> tuple[DoubleDose | LateDose, ...]:
    refs = mirror.find(reader.connection, _ISSUE, keys.ISSUE, states)
    return tuple(issue.found for issue in reader.issues(refs))


def _corrected(reader: Reader) -> Iterator[DoubleSettled]:
    """Find doses charted twice, told to the EMR, of which one was entered in error here.

    The correction settles it, whoever made it and wherever in the program.
    """
    for issue in _on_emr(reader):
        if not isinstance(issue, DoubleDose):
            continue
        records = PatientFile(reader, issue.patient_id).records()
        two = [r for r in records if r.names & set(issue.record_ids)]
        wrong = [r for r in two if r.status is RecordStatus.ENTERED_IN_ERROR]
        ours = next((r for r in wrong if r.recorder_id is not None and r.recorded_at), None)
        if ours is not None and ours.recorded_at is not None and ours.recorder_id is not None:
            yield DoubleSettled(
                event_id=settlement_id((issue,), DoubleOutcome.CHARTED_TWICE),
                patient_id=issue.patient_id,
                issues=(issue,),
                outcome=DoubleOutcome.CHARTED_TWICE,
                at=ours.recorded_at,
                by_id=ours.recorder_id,
            )


def _open_of(reader: Reader, patient_id: str, late: Iterable[LateDose]) -> Iterator[OpenIssue]:
    file = PatientFile(reader, patient_id)
    patient, settled, bed = file.patient(), file.settled_doubles(), _bed(file)
    if patient is None:
        return
    orders = {order.id: order for order in file.orders()}
    for double in file.doubles():
        if not double.is_settled(settled):
            order = orders.get(double.records[0].order_id or "")
            yield OpenIssue(patient, bed, double.records, double.planned, order=order)
    for issue in late:
        record = next((r for r in file.records() if issue.record_id in r.names), None)
        if issue.patient_id != patient_id or record is None or not record.went_in:
            continue
        if not _is_told_on(reader, issue):
            order = orders.get(issue.order_id)
            yield OpenIssue(patient, bed, (record,), record.slot, late=issue, order=order)


def _none_left(reader: Reader) -> Iterator[OpenIssue]:
    """Find planned doses charted twice of which every record was taken back since.

    Each nurse thought that the other's was right. Whatever is charted for the slot ends it.
    """
    for issue in _on_emr(reader, (keys.OPEN, keys.SETTLED)):
        file = PatientFile(reader, issue.patient_id)
        patient = file.patient()
        if patient is None or not isinstance(issue, DoubleDose):
            continue
        records = file.records()
        two = [r for r in records if r.names & set(issue.record_ids)]
        slots = {r.slot for r in two}
        chain = {name for r in two for name in file.renewals().get(r.order_id or "", ())}
        of_slot = [r for r in records if r.order_id in chain and r.slot in slots - {None}]
        if of_slot and all(r.status is RecordStatus.ENTERED_IN_ERROR for r in of_slot):
            yield OpenIssue(patient, _bed(file), tuple(of_slot), of_slot[0].slot)


def _bed(file: PatientFile) -> str:
    return next((stay.bed for stay in reversed(file.stays()) if stay.bed), "")


def _is_told_on(reader: Reader, late: LateDose) -> bool:
    """Tell whether the prescriber knows of a late dose, by this station or by the EMR."""
    told = select(Event.event_id).where(Event.event_id == late.told_id)
    if reader.connection.execute(told).first() is not None:
        return True
    refs = (
        *mirror.get(reader.connection, _ISSUE, [late.event_id]),
        *mirror.find(reader.connection, _ISSUE, reader.dialect.event, [late.event_id]),
    )
    return any(issue.settled for issue in reader.issues(refs))
