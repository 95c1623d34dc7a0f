"""Give first, order later (hazard H62): a STAT drug on the prescriber's word, then its order.

The order is read back before a second person. The record stands without an order and is listed
until one is linked (:mod:`bcma.bedside.linking`).
"""

from dataclasses import replace
from typing import Final

from bcma.bedside.acts import GiveFirst
from bcma.bedside.charting import save
from bcma.bedside.course import NO_PATIENT, Course, Step
from bcma.bedside.first_doses import NOT_ORDERED, REASON, units_of, why_not_first
from bcma.bedside.hand import Dose
from bcma.bedside.recording import first_record
from bcma.bedside.releasing import second_person
from bcma.errors import BcmaError
from bcma.model.order import Dosage
from bcma.model.record import ReleaseRecord
from bcma.model.verdict import Finding, Severity, Verdict
from bcma.rules import Attempt, MatchRank, Second, UnitInHand, judge
from bcma.rules.witness import is_independent

#: The coded reason under which everything passes but the missing order.
_WITNESS: Final = "documentation.witness"
_READ_BACK: Final = "read-back"


def give_first(course: Course, step: Step, first: GiveFirst) -> None:
    """Chart a dose that no order is for yet.

    A stop that is about anything else than the missing order holds it back, and so does an ask
    that has to be answered; everything else passes by the emergency.
    """
    units = _units(course, first, step)
    if step.refused is not None:
        return
    attempt = _attempt(course, first, units, step)
    second = _second(course, first, attempt, step)
    if second is None:
        step.refused = _WITNESS
        return
    answers = replace(attempt.answers, witness=second)
    attempt = replace(attempt, answers=answers)
    verdict = judge(attempt)
    step.judged, step.verdict = attempt, verdict
    held = [found for found in verdict.findings if found.holds_back and not _passes(found)]
    if held:
        step.refused = max(held, key=lambda found: found.severity).code
        return
    released = [_release(f, second, step) for f in verdict.findings if f.holds_back]
    answers = replace(answers, releases=(*answers.releases, *released))
    passed = Verdict(tuple(_passed(found) for found in verdict.findings), verdict.not_checked)
    attempt = replace(attempt, answers=answers)
    try:
        record = first_record(attempt, passed, first.amount, course.giver, course.ward.station)
    except BcmaError:
        step.refused = "dose.unit-unknown"
        return
    save(course, record, step)


def _units(course: Course, first: GiveFirst, step: Step) -> tuple[UnitInHand, ...]:
    """Give the units of the dose; where it may not be given first, the step is refused."""
    if course.hand.patient_id is None:
        step.refused = NO_PATIENT
        return ()
    units = units_of(course, first, step)
    if units:
        step.refused = why_not_first(course, first, units, step)
    return units


def _second(course: Course, first: GiveFirst, attempt: Attempt, step: Step) -> Second | None:
    """Give who heard the order read back; ``None`` where nobody did who may have."""
    if first.witness is None or not first.read_back:
        return None
    person = second_person(first.witness, course.world)
    if person is None:
        return None
    second = Second(practitioner=person, proven=True, at=step.now)
    return second if is_independent(attempt, second) else None


def _attempt(
    course: Course, first: GiveFirst, units: tuple[UnitInHand, ...], step: Step
) -> Attempt:
    """Give the dose as it was said: no order, but its amount and route."""
    said = Dosage(routes=(first.route,), dose=first.amount)
    dose = course.hand.dose or Dose()
    return replace(
        course.attempt(step.now, Dose(units=list(units), answers=dose.answers)),
        order=None,
        candidates=(),
        rank=MatchRank.NONE,
        chain=(),
        dosage=said,
        order_problems=(),
        shown_version="",
        claim=None,
        already_given=(),
        opens_at=None,
        closes_at=None,
    )


def _passes(found: Finding) -> bool:
    """Tell whether the emergency lets a finding pass."""
    if found.severity is Severity.STOP:
        return found.code == NOT_ORDERED
    return found.severity is not Severity.ASK or found.cannot is not None


def _passed(found: Finding) -> Finding:
    return found.as_released() if found.holds_back else found


def _release(found: Finding, second: Second, step: Step) -> ReleaseRecord:
    return ReleaseRecord(
        code=found.code,
        subject=found.subject,
        reason=REASON,
        cannot=found.severity is Severity.ASK,
        answer=_READ_BACK if found.code == NOT_ORDERED else None,
        witness_id=second.practitioner.id,
        at=step.now,
    )
