"""What a scan does to the pass: every code routed by its content, in every state."""

from collections.abc import Mapping
from dataclasses import replace
from typing import assert_never

from bcma.bedside.charting import give
from bcma.bedside.course import INCOMPLETE, NO_PATIENT, Course, Step
from bcma.bedside.hand import Dose
from bcma.bedside.scans import add_unit, only, unit_in_hand, without_effect
from bcma.bedside.typed import typed_identity, typed_unit
from bcma.model.people import BandScan, Kin, Patient
from bcma.model.record import ReleaseRecord
from bcma.model.scan import Badge, Barcode, Command, CommandCode, UnitCode, Wristband
from bcma.model.verdict import Finding, Severity, Verdict
from bcma.rules import BandInHand, UnitInHand, finding


def route(course: Course, code: Barcode, step: Step) -> None:
    """Let a code have its effect; of one without, say why it has none."""
    match code:
        case Wristband():
            _band(course, code, step)
        case UnitCode():
            _unit(course, unit_in_hand(code, course.world.drug_file, step.now), step)
        case CommandCode():
            _command(course, code.command, step)
        case Badge():
            _badge(course, code.badge, step)
        case _:
            step.verdict = only(without_effect(code, course.world.charts))


def open_by_hand(course: Course, typed: Mapping[str, str], reason: str, step: Step) -> None:
    """Open the one inpatient with whom two typed identifiers agree (hazard H06)."""
    identity = typed_identity(typed)
    found = () if identity is None else course.world.charts.find_inpatients(identity)
    if len(found) != 1:
        step.refused = "patient.unknown-band"
        return
    release = ReleaseRecord(code="patient.band-unreadable", reason=reason, at=step.now)
    _open(course, found[0].id, BandInHand(at=step.now, reason=reason), step, (release,))


def unit_by_hand(course: Course, typed: Mapping[str, str], reason: str, step: Step) -> None:
    """Take a unit whose code cannot be scanned; its reason releases the warning about it."""
    code = typed_unit(typed)
    if code is None:
        step.refused = "drug.unknown-code"
        return
    unit = unit_in_hand(code, course.world.drug_file, step.now, reason)
    _unit(course, unit, step)
    dose = course.hand.dose
    if dose is not None and isinstance(unit, UnitInHand):
        release = ReleaseRecord(
            code="drug.unscannable", subject=unit.key, reason=reason, at=step.now
        )
        dose.answers = replace(dose.answers, releases=(*dose.answers.releases, release))
        course.rejudge(step)


def take_back(course: Course, step: Step) -> None:
    """Take the last unit out of the dose in hand; without any left, nothing is in hand."""
    dose = course.hand.dose
    if dose is None:
        step.refused = INCOMPLETE
    elif len(dose.units) > 1:
        dose.units.pop()
        course.rejudge(step)
    else:
        course.hand.dose = None


def _band(course: Course, band: Wristband, step: Step) -> None:
    holder = course.world.charts.holder_of(band)
    if holder is None:
        step.verdict = only(finding("patient.unknown-band", band=band.value))
    elif course.hand.dose is not None and holder.id != course.hand.patient_id:
        _mismatch(course, holder, step)
    else:
        _open(course, holder.id, BandInHand(code=band, at=step.now), step)
        _tell_others(course, holder, band, step)


def _tell_others(course: Course, holder: Patient, band: Wristband, step: Step) -> None:
    """Let other stations know whose band is in use here, once it opened its patient.

    What keeps this from the disk keeps no dose back: the recorder logs it, and giving will say
    that nothing can be saved.
    """
    if course.session is not None and course.hand.patient_id == holder.id:
        course.world.recorder.band_scanned(
            BandScan(
                patient_id=holder.id,
                band=holder.band_value(band),
                station=course.ward.station,
                at=step.now,
                by_id=course.session.practitioner.id,
            )
        )


def _mismatch(course: Course, holder: Patient, step: Step) -> None:
    """Another patient's band in mid-dose: void what is in hand, leave nobody open (H01)."""
    chart = course.chart(step.now)
    patient = None if chart is None else chart.patient
    course.leave()
    step.verdict = only(
        finding(
            "patient.mismatch",
            patient=None if patient is None else patient.name,
            other_patient=holder.name,
            kin=Kin.NONE if patient is None else Kin.of(holder, to=patient),
        )
    )


def _open(
    course: Course,
    patient_id: str,
    band: BandInHand,
    step: Step,
    releases: tuple[ReleaseRecord, ...] = (),
) -> None:
    """Open a patient, or renew the scan of the one who is open.

    A band that nobody may release (void, discharged) opens nobody. Scanned for the patient
    who is open it changes nothing; for another one it leaves nobody open, as the nurse has
    turned to somebody else.
    """
    hand = course.hand
    same, before = hand.patient_id == patient_id, hand.band
    hand.open_patient(patient_id, band)
    hand.pass_releases += releases
    step.judged, step.verdict = course.judge(step.now)
    if not _is_barred(step.verdict):
        course.recorded = False
    elif same:
        hand.band = before
    else:
        course.leave()


def _is_barred(verdict: Verdict) -> bool:
    return any(
        f.code.startswith("patient.") and f.holds_back and f.severity is Severity.STOP
        for f in verdict.findings
        if not f.release
    )


def _unit(course: Course, unit: UnitInHand | Finding, step: Step) -> None:
    if isinstance(unit, Finding):
        step.verdict = only(unit)
        return
    hand = course.hand
    if hand.patient_id is None:
        step.refused = NO_PATIENT
        return
    hand.dose = hand.dose or Dose()
    course.recorded = False
    again = add_unit(hand.dose, unit)
    course.rejudge(step)
    if again is not None and step.verdict is not None:
        step.verdict = replace(step.verdict, findings=(again, *step.verdict.findings))


def _badge(course: Course, badge: str, step: Step) -> None:
    """Lock the station when somebody else's badge is read: they sign in next (hazard H83).

    While a witness is asked for, the badge is the witness's; the PIN is still to come.
    """
    course.rejudge(step)
    holder = course.world.authenticator.practitioner(badge)
    own = holder is not None and holder.id == course.giver.practitioner.id
    asked = step.verdict is not None and step.verdict.open_finding("documentation.witness")
    if not own and not asked:
        course.locked, course.session = course.session, None
        step.verdict = None


def _command(course: Course, command: Command, step: Step) -> None:
    match command:
        case Command.GIVE:
            give(course, step)
        case Command.BACK:
            take_back(course, step)
        case Command.HOLD | Command.REFUSE | Command.WITNESS | Command.UNDO:
            # These need a reason or a person first: the window asks for it in place.
            course.rejudge(step, refused=INCOMPLETE)
        case _:
            assert_never(command)
