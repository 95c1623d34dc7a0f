"""Rates in other units: substance or volume, by weight or not, per minute or per hour (H40)."""

from collections.abc import Iterable
from decimal import Decimal
from typing import NamedTuple

from bcma.model.drug import Medication
from bcma.model.order import DoseRange
from bcma.model.quantity import Quantity, Ratio, UnitError
from bcma.rules.content import converted_by

_WEIGHT = "kg"
_PARTS, _PARTS_BY_WEIGHT = 2, 3


class _RateUnit(NamedTuple):
    """What a unit such as ``ug/kg/min`` is made of."""

    amount: str
    by_weight: bool
    time: str


def is_rate_by_weight(rate: Quantity | DoseRange | Ratio | None) -> bool:
    """Tell whether a rate is ordered per kilogram."""
    match rate:
        case Quantity(unit=unit):
            return _is_by_weight(unit)
        case DoseRange(low=low):
            return _is_by_weight(low.unit)
        case Ratio(numerator=numerator, denominator=denominator):
            return _is_by_weight(f"{numerator.unit}/{denominator.unit}")
        case _:
            return False


def rate_in(
    rate: Quantity, unit: str, drugs: Iterable[Medication], weight: Quantity | None
) -> Quantity:
    """Give a rate in another unit, by the concentration of a drug and the patient's weight.

    Args:
        rate: so much per time, or per kilogram and time.
        unit: of the same kinds.
        drugs: descriptions of the one drug, the first that says how is taken.
        weight: in kilograms.

    Raises:
        UnitError: nothing says how the one becomes the other.
    """
    if rate.convertible_to(unit):
        return rate.to(unit)
    here, there = _parts(rate.unit), _parts(unit)
    if here is None or there is None:
        raise UnitError(unit=rate.unit, target=unit)
    per_time = Quantity(Decimal(1), there.time).to(here.time)
    amount = Quantity(rate.value * per_time.value, here.amount)
    if here.by_weight != there.by_weight:
        if weight is None or weight.value <= 0:
            raise UnitError(unit=rate.unit, target=unit)
        amount = amount.times(*((weight.value, 1) if here.by_weight else (1, weight.value)))
    return Quantity(converted_by(amount, there.amount, drugs).value, unit)


def _is_by_weight(unit: str) -> bool:
    parts = _parts(unit)
    return parts is not None and parts.by_weight


def _parts(unit: str) -> _RateUnit | None:
    parts = unit.split("/")
    if len(parts) == _PARTS:
        return _RateUnit(parts[0], by_weight=False, time=parts[1])
    if len(parts) == _PARTS_BY_WEIGHT and parts[1] == _WEIGHT:
        return _RateUnit(parts[0], by_weight=True, time=parts[2])
    return None
