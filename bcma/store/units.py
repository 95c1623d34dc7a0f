"""Which unit a scan or a record names, and which of them a dose uses up.

A manufacturer's serial stands for the pack unless the drug file says otherwise; our own
labels always stand for one unit. A single-use unit is used up by one dose; a container for
several doses (pen, inhaler, eye drops, shared vial) never is (hazard H101).
"""

from collections.abc import Callable, Iterable

from bcma.model.drug import ContainerUse, Medication, SerialLevel
from bcma.model.record import RecordedUnit
from bcma.store.keys import unit_key

MedicationOf = Callable[[str], Medication | None]


def named(units: Iterable[RecordedUnit], medication: MedicationOf) -> frozenset[str]:
    """Give the keys of those units of a record that are known one by one."""
    keys = (own_key(unit, medication(unit.medication_id)) for unit in units)
    return frozenset(key for key in keys if key is not None)


def used_up(units: Iterable[RecordedUnit], medication: MedicationOf) -> frozenset[str]:
    """Give the keys of the units that a record uses up."""
    single = ((unit, medication(unit.medication_id)) for unit in units)
    keys = (own_key(unit, product) for unit, product in single if is_single_use(product))
    return frozenset(key for key in keys if key is not None)


def is_single_use(product: Medication | None) -> bool:
    """Tell whether one dose uses a unit up; a product that is not known counts as such."""
    return product is None or product.container_use is ContainerUse.SINGLE


def own_key(unit: RecordedUnit, product: Medication | None) -> str | None:
    """Give the key of this very unit; ``None`` where its code stands for a pack or a product."""
    if unit.label:
        return unit_key(label=unit.label, gtin=None, serial=None)
    if product is None or product.serial_level is not SerialLevel.UNIT:
        return None
    return unit_key(label=None, gtin=unit.gtin, serial=unit.serial)
