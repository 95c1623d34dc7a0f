"""What happens to a record after it was made: corrections and what became of a dose.

Append-only: every act writes a new version of the same event, or an event of its own, and what
was written before stays as it is (hazard H85).
"""

from dataclasses import replace
from typing import Final

from bcma.bedside.acts import (
    Act,
    Correct,
    FollowUp,
    LinkOrder,
    LoseDose,
    PrescriberTold,
    RemovePatch,
    SettleDouble,
    Suspect,
)
from bcma.bedside.aftercare import look_at_effect, report_reaction
from bcma.bedside.course import INCOMPLETE, Course, Step
from bcma.bedside.infusing import MISMATCH, act_on_infusion
from bcma.bedside.linking import linked
from bcma.bedside.settling import settle_double, tell_prescriber
from bcma.bedside.versions import ROLE, write_version
from bcma.model.people import Session
from bcma.model.record import MedicationAdministration, RecordStatus
from bcma.rules.documentation import may_give

#: What may become of a dose after it was given, and of which doses.
_OUTCOMES: Final = frozenset({"vomited", "lost"})
_MAY_BE_LOST: Final = frozenset({RecordStatus.GIVEN, RecordStatus.GIVEN_IN_PART})


def act_on(course: Course, step: Step, event_id: str | None, act: Act) -> None:
    """Do something about the record of an event; without such a record nothing happens."""
    record = None if event_id is None else course.world.charts.recorded(event_id)
    if record is None:
        step.refused = INCOMPLETE
        return
    match act:
        case Correct(reason):
            _correct(course, step, course.giver, record, reason)
        case LoseDose(outcome):
            _lose(course, step, course.giver, record, outcome)
        case RemovePatch():
            _remove_patch(course, step, course.giver, record)
        case FollowUp():
            look_at_effect(course, step, course.giver, record, act)
        case Suspect():
            report_reaction(course, step, course.giver, record, act)
        case LinkOrder(order_id):
            _link(course, step, course.giver, record, order_id)
        case SettleDouble():
            settle_double(course, step, course.giver, record, act)
        case PrescriberTold():
            tell_prescriber(course, step, course.giver, record)
        case _:
            act_on_infusion(course, step, course.giver, record, act)


def _correct(
    course: Course,
    step: Step,
    session: Session,
    record: MedicationAdministration,
    reason: str | None,
) -> None:
    """Enter a record in error: its slot and its units are free again.

    Whoever charted it may, and whoever may give.
    """
    if record.giver_id != session.practitioner.id and not may_give(session.practitioner):
        step.refused = ROLE
        return
    is_known = reason is not None and course.ward.policy.reason_allowed("correct", reason)
    if record.status is RecordStatus.ENTERED_IN_ERROR or not is_known:
        step.refused = INCOMPLETE
        return
    wrong = replace(record, status=RecordStatus.ENTERED_IN_ERROR, reason=reason)
    write_version(course, step, session, wrong)


def _lose(
    course: Course, step: Step, session: Session, record: MedicationAdministration, outcome: str
) -> None:
    """Keep that a dose did not stay in: its slot stays as it is, a repeat is the prescriber's."""
    if not may_give(session.practitioner):
        step.refused = ROLE
        return
    if record.status not in _MAY_BE_LOST or outcome not in _OUTCOMES:
        step.refused = INCOMPLETE
        return
    write_version(course, step, session, replace(record, status=RecordStatus.LOST, reason=outcome))


def _remove_patch(
    course: Course, step: Step, session: Session, record: MedicationAdministration
) -> None:
    """Keep when a patch that is on was taken off: from then on a new one may be put on."""
    if not may_give(session.practitioner):
        step.refused = ROLE
        return
    if course.is_with_another(record.patient_id):
        step.refused = MISMATCH
        return
    chart = course.world.charts.chart(record.patient_id, step.now)
    if all(worn.event_id != record.event_id for worn in chart.patches_on):
        step.refused = INCOMPLETE
        return
    off = replace(record, status=RecordStatus.REMOVED, ended_at=step.now)
    write_version(course, step, session, off)


def _link(
    course: Course, step: Step, session: Session, record: MedicationAdministration, order_id: str
) -> None:
    """Write the order of a dose that was given first: it counts for that order's slot."""
    if not may_give(session.practitioner):
        step.refused = ROLE
        return
    version = linked(course, step, record, order_id)
    if version is not None:
        write_version(course, step, session, version)
