"""What stations learn of one another's records: one dose charted twice, a late one (H47, H59)."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import combinations
from uuid import UUID, uuid5

from bcma.model.events import DoubleDose, DoubleOutcome, LateDose
from bcma.model.record import MedicationAdministration


@dataclass(frozen=True, slots=True)
class Double:
    """Records that stand for one dose, the one given first in front.

    Attributes:
        planned: the slot; ``None`` for as-needed doses, which have none.
    """

    records: tuple[MedicationAdministration, ...]
    planned: datetime | None = None

    @property
    def subject(self) -> str:
        """Give what names it on every station: the records; another one makes it another."""
        return "/".join(sorted(name_of(record) for record in self.records))

    @property
    def since(self) -> datetime | None:
        """Give when the last of them was given."""
        return self.records[-1].known_at

    @property
    def pairs(self) -> tuple[tuple[MedicationAdministration, MedicationAdministration], ...]:
        """Give every two of them, each and all in the order of their names."""
        return tuple(combinations(sorted(self.records, key=name_of), 2))

    @property
    def issues(self) -> tuple[DoubleDose, ...]:
        """Give what is told of it: every two records, of which one at least is of ours."""
        found = (_issue(one, other) for one, other in self.pairs)
        return tuple(issue for issue in found if issue is not None)

    def is_settled(self, settled: Collection[frozenset[str]]) -> bool:
        """Tell whether a person has found out about every two of them what they mean."""
        return all(
            any(one.names & names and other.names & names for names in settled)
            for one, other in self.pairs
        )


def name_of(record: MedicationAdministration) -> str:
    """Name a record as every station does: by its event, another system's by its id."""
    return record.event_id or record.resource_id or ""


def settlement_id(issues: Sequence[DoubleDose], outcome: DoubleOutcome) -> str:
    """Name what was found out about issues, as every station does."""
    return str(uuid5(UUID(min(issue.event_id for issue in issues)), outcome.value))


def late_dose(record: MedicationAdministration) -> LateDose | None:
    """Tell that a dose was given when its order was stopped or another one; only of one of ours."""
    event_id, at = record.event_id, record.given_at
    if event_id is None or not _is_uuid(event_id) or at is None or record.order_id is None:
        return None
    return LateDose(
        event_id=str(uuid5(UUID(event_id), "late-dose")),
        patient_id=record.patient_id,
        record_id=_id_on_emr(record),
        order_id=record.order_id,
        at=at,
    )


def _issue(one: MedicationAdministration, other: MedicationAdministration) -> DoubleDose | None:
    """Tell of two records; the id follows from both names in their order (fhir.md)."""
    times = [at for at in (one.known_at, other.known_at) if at is not None]
    named = [record for record in (one, other) if _is_uuid(record.event_id)]
    if not times or not named:
        return None
    first = named[0]
    second = other if first is one else one
    return DoubleDose(
        event_id=str(uuid5(UUID(first.event_id), name_of(second))),
        patient_id=one.patient_id,
        record_ids=(_id_on_emr(one), _id_on_emr(other)),
        at=max(times),
    )


def _id_on_emr(record: MedicationAdministration) -> str:
    """Name a record as the EMR does, or will when it is delivered."""
    return record.resource_id or record.event_id or ""


def _is_uuid(event_id: str | None) -> bool:
    try:
        return event_id is not None and str(UUID(event_id)) == event_id.lower()
    except ValueError:
        return False
