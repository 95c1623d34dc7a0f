"""A scenario, read and checked."""

from dataclasses import dataclass
from datetime import datetime
from enum import Enum
from pathlib import Path
from zoneinfo import ZoneInfo

from bcma.bedside.world import BadgePin
from bcma.policy import Policy
from bcma.simulate.expect import EmrExpect, Expect
from bcma.simulate.verbs import Bundle, Verb


class ShippedPack(Enum):
    """The drug knowledge pack that is shipped with the product."""

    SHIPPED = "shipped"


@dataclass(frozen=True, slots=True)
class StationPlan:
    """A workstation: its name in the file, and the code of its ward (empty: none)."""

    name: str
    ward: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """One step.

    Attributes:
        number: from 1.
        at: the scenario's time at which it happens.
    """

    number: int
    station: str
    at: datetime
    verb: Verb
    expect: Expect | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Scenario:
    """A medication pass as a file.

    Attributes:
        knowledge: a pack's folder, the shipped pack, or ``None`` for no pack.
        stations: at least one; the first is the one of steps that name none.
    """

    file: str
    title: str
    hazards: tuple[str, ...]
    now: datetime
    zone: ZoneInfo
    emr: tuple[Bundle, ...]
    policy: Policy
    knowledge: Path | ShippedPack | None
    stations: tuple[StationPlan, ...]
    pins: tuple[BadgePin, ...]
    steps: tuple[Step, ...]
    expect_emr: tuple[EmrExpect, ...]
