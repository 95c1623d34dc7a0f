"""The medication pass: the state machine between a scan and a record."""

from bcma.bedside.state import DoseInHand, Due, DueRow, PassState, Phase

__all__ = ["DoseInHand", "Due", "DueRow", "PassState", "Phase"]
