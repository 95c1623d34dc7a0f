"""The medication pass: the state machine between a scan and a record."""

from bcma.bedside.medpass import MedPass
from bcma.bedside.state import DoseInHand, Due, DueRow, PassState, Phase
from bcma.bedside.world import BadgePin, Proof, Ward, World

__all__ = [
    "BadgePin",
    "DoseInHand",
    "Due",
    "DueRow",
    "MedPass",
    "PassState",
    "Phase",
    "Proof",
    "Ward",
    "World",
]
