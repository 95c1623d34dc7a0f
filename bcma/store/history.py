"""What was done to a patient: the EMR's records and our own, each event once."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime

from sqlalchemy import ColumnElement, exists, select
from sqlalchemy.orm import aliased

from bcma.model.record import MedicationAdministration, RecordStatus
from bcma.store import keys, mirror
from bcma.store.codec import DOSE, decode_record
from bcma.store.reader import Reader
from bcma.store.revisions import RECORDS
from bcma.store.states import OPEN
from bcma.store.tables import Delivery, Event, UnitUse

_LONG_AGO = datetime.min.replace(tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class OwnRecord:
    """The latest version of one of our records, its number, and whether it has yet to be sent.

    What a person has seen to is sent no more: where the EMR has something else, that is why.
    """

    sequence: int
    record: MedicationAdministration
    waits: bool


def administrations(
    reader: Reader, patient_ids: Sequence[str]
) -> tuple[MedicationAdministration, ...]:
    """Give every record about a patient, each once, in its latest version, newest last.

    ``patient_ids`` are all that the patient goes by (:func:`identities`).
    """
    refs = (mirror.of_patient(reader.connection, i, RECORDS) for i in patient_ids)
    theirs = reader.administrations([ref for some in refs for ref in some])
    return merge(reader, theirs, own_records(reader, Event.patient_id.in_(patient_ids)))


def identities(reader: Reader, patient_id: str) -> tuple[str, ...]:
    """Give a patient's id, and those of the records that were merged into theirs (hazard H10).

    What was charted under a temporary identity was given to the same person.
    """
    found, news = {patient_id}, {patient_id}
    while news:
        refs = mirror.find(
            reader.connection, "Patient", keys.MERGED_INTO, [f"Patient/{i}" for i in sorted(news)]
        )
        news = {ref.id for ref in refs} - found
        found |= news
    return (patient_id, *sorted(found - {patient_id}))


def users_of_unit(reader: Reader, unit: str) -> tuple[MedicationAdministration, ...]:
    """Give the records that name a unit and by which some of it went in."""
    refs = mirror.find(reader.connection, RECORDS, keys.UNIT, [unit])
    named = select(UnitUse.event_sequence).where(UnitUse.unit == unit)
    mine = own_records(reader, Event.sequence.in_(named))
    return tuple(r for r in merge(reader, reader.administrations(refs), mine) if r.went_in)


def recorded(reader: Reader, event_id: str) -> MedicationAdministration | None:
    """Give the latest version of the record of an event, whichever station made it."""
    refs = mirror.find(reader.connection, RECORDS, reader.dialect.event, [event_id])
    mine = own_records(reader, Event.event_id == event_id)
    return next(iter(merge(reader, reader.administrations(refs), mine)), None)


def own_records(reader: Reader, condition: ColumnElement[bool]) -> tuple[OwnRecord, ...]:
    """Give those of our own records, in their latest version, for which a condition holds."""
    later = aliased(Event)
    query = (
        select(Event.sequence, Delivery.state)
        .join(Delivery, Delivery.sequence == Event.sequence)
        .where(
            condition,
            Event.kind == DOSE,
            ~exists().where(later.event_id == Event.event_id, later.version > Event.version),
        )
        .order_by(Event.sequence)
    )
    states = dict(reader.connection.execute(query).all())
    records = _decoded(reader, states)
    return tuple(
        OwnRecord(sequence, records[sequence], state in OPEN) for sequence, state in states.items()
    )


def merge(
    reader: Reader,
    theirs: Iterable[MedicationAdministration],
    ours: Sequence[OwnRecord],
) -> tuple[MedicationAdministration, ...]:
    """Make one list of the EMR's records and ours.

    Our own version holds as long as it waits to be delivered, and afterwards as long as the EMR's
    is the same one: it says more (findings, releases). What was read from the EMR before our
    change got there is older than ours. A record that somebody else has since changed is the
    EMR's. One event that is on the EMR twice counts once, whatever made two of it.
    """
    foreign: list[MedicationAdministration] = []
    known: dict[str, MedicationAdministration] = {}
    for record in theirs:
        if record.event_id is None:
            foreign.append(record)
        elif (copy := known.get(record.event_id)) is None or _counts_more(record, copy):
            known[record.event_id] = record
    for own in ours:
        event_id = own.record.event_id or ""
        there = known.get(event_id)
        if there is None:
            known[event_id] = own.record
        elif _is_ours(own, there):
            known[event_id] = _known_as(reader, own, there.resource_id)
    return tuple(sorted([*foreign, *known.values()], key=_when))


def _counts_more(record: MedicationAdministration, copy: MedicationAdministration) -> bool:
    """Tell which of two copies of one event on the EMR counts: the later version of it.

    A copy that somebody has put in error as surplus does not take back the other one.
    """
    return _version(record) > _version(copy)


def _version(record: MedicationAdministration) -> tuple[int, bool]:
    return record.revision, record.status is not RecordStatus.ENTERED_IN_ERROR


def _is_ours(own: OwnRecord, there: MedicationAdministration) -> bool:
    if own.waits or there.revision < own.record.revision:
        return True
    if there.revision != own.record.revision or there.status is not own.record.status:
        return False
    return not own.record.differs_in_amount(there)


def _decoded(reader: Reader, sequences: Iterable[int]) -> dict[int, MedicationAdministration]:
    """Decode events; what is written never changes, so each is read once."""

    def read(missing: Sequence[int]) -> Iterable[tuple[int, MedicationAdministration]]:
        for start in range(0, len(missing), mirror.CHUNK):
            some = missing[start : start + mirror.CHUNK]
            query = select(Event.sequence, Event.payload).where(Event.sequence.in_(some))
            for sequence, payload in reader.connection.execute(query):
                yield sequence, decode_record(payload)

    return reader.cached_each("event", sequences, read)


def _known_as(reader: Reader, own: OwnRecord, name: str | None) -> MedicationAdministration:
    """Give our record under the name that the EMR has for it."""
    if own.record.resource_id == name:
        return own.record
    key = "event as", own.sequence, name
    return reader.cached(key, lambda: replace(own.record, resource_id=name))


def _when(record: MedicationAdministration) -> tuple[datetime, str]:
    at = record.given_at or record.recorded_at or _LONG_AGO
    return at, record.event_id or record.resource_id or ""
