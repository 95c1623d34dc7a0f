"""Looks for what waits for a person, and does what is decided about it, beside the pass.

Everything runs on the worker: charts are read and records written while the window draws on.
"""

from collections.abc import Callable
from typing import assert_never

from bcma.app import Health, Worklist
from bcma.bedside import PassState
from ui.acts import (
    AcceptDeletions,
    ChartedTwice,
    CompareAgain,
    Errand,
    GivenTwice,
    GoOnReading,
    PrescriberKnows,
    SeenTo,
    SendAgain,
    SetbackSeen,
    StopReading,
)
from ui.bridge import Bridge
from ui.station_port import StationPort


class Errands:
    """Between the window and what waits at the station.

    Args:
        show: draws the pass as it is after an errand.
        seen: draws how the station stands, and what waits.
        fail: shows an error as a sentence.
    """

    def __init__(
        self,
        station: StationPort,
        bridge: Bridge,
        *,
        show: Callable[[PassState], None],
        seen: Callable[[Health, Worklist], None],
        fail: Callable[[BaseException], None],
    ) -> None:
        self._station, self._bridge = station, bridge
        self._show, self._show_seen, self._fail = show, seen, fail
        self._looking = self._again = False

    def look(self) -> None:
        """Look how it stands and what waits; asked for meanwhile, it is looked once more."""
        self._again = self._looking
        if not self._looking:
            self._looking = True
            self._bridge.run(self._see, self._looked, self._failed)

    def do(self, errand: Errand, undone: Callable[[], None]) -> None:
        """Do what was decided, then look at what is left.

        ``undone`` offers again what failed, what the station refused and what was nobody's.
        """

        def done(answer: PassState | bool) -> None:  # noqa: FBT001 - the station's answer
            if isinstance(answer, bool):
                came_to_something = answer
            else:
                came_to_something = answer.refused is None
                self._show(answer)
            if not came_to_something:
                undone()
            self.look()

        def failed(error: Exception) -> None:
            self._fail(error)
            undone()

        self._bridge.run(self._verb(errand), done, failed)

    def _see(self) -> tuple[Health, Worklist]:
        return self._station.health(), self._station.worklist()

    def _looked(self, seen: tuple[Health, Worklist]) -> None:
        self._looking = False
        self._show_seen(*seen)
        if self._again:
            self.look()

    def _failed(self, error: Exception) -> None:
        self._looking = False
        self._fail(error)

    def _verb(  # noqa: PLR0911, C901 - one line per errand
        self, errand: Errand
    ) -> Callable[[], PassState | bool]:
        station = self._station
        delivery, safety, exchange = station.delivery, station.safety, station.exchange
        match errand:
            case SendAgain(sequence):
                return lambda: delivery.retry(sequence)
            case SeenTo(sequence, reason):
                return lambda: delivery.handled(sequence, reason)
            case ChartedTwice(notice, right, reason):
                return lambda: safety.charted_twice(notice, right, reason)
            case GivenTwice(notice):
                return lambda: safety.given_twice(notice)
            case PrescriberKnows(notice):
                return lambda: safety.prescriber_told(notice)
            case StopReading():
                return exchange.cancel
            case GoOnReading():
                return exchange.resume
            case CompareAgain():
                return exchange.compare_again
            case AcceptDeletions(shown):
                return lambda: exchange.accept(shown)
            case SetbackSeen():
                return station.custody.seen
            case unknown:
                assert_never(unknown)
