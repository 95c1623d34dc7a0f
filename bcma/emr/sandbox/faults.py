"""Faults on purpose: what a bad day between a ward and its EMR looks like.

Those of a line are consulted by :class:`bcma.emr.sandbox.line.Line`, those of the server
itself (order, instants, clock) where it searches and writes. All are deterministic: what is
left to chance follows from a seed.
"""

from dataclasses import dataclass
from enum import StrEnum
from http import HTTPStatus


class Lost(StrEnum):
    """Which replies never arrive, though the request was carried out."""

    NONE = "none"
    WRITES = "writes"
    ALL = "all"


class Traffic(StrEnum):
    """Which requests faults are about, and are counted among."""

    ALL = "all"
    READS = "reads"
    WRITES = "writes"


@dataclass(frozen=True, slots=True, kw_only=True)
class Faults:
    """What goes wrong now.

    Attributes:
        lose_replies: replies that are dropped after the commit.
        cut_replies: whether replies end in the middle, after the commit.
        error_status: answers instead of doing it: 401, 409, 412, 429, 500, 503 ...
        retry_after: seconds that the Retry-After header of such an answer names.
        latency: seconds before anything is done.
        twice: whether writes are carried out twice, as by a proxy that tries again; the second
            answer is the one that arrives.
        shuffle: of the server: what a search finds comes in any order, over all its pages.
        one_instant: of the server: all that is written has one ``lastUpdated``.
        clock_offset: of the server: seconds that its clock is ahead (Date, ``lastUpdated``).
        traffic: which requests the faults of the line are about.
        nth: hits only the n-th of these since the faults were set; 0 hits each.
        times: hits only the first so many of these; 0 knows no end.
        chance: hits each of these with this probability.
        seed: of everything that is left to chance.
    """

    lose_replies: Lost = Lost.NONE
    cut_replies: bool = False
    error_status: HTTPStatus | None = None
    retry_after: int = 1
    latency: float = 0.0
    twice: bool = False
    shuffle: bool = False
    one_instant: bool = False
    clock_offset: float = 0.0
    traffic: Traffic = Traffic.ALL
    nth: int = 0
    times: int = 0
    chance: float = 1.0
    seed: int = 0


def down(retry_after: int = 1) -> Faults:
    """Make the fault of a server that answers 503 to everything."""
    return Faults(error_status=HTTPStatus.SERVICE_UNAVAILABLE, retry_after=retry_after)
