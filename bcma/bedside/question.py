"""An open ask, and what is needed to take its answer."""

from dataclasses import dataclass

from bcma.bedside.hand import Dose
from bcma.bedside.world import World
from bcma.model.people import Session
from bcma.model.verdict import Finding
from bcma.rules import Attempt


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """An open ask, and what is needed to take its answer."""

    found: Finding
    attempt: Attempt
    dose: Dose
    giver: Session
    world: World
