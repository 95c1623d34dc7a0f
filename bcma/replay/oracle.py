"""What a row must come to, told from the CSV alone: no rule of the product is asked.

A dose that was given by scan must pass, unless a cause sets it aside. Some rows are suspicious:
the product may not let them pass without a word.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final

from bcma.model.order import DoseRange
from bcma.model.quantity import Quantity
from bcma.replay.amounts import amount, is_rate
from bcma.replay.chart_rows import Event, Order, Stay
from bcma.replay.ordered import Ordered, Rate
from bcma.replay.products import Product
from bcma.replay.words import GIVEN, INFUSION_KINDS, INFUSION_WORDS, WITHHELD

#: "A repeat within five minutes of a non-infusion order".
_REPEAT: Final = timedelta(minutes=5)


class Part(StrEnum):
    """What part of the replay a row belongs to."""

    GIVEN = "given by scan"
    WITHHELD = "not given"
    NO_BARCODE = "given without a barcode"
    NO_ORDER = "without an order"
    OTHER = "no dose"


class Cause(StrEnum):
    """Why a dose given by scan need not pass."""

    INFUSION = "infusion or drip bolus"
    NO_DOSE = "no readable dose"
    BEFORE_ENTRY = "charted before the order's entry"
    AFTER_STOP = "charted after the order's stop"
    OUTSIDE_STAY = "charted outside the stay"
    AS_NEEDED_EARLY = "as needed, before its interval"
    SUSPICIOUS = "suspicious"


class Suspicion(StrEnum):
    """What may not pass without a word."""

    OTHER_INGREDIENT = "another ingredient"
    OTHER_PRODUCT = "same ingredient, other product"
    REPEAT = "repeated within five minutes"
    OTHER_DOSE = "dose given differs from dose due"


@dataclass(frozen=True, slots=True)
class Expected:
    """What is expected of a row."""

    part: Part
    cause: Cause | None = None
    suspicions: frozenset[Suspicion] = frozenset()


@dataclass(slots=True)
class Oracle:
    """Tells what is expected, row by row in the order of charting.

    Args:
        orders: by id.
        products: by formulary code.
        stays: of all patients.
    """

    orders: Mapping[str, Ordered]
    products: Mapping[str, Product]
    stays: Iterable[Stay]
    _stays: dict[str, list[Stay]] = field(default_factory=dict)
    _last: dict[tuple[str, ...], datetime] = field(default_factory=dict)

    def __post_init__(self) -> None:
        """Sort the stays by patient."""
        for stay in self.stays:
            self._stays.setdefault(stay.patient, []).append(stay)

    def expect(self, event: Event) -> Expected:
        """Tell what is expected of the next row."""
        if event.word not in GIVEN | WITHHELD:
            return Expected(Part.OTHER)
        found = self.orders.get(event.own_order)
        if found is None:
            return Expected(Part.NO_ORDER)
        if event.word in WITHHELD:
            return Expected(Part.WITHHELD)
        before = self._last.get(_prescription(found))
        self._last[_prescription(found)] = event.charted
        if not event.scanned_units:
            return Expected(Part.NO_BARCODE)
        suspicions = frozenset(self._suspicions(event, found, before))
        return Expected(Part.GIVEN, self._cause(event, found, before, suspicions), suspicions)

    def _cause(
        self,
        event: Event,
        found: Ordered,
        before: datetime | None,
        suspicions: frozenset[Suspicion],
    ) -> Cause | None:
        if is_infusion(event, found):
            return Cause.INFUSION
        if found.dose is None:
            return Cause.NO_DOSE
        untimely = self._untimely(event, found.order)
        if untimely is None and _too_soon(event, found, before):
            return Cause.AS_NEEDED_EARLY
        return untimely or (Cause.SUSPICIOUS if suspicions else None)

    def _untimely(self, event: Event, order: Order) -> Cause | None:
        if event.charted < order.entered:
            return Cause.BEFORE_ENTRY
        if order.stops is not None and event.charted > order.stops:
            return Cause.AFTER_STOP
        if not any(s.admitted <= event.charted <= s.discharged for s in self._of(event.patient)):
            return Cause.OUTSIDE_STAY
        return None

    def _of(self, patient: str) -> Sequence[Stay]:
        return self._stays.get(patient, ())

    def _suspicions(
        self, event: Event, found: Ordered, before: datetime | None
    ) -> Iterable[Suspicion]:
        main = found.order.main
        wanted = None if main is None else self.products.get(main.code)
        scanned = [self.products[unit.code] for unit in event.scanned_units]
        others = [p for p in scanned if p.code not in found.order.codes]
        if wanted is not None and others:
            named = [product for product in others if product.known]
            same = all(product.substance == wanted.substance for product in named)
            yield Suspicion.OTHER_PRODUCT if same else Suspicion.OTHER_INGREDIENT
        if not is_infusion(event, found) and before and event.charted - before <= _REPEAT:
            yield Suspicion.REPEAT
        if _differs(event):
            yield Suspicion.OTHER_DOSE


def is_infusion(event: Event, found: Ordered) -> bool:
    """Tell whether a row is of something that runs, or of a bolus from it."""
    return (
        event.kind in INFUSION_KINDS
        or event.word in INFUSION_WORDS
        or is_rate(event.due_unit)
        or isinstance(found.dose, Rate)
    )


def total_given(event: Event) -> Quantity | None:
    """Sum what was charted as given; ``None`` where a share cannot be read or added."""
    shares = [amount(u.given, u.given_unit) for u in event.scanned_units if u.given != "0"]
    amounts = [share for share in shares if isinstance(share, Quantity)]
    if not amounts or len(amounts) != len(shares):
        return None
    unit = amounts[0].unit
    if any(share.unit != unit for share in amounts):
        return None
    return Quantity(sum((share.value for share in amounts[1:]), amounts[0].value), unit)


def _differs(event: Event) -> bool:
    """Compare given with due, in the same unit only."""
    given, due = total_given(event), amount(event.due, event.due_unit)
    match due:
        case Quantity(value, unit):
            return given is not None and given.unit == unit and given.value != value
        case DoseRange(low, high):
            same = given is not None and given.unit == low.unit
            return same and given is not None and not low.value <= given.value <= high.value
        case None:
            return False


def _too_soon(event: Event, found: Ordered, before: datetime | None) -> bool:
    if not found.order.as_needed or found.rhythm is None or before is None:
        return False
    return event.charted - before < found.rhythm.interval


def _prescription(found: Ordered) -> tuple[str, ...]:
    """Give what a renewed order has in common with the one before it."""
    order, main = found.order, found.order.main
    if main is None:
        return order.patient, order.id
    return order.patient, main.code, main.dose, main.dose_unit, order.route, order.frequency
