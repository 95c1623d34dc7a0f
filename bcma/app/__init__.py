"""The composition root: one workstation, built from its configuration.

The only door that the window, `bcma simulate` and `bcma replay` use.
"""

from bcma.app.checkup import Checkup, Sign, check_up
from bcma.app.exchange import Shrinkage
from bcma.app.safety import NoticeKind, SafetyNotice
from bcma.app.station import Station
from bcma.app.values import Health, SetbackNotice, SystemClock, WardRow
from bcma.app.wiring import open_store
from bcma.app.worklist import Refused, Worklist
from bcma.sync import Progress, Stage

__all__ = [
    "Checkup",
    "Health",
    "NoticeKind",
    "Progress",
    "Refused",
    "SafetyNotice",
    "SetbackNotice",
    "Shrinkage",
    "Sign",
    "Stage",
    "Station",
    "SystemClock",
    "WardRow",
    "Worklist",
    "check_up",
    "open_store",
]
