"""The verbs of a step, each as a value."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from types import MappingProxyType

from bcma.bedside.acts import Act, BackEntry, GiveFirst
from bcma.bedside.world import BadgePin
from bcma.model.quantity import Quantity


@dataclass(frozen=True, slots=True)
class Bundle:
    """A FHIR Bundle for the EMR, and where it was written."""

    content: Mapping[str, object]
    file: str
    place: str


@dataclass(frozen=True, slots=True)
class SignIn:
    """Sign in, as at the screen."""

    who: BadgePin


@dataclass(frozen=True, slots=True)
class SignOut:
    """Sign out."""


@dataclass(frozen=True, slots=True)
class ScanText:
    """Whatever a scan of this text would do now."""

    text: str


@dataclass(frozen=True, slots=True)
class UnableToScan:
    """Identify a band or a unit by hand."""

    what: str
    reason: str
    typed: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class OpenOrder:
    """Pick an order."""

    order: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """Answer an ask, or say why it cannot be answered."""

    code: str
    value: object = None
    cannot: str | None = None
    prescriber: BadgePin | str | None = None
    witness: BadgePin | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Release:
    """Let a finding pass, for this dose or (``whole_pass``) wherever the warning repeats."""

    code: str
    reason: str | None = None
    prescriber: BadgePin | str | None = None
    pharmacist: BadgePin | None = None
    witness: BadgePin | None = None
    whole_pass: bool = False


@dataclass(frozen=True, slots=True)
class Give:
    """Chart the dose as given, or part of it."""

    amount: Quantity | None = None
    reason: str | None = None


class Decline(StrEnum):
    """Ways of not giving a dose."""

    HOLD = "hold"
    REFUSE = "refuse"
    NOT_GIVEN = "not_given"


@dataclass(frozen=True, slots=True)
class NotGiving:
    """Chart that the dose is not given; without an order, the one in hand."""

    how: Decline
    order: str | None
    reason: str


@dataclass(frozen=True, slots=True)
class ActOn:
    """Do something about the record that an earlier step wrote.

    ``record`` is that step's number; ``verb`` is the word that the scenario uses.
    """

    verb: str
    record: int
    act: Act


@dataclass(frozen=True, slots=True)
class ChangeEmr:
    """Change the EMR's side."""

    bundle: Bundle


class Network(StrEnum):
    """What lies between a station and the EMR."""

    UP = "up"
    DOWN = "down"
    LOSE_REPLIES = "lose-replies"
    ERROR_503 = "error-503"


@dataclass(frozen=True, slots=True)
class SetNetwork:
    """Change what lies between the station and the EMR."""

    network: Network


@dataclass(frozen=True, slots=True)
class SyncNow:
    """One pull and push now."""


@dataclass(frozen=True, slots=True)
class Restart:
    """Close the station's program and open it again on its store."""

    kill: bool


@dataclass(frozen=True, slots=True)
class NotBuilt:
    """A verb of the format that the product does not have yet."""

    verb: str
    value: Mapping[str, object] = field(default_factory=lambda: MappingProxyType({}))


Verb = (
    SignIn
    | SignOut
    | ScanText
    | UnableToScan
    | OpenOrder
    | Answer
    | Release
    | Give
    | NotGiving
    | GiveFirst
    | BackEntry
    | ActOn
    | ChangeEmr
    | SetNetwork
    | SyncNow
    | Restart
    | NotBuilt
)
