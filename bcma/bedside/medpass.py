"""The medication pass: a state machine that turns scans and answers into records.

One open patient, one dose in hand. Every verb returns the :class:`PassState` after it; no
verb raises for anything that a user, a reader or the chart can cause.
"""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Final

from bcma.barcode import parse
from bcma.bedside.acts import Act, BackEntry, GiveFirst
from bcma.bedside.afterwards import act_on
from bcma.bedside.answering import open_question, take_answer
from bcma.bedside.back_entry import back_enter
from bcma.bedside.charting import give, withhold
from bcma.bedside.course import INCOMPLETE, NO_PATIENT, SIGNED_OUT, Course, Step
from bcma.bedside.emergency import give_first
from bcma.bedside.hand import Dose
from bcma.bedside.near_miss import NearMisses
from bcma.bedside.question import Question
from bcma.bedside.releasing import release_of
from bcma.bedside.routing import open_by_hand, route, take_back, unit_by_hand
from bcma.bedside.scans import only
from bcma.bedside.state import PassState
from bcma.bedside.unread import acknowledge
from bcma.bedside.world import Proof, Ward, World
from bcma.model.audited import AuditKind
from bcma.model.order import MedicationRequest
from bcma.model.people import Session
from bcma.model.ports import SignInFailure
from bcma.model.quantity import Quantity
from bcma.model.record import RecordStatus
from bcma.model.scan import BadCode
from bcma.model.verdict import Finding, Severity
from bcma.rules import Answers, finding

#: Findings about patient and chart: any release of theirs holds for the whole pass.
_OF_THE_PASS: Final = frozenset(
    {
        "patient.other-ward",
        "patient.band-elsewhere",
        "patient.band-unreadable",
        "patient.not-admitted",
        "drug.allergies-unknown",
        "documentation.orders-stale",
        "documentation.other-station",
    }
)
#: Asks to which the table of findings gives a release: its reason may be given either way.
_ASKS_WITH_RELEASE: Final = frozenset({"drug.container-empty"})


class MedPass:
    """A medication pass at one station; verbs run one after another on one thread."""

    def __init__(self, ward: Ward, world: World) -> None:
        self._course = Course(ward, world)
        self._near_misses = NearMisses(self._course)

    # --- people ------------------------------------------------------------------------

    def state(self) -> PassState:
        """Give the pass as it stands now, judged afresh; changes nothing."""
        return self._end(self._course.look())

    def sign_in(self, badge: str, pin: str) -> PassState:
        """Check badge and PIN and enter; slow on purpose, see :meth:`enter`."""
        world = self._course.world
        return self.enter(world.authenticator.sign_in(badge, pin, world.clock.now()))

    def enter(self, result: Session | SignInFailure) -> PassState:
        """Take the answer of an authenticator, who may have been asked on another thread.

        The same person resumes the pass where it was left; another one ends it.
        """
        course = self._course
        step = course.look()
        if isinstance(result, SignInFailure):
            step.sign_in_failure, step.refused = result, SIGNED_OUT
            return self._end(step)
        before = course.session or course.locked
        if before is not None and before.practitioner.id != result.practitioner.id:
            course.ends(AuditKind.SIGN_OUT)
            course.leave()
        course.session, course.locked, course.last_act = result, None, step.now
        return self._end(step)

    def sign_out(self) -> PassState:
        """End the session; whatever was in hand and not recorded is void."""
        self._course.ends(AuditKind.SIGN_OUT)
        self._course.session = self._course.locked = None
        self._course.leave()
        return self.state()

    def lock(self) -> PassState:
        """Lock the station; the same person resumes where they were."""
        course = self._course
        course.ends(AuditKind.LOCK)
        course.locked, course.session = course.session or course.locked, None
        return self.state()

    # --- scans -------------------------------------------------------------------------

    def scan(self, text: str) -> PassState:
        """Route one scan by its content."""
        course = self._course
        step = course.begin()
        if step.refused is not None:
            step.verdict = only(finding(SIGNED_OUT))
            return self._end(step)
        ward = course.ward
        today = step.now.astimezone(ward.zone).date()
        code = parse(text, ward.formats, zone=ward.zone, today=today)
        step.misread = code if isinstance(code, BadCode) else None
        route(course, code, step)
        return self._end(step)

    def unable_to_scan(self, what: str, reason: str, typed: Mapping[str, str]) -> PassState:
        """Identify a patient (``band``) or a unit by hand, with a coded reason."""
        course = self._course
        step = course.begin()
        if step.refused is None:
            if not course.ward.policy.reason_allowed("unable_to_scan", reason):
                step.refused = INCOMPLETE
            elif what == "band":
                open_by_hand(course, typed, reason, step)
            else:
                unit_by_hand(course, typed, reason, step)
        return self._end(step)

    # --- the dose ----------------------------------------------------------------------

    def open_order(self, order_id: str) -> PassState:
        """Pick the order where several fit, or for a dose without a scan."""
        course = self._course
        step = course.begin()
        if step.refused is None:
            self._open_order(_plain(order_id), step)
        return self._end(step)

    def acknowledge(self, orders: Iterable[MedicationRequest]) -> PassState:
        """Keep that this ward has read orders as they stand, as in a batch at shift start."""
        step = self._course.begin()
        if step.refused is None:
            acknowledge(self._course, step, orders)
        return self._end(step)

    def answer(self, code: str, value: object) -> PassState:
        """Answer an ask in place."""
        step = self._course.begin()
        if step.refused is None:
            taken = self._answer(code, value, step)
            self._course.rejudge(step, refused=None if taken else code)
        return self._end(step)

    def release(self, code: str, proof: Proof, *, cannot: bool = False) -> PassState:
        """Let a finding pass: a warning or releasable stop, or an ask that cannot be answered.

        Every open finding of the code is released that the proof suffices for.
        """
        course = self._course
        step = course.begin()
        if step.refused is None:
            held = {
                found.subject: found
                for _, verdict in course.verdicts(step.now)
                for found in verdict.findings
                if found.code == code and found.holds_back and _may_release(found, cannot=cannot)
            }
            released = [found for found in held.values() if self._release(found, proof)]
            course.rejudge(step, refused=None if released else code)
        return self._end(step)

    def give(self, amount: Quantity | None = None, reason: str | None = None) -> PassState:
        """Chart the dose as given; in part with an amount and a reason."""
        step = self._course.begin()
        if step.refused is None:
            give(self._course, step, amount, reason)
        return self._end(step)

    def withhold(self, status: RecordStatus, reason: str, order_id: str | None) -> PassState:
        """Chart a dose as held, refused or not given, with a coded reason."""
        step = self._course.begin()
        if step.refused is None:
            withhold(self._course, step, status, reason, order_id and _plain(order_id))
        return self._end(step)

    def back_enter(self, entry: BackEntry) -> PassState:
        """Chart a dose that was given on paper; what checks find is reported only."""
        step = self._course.begin()
        if step.refused is None:
            back_enter(self._course, step, entry)
        return self._end(step)

    def give_first(self, first: GiveFirst) -> PassState:
        """Chart a dose on the prescriber's word, before its order exists."""
        step = self._course.begin()
        if step.refused is None:
            give_first(self._course, step, first)
        return self._end(step)

    def act_on(self, event_id: str | None, act: Act) -> PassState:
        """Do something about a record that was made before, named by its event."""
        step = self._course.begin()
        if step.refused is None:
            act_on(self._course, step, event_id, act)
        return self._end(step)

    def take_back(self) -> PassState:
        """Take the last unit out of the dose in hand."""
        step = self._course.begin()
        if step.refused is None:
            take_back(self._course, step)
        return self._end(step)

    # --- steps -------------------------------------------------------------------------

    def _end(self, step: Step) -> PassState:
        """Give the state after a step; a wrong dose that it ended is told of."""
        return self._near_misses.after(self._course.show(step))

    def _open_order(self, order_id: str, step: Step) -> None:
        course = self._course
        chart = course.chart(step.now)
        order = None if chart is None else chart.order(order_id)
        if order is None:
            course.rejudge(step, refused=NO_PATIENT if chart is None else "drug.not-ordered")
            return
        dose = course.hand.dose or Dose()
        if dose.order_id not in (None, order.id):
            # What was answered was about the other order.
            dose.answers = Answers(releases=dose.answers.releases)
        dose.order_id, dose.shown_version = order.id, order.version
        course.hand.dose, course.recorded = dose, False
        course.rejudge(step)

    def _answer(self, code: str, value: object, step: Step) -> bool:
        course = self._course
        dose = course.hand.dose
        for attempt, verdict in course.verdicts(step.now):
            found = open_question(code, verdict)
            if found is not None and dose is not None:
                question = Question(
                    found=found, attempt=attempt, dose=dose, giver=course.giver, world=course.world
                )
                taken = take_answer(question, value)
                course.forget_chart()  # an acknowledgement is kept on the chart
                return taken
        return False

    def _release(self, found: Finding, proof: Proof) -> bool:
        course = self._course
        dose = course.hand.dose
        release = release_of(found, proof, course.giver, course.world, course.ward)
        if release is None:
            return False
        # What is found before there is a dose is about the patient: it holds for all doses.
        if dose is None or release.whole_pass or found.code in _OF_THE_PASS:
            course.hand.pass_releases += (release,)
        else:
            dose.answers = replace(dose.answers, releases=(*dose.answers.releases, release))
        return True


def _may_release(found: Finding, *, cannot: bool) -> bool:
    if found.severity is not Severity.ASK:
        return not cannot
    return cannot or found.code in _ASKS_WITH_RELEASE


def _plain(reference: str) -> str:
    return reference.removeprefix("MedicationRequest/")
