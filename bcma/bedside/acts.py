"""What can be done about a record after it was made: values that shells build.

:mod:`bcma.bedside.afterwards` does them. None of them changes what was written: each adds a
further version, or a further record that points at the first.
"""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from bcma.bedside.infusion_acts import InfusionAct
from bcma.bedside.world import BadgePin
from bcma.model.events import DoubleOutcome
from bcma.model.quantity import Quantity


@dataclass(frozen=True, slots=True)
class Correct:
    """Mark a record as entered in error, with a coded reason (hazard H85)."""

    reason: str | None = None


@dataclass(frozen=True, slots=True)
class LoseDose:
    """Tell that a dose did not stay in: ``vomited`` or ``lost`` (hazard H113)."""

    outcome: str


@dataclass(frozen=True, slots=True)
class RemovePatch:
    """Tell that a patch is taken off, now (hazards H63, H64)."""


@dataclass(frozen=True, slots=True)
class FollowUp:
    """Tell the effect of a dose, in words or as the symptom's score (hazard H77)."""

    text: str = ""
    score: Decimal | None = None


@dataclass(frozen=True, slots=True)
class Suspect:
    """Report a suspected reaction to a dose (hazard H78).

    Attributes:
        signs: what was seen.
        severity: ``mild``, ``moderate``, ``severe`` or other words.
        grade: of anaphylaxis, 1 to 4.
    """

    signs: tuple[str, ...] = ()
    severity: str = ""
    grade: int | None = None


@dataclass(frozen=True, slots=True)
class LinkOrder:
    """Name the order of a dose that was given first (hazard H62)."""

    order_id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SettleDouble:
    """Say what several records for one dose mean, of which the one acted on is one (hazard H47).

    Attributes:
        outcome: charted twice: but one, the records were wrong; given twice: the patient got
            more than one.
        wrong: events of the records that are entered in error.
        reason: of the correction, coded; needed where a record was wrong.
    """

    outcome: DoubleOutcome
    wrong: tuple[str, ...] = ()
    reason: str | None = None


@dataclass(frozen=True, slots=True)
class PrescriberTold:
    """Tell that the prescriber knows of a dose given after its order was stopped (hazard H59)."""


Act = (
    Correct
    | LoseDose
    | RemovePatch
    | FollowUp
    | Suspect
    | LinkOrder
    | SettleDouble
    | PrescriberTold
    | InfusionAct
)


@dataclass(frozen=True, slots=True, kw_only=True)
class GiveFirst:
    """Give a drug that no order is for yet, on the prescriber's word (hazard H62).

    Attributes:
        drug: the site's drug code, or a GTIN of 14 digits.
        route: HL7 table 0162.
        read_back: the order was read back to the prescriber, and the witness heard it.
    """

    drug: str
    amount: Quantity
    route: str
    witness: BadgePin | None = None
    read_back: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class BackEntry:
    """A dose that was given on paper (hazard H84).

    Attributes:
        given_at: when it was given.
        amount: how much; left out, the dose as ordered.
        reason: why it is charted late, where it is late.
    """

    order_id: str
    given_at: datetime
    amount: Quantity | None = None
    reason: str | None = None
