"""Aspects of the units in hand: what was scanned, and what is known about each."""

from collections.abc import Iterator, Mapping
from datetime import date, datetime
from typing import Final

from bcma.model.drug import Form, Medication
from bcma.model.order import MedicationRequest
from bcma.model.quantity import Quantity, Ratio
from bcma.rules.aspects.look import Look, length
from bcma.rules.attempt import Attempt
from bcma.rules.duplicate import given_otherwise
from bcma.rules.infusion import ends_at


def _products(attempt: Attempt) -> Iterator[Medication]:
    return (unit.product for unit in attempt.units if unit.product is not None)


def _forms(attempt: Attempt) -> tuple[Form | None, ...]:
    return tuple(product.form for product in _products(attempt))


def _strengths(attempt: Attempt) -> tuple[Ratio, ...]:
    ingredients = (i for product in _products(attempt) for i in product.ingredients)
    return tuple(i.strength for i in ingredients if i.strength is not None)


def _lots(attempt: Attempt) -> tuple[str | None, ...]:
    return tuple(u.lot for u in attempt.units)


def _expiries(attempt: Attempt) -> tuple[date, ...]:
    known = (u.last_minute or u.last_day for u in attempt.units)
    return tuple(day for day in known if day is not None)


def _recalled_lots(attempt: Attempt) -> tuple[str | None, ...]:
    return tuple(recall.lot for product in _products(attempt) for recall in product.recalls)


def _labels(attempt: Attempt) -> tuple[str, ...]:
    return tuple(u.label.serial for u in attempt.units if u.label is not None)


def _label_patients(attempt: Attempt) -> tuple[str | None, ...]:
    return tuple(u.label.patient_id for u in attempt.units if u.label is not None)


def _labels_void(attempt: Attempt) -> bool:
    return any(u.label.void for u in attempt.units if u.label is not None)


def _labelled_orders(attempt: Attempt) -> Iterator[MedicationRequest]:
    """Give the orders for which the units in hand were dispensed, as far as they are known."""
    for unit in attempt.units:
        if attempt.chart is None or unit.label is None:
            continue
        order = attempt.chart.order(unit.label.order_id)
        if order is not None:
            yield order


def _used_at(attempt: Attempt) -> tuple[datetime, ...]:
    used = (u.used_by.known_at for u in attempt.units if u.used_by is not None)
    return tuple(at for at in used if at is not None)


def _expires_soon(attempt: Attempt) -> Quantity | None:
    return length(attempt.policy.expires_soon or None)


def _given_otherwise(attempt: Attempt) -> tuple[str, ...]:
    return tuple(record.medication_name for record in given_otherwise(attempt))


def _allergies(attempt: Attempt) -> tuple[str, ...]:
    entries = () if attempt.chart is None else attempt.chart.allergies
    return tuple(entry.text or entry.kind.value for entry in entries if entry.active)


ASPECTS: Final[Mapping[str, Look]] = {
    "scanned": lambda a: tuple(u.description for u in a.units),
    "scanned-forms": _forms,
    "scanned-strengths": _strengths,
    "scanned-at": lambda a: tuple(u.at for u in a.units),
    "scanned-by-hand": lambda a: tuple(u.reason for u in a.units if not u.scanned),
    "serials": lambda a: tuple(u.single_use_serial for u in a.units if u.single_use_serial),
    "units-used-at": _used_at,
    "labels": _labels,
    "label-patients": _label_patients,
    "labels-void": _labels_void,
    "label-orders": lambda a: tuple(order.status for order in _labelled_orders(a)),
    "expiries": _expiries,
    "expires-soon-limit": _expires_soon,
    "infusion-end": ends_at,
    "expiry-required": lambda a: a.policy.expiry_required,
    "lots": _lots,
    "lot-required": lambda a: a.policy.lot_required,
    "given-otherwise": _given_otherwise,
    "duplicate-limit": lambda a: length(a.policy.duplicate),
    "allergies": _allergies,
    "recalled-lots": _recalled_lots,
    "knowledge-absent": lambda a: a.knowledge_absent,
}
