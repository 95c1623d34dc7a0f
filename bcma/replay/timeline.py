"""The EMR's side of the replay: what happens there, in the order in which it happened."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import IntEnum
from itertools import groupby, islice
from operator import attrgetter
from typing import Final

from bcma.emr.sandbox import Sandbox
from bcma.replay.chart_rows import Event, Hospital, Stay
from bcma.replay.order_resource import approval, order
from bcma.replay.ordered import Ordered
from bcma.replay.products import Product
from bcma.replay.resources import (
    Resource,
    bundle,
    charted_elsewhere,
    encounter,
    medication,
    no_known_allergy,
    patient,
    staff,
    ward,
)

_FIRST_DAY: Final = timedelta(days=1)
_PER_BUNDLE: Final = 500


class ReplayClock:
    """The clock of station and EMR: it stands where the replay has come to."""

    def __init__(self, now: datetime) -> None:
        self._now = now

    def now(self) -> datetime:
        """Give the instant."""
        return self._now

    def go_to(self, instant: datetime) -> None:
        """Go to an instant; never back."""
        self._now = max(self._now, instant)


class Happening(IntEnum):
    """What happens at the EMR; of one instant in this order."""

    DISCHARGED = 1
    ADMITTED = 2
    ENTERED = 3
    APPROVED = 4
    ENDED = 5


@dataclass(frozen=True, slots=True)
class Change:
    """One thing that happens to a stay or an order."""

    at: datetime
    happening: Happening
    subject: Stay | Ordered


@dataclass(slots=True)
class EmrSide:
    """The hospital's EMR, which learns of everything when it happened.

    Attributes:
        changed: whether it holds news since :meth:`told`.
    """

    sandbox: Sandbox
    clock: ReplayClock
    products: Mapping[str, Product]
    changes: Sequence[Change]
    changed: bool = False
    _next: int = field(default=0)

    def begin(self, hospital: Hospital) -> None:
        """Load what is there from the first day on: staff, drug file, patients."""
        first: list[Resource] = [ward(), *staff(), *map(patient, hospital.people)]
        first += map(no_known_allergy, hospital.people)
        first += map(medication, self.products.values())
        for some in _batches(first):
            self._load(some)

    def go_to(self, now: datetime) -> None:
        """Let everything happen up to an instant, each at its own."""
        due = self._due(now)
        for (at, _), together in groupby(due, key=attrgetter("at", "happening")):
            self.clock.go_to(at)
            self._load([self._resource(change) for change in together])
        self.clock.go_to(now)

    def chart(self, event: Event) -> None:
        """Let another system chart a dose that this station did not."""
        code = next((unit.code for unit in event.units if unit.code), "")
        self._load([charted_elsewhere(event, self.products.get(code))])

    def told(self) -> bool:
        """Tell whether there are news, and forget them."""
        news, self.changed = self.changed, False
        return news

    def _due(self, now: datetime) -> Iterator[Change]:
        while self._next < len(self.changes) and self.changes[self._next].at <= now:
            yield self.changes[self._next]
            self._next += 1

    def _resource(self, change: Change) -> Resource:
        match change.happening, change.subject:
            case Happening.ADMITTED | Happening.DISCHARGED, Stay() as stay:
                return encounter(stay, over=change.happening is Happening.DISCHARGED)
            case Happening.APPROVED, Ordered() as found:
                return approval(found)
            case Happening.ENTERED | Happening.ENDED, Ordered() as found:
                return order(found, self.products, over=change.happening is Happening.ENDED)
            case _:  # pragma: no cover - changes() pairs them
                raise AssertionError(change.happening)

    def _load(self, resources: Sequence[Resource]) -> None:
        self.sandbox.load(bundle(resources))
        self.changed = True


def changes(stays: Sequence[Stay], orders: Sequence[Ordered]) -> list[Change]:
    """List everything that happens to stays and orders, in the order of time."""
    found: list[Change] = []
    for stay in stays:
        found.append(Change(stay.admitted, Happening.ADMITTED, stay))
        found.append(Change(stay.discharged, Happening.DISCHARGED, stay))
    for entry in orders:
        row = entry.order
        found.append(Change(row.entered, Happening.ENTERED, entry))
        if row.verified is not None:
            found.append(Change(max(row.verified, row.entered), Happening.APPROVED, entry))
        if row.stops is not None:
            found.append(Change(max(row.stops, row.entered), Happening.ENDED, entry))
    return sorted(found, key=lambda change: (change.at, change.happening))


def first_instant(listed: Sequence[Change], events: Sequence[Event]) -> datetime:
    """Give a time before everything."""
    times = [change.at for change in listed[:1]] + [event.charted for event in events[:1]]
    return min(times) - _FIRST_DAY


def _batches(resources: Sequence[Resource]) -> Iterator[list[Resource]]:
    rest = iter(resources)
    while some := list(islice(rest, _PER_BUNDLE)):
        yield some
