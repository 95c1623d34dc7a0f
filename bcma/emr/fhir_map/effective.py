"""``effective[x]`` of a record: the instant of giving, or the latest instant it can have been.

FHIR allows a bare day, and other systems write worse. A dose whose instant cannot be read
went in all the same (hazard H46): what bounds it from above is kept, so that it still takes
its slot.
"""

from dataclasses import dataclass
from datetime import datetime, time, timedelta, tzinfo
from typing import Final

from bcma.emr.fhir_map.datatypes import instant, period_at
from bcma.emr.fhir_map.dates import read_last_day
from bcma.emr.fhir_map.dialect import Dialect
from bcma.emr.fhir_map.extensions import last_updated
from bcma.emr.fhir_map.node import Node

_DAY_DIGITS: Final = len("2026-03-02")
_TICK: Final = timedelta(microseconds=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Effective:
    """When a dose was given.

    Attributes:
        given_at: the instant of giving; of a period its start, or its end where it has no start.
        ended_at: the end of a period.
        recorded_at: the latest instant at which it can have been given, where ``given_at`` is
            not known.
    """

    given_at: datetime | None = None
    ended_at: datetime | None = None
    recorded_at: datetime | None = None


def effective_of(node: Node, dialect: Dialect) -> Effective:
    """Read ``effectiveDateTime`` or ``effectivePeriod``; what is no instant is noted."""
    if node.first_of("effectiveDateTime", "effectivePeriod") == "effectivePeriod":
        return _of_period(node, dialect)
    if not node.has("effectiveDateTime"):
        node.note("effective", "")
    given_at = instant(node, "effectiveDateTime")
    if given_at is not None:
        return Effective(given_at=given_at)
    return Effective(recorded_at=_latest(node, node.value.get("effectiveDateTime"), dialect))


def _of_period(node: Node, dialect: Dialect) -> Effective:
    period = period_at(node, "effectivePeriod", dialect.zone)
    if period is None:
        return Effective(recorded_at=_latest(node, None, dialect))
    written = node.node("effectivePeriod") or node
    exact = Node(written.value)  # a day as start or end is legal: nothing to note
    given_at = instant(exact, "start") or instant(exact, "end")
    if given_at is not None:
        return Effective(given_at=given_at, ended_at=period.end)
    bound = written.value.get("end", written.value.get("start"))
    recorded_at = _latest(node, bound, dialect)
    return Effective(ended_at=period.end, recorded_at=recorded_at)


def _latest(node: Node, written: object, dialect: Dialect) -> datetime | None:
    """Give the end of the day or month that is written, or when the EMR took the record."""
    bounds = (_end_of_day(written, dialect.wall_zone), last_updated(node))
    return min((bound for bound in bounds if bound is not None), default=None)


def _end_of_day(written: object, zone: tzinfo) -> datetime | None:
    day = read_last_day(written[:_DAY_DIGITS]) if isinstance(written, str) else None
    if day is None:
        return None
    try:
        return datetime.combine(day + timedelta(days=1), time(), zone) - _TICK
    except OverflowError:
        return None
