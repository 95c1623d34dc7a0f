"""What the core needs of the world, as Protocols that ``bcma.app`` fills."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Protocol

from bcma.model.audited import AuditKind
from bcma.model.chart import Chart, UnitLabel
from bcma.model.drug import Medication
from bcma.model.events import CareEvent
from bcma.model.order import OrdersRead
from bcma.model.people import BandScan, Patient, Practitioner, Session
from bcma.model.record import MedicationAdministration
from bcma.model.scan import UnitCode, Wristband


class Clock(Protocol):
    """Server-corrected time; ``datetime.now`` is never called elsewhere."""

    def now(self) -> datetime:
        """Give the present instant, zone-aware."""
        ...


class ServerClock(Clock, Protocol):
    """A clock that knows how far this machine's is off."""

    @property
    def offset(self) -> timedelta | None:
        """Give the server's time less this machine's; ``None`` where it was never measured."""
        ...


class Charts(Protocol):
    """Reads patients and their charts from this station's store."""

    def holder_of(self, band: Wristband) -> Patient | None:
        """Give the patient on whose record this band (any print of it) stands."""
        ...

    def find_inpatients(self, typed: "TypedIdentity") -> Sequence[Patient]:
        """Give the inpatients with whom every typed identifier agrees."""
        ...

    def chart(self, patient_id: str, now: datetime) -> Chart:
        """Give the whole chart of a patient.

        Raises:
            bcma.errors.DataError: there is no such patient here.
        """
        ...

    def recorded(self, event_id: str) -> MedicationAdministration | None:
        """Give the latest version of one of our records, of this station or another."""
        ...


@dataclass(frozen=True, slots=True)
class TypedIdentity:
    """Identifiers of a patient as typed by hand; ``None`` was not asked."""

    mrn: str | None = None
    birth_date: str | None = None
    name: str | None = None


@dataclass(frozen=True, slots=True)
class UnitFacts:
    """What this station knows about a scanned unit.

    Attributes:
        products: entries of the drug file with this code; more than one is an error.
        label: our label, when the serial is one.
        used_by: the record that used this unit up, if any does.
        uses: every record by which some of this container of several doses was given, of any
            patient, oldest first.
    """

    products: tuple[Medication, ...] = ()
    label: UnitLabel | None = None
    used_by: MedicationAdministration | None = None
    uses: tuple[MedicationAdministration, ...] = ()


class DrugFile(Protocol):
    """Looks scanned units up in the drug file, the labels and the records."""

    def unit_facts(self, code: UnitCode) -> UnitFacts:
        """Give everything known about a unit; nothing known is an empty answer."""
        ...

    def strengths_of(self, medication: Medication) -> Sequence[Medication]:
        """Give the active products with the same ingredients and form."""
        ...


class SaveOutcome(StrEnum):
    """How a write ended; only ``SAVED`` may be called given on a screen."""

    SAVED = "saved"
    ORDER_CHANGED = "order-changed"
    SLOT_TAKEN = "slot-taken"
    UNIT_TAKEN = "unit-taken"
    NOT_SAVED = "not-saved"


@dataclass(frozen=True, slots=True)
class SaveResult:
    """The explicit result of a write (rule 3: never silent success)."""

    outcome: SaveOutcome
    record: MedicationAdministration | None = None
    other: MedicationAdministration | None = None
    cause: str = ""


class Recorder(Protocol):
    """The one write: event, audit and outbox in one durable transaction."""

    def record(
        self,
        administration: MedicationAdministration,
        closes: Sequence[MedicationAdministration] = (),
    ) -> SaveResult:
        """Re-read order version, slot and units, then write all or nothing.

        ``closes`` are further versions of other records that this one puts an end to.

        Never raises for a full disk or a locked file: the result says so.
        """
        ...

    def file(self, event: CareEvent) -> SaveResult:
        """Write a care event, all or nothing; the same one twice is written once.

        Never raises for a full disk or a locked file: the result says so.
        """
        ...

    def acknowledge(self, read: Sequence[OrdersRead]) -> SaveResult:
        """Keep what a ward has read, all or nothing; its other stations learn of it."""
        ...

    def band_scanned(self, scan: BandScan) -> SaveResult:
        """Keep in the audit trail whose band was scanned here; other stations learn of it."""
        ...


class Signer(Protocol):
    """Signs what is recorded, in the name of the person who records it."""

    @property
    def failure(self) -> str:
        """Say by a code why nothing is signed; empty while it is."""
        ...

    def sign(self, content: bytes, by: str, at: datetime, kept: str) -> bytes:
        """Give a signature that has the content in it; empty where there is no key.

        Args:
            content: what the person charted, in canonical form.
            by: id of the person.
            at: when they did.
            kept: SHA-256 of the whole record as the station keeps it, which is signed, too.
        """
        ...


class SignInFailure(StrEnum):
    """Why nobody is signed in."""

    UNKNOWN = "unknown"
    LOCKED_OUT = "locked-out"
    ROLE = "role"


class Authenticator(Protocol):
    """Checks badges and PINs."""

    def sign_in(self, badge: str, pin: str, now: datetime) -> Session | SignInFailure:
        """Check badge and PIN; slow on purpose (a password hash), so not on the window's thread."""
        ...

    def practitioner(self, badge: str) -> Practitioner | None:
        """Give the person whose badge this is, without proof."""
        ...

    def left(self, practitioner_id: str, how: AuditKind, at: datetime) -> None:
        """Note that a session was locked or ended; what keeps it from the disk is only logged."""
        ...

    def standing(self, practitioner_id: str) -> Practitioner | None:
        """Give somebody with the roles that stand now; ``None`` who may sign in no more."""
        ...


class DrugKnowledge(Protocol):
    """The drug knowledge pack: answers are values that rules get in the Attempt."""

    @property
    def version(self) -> str:
        """Give the pack's version, empty where none is installed."""
        ...


class LabelPrinter(Protocol):
    """Prints labels; filled by ``printing``."""

    def submit(self, design: str, content: bytes) -> str:
        """Queue one label and give the job's id."""
        ...
