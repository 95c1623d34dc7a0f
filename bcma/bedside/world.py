"""What a pass needs of the world: where it stands, and the ports that ``bcma.app`` fills."""

from dataclasses import dataclass
from typing import NamedTuple
from zoneinfo import ZoneInfo

from bcma.barcode import SiteFormats
from bcma.model.ports import Authenticator, Charts, DrugFile, Recorder, ServerClock
from bcma.policy import Policy


@dataclass(frozen=True, slots=True, kw_only=True)
class Ward:
    """Where this station stands, and by which rules it judges."""

    code: str
    station: str
    zone: ZoneInfo
    policy: Policy
    formats: SiteFormats
    knowledge_absent: bool = False


@dataclass(frozen=True, slots=True)
class World:
    """The ports, all called on the pass's thread."""

    charts: Charts
    drug_file: DrugFile
    recorder: Recorder
    authenticator: Authenticator
    clock: ServerClock


class BadgePin(NamedTuple):
    """Proof of a person: own badge and own PIN."""

    badge: str
    pin: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Proof:
    """Who and what stands behind a release or an answer.

    Attributes:
        reason: a coded reason; for an ask, why it cannot be answered.
        prescriber: badge and PIN in person, or the bare badge of a telephone release, whose
            read-back the witness confirms.
        whole_pass: the reason is given for every later dose of this patient's pass too, where
            the same warning repeats.
    """

    reason: str | None = None
    prescriber: BadgePin | str | None = None
    pharmacist: BadgePin | None = None
    witness: BadgePin | None = None
    whole_pass: bool = False
