"""What can be done about an infusion that runs: values that shells build."""

from dataclasses import dataclass, field

from bcma.bedside.world import Proof
from bcma.model.quantity import Quantity


@dataclass(frozen=True, slots=True, kw_only=True)
class StopInfusion:
    """End a running bag with the volume that went in, or say why that is not known."""

    volume: Quantity | None = None
    reason: str | None = None


@dataclass(frozen=True, slots=True)
class ChangeBag:
    """Hang the bag in hand after the running one, of which this volume went in."""

    volume: Quantity | None = None


@dataclass(frozen=True, slots=True)
class ChangeRate:
    """Set the rate; ``proof`` lets one above the order pass."""

    rate: Quantity
    proof: Proof = field(default_factory=Proof)


@dataclass(frozen=True, slots=True)
class PauseInfusion:
    """Let it stand still."""

    reason: str | None = None


@dataclass(frozen=True, slots=True)
class ResumeInfusion:
    """Let it run again; ``proof`` lets what speaks against it pass."""

    proof: Proof = field(default_factory=Proof)


@dataclass(frozen=True, slots=True)
class GiveBolus:
    """Give some of the bag at once; ``proof`` lets more than the order's most pass."""

    amount: Quantity
    proof: Proof = field(default_factory=Proof)


@dataclass(frozen=True, slots=True, kw_only=True)
class AcceptInfusion:
    """Take a running infusion over: the bag is seen, the rate and the rest are these."""

    rate: Quantity | None = None
    rest: Quantity | None = None


InfusionAct = (
    StopInfusion
    | ChangeBag
    | ChangeRate
    | PauseInfusion
    | ResumeInfusion
    | GiveBolus
    | AcceptInfusion
)
