"""The medication pass: a state machine that turns scans and answers into records.

One open patient, one dose in hand. Every verb returns the :class:`PassState` after it; no
verb raises for anything that a user, a reader or the chart can cause.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from types import MappingProxyType
from typing import Final

from bcma.barcode import parse
from bcma.bedside.answering import Question, take_answer
from bcma.bedside.hand import Dose, Hand
from bcma.bedside.recording import given_record, withheld_record
from bcma.bedside.releasing import release_of
from bcma.bedside.scans import add_unit, band_in_hand, only, unit_in_hand, without_effect
from bcma.bedside.show import dose_in_hand, due_rows, stay_of
from bcma.bedside.state import PassState, Phase
from bcma.bedside.typed import typed_identity, typed_unit
from bcma.bedside.world import Proof, Ward, World
from bcma.model.chart import Chart
from bcma.model.people import Patient, Session
from bcma.model.ports import SaveOutcome, SaveResult, SignInFailure
from bcma.model.quantity import Quantity
from bcma.model.record import MedicationAdministration, RecordStatus, ReleaseRecord
from bcma.model.scan import BadCode, Barcode, Command, CommandCode, UnitCode, Wristband
from bcma.model.slot import ClaimKind
from bcma.model.verdict import Finding, Severity, Verdict
from bcma.rules import Attempt, BandInHand, UnitInHand, finding, judge
from bcma.rules.documentation import role_may_give

#: Why a verb had no effect where no finding of a dose says it.
SIGNED_OUT: Final = "documentation.signed-out"
NO_PATIENT: Final = "patient.rescan"
NO_DOSE: Final = "documentation.incomplete"
_REFUSED_BY_SAVE: Final[Mapping[SaveOutcome, str]] = MappingProxyType(
    {
        SaveOutcome.ORDER_CHANGED: "drug.order-changed",
        SaveOutcome.SLOT_TAKEN: "time.already-given",
        SaveOutcome.UNIT_TAKEN: "drug.unit-used",
        SaveOutcome.NOT_SAVED: "documentation.not-saved",
    }
)
#: Findings about patient and chart: one release holds for the whole pass.
_OF_THE_PASS: Final = frozenset(
    {
        "patient.other-ward",
        "patient.band-elsewhere",
        "patient.band-unreadable",
        "patient.not-admitted",
        "documentation.orders-stale",
    }
)
_ACTS: Final[Mapping[RecordStatus, str]] = MappingProxyType(
    {
        RecordStatus.HELD: "hold",
        RecordStatus.REFUSED: "refuse",
        RecordStatus.NOT_GIVEN: "not_given",
    }
)


@dataclass(slots=True)
class _Step:
    """What the step now running has to report."""

    now: datetime
    verdict: Verdict | None = None
    refused: str | None = None
    record: MedicationAdministration | None = None
    conflict: MedicationAdministration | None = None
    misread: BadCode | None = None
    sign_in_failure: SignInFailure | None = None


@dataclass(slots=True)
class MedPass:
    """A medication pass at one station; verbs run one after another on one thread."""

    ward: Ward
    world: World
    _hand: Hand = field(init=False)
    _session: Session | None = field(init=False, default=None)
    _locked: Session | None = field(init=False, default=None)
    _last_act: datetime | None = field(init=False, default=None)
    _recorded: bool = field(init=False, default=False)

    def __post_init__(self) -> None:
        self._hand = Hand(self.ward, self.world.drug_file)

    # --- people ------------------------------------------------------------------------

    def state(self) -> PassState:
        """Give the pass as it stands now, judged afresh; changes nothing."""
        step = _Step(self.world.clock.now())
        self._lock_when_idle(step.now)
        return self._show(step)

    def sign_in(self, badge: str, pin: str) -> PassState:
        """Check badge and PIN and enter; slow on purpose, see :meth:`enter`."""
        now = self.world.clock.now()
        return self.enter(self.world.authenticator.sign_in(badge, pin, now))

    def enter(self, result: Session | SignInFailure) -> PassState:
        """Take the answer of an authenticator that was asked on another thread.

        The same person resumes the pass where it was left; another one ends it.
        """
        step = _Step(self.world.clock.now())
        if isinstance(result, SignInFailure):
            self._lock_when_idle(step.now)
            step.sign_in_failure, step.refused = result, SIGNED_OUT
            return self._show(step)
        before = self._session or self._locked
        if before is not None and before.practitioner.id != result.practitioner.id:
            self._leave()
        self._session, self._locked, self._last_act = result, None, step.now
        return self._show(step)

    def sign_out(self) -> PassState:
        """End the session; whatever was in hand and not recorded is void."""
        self._session = self._locked = None
        self._leave()
        return self.state()

    def lock(self) -> PassState:
        """Lock the station; the same person resumes where they were."""
        self._locked, self._session = self._session or self._locked, None
        return self.state()

    # --- scans -------------------------------------------------------------------------

    def scan(self, text: str) -> PassState:
        """Route one scan by its content."""
        step = self._begin()
        if step.refused is not None:
            step.verdict = only(finding(SIGNED_OUT))
            return self._show(step)
        today = step.now.astimezone(self.ward.zone).date()
        code = parse(text, self.ward.formats, zone=self.ward.zone, today=today)
        step.misread = code if isinstance(code, BadCode) else None
        inert = without_effect(code, self.world.charts)
        if inert is None:
            self._route(code, step)
        else:
            step.verdict = only(inert)
        return self._show(step)

    def unable_to_scan(self, what: str, reason: str, typed: Mapping[str, str]) -> PassState:
        """Identify a patient or a unit by hand, with a coded reason."""
        step = self._begin()
        if step.refused is None:
            if not self.ward.policy.reason_allowed("unable_to_scan", reason):
                step.refused = NO_DOSE
            elif what == "band":
                self._open_by_hand(typed, reason, step)
            else:
                self._unit_by_hand(typed, reason, step)
        return self._show(step)

    # --- the dose ----------------------------------------------------------------------

    def open_order(self, order_id: str) -> PassState:
        """Pick the order where several fit, or for a dose without a scan."""
        step = self._begin()
        if step.refused is None:
            self._open_order(order_id.removeprefix("MedicationRequest/"), step)
        return self._show(step)

    def answer(self, code: str, value: object) -> PassState:
        """Answer an ask in place."""
        step = self._begin()
        if step.refused is None:
            found, attempt = self._open_finding(code, step)
            dose, giver = self._hand.dose, self._session
            taken = (
                found is not None
                and found.severity is Severity.ASK
                and dose is not None
                and giver is not None
                and take_answer(
                    Question(
                        found=found, attempt=attempt, dose=dose, giver=giver, world=self.world
                    ),
                    value,
                )
            )
            self._rejudge(step, refused=None if taken else code)
        return self._show(step)

    def release(self, code: str, proof: Proof, *, cannot: bool = False) -> PassState:
        """Let a finding pass: a warning or releasable stop, or an ask that cannot be answered."""
        step = self._begin()
        if step.refused is None:
            released = any(
                self._release(found, proof)
                for found in self._judge(step.now)[1].findings
                if found.code == code
                and found.holds_back
                and (found.severity is Severity.ASK) == cannot
            )
            self._rejudge(step, refused=None if released else code)
        return self._show(step)

    def give(self, amount: Quantity | None = None, reason: str | None = None) -> PassState:
        """Chart the dose as given; in part with an amount and a reason."""
        step = self._begin()
        if step.refused is None:
            self._give(amount, reason, step)
        return self._show(step)

    def withhold(self, status: RecordStatus, reason: str, order_id: str | None) -> PassState:
        """Chart a dose as held, refused or not given, with a coded reason."""
        step = self._begin()
        if step.refused is None:
            self._withhold(status, reason, order_id, step)
        return self._show(step)

    def take_back(self) -> PassState:
        """Take the last unit out of the dose in hand."""
        step = self._begin()
        if step.refused is None:
            self._take_back(step)
        return self._show(step)

    # --- what a scan does --------------------------------------------------------------

    def _route(self, code: Barcode, step: _Step) -> None:
        match code:
            case Wristband():
                self._band(code, step)
            case UnitCode():
                self._unit(unit_in_hand(code, self.world.drug_file, step.now), step)
            case CommandCode():
                self._command(code.command, step)
            case _:
                # A badge while somebody is signed in: the window asks "witness or take over?".
                self._rejudge(step)

    def _band(self, band: Wristband, step: _Step) -> None:
        holder = self.world.charts.holder_of(band)
        if holder is None:
            step.verdict = only(finding("patient.unknown-band", band=band.value))
            return
        if self._hand.dose is not None and holder.id != self._hand.patient_id:
            self._mismatch(holder, step)
            return
        required = self.ward.policy.band_instance_required
        self._open(
            holder.id,
            band_in_hand(band, holder, step.now, instance_required=required),
            step,
        )

    def _mismatch(self, holder: Patient, step: _Step) -> None:
        """Another patient's band in mid-dose: void what is in hand, leave nobody open (H01)."""
        chart = self._chart(step.now)
        patient = None if chart is None else chart.patient.name
        self._leave()
        step.verdict = only(finding("patient.mismatch", patient=patient, other_patient=holder.name))

    def _open(self, patient_id: str, band: BandInHand, step: _Step) -> None:
        """Open a patient by a band, or renew the scan of the one who is open."""
        before = (self._hand.patient_id, self._hand.band, self._hand.dose)
        self._hand.open_patient(patient_id, band)
        verdict = self._judge(step.now)[1]
        if any(f.severity is Severity.STOP and not f.release for f in _about_patient(verdict)):
            if before[0] == patient_id:
                self._hand.patient_id, self._hand.band, self._hand.dose = before
            else:
                self._leave()
        else:
            self._recorded = False
        step.verdict = verdict

    def _unit(self, unit: UnitInHand | Finding, step: _Step) -> None:
        if isinstance(unit, Finding):
            step.verdict = only(unit)
            return
        if self._hand.patient_id is None:
            step.refused = NO_PATIENT
            return
        self._hand.dose = self._hand.dose or Dose()
        self._recorded = False
        again = add_unit(self._hand.dose, unit)
        self._rejudge(step)
        if again is not None and step.verdict is not None:
            step.verdict = replace(step.verdict, findings=(again, *step.verdict.findings))

    def _command(self, command: Command, step: _Step) -> None:
        match command:
            case Command.GIVE:
                self._give(None, None, step)
            case Command.BACK:
                self._take_back(step)
            case Command.HOLD | Command.REFUSE | Command.WITNESS | Command.UNDO:
                # These need a reason or a person first: the window asks for it in place.
                step.refused = NO_DOSE
                self._rejudge(step, refused=NO_DOSE)

    def _take_back(self, step: _Step) -> None:
        dose = self._hand.dose
        if dose is None or not dose.units:
            self._hand.dose = None
            step.refused = NO_DOSE
            return
        dose.units.pop()
        if dose.units:
            self._rejudge(step)
        else:
            self._hand.dose = None

    # --- by hand -----------------------------------------------------------------------

    def _open_by_hand(self, typed: Mapping[str, str], reason: str, step: _Step) -> None:
        identity = typed_identity(typed)
        found = () if identity is None else self.world.charts.find_inpatients(identity)
        if len(found) != 1:
            step.refused = "patient.unknown-band"
            return
        band = BandInHand(at=step.now, reason=reason)
        self._hand.open_patient(found[0].id, band)
        self._hand.pass_releases += (
            ReleaseRecord(code="patient.band-unreadable", reason=reason, at=step.now),
        )
        self._open(found[0].id, band, step)

    def _unit_by_hand(self, typed: Mapping[str, str], reason: str, step: _Step) -> None:
        code = typed_unit(typed)
        if code is None:
            step.refused = "drug.unknown-code"
            return
        unit = unit_in_hand(code, self.world.drug_file, step.now, reason)
        self._unit(unit, step)
        if self._hand.dose is not None and isinstance(unit, UnitInHand):
            release = ReleaseRecord(
                code="drug.unscannable", subject=unit.key, reason=reason, at=step.now
            )
            answers = self._hand.dose.answers
            self._hand.dose.answers = replace(answers, releases=(*answers.releases, release))
            self._rejudge(step)

    def _open_order(self, order_id: str, step: _Step) -> None:
        chart = self._chart(step.now)
        order = None if chart is None else chart.order(order_id)
        if order is None:
            self._rejudge(step, refused=NO_PATIENT if chart is None else "drug.not-ordered")
            return
        self._hand.dose = self._hand.dose or Dose(by_hand=True)
        self._hand.dose.order_id = order.id
        self._hand.dose.shown_version = order.version
        self._recorded = False
        self._rejudge(step)

    # --- records -----------------------------------------------------------------------

    def _give(self, amount: Quantity | None, reason: str | None, step: _Step) -> None:
        dose, session = self._hand.dose, self._session
        if dose is None or session is None:
            step.refused = NO_DOSE
            return
        before = dose.answers
        if amount is not None and not self._give_less(dose, amount, reason, step):
            return
        attempt, verdict = self._judge(step.now)
        step.verdict = verdict
        held = [f for f in verdict.findings if f.holds_back]
        if held or attempt.order is None:
            worst = max(held, key=lambda f: f.severity, default=None)
            step.refused = NO_DOSE if worst is None else worst.code
            dose.answers = before
            return
        record = given_record(attempt, verdict, session, self.ward.station)
        self._save(record, step)

    def _give_less(self, dose: Dose, amount: Quantity, reason: str | None, step: _Step) -> bool:
        """Take a smaller amount with its reason; ``False`` where it is none."""
        shown = dose_in_hand(self._attempt(step.now))
        total = None if shown is None else shown.total
        allowed = reason is not None and self.ward.policy.reason_allowed(NOT_WHOLE, reason)
        fits = total is not None and amount.convertible_to(total.unit) and amount.value > 0
        if not (allowed and fits and total and amount.to(total.unit).value <= total.value):
            self._rejudge(step, refused=NOT_WHOLE)
            return False
        dose.answers = replace(dose.answers, given_amount=amount, given_reason=reason)
        return True

    def _withhold(
        self, status: RecordStatus, reason: str, order_id: str | None, step: _Step
    ) -> None:
        session = self._session
        order_id = order_id.removeprefix("MedicationRequest/") if order_id else None
        dose = Dose(order_id=order_id) if order_id else self._hand.dose
        if session is None or self._hand.patient_id is None:
            step.refused = NO_PATIENT
            return
        if dose is None or not self.ward.policy.reason_allowed(_ACTS[status], reason):
            step.refused = NO_DOSE
            return
        attempt = self._attempt(step.now, dose)
        refused = _why_not_withheld(attempt)
        if refused is not None:
            step.refused = refused
            return
        if order_id is None or self._hand.dose is None or self._hand.dose.order_id == order_id:
            self._hand.dose = None
        record = withheld_record(attempt, status, reason, session, self.ward.station)
        self._save(record, step)

    def _save(self, record: MedicationAdministration, step: _Step) -> None:
        """Write; only what is durable leaves the hand and is called given (rule 3)."""
        result: SaveResult = self.world.recorder.record(record)
        if result.outcome is SaveOutcome.SAVED:
            step.record = result.record or record
            self._hand.dose = None
            self._recorded = True
            return
        step.conflict = result.other
        self._rejudge(step, refused=_REFUSED_BY_SAVE[result.outcome])
        if step.verdict is not None and step.refused is not None:
            told = finding(step.refused, Severity.STOP)
            step.verdict = replace(step.verdict, findings=(told, *step.verdict.findings))

    # --- judging -----------------------------------------------------------------------

    def _release(self, found: Finding, proof: Proof) -> bool:
        if self._session is None:
            return False
        release = release_of(found, proof, self._session, self.world, self.ward.policy)
        if release is None:
            return False
        if found.code in _OF_THE_PASS:
            self._hand.pass_releases += (release,)
        elif self._hand.dose is not None:
            answers = self._hand.dose.answers
            self._hand.dose.answers = replace(answers, releases=(*answers.releases, release))
        else:
            return False
        return True

    def _open_finding(self, code: str, step: _Step) -> tuple[Finding | None, Attempt]:
        attempt, verdict = self._judge(step.now)
        return verdict.open_finding(code), attempt

    def _rejudge(self, step: _Step, refused: str | None = None) -> None:
        """Judge what is in hand and report it; without a patient there is nothing to judge."""
        step.refused = refused
        if self._hand.dose is not None:
            step.verdict = self._judge(step.now)[1]

    def _judge(self, now: datetime, dose: Dose | None = None) -> tuple[Attempt, Verdict]:
        attempt = self._attempt(now, dose)
        return attempt, judge(attempt)

    def _attempt(self, now: datetime, dose: Dose | None = None) -> Attempt:
        return self._hand.attempt(self._chart(now), self._session, now, dose)

    def _chart(self, now: datetime) -> Chart | None:
        if self._hand.patient_id is None:
            return None
        return self.world.charts.chart(self._hand.patient_id, now)

    # --- steps -------------------------------------------------------------------------

    def _begin(self) -> _Step:
        step = _Step(self.world.clock.now())
        self._lock_when_idle(step.now)
        if self._session is None:
            step.refused = SIGNED_OUT
        else:
            self._last_act = step.now
        return step

    def _lock_when_idle(self, now: datetime) -> None:
        idle = self._last_act is not None and now - self._last_act > self.ward.policy.idle_lock
        if self._session is not None and idle:
            self._locked, self._session = self._session, None

    def _leave(self) -> None:
        self._hand.close_patient()
        self._recorded = False

    def _phase(self) -> Phase:
        if self._session is None:
            return Phase.SIGNED_OUT
        if self._hand.patient_id is None:
            return Phase.NEED_PATIENT
        if self._hand.dose is not None:
            return Phase.JUDGED
        return Phase.RECORDED if self._recorded else Phase.NEED_DRUG

    def _show(self, step: _Step) -> PassState:
        attempt = self._attempt(step.now)
        standing = judge(attempt) if attempt.is_dose else None
        return PassState(
            phase=self._phase(),
            now=step.now,
            session=self._session,
            patient=None if attempt.chart is None else attempt.chart.patient,
            encounter=stay_of(attempt),
            chart=attempt.chart,
            band_at=None if self._hand.band is None else self._hand.band.at,
            dose=dose_in_hand(attempt),
            verdict=step.verdict,
            standing_verdict=standing,
            record=None if step.record is None else step.record.status,
            written=step.record,
            refused=step.refused,
            misread=None if step.misread is None else step.misread.reason,
            sign_in_failure=step.sign_in_failure,
            conflict=step.conflict,
            due=due_rows(attempt),
        )


#: Giving less than the dose is explained under the ask that it answers.
NOT_WHOLE: Final = "dose.incomplete"


def _about_patient(verdict: Verdict) -> tuple[Finding, ...]:
    return tuple(f for f in verdict.findings if f.code.startswith("patient.") and f.holds_back)


def _why_not_withheld(attempt: Attempt) -> str | None:
    """Say why a dose cannot be charted as held, refused or not given."""
    if attempt.order is None:
        return "drug.not-ordered"
    if any(isinstance(f, Finding) for f in role_may_give(attempt)):
        return "documentation.role"
    if attempt.claim is not None and attempt.claim.kind is ClaimKind.ALREADY_GIVEN:
        return "time.already-given"
    return None
