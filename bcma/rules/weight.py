"""The patient's weight, and amounts that are ordered by it."""

from decimal import Decimal
from typing import Final

from bcma.model.chart import Chart, Weight, weights_of
from bcma.model.order import DoseRange
from bcma.model.quantity import Quantity
from bcma.policy import AgeGroup
from bcma.rules.attempt import Attempt

ADULT_YEARS: Final = 18
_PER_WEIGHT: Final = "/kg"
_DAYS_OF_A_YEAR: Final = Decimal("365.2425")
#: The first age in days that no longer belongs to a group.
_NEWBORN_DAYS, _INFANT_DAYS = 28, 365


def weight_of(attempt: Attempt) -> Quantity | None:
    """Give the weight in kilograms; ``None`` where none is known or its unit is no weight."""
    weight = None if attempt.chart is None else attempt.chart.weight
    return None if weight is None or not weight.convertible_to("kg") else weight.to("kg")


def is_per_weight(amount: Quantity | DoseRange | None) -> bool:
    """Tell whether an amount is ordered per kilogram."""
    unit = amount.low.unit if isinstance(amount, DoseRange) else amount.unit if amount else ""
    return unit.endswith(_PER_WEIGHT)


def unit_given(unit: str) -> str:
    """Give the unit in which an amount is given that is ordered in ``unit``."""
    return unit.removesuffix(_PER_WEIGHT)


def by_weight(amount: Quantity, weight: Quantity | None) -> Quantity | None:
    """Give what an amount per kilogram is for this weight; ``None`` without a weight.

    An amount that is not per weight stays as it is.
    """
    if not is_per_weight(amount):
        return amount
    if weight is None:
        return None
    return Quantity(amount.value * weight.value, unit_given(amount.unit))


def age_group(years: Decimal | None) -> AgeGroup:
    """Give the group by whose limit a weight grows old; an unknown age is the strictest."""
    if years is None:
        return AgeGroup.NEWBORN
    if years >= ADULT_YEARS:
        return AgeGroup.ADULT
    days = round(years * _DAYS_OF_A_YEAR)
    if days >= _INFANT_DAYS:
        return AgeGroup.CHILD
    return AgeGroup.NEWBORN if days < _NEWBORN_DAYS else AgeGroup.INFANT


def weight_before(chart: Chart) -> Weight | None:
    """Give the weight that was measured before the latest one."""
    latest = chart.weight_at
    earlier = [w for w in weights_of(chart.observations) if latest is not None and w.at < latest]
    return earlier[-1] if earlier else None
