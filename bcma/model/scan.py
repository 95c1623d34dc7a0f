"""What a reader delivered, and what it turned out to be.

A :class:`Scan` is text as it came; a ``Barcode`` is its meaning. ``bcma.barcode`` turns the
first into the second and is total: there is a Barcode for every text, if only a
:class:`BadCode` that names its reason.
"""

from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum


class ScanSource(StrEnum):
    """The way by which a text came in."""

    WEDGE = "wedge"
    SERIAL = "serial"
    CAMERA = "camera"
    PLAYBACK = "playback"


@dataclass(frozen=True, slots=True)
class Scan:
    """One reading: the text with its AIM identifier if the reader sends one.

    Group separators are character 29. ``at`` is the instant of the last character.
    """

    text: str
    at: datetime
    source: ScanSource = ScanSource.PLAYBACK


class Command(StrEnum):
    """The printed command sheet: a whole pass without keyboard or mouse."""

    GIVE = "GIVE"
    HOLD = "HOLD"
    REFUSE = "REFUSE"
    BACK = "BACK"
    WITNESS = "WITNESS"
    UNDO = "UNDO"


class BadCodeReason(StrEnum):
    """Why a text has no effect (``drug.bad-code``)."""

    EMPTY = "empty"
    UNKNOWN_FORM = "unknown-form"
    CHECK_DIGIT = "check-digit"
    TRUNCATED = "truncated"
    TOO_LONG = "too-long"
    JOINED = "joined"
    SEPARATOR_MISSING = "separator-missing"
    IDENTIFIER = "identifier"
    CHARACTER = "character"
    DATE = "date"
    VALUE = "value"
    CONFLICT = "conflict"
    SYMBOLOGY = "symbology"
    REGISTRATION_NUMBER = "registration-number"
    NO_PRODUCT = "no-product"


@dataclass(frozen=True, slots=True)
class Wristband:
    """A patient's band; ``instance`` tells one print from the next and is kept as text.

    ``written`` is the whole text of a site's own form: some EMRs hold the band with its
    leading letters, some without.
    """

    band: str
    instance: str | None
    written: str = field(default="", compare=False)

    @property
    def value(self) -> str:
        """Give the identifier's value as the EMR holds it: ``<band>.<instance>``."""
        return self.band if self.instance is None else f"{self.band}.{self.instance}"

    @property
    def values(self) -> frozenset[str]:
        """Give every value under which the EMR may hold this print."""
        return frozenset({self.value, self.written} - {""})

    @property
    def bands(self) -> frozenset[str]:
        """Give the same without the instance."""
        return frozenset({self.band, self.written.rpartition(".")[0]} - {""})


@dataclass(frozen=True, slots=True)
class PatientLabel:
    """A chart, tube or bed label, or a bare record number: names a patient, is no band."""

    mrn: str


@dataclass(frozen=True, slots=True)
class Badge:
    """A member of staff."""

    badge: str


@dataclass(frozen=True, slots=True, kw_only=True)
class UnitCode:
    """A product's or label's code: at least one of ``gtin``, ``drug``, ``serial`` is there.

    Attributes:
        gtin: 14 digits.
        drug: the hospital's own drug code; ``drug_written`` is the whole text of the site's
            form, as some drug files hold the code with its leading letters.
        expiry: last usable day.
        expiry_time: wall-clock minute of AI 7003, at the ward, when the code carries one.
        count: AI 30, units in this pack.
    """

    gtin: str | None = None
    drug: str | None = None
    drug_written: str = field(default="", compare=False)
    lot: str | None = None
    expiry: date | None = None
    expiry_time: datetime | None = None
    serial: str | None = None
    count: int | None = None
    national_number: str | None = None
    measure: Decimal | None = None


@dataclass(frozen=True, slots=True)
class BloodProduct:
    """An ISBT 128 code: this product does not transfuse."""

    text: str


@dataclass(frozen=True, slots=True)
class CommandCode:
    """A code of the printed command sheet."""

    command: Command


@dataclass(frozen=True, slots=True)
class CitizenCard:
    """Search key for admission, never proof of identity; the raw text is not kept."""

    number: str
    name: str
    birth_date: date | None


@dataclass(frozen=True, slots=True)
class InsuranceCard:
    """Search key for admission, never proof of identity; the raw text is not kept."""

    number: str
    name: str
    birth_date: date | None


@dataclass(frozen=True, slots=True)
class BadCode:
    """A text that is no code of ours, with the reason; it has no effect."""

    text: str
    reason: BadCodeReason
    detail: str = ""


Barcode = (
    Wristband
    | PatientLabel
    | Badge
    | UnitCode
    | BloodProduct
    | CommandCode
    | CitizenCard
    | InsuranceCard
    | BadCode
)
