"""The configuration of one workstation, as one frozen value."""

from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

from bcma.config.values import EmrAuth, Language, Secret, Theme


@dataclass(frozen=True, slots=True, kw_only=True)
class CodeFormats:
    """Regular expressions of the codes that a site prints itself (barcodes.md).

    ``bare_mrn`` is ``None`` where a record number cannot be told from other numbers.
    """

    band: str
    patient_label: str
    badge: str
    drug: str
    command: str
    bare_mrn: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class IdentifierSystems:
    """URIs of the identifier systems that a site may name its own way (fhir.md)."""

    wristband: str
    badge: str
    gtin: str
    drug: str
    registration: str
    unit_label: str
    event: str


@dataclass(frozen=True, slots=True, kw_only=True)
class PinHash:
    """Cost of one argon2id hash of a PIN: passes, and memory in KiB."""

    passes: int
    memory_kib: int


@dataclass(frozen=True, slots=True, kw_only=True)
class EmrAccess:
    """How this station reaches the EMR.

    Attributes:
        url: base of the FHIR R4 server.
        user, secret: name and password (basic), or the token alone (bearer).
        connect_timeout, read_timeout: of one request.
        poll: time between two pulls.
        reconcile_hour: hour of the ward's wall clock from which the whole is compared, 0–23.
    """

    url: str
    auth: EmrAuth
    user: str
    secret: Secret | None = field(repr=False)
    connect_timeout: timedelta
    read_timeout: timedelta
    poll: timedelta
    reconcile_hour: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Wedge:
    """How this workstation's keyboard-wedge readers type."""

    threshold_ms: int
    prefix: str
    suffix_required: bool
    caps_lock_compensated: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Config:
    """Every setting of one workstation; each is explained in :data:`bcma.config.SETTINGS`."""

    station: str
    ward: str
    zone: ZoneInfo
    language: Language
    theme: Theme
    data_folder: Path
    journal_folder: Path | None
    policy_file: Path | None
    knowledge_folder: Path | None
    emr: EmrAccess
    formats: CodeFormats
    systems: IdentifierSystems
    pin_hash: PinHash
    wedge: Wedge
