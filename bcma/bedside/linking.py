"""The order of a dose that was given first: it is linked once it exists (hazard H62)."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime
from typing import Final

from bcma.bedside.course import INCOMPLETE, Course, Step
from bcma.bedside.first_doses import NOT_ORDERED
from bcma.bedside.orders import OrderBook, OrderInView
from bcma.model.drug import Medication
from bcma.model.order import ORDERING_INTENTS, Dosage, DoseRange, MedicationRequest, OrderStatus
from bcma.model.quantity import Quantity, UnitError
from bcma.model.record import MedicationAdministration
from bcma.model.slot import ClaimKind
from bcma.rules.content import converted_by

_LINKABLE: Final = frozenset({OrderStatus.ACTIVE, OrderStatus.COMPLETED})


def linked(
    course: Course, step: Step, record: MedicationAdministration, order_id: str
) -> MedicationAdministration | None:
    """Give the record with its order and slot; ``None`` where it may not be linked, and why.

    It may, to an order in force for this drug, of which it is a dose: by route, amount and time,
    in a slot that nobody else's dose has taken.
    """
    chart = course.world.charts.chart(record.patient_id, step.now)
    order = chart.order(order_id)
    given_at = record.given_at or step.now
    book = OrderBook(chart, given_at, course.ward.policy, course.ward.zone)
    view = book.view(order_id)
    step.refused = _why_not(record, order)
    if order is None or view is None or step.refused is not None:
        return None
    step.refused = _why_no_dose_of_it(record, view, (*chart.medications, order.medication))
    step.refused = step.refused or _why_not_then(view, given_at)
    if step.refused is not None:
        return None
    claim = view.claim
    standing = claim.standing if claim.kind is ClaimKind.SLOT else None
    return replace(
        record,
        order_id=order.id,
        order_version=order.version,
        encounter_id=order.encounter_id or record.encounter_id,
        slot=None if standing is None else standing.slot.planned,
        slot_id=None if standing is None else standing.slot.id,
    )


def _why_not(record: MedicationAdministration, order: MedicationRequest | None) -> str | None:
    if not record.wants_order:
        return INCOMPLETE
    if order is None or order.medication.ingredient_keys != record.ingredients:
        return NOT_ORDERED
    if order.problems:
        return "drug.order-unreadable"
    orders_it = order.intent in ORDERING_INTENTS and not order.prohibits
    return None if orders_it and order.status in _LINKABLE else "drug.order-inactive"


def _why_no_dose_of_it(
    record: MedicationAdministration, view: OrderInView, drugs: Iterable[Medication]
) -> str | None:
    """Compare what was given with what was ordered after it: the prescriber corrects the order."""
    dosage = view.dosage
    if dosage is None:
        return "drug.order-unreadable"
    if dosage.routes and record.route not in dosage.routes:
        return "route.mismatch"
    return None if _is_within(record.amount, dosage, drugs) else "dose.out-of-order"


def _is_within(given: Quantity | None, dosage: Dosage, drugs: Iterable[Medication]) -> bool:
    """Tell whether an amount is the ordered one; by weight, or open, nothing can be compared."""
    ordered = dosage.dose
    if given is None or ordered is None:
        return True
    low, high = (
        (ordered.low, ordered.high) if isinstance(ordered, DoseRange) else (ordered, ordered)
    )
    try:
        amount = converted_by(given, high.unit, drugs)
    except UnitError:
        return True
    return low.to(high.unit).value <= amount.value <= high.value


def _why_not_then(view: OrderInView, given_at: datetime) -> str | None:
    """Say why the order has no slot for a dose of that time."""
    claim = view.claim
    if claim.kind is ClaimKind.ALREADY_GIVEN:
        return "time.already-given"
    slot = None if claim.standing is None else claim.standing.slot
    if slot is None or slot.interval is None:
        return None
    return "time.not-due" if slot.planned - given_at > slot.interval / 2 else None
