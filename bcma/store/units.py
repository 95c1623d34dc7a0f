"""Which units a dose uses up: a single-use unit of which we know the serial of the unit itself.

A manufacturer's serial stands for the pack unless the drug file says otherwise; our own
labels always stand for one unit. A container for several doses is never used up here.
"""

from collections.abc import Callable, Iterable

from bcma.model.drug import ContainerUse, Medication, SerialLevel
from bcma.model.record import RecordedUnit
from bcma.store.keys import unit_key


def used_up(
    units: Iterable[RecordedUnit], medication: Callable[[str], Medication | None]
) -> frozenset[str]:
    """Give the keys of the units that a record uses up."""
    return frozenset(
        key
        for unit in units
        if (key := consumable_key(unit, medication(unit.medication_id))) is not None
    )


def consumable_key(unit: RecordedUnit, product: Medication | None) -> str | None:
    """Give a unit's key if one dose uses it up; a product that is not known counts as such."""
    if product is not None and product.container_use is not ContainerUse.SINGLE:
        return None
    if unit.label:
        return unit_key(label=unit.label, gtin=None, serial=None)
    if product is None or product.serial_level is not SerialLevel.UNIT:
        return None
    return unit_key(label=None, gtin=unit.gtin, serial=unit.serial)
