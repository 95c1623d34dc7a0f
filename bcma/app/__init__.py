"""The composition root: one workstation, built from its configuration.

The only door that the window, `bcma simulate` and `bcma replay` use.
"""

from bcma.app.station import Station
from bcma.app.values import Health, SystemClock, WardRow

__all__ = ["Health", "Station", "SystemClock", "WardRow"]
