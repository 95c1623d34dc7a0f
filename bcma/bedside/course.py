"""The course of a pass: who is here, what is in hand, and how it is judged and shown.

The verbs of :class:`bcma.bedside.medpass.MedPass` work on it; nothing else changes it.
"""

from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Final, NamedTuple

from bcma.bedside.chained import ChainedOrders
from bcma.bedside.due import DueList
from bcma.bedside.hand import Dose, Hand
from bcma.bedside.orders import OrderBook
from bcma.bedside.show import dose_in_hand
from bcma.bedside.state import PassState, Phase
from bcma.bedside.world import Ward, World
from bcma.model.audited import AuditKind
from bcma.model.chart import Chart
from bcma.model.events import CareEvent
from bcma.model.people import Session
from bcma.model.ports import SignInFailure
from bcma.model.record import MedicationAdministration, ReleaseRecord
from bcma.model.scan import BadCode
from bcma.model.verdict import Finding, Verdict
from bcma.rules import Attempt, judge
from bcma.rules.attempt import BandInHand
from bcma.rules.effect import effects_due
from bcma.rules.patient import current_stay

#: Why a verb had no effect where no finding of a dose says it.
SIGNED_OUT: Final = "documentation.signed-out"
NO_PATIENT: Final = "patient.rescan"
INCOMPLETE: Final = "documentation.incomplete"


@dataclass(slots=True)
class Step:
    """What the step now running has to report.

    ``judged`` is what its verdict was judged from; a code without effect is not judged. What is
    ``reported`` was found afterwards and holds nothing back.
    """

    now: datetime
    verdict: Verdict | None = None
    judged: Attempt | None = None
    refused: str | None = None
    reported: tuple[Finding, ...] = ()
    record: MedicationAdministration | None = None
    filed: CareEvent | None = None
    conflict: MedicationAdministration | None = None
    misread: BadCode | None = None
    sign_in_failure: SignInFailure | None = None


class _Inputs(NamedTuple):
    """What an attempt is made of: of the same, the same one, within a step judged and shown."""

    now: datetime
    session: Session | None
    book: OrderBook | None
    band: BandInHand | None
    pass_releases: tuple[ReleaseRecord, ...]
    dose: Dose | None


@dataclass(slots=True)
class Course:
    """Everything that a pass remembers between two steps.

    Attributes:
        session: who is signed in.
        locked: who was, when the station locked itself: they resume where they were.
        last_act: when the session was last used.
        recorded: the last dose of the open patient was recorded, nothing is in hand since.
    """

    ward: Ward
    world: World
    hand: Hand = field(init=False)
    session: Session | None = None
    locked: Session | None = None
    last_act: datetime | None = None
    recorded: bool = False
    _book: OrderBook | None = field(init=False, default=None)
    _chained: ChainedOrders | None = field(init=False, default=None)
    _made: tuple[_Inputs, Attempt] | None = field(init=False, default=None)
    _judged: tuple[Attempt, Verdict] | None = field(init=False, default=None)

    def __post_init__(self) -> None:
        self.hand = Hand(self.ward, self.world.drug_file)

    def begin(self) -> Step:
        """Begin an act of the person who is signed in; refused where nobody is."""
        step = self.look()
        if self.session is None:
            step.refused = SIGNED_OUT
        else:
            self.last_act = step.now
        return step

    @property
    def giver(self) -> Session:
        """Give who acts in this step.

        Raises:
            LookupError: nobody; :meth:`begin` refused the step, and its act goes no further.
        """
        if self.session is None:
            raise LookupError(SIGNED_OUT)
        return self.session

    def ends(self, how: AuditKind) -> None:
        """Note that the session of whoever is signed in ends, or is locked."""
        if self.session is not None:
            person, now = self.session.practitioner.id, self.world.clock.now()
            self.world.authenticator.left(person, how, now)

    def look(self) -> Step:
        """Begin a step that nobody acts in; an idle session is locked by it.

        What was in hand waits for the same person; the round is over, and its reasons with it.
        """
        step = Step(self.world.clock.now())
        self.forget_chart()
        self.hand.refresh_units()
        idle = self.last_act is not None and step.now - self.last_act > self.ward.policy.idle_lock
        if self.session is not None and idle:
            self.ends(AuditKind.LOCK)
            self.locked, self.session = self.session, None
            self.hand.pass_releases = ()
        self._see_who_is_here()
        return step

    def _see_who_is_here(self) -> None:
        """Look the person up anew: a role may have changed, or ended since signing in.

        Whose last role ended is signed out, and what was in hand is void.
        """
        if self.session is None:
            return
        person = self.world.authenticator.standing(self.session.practitioner.id)
        if person is None:
            self.ends(AuditKind.SIGN_OUT)
            self.session = None
            self.leave()
        else:
            self.session = replace(self.session, practitioner=person)

    def is_with_another(self, patient_id: str) -> bool:
        """Tell whether another patient is open: the act would be done at the wrong bed."""
        return self.hand.patient_id not in {None, patient_id}

    def leave(self) -> None:
        """Leave no patient open and nothing in hand."""
        self.hand.close_patient()
        self.recorded = False

    def chart(self, now: datetime) -> Chart | None:
        """Read the open patient's chart as this station knows it now."""
        book = self.book(now)
        return None if book is None else book.chart

    def book(self, now: datetime) -> OrderBook | None:
        """Give the open patient's orders as they stand now; read once a step."""
        patient_id = self.hand.patient_id
        if patient_id is None:
            return None
        if self._book is None or self._book.chart.patient.id != patient_id:
            chart = self.world.charts.chart(patient_id, now)
            self._book = OrderBook(chart, now, self.ward.policy, self.ward.zone, self._chained)
            self._chained = self._book.chained
        return self._book

    def forget_chart(self) -> None:
        """Read the chart anew at the next look: something was written."""
        self._book = self._made = None

    def attempt(self, now: datetime, dose: Dose | None = None) -> Attempt:
        """Give what is in hand (or another dose of the same patient) as a value."""
        book = self.book(now)
        if self._made is None or self._made[0] != self._inputs(book, now, dose):
            attempt = self.hand.attempt(book, self.session, now, dose)
            attempt = replace(attempt, clock_offset=self.world.clock.offset)
            # read after it: looking ties the dose to the one order that fits
            self._made = self._inputs(book, now, dose), attempt
        return self._made[1]

    def _inputs(self, book: OrderBook | None, now: datetime, dose: Dose | None) -> _Inputs:
        dose = dose or self.hand.dose
        held = None if dose is None else replace(dose, units=list(dose.units))
        hand = self.hand
        return _Inputs(now, self.session, book, hand.band, hand.pass_releases, held)

    def judge(self, now: datetime) -> tuple[Attempt, Verdict]:
        """Judge what is in hand on a chart read now."""
        attempt = self.attempt(now)
        return attempt, self._verdict(attempt)

    def verdicts(self, now: datetime) -> tuple[tuple[Attempt, Verdict], ...]:
        """Judge what is in hand, and with it the other amount that was not let be given."""
        attempt, verdict = self.judge(now)
        wanted = None if self.hand.dose is None else self.hand.dose.wanted
        if wanted is None:
            return ((attempt, verdict),)
        other = replace(attempt, answers=replace(attempt.answers, given_amount=wanted))
        return (attempt, verdict), (other, judge(other))

    def _verdict(self, attempt: Attempt) -> Verdict:
        """Judge; a function of the attempt alone, so the same one is not judged twice."""
        if self._judged is None or self._judged[0] != attempt:
            self._judged = attempt, judge(attempt)
        return self._judged[1]

    def rejudge(self, step: Step, refused: str | None = None) -> None:
        """Judge the dose in hand and report it; without one there is nothing to judge."""
        step.refused = refused
        if self.hand.dose is not None:
            step.judged, step.verdict = self.judge(step.now)

    @property
    def phase(self) -> Phase:
        """Give where the pass stands."""
        if self.session is None:
            return Phase.SIGNED_OUT
        if self.hand.patient_id is None:
            return Phase.NEED_PATIENT
        if self.hand.dose is not None:
            return Phase.JUDGED
        return Phase.RECORDED if self.recorded else Phase.NEED_DRUG

    def show(self, step: Step) -> PassState:
        """Give the state after a step, for shells to draw."""
        attempt, book = self.attempt(step.now), self.book(step.now)
        standing = self._verdict(attempt) if attempt.is_dose else None
        return PassState(
            phase=self.phase,
            now=step.now,
            session=self.session,
            patient=None if attempt.chart is None else attempt.chart.patient,
            encounter=current_stay(attempt),
            chart=attempt.chart,
            band_at=None if self.hand.band is None else self.hand.band.at,
            dose=dose_in_hand(attempt),
            verdict=step.verdict,
            judged=step.judged,
            standing_verdict=standing,
            standing=attempt,
            record=None if step.record is None else step.record.status,
            written=step.record,
            filed=step.filed,
            refused=step.refused,
            reported=step.reported,
            misread=None if step.misread is None else step.misread.reason,
            sign_in_failure=step.sign_in_failure,
            conflict=step.conflict,
            to_link=() if attempt.chart is None else attempt.chart.history.without_order,
            due=() if book is None else DueList(book),
            effects_due=() if book is None else effects_due(book.chart, book.policy, step.now),
        )
