"""Patients, their stay, and staff."""

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from bcma.model.scan import Wristband


class Sex(StrEnum):
    """Administrative gender as FHIR has it."""

    FEMALE = "female"
    MALE = "male"
    OTHER = "other"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Band:
    """A wristband identifier on the patient's record: one print of the band.

    ``old`` (replaced) and a past ``ends`` both make it void.
    """

    value: str
    old: bool = False
    ends: datetime | None = None

    def is_void(self, now: datetime) -> bool:
        """Tell whether this print no longer stands for the patient."""
        return self.old or (self.ends is not None and self.ends <= now)

    def is_print_of(self, scanned: Wristband, *, instance_required: bool) -> bool:
        """Tell whether the scanned band is this print."""
        if self.value in scanned.values:
            return True
        return not instance_required and self.value.rpartition(".")[0] in scanned.bands


@dataclass(frozen=True, slots=True, kw_only=True)
class BandScan:
    """A scan of a wristband, at this station or another.

    Attributes:
        band: the identifier on the patient's record.
        by_id: id of the person who was signed in.
    """

    patient_id: str
    band: str
    station: str
    at: datetime
    by_id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Patient:
    """A person in care.

    Attributes:
        id: the EMR's logical id (``Patient/<id>``).
        name: as written, family name first where the EMR has it so.
        birth_date: exact or, where the EMR knows no better, ``None`` with ``birth_text``.
        replaced_by: id of the record that this one was merged into.
    """

    id: str
    name: str
    family: str = ""
    mrn: str | None = None
    sex: Sex = Sex.UNKNOWN
    birth_date: date | None = None
    birth_text: str = ""
    bands: tuple[Band, ...] = ()
    deceased: bool = False
    replaced_by: str | None = None
    mother_id: str | None = None
    active: bool = True

    def band_value(self, scanned: Wristband) -> str:
        """Give a band as the EMR's identifier has it, with or without its leading letters."""
        held = (b.value for b in self.bands if b.value in scanned.values)
        return next(held, scanned.value)


class Kin(StrEnum):
    """How two patients on a ward belong together (hazard H05): by the mother's record only."""

    MOTHER = "mother"
    CHILD = "child"
    SIBLING = "sibling"
    NONE = "none"

    @classmethod
    def of(cls, other: Patient, to: Patient) -> "Kin":
        """Tell what somebody is to a patient: the mother, a child, or a child of one mother."""
        if to.mother_id == other.id:
            return cls.MOTHER
        if other.mother_id == to.id:
            return cls.CHILD
        same_mother = to.mother_id is not None and to.mother_id == other.mother_id
        return cls.SIBLING if same_mother else cls.NONE


class EncounterStatus(StrEnum):
    """FHIR R4 EncounterStatus; ``UNREADABLE`` is anything else and never counts as admitted."""

    PLANNED = "planned"
    ARRIVED = "arrived"
    TRIAGED = "triaged"
    IN_PROGRESS = "in-progress"
    ON_LEAVE = "onleave"
    FINISHED = "finished"
    CANCELLED = "cancelled"
    ENTERED_IN_ERROR = "entered-in-error"
    UNKNOWN = "unknown"
    UNREADABLE = "unreadable"


@dataclass(frozen=True, slots=True, kw_only=True)
class Encounter:
    """A stay: where the patient is and since when.

    Attributes:
        wards: identifier values and ids of every location of the active stay, from the bed
            up to the ward (and beyond), so that a station's ward is found among them.
        ward_id: the ward's own id; empty where no place is known.
        moved_at: when the patient came there from another ward; ``None`` for who was not moved,
            or where nobody knows when.
        last_updated: of this version of the stay, by the EMR's clock.
    """

    id: str
    patient_id: str
    status: EncounterStatus
    starts: datetime | None = None
    ends: datetime | None = None
    wards: frozenset[str] = frozenset()
    ward_id: str = ""
    ward_name: str = ""
    bed: str = ""
    moved_at: datetime | None = None
    last_updated: datetime | None = None


class Role(StrEnum):
    """What a member of staff may do; the first four are the product's users."""

    NURSE = "nurse"
    PHARMACIST = "pharmacist"
    DOCTOR = "doctor"
    WARD_MANAGER = "ward-manager"
    STUDENT = "student"


@dataclass(frozen=True, slots=True, kw_only=True)
class Practitioner:
    """A member of staff, as the EMR's Practitioner and PractitionerRole say."""

    id: str
    name: str
    badges: frozenset[str] = frozenset()
    roles: frozenset[Role] = frozenset()
    active: bool = True


@dataclass(frozen=True, slots=True)
class Session:
    """Somebody signed in at this station."""

    practitioner: Practitioner
    since: datetime
