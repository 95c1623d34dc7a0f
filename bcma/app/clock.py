"""This station's time: its machine's, set right by the server's where the two differ (H56)."""

from datetime import datetime, timedelta
from decimal import Decimal
from typing import Final

from bcma.model.lengths import scaled
from bcma.model.ports import Clock
from bcma.store import Store

#: Setting of the store: the server's time less this machine's, in seconds.
_CLOCK_OFFSET: Final = "clock-offset"


class CorrectedClock:
    """Fills :class:`bcma.model.ports.ServerClock`.

    Args:
        machine: this machine's clock.
        limit: up to this difference the machine's time is good enough.
        offset: the server's time less the machine's, as measured before this start.
    """

    def __init__(self, machine: Clock, limit: timedelta, offset: timedelta | None = None) -> None:
        self.machine = machine
        self._limit = limit
        self._offset = offset

    @property
    def offset(self) -> timedelta | None:
        """Give the server's time less this machine's, as last measured."""
        return self._offset

    def now(self) -> datetime:
        """Give the present instant, by the server where this machine is off."""
        now = self.machine.now()
        if self._offset is None or abs(self._offset) <= self._limit:
            return now
        return now + self._offset

    def measured(self, offset: timedelta | None) -> bool:
        """Take a new measure in whole seconds, ``None`` is none; tell whether it is another one."""
        whole = None if offset is None else timedelta(seconds=round(offset.total_seconds()))
        if whole is None or whole == self._offset:
            return False
        self._offset = whole
        return True


def offset_before(store: Store) -> timedelta | None:
    """Give the difference of the clocks as it was when this station last ran."""
    kept = store.setting(_CLOCK_OFFSET)
    return None if kept is None else scaled(timedelta(seconds=1), Decimal(kept))


def keep_offset(store: Store, offset: timedelta) -> None:
    """Keep the difference of the clocks for a start without network."""
    store.set_setting(_CLOCK_OFFSET, str(offset.total_seconds()))
