"""What was told about a patient beside the doses: the EMR's and our own, each event once.

Our own counts here from the moment it is written; once the EMR shows it, the EMR's holds,
as people may have answered it there.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import Final, Self

from sqlalchemy import select

from bcma.emr.fhir_map import observation_id
from bcma.emr.fhir_map.dialect import URI
from bcma.model.chart import AllergyIntolerance, AllergyKind, Observation, SuspectedReaction
from bcma.model.events import AllergyAsked, CareEvent, DoubleSettled, EffectCheck, Reaction
from bcma.model.record import MedicationAdministration, RecordStatus
from bcma.store import mirror
from bcma.store.codec import DOSE, decode_care
from bcma.store.reader import Reader
from bcma.store.tables import Event

_RECORD: Final = "MedicationAdministration/"
_DRUG: Final = "Medication/"


@dataclass(frozen=True, slots=True)
class OwnCare:
    """The care events about one patient that the EMR does not show yet, oldest first."""

    events: tuple[CareEvent, ...]

    @classmethod
    def read(cls, reader: Reader, patient_id: str) -> Self:
        """Read those of one patient."""
        found = tuple(_own(reader, patient_id))
        named = [event.event_id for event in found]
        there = mirror.held(reader.connection, reader.dialect.event, named) if named else ()
        return cls(tuple(event for event in found if event.event_id not in there))

    def allergies(self) -> tuple[AllergyIntolerance, ...]:
        """Give what patients said when they were asked."""
        return tuple(_allergy(event) for event in self.events if isinstance(event, AllergyAsked))

    def reactions(self) -> tuple[SuspectedReaction, ...]:
        """Give the reactions that were reported here."""
        return tuple(_reaction(event) for event in self.events if isinstance(event, Reaction))

    def settled_doubles(self) -> tuple[frozenset[str], ...]:
        """Give the doses charted twice of which a person here found out what they mean."""
        found = (event for event in self.events if isinstance(event, DoubleSettled))
        return tuple(frozenset(event.record_ids) for event in found)

    def effect_checks(self) -> tuple[EffectCheck, ...]:
        """Give the effects that were looked at here."""
        return tuple(event for event in self.events if isinstance(event, EffectCheck))


def suspected(
    reader: Reader,
    reactions: Iterable[SuspectedReaction],
    records: Sequence[MedicationAdministration],
) -> tuple[SuspectedReaction, ...]:
    """Say of each reaction which substances are suspected."""
    return tuple(_with_substances(reader, reaction, records) for reaction in reactions)


def measured(
    reader: Reader, records: Iterable[MedicationAdministration], known: Iterable[Observation]
) -> tuple[Observation, ...]:
    """Give the values measured for doses here that the EMR does not show yet."""
    values = {
        observation_id(record.event_id, code): (record.given_at, code, value)
        for record in records
        if record.event_id
        and record.given_at
        and record.status is not RecordStatus.ENTERED_IN_ERROR
        for code, value in record.measured
    }
    for found in known:
        values.pop(found.id, None)
    # a server that gives ids of its own keeps ours as an identifier
    uris = {f"urn:uuid:{name}": name for name in values}
    for uri in mirror.held(reader.connection, URI, sorted(uris)) if uris else ():
        values.pop(uris[uri], None)
    return tuple(
        Observation(id=name, code=code, at=at, value=value)
        for name, (at, code, value) in values.items()
    )


def _own(reader: Reader, patient_id: str) -> Iterable[CareEvent]:
    query = (
        select(Event.sequence, Event.kind, Event.payload)
        .where(Event.patient_id == patient_id, Event.kind != DOSE)
        .order_by(Event.sequence)
    )
    for row in reader.connection.execute(query):
        yield reader.cached(("event", row.sequence), partial(decode_care, row.kind, row.payload))


def _allergy(event: AllergyAsked) -> AllergyIntolerance:
    none = event.substance is None
    return AllergyIntolerance(
        id=event.event_id,
        kind=AllergyKind.NONE_KNOWN if none else AllergyKind.FREE_TEXT,
        text=event.substance or "",
    )


def _reaction(event: Reaction) -> SuspectedReaction:
    return SuspectedReaction(
        id=event.event_id,
        at=event.at,
        suspects=(_RECORD + event.record_id,),
        signs=event.signs,
        severity=event.severity,
        grade=event.grade,
    )


def _with_substances(
    reader: Reader, reaction: SuspectedReaction, records: Sequence[MedicationAdministration]
) -> SuspectedReaction:
    found = [_substances(reader, suspect, records) for suspect in reaction.suspects]
    return replace(
        reaction,
        ingredients=frozenset(key for keys, _ in found for key in keys),
        names=tuple(name for _, name in found if name),
        unknown_suspect=reaction.unknown_suspect or not all(keys for keys, _ in found),
    )


def _substances(
    reader: Reader, suspect: str, records: Sequence[MedicationAdministration]
) -> tuple[frozenset[str], str]:
    """Give the substances and the name of a suspect, as far as it is known here."""
    for record in records:
        if suspect.removeprefix(_RECORD) in record.names:
            return record.ingredients, record.medication_name
    drug = reader.medication(suspect.removeprefix(_DRUG)) if suspect.startswith(_DRUG) else None
    return (frozenset(), "") if drug is None else (drug.ingredient_keys, drug.name)
