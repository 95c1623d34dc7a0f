"""What this station knows and has done, durable on its own disk."""

from bcma.store.backlog import Backlog
from bcma.store.condition import Condition
from bcma.store.doubles import OpenIssue, SafetyIssues
from bcma.store.errors import (
    StoreBusyError,
    StoreError,
    StoreIsCorruptError,
    StoreIsForeignError,
    StoreIsMissingError,
    StoreIsNewerError,
    StoreUnwritableError,
)
from bcma.store.intake import Incoming, NoResourceError, read_incoming
from bcma.store.lane import Lane
from bcma.store.lineage import Setback
from bcma.store.losses import Loss, Losses
from bcma.store.outbox import Outbox, Parcel, Waiting
from bcma.store.problems import Problem, ProblemList
from bcma.store.safekeeping import Origin
from bcma.store.signatures import SignedEvent
from bcma.store.staff import StaffDesk
from bcma.store.states import DeliveryState
from bcma.store.store import Store
from bcma.store.trail import Broken, Checked, Flaw

__all__ = [
    "Backlog",
    "Broken",
    "Checked",
    "Condition",
    "DeliveryState",
    "Flaw",
    "Incoming",
    "Lane",
    "Loss",
    "Losses",
    "NoResourceError",
    "OpenIssue",
    "Origin",
    "Outbox",
    "Parcel",
    "Problem",
    "ProblemList",
    "SafetyIssues",
    "Setback",
    "SignedEvent",
    "StaffDesk",
    "Store",
    "StoreBusyError",
    "StoreError",
    "StoreIsCorruptError",
    "StoreIsForeignError",
    "StoreIsMissingError",
    "StoreIsNewerError",
    "StoreUnwritableError",
    "Waiting",
    "read_incoming",
]
