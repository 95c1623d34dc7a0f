"""Faults on purpose: what a bad day between a ward and its EMR looks like.

One place consults them, :meth:`Line.carry`; the sandbox's own operations are spared.
"""

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from http import HTTPStatus

from bcma.emr.bundles import asks_only
from bcma.emr.sandbox.exchange import WRITING, Reply, Request, refusal_reply
from bcma.emr.sandbox.outcome import Refusal


class Lost(StrEnum):
    """Which replies never arrive, though the request was carried out."""

    NONE = "none"
    WRITES = "writes"
    ALL = "all"


@dataclass(frozen=True, slots=True, kw_only=True)
class Faults:
    """What goes wrong now.

    Attributes:
        lose_replies: replies that are dropped after the commit.
        error_status: answers everything instead of doing it; 503 is ``error-503``.
        retry_after: seconds that the Retry-After header of such an answer names.
        latency: seconds before anything is done.
    """

    lose_replies: Lost = Lost.NONE
    error_status: HTTPStatus | None = None
    retry_after: int = 1
    latency: float = 0.0


def down(retry_after: int = 1) -> Faults:
    """Make the fault of a server that answers 503 to everything."""
    return Faults(error_status=HTTPStatus.SERVICE_UNAVAILABLE, retry_after=retry_after)


@dataclass
class Line:
    """The line that requests come by.

    Attributes:
        handle: answers a request.
        wait: sleeps for some seconds, less if the server ends.
        faults: may be replaced at any time.
    """

    handle: Callable[[Request], Reply]
    wait: Callable[[float], object]
    faults: Faults

    def carry(self, request: Request) -> Reply | None:
        """Carry a request there and its reply back; None is a reply that was lost."""
        if request.path[:1] and request.path[0].startswith("$sandbox-"):
            return self.handle(request)
        faults = self.faults
        if faults.latency:
            self.wait(faults.latency)
        if faults.error_status is not None:
            refusal = Refusal(faults.error_status, "transient", "The sandbox was told to fail")
            return refusal_reply(refusal, {"Retry-After": str(faults.retry_after)})
        reply = self.handle(request)
        return None if _is_lost(faults.lose_replies, request) else reply


def _is_lost(lost: Lost, request: Request) -> bool:
    asks = request.path[-1:] == ("_search",) or (not request.path and asks_only(request.body))
    writes = request.method in WRITING and not asks
    return lost is Lost.ALL or (lost is Lost.WRITES and writes)
