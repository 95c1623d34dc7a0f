"""How much liquid makes an amount, and how finely a syringe or a pump can measure it."""

from decimal import ROUND_HALF_UP, Decimal
from typing import Final

from bcma.model.drug import Medication
from bcma.model.quantity import Quantity, UnitError
from bcma.rules.content import VOLUME, converted, is_volume
from bcma.rules.strength import is_measured, relative_strength

#: Graduation in mL of the smallest syringe that holds a volume: below 1, 10, 50 mL, and above.
_STEPS: Final = (
    (Decimal(1), Decimal("0.01")),
    (Decimal(10), Decimal("0.1")),
    (Decimal(50), Decimal("0.5")),
)
_LARGEST_STEP: Final = Decimal(1)
#: What an infusion pump is set by, per hour.
_PUMP_STEP: Final = Decimal("0.1")
_PUMP_UNIT: Final = "mL/h"


def volume_of(amount: Quantity, product: Medication, ordered: Medication) -> Quantity | None:
    """Give how much of a product's liquid makes an amount of the ordered drug.

    A volume that was ordered is one of the ordered product, and keeps its unit. ``None``
    where the product is not measured, or nothing says its concentration.
    """
    if not is_measured(product):
        return None
    try:
        if is_volume(amount.unit):
            return amount.times(1, over=relative_strength(product, ordered))
        return converted(amount, VOLUME, product)
    except UnitError:
        return None


def device_step(amount: Quantity) -> Quantity | None:
    """Give how finely a volume or a pump's rate can be set; ``None`` for anything else."""
    if amount.convertible_to(_PUMP_UNIT):
        return Quantity(_PUMP_STEP, _PUMP_UNIT)
    if not is_volume(amount.unit):
        return None
    volume = amount.to(VOLUME).value
    step = next((step for below, step in _STEPS if volume < below), _LARGEST_STEP)
    return Quantity(step, VOLUME)


def measurable(volume: Quantity) -> Quantity:
    """Round a volume in mL to what a syringe shows, half a step up; other units stay."""
    step = device_step(volume)
    if step is None or step.unit != volume.unit:
        return volume
    steps = (volume.value / step.value).to_integral_value(ROUND_HALF_UP)
    return Quantity(steps * step.value, volume.unit) if steps else volume
