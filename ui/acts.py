"""What a person can do on a page, as values: a page says it, `ui.desk` does it."""

from collections.abc import Callable
from dataclasses import dataclass

from bcma.app import SafetyNotice, Shrinkage
from bcma.model.quantity import Quantity


@dataclass(frozen=True, slots=True)
class Credentials:
    """Badge and PIN as typed or scanned; never logged (``repr`` hides the PIN)."""

    badge: str
    pin: str

    def __repr__(self) -> str:
        """Give the badge only."""
        return f"Credentials({self.badge!r})"


@dataclass(frozen=True, slots=True)
class Give:
    """Chart the dose as given; with an amount and a reason, in part."""

    amount: Quantity | None = None
    reason: str | None = None


@dataclass(frozen=True, slots=True)
class Hold:
    """Chart the dose as held back."""

    reason: str


@dataclass(frozen=True, slots=True)
class Refuse:
    """Chart that the patient refused."""

    reason: str


@dataclass(frozen=True, slots=True)
class TakeBack:
    """Take the last unit out of the dose."""


@dataclass(frozen=True, slots=True)
class OpenOrder:
    """Open an order by its id: chosen among several, or a dose without a scan."""

    order_id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """Answer what a finding asks, or say by a coded reason that it cannot be answered."""

    code: str
    value: object = None
    cannot: str | None = None
    prescriber: Credentials | None = None
    witness: Credentials | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Release:
    """Let a finding pass, with whatever its release needs."""

    code: str
    reason: str | None = None
    prescriber: Credentials | str | None = None
    pharmacist: Credentials | None = None
    witness: Credentials | None = None


@dataclass(frozen=True, slots=True)
class UnableToScan:
    """Go on without a scan: ``what`` is ``band`` or ``unit``, ``typed`` was read by eye."""

    what: str
    reason: str
    typed: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class GoOn:
    """Leave a misread or a code without effect, back to what stood before."""


@dataclass(frozen=True, slots=True)
class SignIn:
    """Sign in."""

    credentials: Credentials


@dataclass(frozen=True, slots=True)
class Lock:
    """Lock the station; the pass stays as it is."""


@dataclass(frozen=True, slots=True)
class TakePatchOff:
    """Tell that the patch of an earlier record is off; ``event_id`` names that record."""

    event_id: str


@dataclass(frozen=True, slots=True)
class SendAgain:
    """Send again what the EMR refused; ``sequence`` names the delivery."""

    sequence: int


@dataclass(frozen=True, slots=True)
class SeenTo:
    """Take off the list what the EMR refused: it was seen to otherwise."""

    sequence: int
    reason: str


@dataclass(frozen=True, slots=True)
class ChartedTwice:
    """Say that one dose was given: the record of the event ``right`` stays."""

    notice: SafetyNotice
    right: str
    reason: str


@dataclass(frozen=True, slots=True)
class GivenTwice:
    """Say that every dose really went in."""

    notice: SafetyNotice


@dataclass(frozen=True, slots=True)
class PrescriberKnows:
    """Say that the prescriber was told of a dose given after its order was stopped or changed."""

    notice: SafetyNotice


@dataclass(frozen=True, slots=True)
class StopReading:
    """Break off what is being read from the EMR."""


@dataclass(frozen=True, slots=True)
class GoOnReading:
    """Go on at once with what was broken off."""


@dataclass(frozen=True, slots=True)
class CompareAgain:
    """Look at once whether the EMR, which lacked much, is whole again."""


@dataclass(frozen=True, slots=True)
class AcceptDeletions:
    """Believe the EMR that what was shown was deleted on purpose."""

    shown: Shrinkage


@dataclass(frozen=True, slots=True)
class SetbackSeen:
    """Say that a store that was restored or copied was seen."""


#: What is done in the pass.
PassAct = (
    Give
    | Hold
    | Refuse
    | TakeBack
    | TakePatchOff
    | OpenOrder
    | Answer
    | Release
    | UnableToScan
    | GoOn
    | SignIn
    | Lock
)
#: What is done about the work that waits; it runs beside the pass.
Errand = (
    SendAgain
    | SeenTo
    | ChartedTwice
    | GivenTwice
    | PrescriberKnows
    | StopReading
    | GoOnReading
    | CompareAgain
    | AcceptDeletions
    | SetbackSeen
)
Act = PassAct | Errand
Do = Callable[[Act], None]
