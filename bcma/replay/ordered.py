"""An order as the EMR holds it: dose, planned instants and limits, taken from the CSV."""

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Final

from bcma.model.order import DoseRange
from bcma.model.quantity import Quantity
from bcma.replay.amounts import amount, is_rate, number
from bcma.replay.chart_rows import Event, Order
from bcma.replay.words import DOSE_WORDS

#: A planned time further from the charting than this is a slip of the eMAR.
_PLANNED_REACH: Final = timedelta(days=1)
_AS_NEEDED: Final = ":PRN"
_EVERY: Final = re.compile(r"Q ?(?P<number>\d{1,3}) ?(?P<unit>H|MIN)", re.ASCII)


@dataclass(frozen=True, slots=True)
class Rhythm:
    """So many times in a period, whose unit is ``h`` or ``min``."""

    times: int
    period: int
    unit: str

    @property
    def interval(self) -> timedelta:
        """Give the distance between two doses."""
        whole = timedelta(hours=self.period) if self.unit == "h" else timedelta(minutes=self.period)
        return whole / self.times


#: Frequencies by name; what is not here, nor "every so many hours", plans nothing by itself.
_RHYTHMS: Final[Mapping[str, Rhythm]] = {
    **dict.fromkeys(
        ("DAILY", "HS", "QHS", "QAM", "QPM", "BREAKFAST", "LUNCH", "DINNER", "DAILY16"),
        Rhythm(1, 24, "h"),
    ),
    "BID": Rhythm(2, 24, "h"),
    "TID": Rhythm(3, 24, "h"),
    "TID W/MEALS": Rhythm(3, 24, "h"),
    "QID": Rhythm(4, 24, "h"),
    "EVERY OTHER DAY": Rhythm(1, 48, "h"),
}


@dataclass(frozen=True, slots=True)
class Rate:
    """An infusion's ordered rate, as written."""

    value: Decimal
    unit: str


Dose = Quantity | DoseRange | Rate | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Ordered:
    """An order with what the eMAR knows of it.

    Attributes:
        dose: ``None`` where neither eMAR nor prescription names one that can be read.
        planned: the eMAR's planned times; empty for as-needed orders.
        first_planned: the earliest of them, of as-needed orders as well.
        rhythm: how often, by its frequency.
    """

    order: Order
    dose: Dose
    planned: tuple[datetime, ...]
    first_planned: datetime | None
    rhythm: Rhythm | None

    @property
    def starts(self) -> datetime:
        """Give the beginning of its period."""
        return min(self.order.starts, self.first_planned or self.order.starts)


@dataclass(slots=True)
class _Known:
    planned: set[datetime] = field(default_factory=set)
    due: list[tuple[str, str]] = field(default_factory=list)


def ordered(orders: Sequence[Order], events: Iterable[Event]) -> tuple[Ordered, ...]:
    """Bring the orders together with their rows of the eMAR."""
    known: dict[str, _Known] = defaultdict(_Known)
    for event in events:
        for identity in {event.order, event.own_order, *(u.order for u in event.units)} - {""}:
            entry = known[identity]
            if event.word in DOSE_WORDS and abs(event.planned - event.charted) <= _PLANNED_REACH:
                entry.planned.add(event.planned)
            if event.due:
                entry.due.append((event.due, event.due_unit))
    return tuple(_ordered(order, known.get(order.id, _Known())) for order in orders)


def rhythm_of(frequency: str) -> Rhythm | None:
    """Read a frequency (``Q6H:PRN``, ``BID``); ``None`` for one that names no rhythm."""
    word = frequency.replace(_AS_NEEDED, "").strip()
    if word in _RHYTHMS:
        return _RHYTHMS[word]
    every = _EVERY.fullmatch(word)
    if every is None or int(every["number"]) == 0:
        return None
    return Rhythm(1, int(every["number"]), "h" if every["unit"] == "H" else "min")


def _ordered(order: Order, known: _Known) -> Ordered:
    return Ordered(
        order=order,
        dose=_due(known.due) or _prescribed(order),
        planned=() if order.as_needed else tuple(sorted(known.planned)),
        first_planned=min(known.planned, default=None),
        rhythm=rhythm_of(order.frequency),
    )


def _due(written: Sequence[tuple[str, str]]) -> Dose:
    """Give what the eMAR said was due: one amount, or the range over all of them.

    An order whose due dose differs from row to row is titrated or follows a scale.
    """
    doses = [dose for text, unit in written if (dose := amount(text, unit)) is not None]
    if not doses:
        return _rate(written)
    unit = Counter(_low(dose).unit for dose in doses).most_common(1)[0][0]
    same = [dose for dose in doses if _low(dose).unit == unit]
    low = min((_low(dose) for dose in same), key=lambda q: q.value)
    high = max((_high(dose) for dose in same), key=lambda q: q.value)
    return low if low.value == high.value else DoseRange(low, high)


def _rate(written: Sequence[tuple[str, str]]) -> Rate | None:
    for text, unit in written:
        value = number(text)
        if value and is_rate(unit):
            return Rate(value, unit)
    return None


def _prescribed(order: Order) -> Quantity | DoseRange | None:
    return None if order.main is None else amount(order.main.dose, order.main.dose_unit)


def _low(dose: Quantity | DoseRange) -> Quantity:
    return dose.low if isinstance(dose, DoseRange) else dose


def _high(dose: Quantity | DoseRange) -> Quantity:
    return dose.high if isinstance(dose, DoseRange) else dose
