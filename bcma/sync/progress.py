"""How far a long exchange with the EMR has come, and how a person ends it."""

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from threading import Event

from bcma.errors import BcmaError


class CancelledError(BcmaError):
    """A person, or the end of the program, broke an exchange off between two pages."""

    code = "sync.cancelled"


class Stage(StrEnum):
    """What is being done: reading what changed, or looking for what was deleted."""

    PULL = "pull"
    RECONCILE = "reconcile"


@dataclass(frozen=True, slots=True, kw_only=True)
class Progress:
    """How far one type of resource has been read.

    Attributes:
        kind: the type of resource.
        count: how many of it have come since this exchange began.
        total: how many there are, where the server says so (``Bundle.total``).
    """

    stage: Stage
    kind: str
    count: int
    total: int | None = None


#: Called on the thread of the exchange, after every page.
OnProgress = Callable[[Progress], None]


class Watch:
    """Counts the pages of one exchange, tells of them, and ends it when it was cancelled."""

    def __init__(self, told: OnProgress, cancelled: Event) -> None:
        self._told = told
        self._cancelled = cancelled
        self._count: Counter[tuple[Stage, str]] = Counter()

    def page(self, stage: Stage, kind: str, more: int, total: int | None = None) -> None:
        """Take note of a page that was read.

        Raises:
            CancelledError: somebody does not want the next one.
        """
        self._count[stage, kind] += more
        self._told(Progress(stage=stage, kind=kind, count=self._count[stage, kind], total=total))
        if self._cancelled.is_set():
            raise CancelledError


def unwatched() -> Watch:
    """Give a watch that tells nobody and is never cancelled."""
    return Watch(lambda _: None, Event())
