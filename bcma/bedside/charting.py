"""From a verdict to a record: giving, giving less, and withholding."""

from collections.abc import Mapping
from dataclasses import replace
from types import MappingProxyType
from typing import Final

from bcma.bedside.amounts import in_unit
from bcma.bedside.course import INCOMPLETE, NO_PATIENT, Course, Step
from bcma.bedside.hand import Dose
from bcma.bedside.infusions import closings
from bcma.bedside.recording import given_record, withheld_record
from bcma.model.ports import SaveOutcome
from bcma.model.quantity import Quantity, UnitError
from bcma.model.record import MedicationAdministration, RecordStatus
from bcma.model.slot import ClaimKind
from bcma.model.verdict import Finding, Right, Severity
from bcma.rules import Attempt, finding
from bcma.rules.documentation import role_may_give
from bcma.rules.infusion import runs_unmeasured
from bcma.rules.tally import tally
from bcma.rules.target import TargetGap, dose_unit, target_amount

#: Giving less than the dose is explained under the ask that it answers.
NOT_WHOLE: Final = "dose.incomplete"
#: Why a dose that is zero by scale is not given.
ZERO: Final = "per-scale-zero"
#: What a write that was not saved is refused for.
REFUSED_BY_SAVE: Final[Mapping[SaveOutcome, str]] = MappingProxyType(
    {
        SaveOutcome.ORDER_CHANGED: "drug.order-changed",
        SaveOutcome.SLOT_TAKEN: "time.already-given",
        SaveOutcome.UNIT_TAKEN: "drug.unit-used",
        SaveOutcome.NOT_SAVED: "documentation.not-saved",
    }
)
_ACTS: Final[Mapping[RecordStatus, str]] = MappingProxyType(
    {
        RecordStatus.HELD: "hold",
        RecordStatus.REFUSED: "refuse",
        RecordStatus.NOT_GIVEN: "not_given",
    }
)


def give(
    course: Course, step: Step, amount: Quantity | None = None, reason: str | None = None
) -> None:
    """Chart the dose in hand as given, if nothing holds it back.

    ``amount`` with ``reason`` gives another amount than the dose: less, or more where the
    prescriber lets it pass. A refused give changes nothing.
    """
    dose = course.hand.dose
    if dose is None:
        step.refused = INCOMPLETE
        return
    if course.attempt(step.now).gives_nothing:
        _give_nothing(course, dose, step)
        return
    before = dose.answers
    if amount is not None and not _take_amount(course, dose, amount, reason, step):
        course.rejudge(step, refused=NOT_WHOLE)
        return
    attempt, verdict = course.judge(step.now)
    step.judged, step.verdict = attempt, verdict
    held = [f for f in verdict.findings if f.holds_back]
    # An ask that was let pass unanswered may leave the amount unknown: nothing to chart.
    unknown = isinstance(target_amount(attempt), TargetGap) and not runs_unmeasured(attempt)
    dose.wanted, dose.answers = dose.answers.given_amount, before
    if held or unknown:
        worst = max(held, key=lambda f: f.severity, default=None)
        step.refused = INCOMPLETE if worst is None else worst.code
        return
    record = given_record(attempt, verdict, course.giver, course.ward.station)
    save(course, record, step, closes=tuple(closings(attempt, course.giver)))


def withhold(
    course: Course, step: Step, status: RecordStatus, reason: str, order_id: str | None
) -> None:
    """Chart the dose in hand, or one of a named order, as held, refused or not given."""
    in_hand = course.hand.dose
    is_in_hand = order_id is None or (in_hand is not None and in_hand.order_id == order_id)
    dose = in_hand if is_in_hand else Dose(order_id=order_id)
    if course.hand.patient_id is None:
        step.refused = NO_PATIENT
        return
    if dose is None or not course.ward.policy.reason_allowed(_ACTS[status], reason):
        course.rejudge(step, refused=INCOMPLETE)
        return
    attempt = course.attempt(step.now, dose)
    step.refused = _why_not_withheld(attempt) or _why_not_again(attempt, status)
    if step.refused is not None:
        return
    record = withheld_record(attempt, status, reason, course.giver, course.ward.station)
    keep = in_hand if in_hand is not None and in_hand.order_id != record.order_id else None
    save(course, record, step, keep)


def _give_nothing(course: Course, dose: Dose, step: Step) -> None:
    """Chart that the scale made the dose zero: one tap, once the value behind it is fresh."""
    attempt, verdict = course.judge(step.now)
    step.judged, step.verdict = attempt, verdict
    asked = next((f for f in verdict.findings if f.right is Right.RESPONSE and f.holds_back), None)
    step.refused = asked.code if asked is not None else _why_not_withheld(attempt)
    if step.refused is not None:
        return
    status = RecordStatus.NOT_GIVEN
    record = withheld_record(attempt, status, ZERO, course.giver, course.ward.station)
    measured = tuple(dose.answers.measured.items())
    save(course, replace(record, measured=measured), step)


def _take_amount(
    course: Course, dose: Dose, amount: Quantity, reason: str | None, step: Step
) -> bool:
    """Take another amount with its reason; ``False`` where it is none, or not all in hand."""
    if reason is None or not course.ward.policy.reason_allowed(NOT_WHOLE, reason):
        return False
    attempt = course.attempt(step.now)
    target, unit = target_amount(attempt), dose_unit(attempt)
    wanted = None if unit is None else in_unit(amount, unit, attempt)
    if wanted is None or wanted.value <= 0:
        return False
    if isinstance(target, TargetGap):
        return _instead_of_choosing(dose, target, wanted, reason)
    try:
        sums = tally(attempt, wanted)
    except UnitError:
        return False
    if sums is None or sums.total.value < wanted.value:
        return False
    dose.answers = replace(dose.answers, given_amount=wanted, given_reason=reason)
    return True


def _instead_of_choosing(dose: Dose, gap: TargetGap, wanted: Quantity, reason: str) -> bool:
    """Take the amount of a dose that could not be chosen, and was let pass so."""
    passed = any(r.code == "dose.choose" and r.cannot for r in dose.answers.releases)
    if gap not in {TargetGap.TO_CHOOSE, TargetGap.NO_WEIGHT} or not passed:
        return False
    dose.answers = replace(dose.answers, amount=wanted, given_reason=reason)
    return True


def save(
    course: Course,
    record: MedicationAdministration,
    step: Step,
    keep: Dose | None = None,
    closes: tuple[MedicationAdministration, ...] = (),
) -> None:
    """Write; only what is durable leaves the hand and is called given (rule 3)."""
    result = course.world.recorder.record(record, closes)
    course.forget_chart()
    if result.outcome is SaveOutcome.SAVED:
        step.record, step.verdict = result.record or record, None
        course.hand.dose = keep
        course.recorded = True
        return
    step.conflict = result.other
    refused = REFUSED_BY_SAVE[result.outcome]
    course.rejudge(step, refused=refused)
    if step.verdict is not None:
        told = _told(refused, record, result.other)
        step.verdict = replace(step.verdict, findings=(told, *step.verdict.findings))


def _told(
    refused: str, record: MedicationAdministration, other: MedicationAdministration | None
) -> Finding:
    """Say why a save was refused, with the other record where it ran into one."""
    serials = sorted(record.unit_serials & other.unit_serials) if other is not None else []
    return finding(
        refused,
        Severity.STOP,
        order=record.order_id,
        serial=next(iter(serials), None),
        given_at=None if other is None else other.given_at,
        given_by=None if other is None else other.giver_name,
    )


def _why_not_again(attempt: Attempt, status: RecordStatus) -> str | None:
    """Say that a slot holds this very answer already: a second tap is no second record.

    Who opened it again and held it after another look made a second decision.
    """
    standing = None if attempt.claim is None else attempt.claim.standing
    if standing is None or standing.state.value != status.value:
        return None
    return None if attempt.answers.reopened_slot == standing.slot.id else "time.reopen"


def _why_not_withheld(attempt: Attempt) -> str | None:
    """Say why a dose cannot be charted as held, refused or not given."""
    if attempt.order is None:
        return "drug.not-ordered"
    if any(isinstance(f, Finding) for f in role_may_give(attempt)):
        return "documentation.role"
    if attempt.claim is not None and attempt.claim.kind is ClaimKind.ALREADY_GIVEN:
        return "time.already-given"
    return None
