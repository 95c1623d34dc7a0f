"""Care events: what is told about a patient beside the doses, kept and delivered like a dose.

Each is written once, never changed, and delivered exactly once under its ``event_id``
(``urn:bcma:event``). The dose that it is about is named by the id of a record: the event of ours or
the id that the EMR gave it (:attr:`bcma.model.record.MedicationAdministration.names`).
"""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from enum import StrEnum
from uuid import UUID, uuid5


@dataclass(frozen=True, slots=True, kw_only=True)
class AllergyAsked:
    """The patient was asked about allergies (hazard H70).

    Attributes:
        substance: what the patient named; ``None``: none known.
        by_id: who asked.
    """

    event_id: str
    patient_id: str
    at: datetime
    by_id: str
    substance: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Reaction:
    """A suspected reaction to a dose, reported at the bedside (hazard H78).

    Attributes:
        record_id: the suspect: the record of the dose.
        signs: what was seen, in words or codes.
        severity: ``mild``, ``moderate``, ``severe`` or other words; empty where not said.
        grade: of anaphylaxis, I to IV as 1 to 4; ``None`` where not said.
        by_id: who reported it.
    """

    event_id: str
    patient_id: str
    record_id: str
    at: datetime
    by_id: str
    signs: tuple[str, ...] = ()
    severity: str = ""
    grade: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class EffectCheck:
    """The effect of a dose, looked at some time after giving (hazard H77).

    Attributes:
        record_id: the record of the dose.
        text: the effect in words; empty where only a score was noted.
        score: the symptom's score now, on the scale that was used before giving.
        by_id: who looked; empty where another system does not say.
    """

    event_id: str
    patient_id: str
    record_id: str
    at: datetime
    by_id: str = ""
    text: str = ""
    score: Decimal | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class DoubleDose:
    """Two doses for one slot, charted at stations that could not see one another (hazard H47).

    Attributes:
        event_id: follows from both records, so that both stations tell the same.
        record_ids: as the EMR names the two records.
        at: when the second of them was given.
        by_id: nobody: the stations found it.
    """

    event_id: str
    patient_id: str
    record_ids: tuple[str, str]
    at: datetime
    by_id: str = ""


class DoubleOutcome(StrEnum):
    """What two records for one dose turned out to be, when a person looked into it."""

    CHARTED_TWICE = "charted-twice"
    GIVEN_TWICE = "given-twice"


@dataclass(frozen=True, slots=True, kw_only=True)
class DoubleSettled:
    """A person found out what two records for one dose mean: the next dose waits no more.

    Attributes:
        event_id: follows from what was told, so that it is settled once in every way.
        issues: what was told, every two of the records that are settled together.
        outcome: charted twice (the wrong record is entered in error besides), or given twice.
        at: when it was settled.
        by_id: who settled it.
    """

    event_id: str
    patient_id: str
    issues: tuple[DoubleDose, ...]
    outcome: DoubleOutcome
    at: datetime
    by_id: str

    @property
    def record_ids(self) -> tuple[str, ...]:
        """Give every record that it is about, as the EMR names them."""
        return tuple(dict.fromkeys(name for issue in self.issues for name in issue.record_ids))


@dataclass(frozen=True, slots=True, kw_only=True)
class LateDose:
    """A dose that was given after its order was stopped or changed, unknown to the station (H59).

    Attributes:
        event_id: follows from the record, so that it is told once.
        at: when the dose was given.
        by_id: nobody: the station found it.
    """

    event_id: str
    patient_id: str
    record_id: str
    order_id: str
    at: datetime
    by_id: str = ""

    @property
    def told_id(self) -> str:
        """Give the event that ends it: the prescriber was told."""
        return str(uuid5(UUID(self.event_id), "told"))


@dataclass(frozen=True, slots=True, kw_only=True)
class LateDoseTold:
    """The prescriber was told of a dose that was given after its order was stopped or changed.

    Attributes:
        event_id: follows from what was told.
        by_id: who told the prescriber.
    """

    event_id: str
    patient_id: str
    late: LateDose
    at: datetime
    by_id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class NearMiss:
    """A wrong dose that a stop kept away: it was in hand, and was not given.

    It is about no record: nothing went in. A dose that was withheld has its own besides.

    Attributes:
        at: when the dose was stopped.
        by_id: who had it in hand.
        order_id: the order that it was for; ``None`` where none fitted.
        medication_id: the product that was scanned, as the drug file names it.
        codes: of the findings that stopped it.
    """

    event_id: str
    patient_id: str
    at: datetime
    by_id: str
    codes: tuple[str, ...]
    order_id: str | None = None
    medication_id: str | None = None


CareEvent = (
    AllergyAsked
    | Reaction
    | EffectCheck
    | DoubleDose
    | DoubleSettled
    | LateDose
    | LateDoseTold
    | NearMiss
)
