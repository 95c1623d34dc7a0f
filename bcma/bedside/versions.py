"""A further version of a record: written by the person who is signed in, now."""

from dataclasses import replace
from typing import Final

from bcma.bedside.charting import REFUSED_BY_SAVE
from bcma.bedside.course import Course, Step
from bcma.model.people import Session
from bcma.model.ports import SaveOutcome
from bcma.model.record import MedicationAdministration

#: Why somebody may not change a record.
ROLE: Final = "documentation.role"


def write_version(
    course: Course, step: Step, session: Session, record: MedicationAdministration
) -> None:
    """Write a further version of a record; ``record`` has what is new in it.

    What is in hand stays in hand: it may be another dose of another order.
    """
    version = replace(
        record,
        revision=record.revision + 1,
        recorder_id=session.practitioner.id,
        recorded_at=step.now,
    )
    result = course.world.recorder.record(version)
    course.forget_chart()
    if result.outcome is not SaveOutcome.SAVED:
        step.conflict, step.refused = result.other, REFUSED_BY_SAVE[result.outcome]
        return
    step.record = result.record or version
    if course.hand.dose is None and course.hand.patient_id == record.patient_id:
        course.recorded = True
