"""Aspects of the order: what was prescribed, and how it stands."""

from collections.abc import Mapping
from typing import Final

from bcma.model.order import ORDERING_INTENTS, DoseRange, MedicationRequest
from bcma.model.quantity import Quantity, Ratio
from bcma.rules.aspects.look import Look
from bcma.rules.attempt import Attempt
from bcma.rules.order_approval import approval_of
from bcma.rules.route_taken import route_of

#: A version is a hash: this much of it tells two apart.
_VERSION_SHOWN = 8
#: What stands for a new line of the order's own words.
_NEXT_LINE = " · "


def _order(attempt: Attempt) -> str | None:
    return None if attempt.order is None else _written(attempt.order)


def _fitting(attempt: Attempt) -> tuple[str, ...]:
    return tuple(_written(order) for order in attempt.candidates)


def _written(order: MedicationRequest) -> str:
    text = order.as_written or order.medication.name or order.reference
    return _NEXT_LINE.join(text.splitlines())


def _ordered_drugs(attempt: Attempt) -> tuple[str, ...]:
    orders = () if attempt.chart is None else attempt.chart.orders
    return tuple(sorted({order.medication.name for order in orders}))


def _dose(attempt: Attempt) -> Quantity | DoseRange | None:
    return None if attempt.dosage is None else attempt.dosage.dose


def _strengths(attempt: Attempt) -> tuple[Ratio, ...]:
    ingredients = () if attempt.order is None else attempt.order.medication.ingredients
    return tuple(i.strength for i in ingredients if i.strength is not None)


def _acknowledged(attempt: Attempt) -> bool | None:
    if attempt.order is None or attempt.chart is None:
        return None
    return attempt.order.version in attempt.chart.acknowledged


def _approval(attempt: Attempt) -> str | None:
    if attempt.order is None or attempt.chart is None:
        return None
    return approval_of(attempt.order, attempt.chart).standing.value


def _routes(attempt: Attempt) -> tuple[str, ...]:
    return () if attempt.dosage is None else attempt.dosage.routes


def _pharmacy_hours(attempt: Attempt) -> str:
    hours = attempt.policy.pharmacy_hours
    return f"{hours.open:%H:%M}–{hours.close:%H:%M}"


ASPECTS: Final[Mapping[str, Look]] = {
    "order": _order,
    "orders-fitting": _fitting,
    "order-problems": lambda a: tuple(p.written or p.path for p in a.order_problems),
    "order-status": lambda a: None if a.order is None else a.order.status,
    "order-orders": lambda a: None if a.order is None else a.order.intent in ORDERING_INTENTS,
    "order-prohibits": lambda a: None if a.order is None else a.order.prohibits,
    "order-opens": lambda a: a.opens_at,
    "order-closes": lambda a: a.closes_at,
    "order-version": lambda a: None if a.order is None else a.order.version[:_VERSION_SHOWN],
    "order-version-shown": lambda a: a.shown_version[:_VERSION_SHOWN],
    "order-acknowledged": _acknowledged,
    "acknowledgement-wanted": lambda a: a.policy.acknowledge_orders,
    "order-priority": lambda a: None if a.order is None else a.order.priority.value,
    "approval": _approval,
    "approval-wanted": lambda a: a.policy.verification.value,
    "pharmacy-hours": _pharmacy_hours,
    "substitution-allowed": lambda a: None if a.order is None else a.order.substitution_allowed,
    "ordered-drugs": _ordered_drugs,
    "ordered-drug": lambda a: None if a.order is None else a.order.medication.name,
    "ordered-form": lambda a: None if a.order is None else a.order.medication.form,
    "ordered-strengths": _strengths,
    "ordered-dose": _dose,
    "ordered-routes": _routes,
    "route-written": lambda a: None if a.dosage is None else a.dosage.route_text,
    "route-taken": route_of,
    "order-reasons": lambda a: () if a.order is None else a.order.reasons,
    "as-needed": lambda a: None if a.dosage is None else a.dosage.as_needed,
    "hold-values": lambda a: () if a.order is None else tuple(h.code.code for h in a.order.holds),
}
