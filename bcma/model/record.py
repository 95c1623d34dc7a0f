"""What was done: the record of one dose, and what it is made of."""

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum

from bcma.model.quantity import Quantity
from bcma.model.verdict import Finding


class RecordStatus(StrEnum):
    """The statuses of the eight rights' record."""

    GIVEN = "given"
    GIVEN_IN_PART = "given-in-part"
    RUNNING = "running"
    HELD = "held"
    REFUSED = "refused"
    NOT_GIVEN = "not-given"
    STOPPED = "stopped"
    REMOVED = "removed"
    LOST = "lost"
    ENTERED_IN_ERROR = "entered-in-error"
    UNREADABLE = "unreadable"

    @property
    def went_in(self) -> bool:
        """Tell whether some drug entered the patient (an unreadable record may mean it)."""
        return self in _WENT_IN


_WENT_IN = frozenset(
    {
        RecordStatus.GIVEN,
        RecordStatus.GIVEN_IN_PART,
        RecordStatus.RUNNING,
        RecordStatus.STOPPED,
        RecordStatus.REMOVED,
        RecordStatus.LOST,
        RecordStatus.UNREADABLE,
    }
)


#: As a share of an amount: what is less apart differs only by how it was written down.
_DIGITS_KEPT = Decimal("1e-9")


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordedUnit:
    """One unit of a dose: what its code said, and how much of it was given."""

    medication_id: str
    gtin: str | None = None
    drug: str | None = None
    lot: str | None = None
    expiry: date | None = None
    serial: str | None = None
    label: str | None = None
    amount: Quantity | None = None
    scanned: bool = True
    count: int = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Infusion:
    """How an infusion runs, as it was last set and accepted.

    Attributes:
        rate: what it is set to; ``None`` where nobody said.
        part: it is a part of the ordered dose (the first of two bottles); the rest is to follow.
        paused: it stands still.
        boluses: given out of the bag besides, in the order in which they were given.
        ward: code of the station's ward that answers for it.
        accepted_by: who took it over last (bag, rate and rest); first whoever started it.
        rest: what was left in the bag when it was taken over.
    """

    rate: Quantity | None = None
    part: bool = False
    paused: bool = False
    boluses: tuple[Quantity, ...] = ()
    ward: str = ""
    accepted_by: str | None = None
    accepted_at: datetime | None = None
    rest: Quantity | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ReleaseRecord:
    """Who let a finding pass, or answered it, and how.

    Attributes:
        cannot: the reason says why an ask cannot be answered.
        whole_pass: the reason was given once for every later dose of the pass.
    """

    code: str
    subject: str = ""
    reason: str | None = None
    cannot: bool = False
    answer: str | None = None
    prescriber_id: str | None = None
    by_telephone: bool = False
    pharmacist_id: str | None = None
    witness_id: str | None = None
    at: datetime | None = None
    whole_pass: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class MedicationAdministration:
    """One record of one dose, ours or another system's.

    Attributes:
        event_id: our idempotency key (``urn:bcma:event``); ``None`` for foreign records.
        resource_id: logical id on the EMR, if it is known there.
        ended_at: when an infusion or patch ended; ``None`` for a dose at one instant.
        slot: planned instant of the slot; ``None`` for PRN and unscheduled doses.
        given_at: the instant of giving, or of the decision not to give.
        order_version: the version hash of the order that was judged.
        revision: which version of the record this is, on whatever station it was written; a
            change is made to the one before it.
        second_look_by: a second person owes a look until then, as none was there at giving.
        recorder_id: who wrote this version, where it is somebody else than the giver or a later
            act of theirs (a correction).
    """

    status: RecordStatus
    patient_id: str
    given_at: datetime | None
    event_id: str | None = None
    resource_id: str | None = None
    revision: int = 1
    order_id: str | None = None
    order_version: str = ""
    encounter_id: str | None = None
    ended_at: datetime | None = None
    slot: datetime | None = None
    slot_id: str | None = None
    recorded_at: datetime | None = None
    scanned_at: datetime | None = None
    band: str | None = None
    medication_id: str | None = None
    medication_name: str = ""
    ingredients: frozenset[str] = frozenset()
    amount: Quantity | None = None
    wasted: Quantity | None = None
    route: str | None = None
    site: str | None = None
    units: tuple[RecordedUnit, ...] = ()
    infusion: Infusion | None = None
    giver_id: str | None = None
    giver_name: str = ""
    recorder_id: str | None = None
    witness_id: str | None = None
    second_look_by: datetime | None = None
    verifier_id: str | None = None
    reason: str | None = None
    prn_reason: str | None = None
    prn_score: Decimal | None = None
    measured: tuple[tuple[str, Quantity], ...] = ()
    findings: tuple[Finding, ...] = ()
    releases: tuple[ReleaseRecord, ...] = ()
    patient_scanned: bool = True
    drug_scanned: bool = True
    station: str = ""
    policy_version: str = ""
    pack_version: str = ""
    problems: tuple[str, ...] = ()

    @property
    def went_in(self) -> bool:
        """Tell whether some drug entered the patient."""
        return self.status.went_in

    @property
    def names(self) -> frozenset[str]:
        """Give every id by which an effect check or a reaction may name this record."""
        return frozenset(name for name in (self.event_id, self.resource_id) if name)

    @property
    def wants_order(self) -> bool:
        """Tell whether it is a dose of ours that was given first and has no order yet (H62)."""
        return self.order_id is None and self.event_id is not None and self.went_in

    @property
    def is_part(self) -> bool:
        """Tell whether it is a part of its dose, of which the rest may still be given."""
        running = self.status is RecordStatus.RUNNING
        part_runs = running and self.infusion is not None and self.infusion.part
        return part_runs or self.status is RecordStatus.GIVEN_IN_PART

    def differs_in_amount(self, other: "MedicationAdministration") -> bool:
        """Tell whether another version of it names another amount, in the same unit.

        Servers that calculate in floating point keep no more than so many digits.
        """
        if self.amount is None or other.amount is None or self.amount.unit != other.amount.unit:
            return False
        apart = abs(self.amount.value - other.amount.value)
        return apart > abs(self.amount.value) * _DIGITS_KEPT

    @property
    def known_at(self) -> datetime | None:
        """Give when it was given or, where that cannot be read, when it was recorded."""
        return self.given_at or self.recorded_at

    @property
    def author_id(self) -> str | None:
        """Give who wrote this version, and signs it; ``None`` where no person did."""
        return self.recorder_id or self.giver_id

    @property
    def unit_serials(self) -> frozenset[str]:
        """Give the serials of single units that this record used up."""
        return frozenset(s for u in self.units for s in (u.label, u.serial) if s)
