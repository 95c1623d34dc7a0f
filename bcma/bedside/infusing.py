"""What is done about an infusion that runs: each act is a new version of its record."""

from collections.abc import Iterable
from dataclasses import replace
from typing import Final, assert_never

from bcma.bedside.charting import give
from bcma.bedside.course import INCOMPLETE, Course, Step
from bcma.bedside.infusion_acts import (
    AcceptInfusion,
    ChangeBag,
    ChangeRate,
    GiveBolus,
    InfusionAct,
    PauseInfusion,
    ResumeInfusion,
    StopInfusion,
)
from bcma.bedside.infusion_checks import StandingOrder
from bcma.bedside.infusions import ended, run_through, volume_refused, went_in
from bcma.bedside.releasing import release_of, second_person
from bcma.bedside.versions import ROLE, write_version
from bcma.bedside.world import Proof
from bcma.model.drug import Medication
from bcma.model.people import Session
from bcma.model.quantity import Quantity, UnitError
from bcma.model.record import Infusion, MedicationAdministration, RecordStatus
from bcma.model.verdict import Finding
from bcma.rules import Second, finding
from bcma.rules.alert import needs_second_person
from bcma.rules.content import converted_by
from bcma.rules.documentation import may_give
from bcma.rules.rate_units import rate_in
from bcma.rules.weight import weight_of
from bcma.rules.witness import is_independent

#: Another patient than the infusion's is open: the nurse stands at another bed.
MISMATCH: Final = "patient.mismatch"
WITNESS: Final = "documentation.witness"
_BAND: Final = frozenset({"patient.rescan"})


def act_on_infusion(
    course: Course,
    step: Step,
    session: Session,
    record: MedicationAdministration,
    act: InfusionAct,
) -> None:
    """Do something about a running infusion; about anything else nothing can be done."""
    if not may_give(session.practitioner):
        step.refused = ROLE
        return
    if record.status is not RecordStatus.RUNNING:
        step.refused = INCOMPLETE
        return
    if course.is_with_another(record.patient_id):
        step.refused = MISMATCH
        return
    if isinstance(act, ChangeBag):
        _change_bag(course, step, record, act)
        return
    changed = _Change(course, step, session, record).by(act)
    if isinstance(changed, str):
        step.refused = changed
    else:
        write_version(course, step, session, changed)


def _change_bag(
    course: Course, step: Step, record: MedicationAdministration, act: ChangeBag
) -> None:
    """Answer with the volume of the running bag and give the one in hand, of the same order."""
    dose, attempt = course.hand.dose, course.attempt(step.now)
    event = record.event_id or ""
    of_this_order = any(r.event_id == event for r in attempt.records_of_chain())
    if dose is None or act.volume is None or not of_this_order:
        step.refused = INCOMPLETE
        return
    if volume_refused(record, act.volume, attempt.drugs):
        step.refused = INCOMPLETE
        return
    before = dose.answers
    dose.answers = replace(before, closing={**before.closing, event: act.volume})
    give(course, step)
    if step.refused is not None:
        dose.answers = before


class _Change:
    """One act on one record: the record as it leaves it, or why it has no effect."""

    def __init__(
        self, course: Course, step: Step, session: Session, record: MedicationAdministration
    ) -> None:
        self._course, self._step, self._session = course, step, session
        self._record = record
        self._infusion = record.infusion or Infusion()
        self._standing = StandingOrder(course, session, record)

    def by(
        self,
        act: StopInfusion
        | ChangeRate
        | PauseInfusion
        | ResumeInfusion
        | GiveBolus
        | AcceptInfusion,
    ) -> MedicationAdministration | str:
        """Give the changed record, or the code for which the act is refused."""
        match act:
            case StopInfusion():
                return self._stop(act)
            case ChangeRate(rate, proof):
                return self._set_rate(rate, proof)
            case PauseInfusion(reason):
                return self._pause(reason)
            case ResumeInfusion():
                return self._resume(act.proof)
            case GiveBolus(amount, proof):
                return self._bolus(amount, proof)
            case AcceptInfusion():
                return self._accept(act)
            case _:
                assert_never(act)

    def _stop(self, act: StopInfusion) -> MedicationAdministration | str:
        """End it: run through where all of it went in, else stopped; unknown needs a reason."""
        if act.reason is not None and not self._allowed("stop_infusion", act.reason):
            return INCOMPLETE
        if act.volume is None:
            if act.reason is None:
                return INCOMPLETE
            return replace(self._ended(RecordStatus.STOPPED, None), reason=act.reason)
        if act.volume.value < 0 or volume_refused(self._record, act.volume, self._drugs()):
            return INCOMPLETE
        amount = went_in(self._record, act.volume, self._drugs())
        if act.reason is None and self._is_whole(amount):
            return run_through(self._record, amount, self._step.now)
        reason = act.reason or self._record.reason
        return replace(self._ended(RecordStatus.STOPPED, amount), reason=reason)

    def _set_rate(self, rate: Quantity, proof: Proof) -> MedicationAdministration | str:
        """Set the rate; above the order's it is the prescriber's (hazard H43)."""
        ordered = self._standing.rates
        if rate.value <= 0:
            return INCOMPLETE
        if ordered is None:
            return "dose.rate-unordered"
        limit = ordered[1]
        try:
            rate = rate_in(rate, limit.unit, self._drugs(), weight_of(self._standing.attempt))
        except UnitError:
            return "dose.unit-unknown"
        stops = self._standing.against_more()
        if rate.value > limit.value:
            too_fast = finding("dose.rate", subject=str(rate), value=rate, limit=limit)
            stops = (*stops, too_fast)
        return self._released(self._set(replace(self._infusion, rate=rate)), stops, proof)

    def _pause(self, reason: str | None) -> MedicationAdministration | str:
        if self._infusion.paused or (reason and not self._allowed("pause", reason)):
            return INCOMPLETE
        paused = self._set(replace(self._infusion, paused=True))
        return replace(paused, reason=reason or self._record.reason)

    def _resume(self, proof: Proof) -> MedicationAdministration | str:
        if not self._infusion.paused:
            return INCOMPLETE
        if self._standing.order is None:
            return "drug.not-ordered"  # an order that is not known here allows nothing
        again = self._set(replace(self._infusion, paused=False))
        return self._released(again, self._standing.against_more(), proof)

    def _bolus(self, amount: Quantity, proof: Proof) -> MedicationAdministration | str:
        """Give some at once; what no bolus of the order covers is the prescriber's."""
        if amount.value <= 0 or self._infusion.paused or not self._is_left(amount):
            return INCOMPLETE
        # A bolus is a dose of its own: it wants the patient's band as every dose does.
        stops = self._standing.against_more(besides=_BAND)
        most = self._standing.most_at_once
        try:
            asked = amount if most is None else converted_by(amount, most.unit, self._drugs())
        except UnitError:
            return "dose.unit-unknown"
        if most is None or asked.value > most.value:
            beyond = finding(
                "dose.out-of-order", subject=str(amount), amount=amount, low=None, high=most
            )
            stops = (*stops, beyond)
        witness = self._witness(proof)
        if witness is None and needs_second_person(self._standing.attempt):
            return WITNESS
        boluses = (*self._infusion.boluses, amount)
        changed = self._set(replace(self._infusion, boluses=boluses))
        changed = replace(changed, witness_id=witness or changed.witness_id)
        return self._released(changed, stops, proof)

    def _witness(self, proof: Proof) -> str | None:
        """Give who stands beside the giver, by own badge and PIN."""
        if proof.witness is None:
            return None
        person = second_person(proof.witness, self._course.world)
        if person is None:
            return None
        second = Second(practitioner=person, proven=True, at=self._step.now)
        return person.id if is_independent(self._standing.attempt, second) else None

    def _accept(self, act: AcceptInfusion) -> MedicationAdministration | str:
        """Take it over as it is found at the bed; another rate than on record is a change of it."""
        if act.rest is not None and (act.rest.value < 0 or not self._is_left(act.rest)):
            return INCOMPLETE
        found = self._record if act.rate is None else self._set_rate(act.rate, Proof())
        if isinstance(found, str):
            return found
        infusion = replace(
            found.infusion or Infusion(),
            rest=act.rest,
            ward=self._course.ward.code,
            accepted_by=self._session.practitioner.id,
            accepted_at=self._step.now,
        )
        return replace(found, infusion=infusion)

    def _released(
        self, changed: MedicationAdministration, stops: Iterable[Finding], proof: Proof
    ) -> MedicationAdministration | str:
        """Give the changed record with the stops that somebody let pass, else a stop's code."""
        course = self._course
        for stop in stops:
            release = release_of(stop, proof, self._session, course.world, course.ward)
            if release is None:
                return stop.code
            changed = replace(
                changed,
                findings=(*changed.findings, stop.as_released()),
                releases=(*changed.releases, release),
            )
        return changed

    def _set(self, infusion: Infusion) -> MedicationAdministration:
        return replace(self._record, infusion=infusion)

    def _ended(self, status: RecordStatus, amount: Quantity | None) -> MedicationAdministration:
        return ended(self._record, status, amount, self._step.now)

    def _is_whole(self, amount: Quantity) -> bool:
        planned = self._record.amount
        if planned is None or not amount.convertible_to(planned.unit):
            return False
        return amount.to(planned.unit).value >= planned.value

    def _allowed(self, act: str, reason: str) -> bool:
        return self._course.ward.policy.reason_allowed(act, reason)

    def _is_left(self, amount: Quantity) -> bool:
        """Tell whether the bag can have held so much; of no known content anything."""
        if self._record.amount is None:
            return True
        return not volume_refused(self._record, amount, self._drugs())

    def _drugs(self) -> tuple[Medication, ...]:
        order = self._standing.order
        named = {self._record.medication_id, *(u.medication_id for u in self._record.units)}
        known = tuple(m for m in self._standing.chart.medications if m.id in named)
        return known if order is None else (*known, order.medication)
