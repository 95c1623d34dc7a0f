"""What is told about a patient after a dose: its effect, and a suspected reaction to it.

Each is a care event of its own; the record of the dose stays as it is.
"""

import uuid

from bcma.bedside.acts import FollowUp, Suspect
from bcma.bedside.charting import REFUSED_BY_SAVE
from bcma.bedside.course import INCOMPLETE, Course, Step
from bcma.model.events import CareEvent, EffectCheck, Reaction
from bcma.model.people import Session
from bcma.model.ports import SaveOutcome
from bcma.model.record import MedicationAdministration


def look_at_effect(
    course: Course, step: Step, session: Session, record: MedicationAdministration, told: FollowUp
) -> None:
    """Keep the effect of a dose (hazard H77); who gave nothing has no effect to look at."""
    text = told.text.strip()
    if not record.went_in or (not text and told.score is None):
        step.refused = INCOMPLETE
        return
    check = EffectCheck(
        event_id=str(uuid.uuid4()),
        patient_id=record.patient_id,
        record_id=_id_of(record),
        at=step.now,
        by_id=session.practitioner.id,
        text=text,
        score=told.score,
    )
    file_event(course, step, check)


def report_reaction(
    course: Course, step: Step, session: Session, record: MedicationAdministration, told: Suspect
) -> None:
    """Keep a suspected reaction (hazard H78); whoever sees one may report it, in one tap."""
    if not record.went_in:
        step.refused = INCOMPLETE
        return
    reaction = Reaction(
        event_id=str(uuid.uuid4()),
        patient_id=record.patient_id,
        record_id=_id_of(record),
        at=step.now,
        by_id=session.practitioner.id,
        signs=tuple(sign.strip() for sign in told.signs if sign.strip()),
        severity=told.severity.strip(),
        grade=told.grade,
    )
    file_event(course, step, reaction)


def file_event(course: Course, step: Step, event: CareEvent) -> None:
    """Write a care event; only what is durable is called told."""
    result = course.world.recorder.file(event)
    course.forget_chart()
    if result.outcome is SaveOutcome.SAVED:
        step.filed = event
    else:
        step.refused = REFUSED_BY_SAVE[result.outcome]


def _id_of(record: MedicationAdministration) -> str:
    """Name a record as the EMR does, or will when it is delivered."""
    return record.resource_id or record.event_id or ""
