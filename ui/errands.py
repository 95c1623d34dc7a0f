"""Looks for what waits for a person, and does what is decided about it, beside the pass.

Everything runs on the worker: charts are read and records written while the window draws on.
"""

from collections.abc import Callable
from typing import assert_never

from bcma.app import Worklist
from bcma.bedside import PassState
from ui.acts import ChartedTwice, Errand, GivenTwice, PrescriberKnows, SeenTo, SendAgain
from ui.bridge import Bridge
from ui.station_port import StationPort


class Errands:
    """Between the window and what waits at the station.

    Args:
        show: draws the pass as it is after an errand.
        work: draws what waits.
        fail: shows an error as a sentence.
    """

    def __init__(
        self,
        station: StationPort,
        bridge: Bridge,
        *,
        show: Callable[[PassState], None],
        work: Callable[[Worklist], None],
        fail: Callable[[BaseException], None],
    ) -> None:
        self._station, self._bridge = station, bridge
        self._show, self._show_work, self._fail = show, work, fail
        self._looking = self._again = False

    def look(self) -> None:
        """Look what waits; asked for while it is being looked, it is looked once more."""
        self._again = self._looking
        if not self._looking:
            self._looking = True
            self._bridge.run(self._station.worklist, self._looked, self._failed)

    def do(self, errand: Errand) -> None:
        """Do what was decided, then look at what is left."""
        self._bridge.run(self._verb(errand), self._done, self._failed)

    def _looked(self, work: Worklist) -> None:
        self._looking = False
        self._show_work(work)
        if self._again:
            self.look()

    def _failed(self, error: Exception) -> None:
        self._looking = False
        self._fail(error)

    def _done(self, answer: PassState | bool) -> None:  # noqa: FBT001 - the station's answer
        if not isinstance(answer, bool):
            self._show(answer)
        self.look()

    def _verb(self, errand: Errand) -> Callable[[], PassState | bool]:
        delivery, safety = self._station.delivery, self._station.safety
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
            case unknown:
                assert_never(unknown)
