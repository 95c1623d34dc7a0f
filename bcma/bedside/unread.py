"""Orders that a ward has not read: listed for a batch at the start of a shift.

What is read is a version: an order that changes after it was listed stays unread.
"""

from collections.abc import Iterable
from dataclasses import dataclass

from bcma.bedside.course import Course, Step
from bcma.model.chart import Chart
from bcma.model.order import ORDERING_INTENTS, MedicationRequest, OrdersRead, OrderStatus
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


def acknowledge(course: Course, step: Step, orders: Iterable[MedicationRequest]) -> None:
    """Keep that this ward has read these orders as they stand, all or none."""
    versions: dict[str, set[str]] = {}
    for order in orders:
        versions.setdefault(order.patient_id, set()).add(order.version)
    read = [_read(course, step, *of_patient) for of_patient in versions.items()]
    if read and course.world.recorder.acknowledge(read).outcome is not SaveOutcome.SAVED:
        step.refused = NOT_SAVED
    course.forget_chart()
    course.rejudge(step, step.refused)


def _read(course: Course, step: Step, patient_id: str, versions: Iterable[str]) -> OrdersRead:
    return OrdersRead(
        patient_id=patient_id,
        versions=tuple(sorted(versions)),
        ward=course.ward.code,
        station=course.ward.station,
        at=step.now,
        by_id=course.giver.practitioner.id,
    )


def _counts(order: MedicationRequest) -> bool:
    return (
        order.status is OrderStatus.ACTIVE
        and order.intent in ORDERING_INTENTS
        and not order.prohibits
    )
