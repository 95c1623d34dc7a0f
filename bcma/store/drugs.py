"""The drug file: what a scanned unit is, and what else holds the same substance."""

from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from typing import Final

from bcma.model.chart import UnitLabel
from bcma.model.drug import Medication
from bcma.model.ports import UnitFacts
from bcma.model.record import MedicationAdministration, RecordedUnit
from bcma.model.scan import UnitCode
from bcma.store import history, keys, mirror
from bcma.store.labels import labels_of
from bcma.store.reader import Reader
from bcma.store.revisions import RECORDS
from bcma.store.units import is_single_use, own_key

#: What is known about a unit is made of these: drug file, label with its order, its use.
_TYPES_OF_UNIT: Final = ("Medication", "MedicationDispense", "MedicationRequest", RECORDS)


class StoreDrugFile:
    """Fills :class:`bcma.model.ports.DrugFile`."""

    def __init__(self, reading: Callable[[], AbstractContextManager[Reader]]) -> None:
        self._reading = reading

    def unit_facts(self, code: UnitCode) -> UnitFacts:
        """Give everything known about a unit; nothing known is an empty answer.

        A serial is looked up among our labels first: they name the product themselves.
        """
        with self._reading() as reader:
            return reader.kept(
                ("unit", code), reader.revision(*_TYPES_OF_UNIT), lambda: _facts(reader, code)
            )

    def strengths_of(self, medication: Medication) -> Sequence[Medication]:
        """Give the active products with the same ingredients and form."""
        wanted = medication.ingredient_keys
        if not wanted:
            return ()
        with self._reading() as reader:
            return reader.kept(
                ("strengths", wanted, medication.form),
                reader.revision("Medication"),
                lambda: _same_drug(reader, medication),
            )


def _facts(reader: Reader, code: UnitCode) -> UnitFacts:
    label = _label(reader, code.serial)
    products = _products(reader, code, label)
    users = _users(reader, code, label, products)
    if is_single_use(_only(products)):
        return UnitFacts(products, label, used_by=users[0] if users else None)
    return UnitFacts(products, label, uses=users)


def _same_drug(reader: Reader, medication: Medication) -> tuple[Medication, ...]:
    wanted = medication.ingredient_keys
    refs = mirror.find(reader.connection, "Medication", keys.SUBSTANCE, [min(wanted)])
    return tuple(
        product
        for product in reader.medications(refs)
        if product.active and product.form is medication.form and product.ingredient_keys == wanted
    )


def _label(reader: Reader, serial: str | None) -> UnitLabel | None:
    if serial is None:
        return None
    system = reader.dialect.unit_label
    refs = mirror.find(reader.connection, "MedicationDispense", system, [serial])
    labels = [label for label in labels_of(reader, refs) if label.serial == serial]
    # printed again: the newest that still holds, else any, which then says why it is void
    return min(labels, key=lambda label: label.void, default=None)


def _products(reader: Reader, code: UnitCode, label: UnitLabel | None) -> tuple[Medication, ...]:
    by_system = (
        (reader.dialect.gtin, {code.gtin}),
        (reader.dialect.drug, {code.drug, code.drug_written or None}),
    )
    for system, values in by_system:
        known = sorted(value for value in values if value is not None)
        if known:
            return reader.medications(mirror.find(reader.connection, "Medication", system, known))
    if label is None:
        return ()
    product = label.product
    if product is None and label.medication_id is not None:
        product = reader.medication(label.medication_id)
    return () if product is None else (product,)


def _only(products: Sequence[Medication]) -> Medication | None:
    return products[0] if len(products) == 1 else None


def _users(
    reader: Reader,
    code: UnitCode,
    label: UnitLabel | None,
    products: Sequence[Medication],
) -> tuple[MedicationAdministration, ...]:
    """Give the records by which some of this very unit was given, oldest first."""
    product = _only(products)
    unit = RecordedUnit(
        medication_id=product.id if product else "",
        gtin=code.gtin,
        serial=code.serial,
        label=label.serial if label else None,
    )
    key = own_key(unit, product)
    return () if key is None else history.users_of_unit(reader, key)
