"""The sandbox's clock: the system's, or one that stands where it was set."""

import threading
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

Clock = Callable[[], datetime]
"""Gives the present instant, aware."""


def system_clock() -> datetime:
    """Read the clock of this machine."""
    return datetime.now(UTC)


class StoppedClock:
    """A clock that stands still until somebody moves it."""

    def __init__(self, instant: datetime) -> None:
        self._guard = threading.Lock()
        self._instant = instant

    def __call__(self) -> datetime:
        """Give the instant at which it stands."""
        return self._instant

    def set(self, instant: datetime) -> None:
        """Put it to an aware instant, later or earlier."""
        with self._guard:
            self._instant = instant

    def advance(self, by: timedelta) -> None:
        """Move it on."""
        with self._guard:
            self._instant += by
