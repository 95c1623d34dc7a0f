"""The patient's weight, and amounts that are ordered by it."""

from typing import Final

from bcma.model.order import DoseRange
from bcma.model.quantity import Quantity
from bcma.rules.attempt import Attempt

_PER_WEIGHT: Final = "/kg"


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
