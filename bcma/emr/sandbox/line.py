"""The line that requests come by, with what goes wrong on it."""

import threading
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from random import Random

from bcma.emr.bundles import asks_only
from bcma.emr.sandbox.exchange import WRITING, Reply, Request, refusal_reply
from bcma.emr.sandbox.fault_parameters import read_faults, show_faults
from bcma.emr.sandbox.faults import Faults, Lost, Traffic
from bcma.emr.sandbox.outcome import Refusal

FAULTS = "$sandbox-faults"


class _Dice:
    """Tells which requests are hit, as long as the faults stay the same."""

    def __init__(self, faults: Faults) -> None:
        self.faults = faults
        self._random = Random(faults.seed)  # noqa: S311 (repeatable on purpose; protects nothing)
        self._guard = threading.Lock()
        self._number = 0

    def hit(self, request: Request) -> bool:
        """Count a request, and tell whether it is hit."""
        faults = self.faults
        if faults.traffic is not Traffic.ALL and _writes(request) is (
            faults.traffic is Traffic.READS
        ):
            return False
        with self._guard:
            self._number += 1
            number, chance = self._number, self._random.random()
        in_turn = faults.nth in {0, number} and (not faults.times or number <= faults.times)
        return in_turn and chance < faults.chance


@dataclass
class Line:
    """One way to the server; the sandbox's own operations are spared.

    ``faults`` may be replaced at any time, over HTTP too (``POST /$sandbox-faults``, see
    :mod:`bcma.emr.sandbox.fault_parameters`); counting and chance then begin anew.

    Attributes:
        handle: answers a request.
        wait: sleeps for some seconds, less if the server ends.
        rename: the server's own address, and how it is called on this line.
    """

    handle: Callable[[Request], Reply]
    wait: Callable[[float], object]
    rename: tuple[bytes, bytes] = (b"", b"")
    _dice: _Dice = field(default_factory=lambda: _Dice(Faults()))

    @property
    def faults(self) -> Faults:
        """What goes wrong on this line."""
        return self._dice.faults

    @faults.setter
    def faults(self, faults: Faults) -> None:
        self._dice = _Dice(faults)

    def carry(self, request: Request) -> Reply | None:
        """Carry a request there and its reply back; None is a reply that was lost."""
        if request.path == (FAULTS,):
            return self._operation(request)
        dice = self._dice
        if request.path[:1] and request.path[0].startswith("$sandbox-"):
            return self.handle(request)
        if not dice.hit(request):
            return self._answer(request)
        faults = dice.faults
        if faults.latency:
            self.wait(faults.latency)
        if faults.error_status is not None:
            refusal = Refusal(faults.error_status, "transient", "The sandbox was told to fail")
            return refusal_reply(refusal, {"Retry-After": str(faults.retry_after)})
        reply = self._answer(request)
        if faults.twice and _writes(request):
            reply = self._answer(request)
        if faults.lose_replies is Lost.ALL or (
            faults.lose_replies is Lost.WRITES and _writes(request)
        ):
            return None
        return replace(reply, cut=True) if faults.cut_replies else reply

    def _answer(self, request: Request) -> Reply:
        """Answer, a refusal too: what comes back may be lost all the same."""
        try:
            reply = self.handle(request)
        except Refusal as refusal:
            return refusal_reply(refusal)
        ours, here = self.rename
        return reply if ours == here else replace(reply, body=reply.body.replace(ours, here))

    def _operation(self, request: Request) -> Reply:
        if request.method == "POST":
            self.faults = read_faults(request)
        return show_faults(self.faults)


def _writes(request: Request) -> bool:
    asks = request.path[-1:] == ("_search",) or (not request.path and asks_only(request.body))
    return request.method in WRITING and not asks
