"""How the station stands with the EMR, as of the last look: whoever draws never asks the store."""

from dataclasses import dataclass, replace
from typing import Final

from bcma.app import Health, Progress

#: What comes in more than a page takes long enough to be told, and to be broken off.
_LONG: Final = 500


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """What the strip and the page of what waits draw.

    Attributes:
        health: as the worker last read it.
        progress: how far a long reading has come; ``None`` where none goes on.
        stopping: a person broke it off, and the page under way is still to come.
        comparing: a person wants to know whether the EMR is whole again.
    """

    health: Health
    progress: Progress | None = None
    stopping: bool = False
    comparing: bool = False

    def reading(self, progress: Progress) -> "Standing":
        """Take another page; a reading that was long once stays so to its end."""
        is_first = self.health.orders_as_of is None
        is_long = max(progress.count, progress.total or 0) > _LONG
        if is_first or is_long or self.progress is not None:
            return replace(self, progress=progress)
        return self

    def over(self) -> "Standing":
        """End the reading."""
        return replace(self, progress=None, stopping=False, comparing=False)

    def broken_off(self) -> "Standing":
        """Note that a person does not want the next page."""
        return replace(self, stopping=self.progress is not None)

    def compared(self) -> "Standing":
        """Note that a person wants the EMR to be looked at."""
        return replace(self, comparing=True)

    def looked(self, health: Health) -> "Standing":
        """Take a later look."""
        return replace(self, health=health)


def total_of(progress: Progress) -> int | None:
    """Give how many there are; nothing where more have come, as of pages that are read again."""
    total = progress.total
    return total if total is not None and 0 < progress.count <= total else None
