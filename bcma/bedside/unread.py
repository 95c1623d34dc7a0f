"""Orders that a ward has not read: listed for a batch at the start of a shift.

What is read is a version: an order that changes after it was listed stays unread.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from bcma.bedside.course import Course, Step
from bcma.model.chart import Chart
from bcma.model.order import ORDERING_INTENTS, MedicationRequest, OrderStatus
from bcma.model.people import Patient
from bcma.model.ports import SaveOutcome

NOT_SAVED = "documentation.not-saved"


@dataclass(frozen=True, slots=True)
class UnreadOrder:
    """A new or changed order of a patient."""

    patient: Patient
    order: MedicationRequest


def unread_orders(chart: Chart) -> tuple[UnreadOrder, ...]:
    """Give a patient's orders in force that this ward has not read, each version once."""
    by_version = {order.version: order for order in reversed(chart.orders) if _counts(order)}
    return tuple(
        UnreadOrder(chart.patient, order)
        for version, order in reversed(by_version.items())
        if version not in chart.acknowledged
    )


def acknowledge(course: Course, step: Step, versions: Iterable[str]) -> None:
    """Keep that this ward has read these versions of orders, all or none."""
    read: Sequence[str] = sorted(set(versions))
    if read:
        giver = course.giver.practitioner.id
        kept = course.world.recorder.acknowledge(read, giver, step.now)
        if kept.outcome is not SaveOutcome.SAVED:
            step.refused = NOT_SAVED
    course.forget_chart()
    course.rejudge(step, step.refused)


def _counts(order: MedicationRequest) -> bool:
    return (
        order.status is OrderStatus.ACTIVE
        and order.intent in ORDERING_INTENTS
        and not order.prohibits
    )
