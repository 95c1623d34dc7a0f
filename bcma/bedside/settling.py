"""What a person found out about doses: charted twice or given twice, late and told on.

Whoever may give may settle it, and the ward manager, who gives nothing but answers for the ward.
"""

from dataclasses import replace
from itertools import chain
from typing import Final

from bcma.bedside.acts import SettleDouble
from bcma.bedside.aftercare import file_event
from bcma.bedside.chained import ChainedOrders
from bcma.bedside.course import INCOMPLETE, Course, Step
from bcma.bedside.versions import ROLE, write_version
from bcma.model.chart import Chart
from bcma.model.double import Double, late_dose, name_of, settlement_id
from bcma.model.events import DoubleOutcome, DoubleSettled, LateDoseTold
from bcma.model.people import Practitioner, Role, Session
from bcma.model.record import MedicationAdministration, RecordStatus
from bcma.rules.documentation import may_give
from bcma.rules.doubles import doubles

#: The prescriber may be told by pharmacy as well.
_MAY_TELL: Final = frozenset({Role.WARD_MANAGER, Role.PHARMACIST})


def settle_double(
    course: Course,
    step: Step,
    session: Session,
    record: MedicationAdministration,
    said: SettleDouble,
) -> None:
    """Keep what the records of one dose mean; from then on the next dose waits no more.

    Charted twice: one record is left; that the correction settles it is told at the next sync.
    Given twice: all that are left went in, and the EMR gets an adverse event. What is entered in
    error stays to be seen, as after any correction.
    """
    if not may_settle(session.practitioner):
        step.refused = ROLE
        return
    double = _open_double(course.world.charts.chart(record.patient_id, step.now), record)
    wrong = [] if double is None else [r for r in double.records if r.event_id in said.wrong]
    if double is None or not _is_whole(course, said, double, wrong):
        step.refused = INCOMPLETE
        return
    for one in wrong:
        version = replace(one, status=RecordStatus.ENTERED_IN_ERROR, reason=said.reason)
        write_version(course, step, session, version)
        if step.refused is not None:
            return
    if said.outcome is DoubleOutcome.GIVEN_TWICE:
        left = Double(tuple(r for r in double.records if r not in wrong), double.planned)
        file_event(course, step, _given_twice(left, session, step))


def _given_twice(left: Double, session: Session, step: Step) -> DoubleSettled:
    return DoubleSettled(
        event_id=settlement_id(left.issues, DoubleOutcome.GIVEN_TWICE),
        patient_id=left.records[0].patient_id,
        issues=left.issues,
        outcome=DoubleOutcome.GIVEN_TWICE,
        at=step.now,
        by_id=session.practitioner.id,
    )


def tell_prescriber(
    course: Course, step: Step, session: Session, record: MedicationAdministration
) -> None:
    """Keep that the prescriber was told of a dose given after its order was stopped or changed."""
    person, late = session.practitioner, late_dose(record)
    if not may_give(person) and not person.roles & _MAY_TELL:
        step.refused = ROLE
    elif late is None or not record.went_in:
        step.refused = INCOMPLETE
    else:
        told = LateDoseTold(
            event_id=late.told_id,
            patient_id=record.patient_id,
            late=late,
            at=step.now,
            by_id=person.id,
        )
        file_event(course, step, told)


def may_settle(person: Practitioner) -> bool:
    """Tell whether a person may say what two records for one dose mean."""
    return may_give(person) or Role.WARD_MANAGER in person.roles


def _open_double(chart: Chart, record: MedicationAdministration) -> Double | None:
    """Give the unsettled double that a record is one of."""
    found = chain.from_iterable(
        doubles(some.orders, [r for r in chart.administrations if r.order_id in some.ids])
        for some in ChainedOrders(chart.orders).chains
    )
    mine = (double for double in found if name_of(record) in map(name_of, double.records))
    return next((d for d in mine if not d.is_settled(chart.settled_doubles)), None)


def _is_whole(
    course: Course,
    said: SettleDouble,
    double: Double,
    wrong: list[MedicationAdministration],
) -> bool:
    """Tell whether what was said leaves as many records as its outcome says."""
    known = said.reason is not None and course.ward.policy.reason_allowed("correct", said.reason)
    if len(wrong) != len(set(said.wrong)) or (wrong and not known):
        return False
    left = len(double.records) - len(wrong)
    return left == 1 if said.outcome is DoubleOutcome.CHARTED_TWICE else left > 1
