"""The composition root: one workstation, built from its configuration.

The only door that the window, `bcma simulate` and `bcma replay` use. Verbs of the pass run
one after another, in milliseconds, off the network; the sync thread is the only other one
that touches the store.
"""

import logging
from collections.abc import Callable, Iterable, Mapping
from datetime import datetime
from threading import RLock
from types import TracebackType
from typing import Self

import httpx

from bcma.access import StationAuthenticator
from bcma.app import wiring
from bcma.app.ahead import ReadAhead
from bcma.app.bands import Bands
from bcma.app.clock import CorrectedClock, keep_offset, offset_before
from bcma.app.custody import Custody
from bcma.app.delivery import DeliveryDesk
from bcma.app.exchange import ExchangeDesk
from bcma.app.safety import SafetyDesk
from bcma.app.said import badge_pin, person, plain_value
from bcma.app.values import Health, WardRow
from bcma.app.worklist import Desks, Worklist, read_worklist
from bcma.bedside import Due, MedPass, PassState, Proof, Ward, World
from bcma.bedside.acts import Act, BackEntry, GiveFirst
from bcma.bedside.due import due_list
from bcma.bedside.orders import OrderBook
from bcma.bedside.unread import UnreadOrder, unread_orders
from bcma.config import Config, Language
from bcma.errors import BcmaError
from bcma.model.people import Patient, Practitioner
from bcma.model.ports import Clock
from bcma.model.quantity import Quantity
from bcma.model.record import RecordStatus
from bcma.policy import Policy
from bcma.sync import OnProgress, SyncReport, SyncWorker
from bcma.wording import Wording

_log = logging.getLogger(__name__)


class Station:
    """One workstation, from opening its store to :meth:`close`.

    Args:
        config: its settings.
        clock: server-corrected time.
        policy: the site's policy; left out, it is read from the configured file.
        transport: what carries HTTP, for a network that a simulation switches.
        knowledge_absent: runs without a drug knowledge pack on purpose, and says so.

    Raises:
        bcma.store.StoreError: the store cannot be used; it was not touched.
        bcma.policy.PolicyError: the policy has mistakes; it names all of them.
    """

    def __init__(
        self,
        config: Config,
        clock: Clock,
        *,
        policy: Policy | None = None,
        transport: httpx.BaseTransport | None = None,
        knowledge_absent: bool = False,
    ) -> None:
        self.config = config
        self.policy = policy or wiring.site_policy(config.policy_file)
        self.formats = wiring.formats_of(config)
        self.store = wiring.open_store(config, clock.now())
        self.clock = CorrectedClock(clock, self.policy.clock_off, offset_before(self.store))
        self._http = wiring.http_of(config, transport)
        client = wiring.client_of(config, self._http, clock)
        self._sync = wiring.sync_of(config, self.store, client, self.clock)
        self._worker: SyncWorker | None = None
        self._last_sync: SyncReport | None = None
        self._broken = ""
        self._authenticator = StationAuthenticator(
            self.store.staff, self.clock, wiring.pins_of(config)
        )
        # Signing in checks a slow hash on a worker; every other verb runs on one thread.
        self._turn = RLock()
        self._pass = MedPass(
            Ward(
                code=config.ward,
                station=config.station,
                zone=config.zone,
                policy=self.policy,
                formats=self.formats,
                knowledge_absent=knowledge_absent,
            ),
            World(
                self.store.charts,
                self.store.drugs,
                self.store.recorder,
                self._authenticator,
                self.clock,
            ),
        )
        #: what the EMR refused, and what a person decides about it
        self.delivery = DeliveryDesk(self.store, self.clock, self._signed_in, self._wake)
        #: bands of people who are not known here: scanning one asks the EMR
        self.bands = Bands(self._sync, self.store, self.clock, self.formats, config.zone)
        #: a store that was restored or copied, and who has seen it
        self.custody = Custody(self.store, self.clock, self._signed_in)
        #: doses charted twice or under a stopped order, and what a person says about them
        self.safety = SafetyDesk(self.store, self._signed_in, self.act_on)
        #: reading from the EMR: broken off, gone on with, and believed when it suddenly lacks much
        self.exchange = ExchangeDesk(
            self._sync, self.store, self.clock, self._signed_in, self._wake
        )

    def __enter__(self) -> Self:
        """Give the station itself."""
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Close."""
        self.close()

    def close(self) -> None:
        """End delivery and close the store; what is not delivered waits in the outbox."""
        if self._worker is not None:
            self._sync.cancel()
            self._worker.stop()
        self._http.close()
        self.store.close()

    def wording(self, language: Language | None = None) -> Wording:
        """Give the words of a language, the configured one if left out."""
        reasons = self.policy.site_reasons
        return Wording(language or self.config.language, self.config.zone, reasons)

    # --- people ------------------------------------------------------------------------

    def enrol(self, badge: str, pin: str, by: str = "") -> None:
        """Let the person with this badge sign in here with this PIN.

        Raises:
            bcma.access.EnrolError: no active member of staff has this badge.
        """
        self._authenticator.enrol(badge, pin, by)

    def sign_in(self, badge: str, pin: str) -> PassState:
        """Check badge and PIN; slow on purpose, so a window calls it on a worker."""
        result = self._authenticator.sign_in(badge, pin, self.clock.now())
        with self._turn:
            return self._pass.enter(result)

    def sign_out(self) -> PassState:
        """End the session."""
        with self._turn:
            return self._attended(self._pass.sign_out())

    def lock(self) -> PassState:
        """Lock the station; the same person resumes where they were."""
        with self._turn:
            return self._pass.lock()

    # --- the pass ----------------------------------------------------------------------

    def state(self) -> PassState:
        """Give the pass as it stands now."""
        with self._turn:
            return self._pass.state()

    def scan(self, text: str) -> PassState:
        """Route one scan by its content.

        A band that this station does not know is asked of the EMR first, while it is there.
        """
        self.bands.learn(text)
        with self._turn:
            return self._attended(self._pass.scan(text))

    def unable_to_scan(self, what: str, reason: str, typed: Mapping[str, str]) -> PassState:
        """Identify a patient (``band``) or a unit by hand, with a coded reason."""
        with self._turn:
            return self._attended(self._pass.unable_to_scan(what, reason, typed))

    def open_order(self, order: str) -> PassState:
        """Pick an order, by id or reference."""
        with self._turn:
            return self._pass.open_order(order)

    def answer(
        self,
        code: str,
        value: object = None,
        *,
        cannot: str | None = None,
        prescriber: tuple[str, str] | str | None = None,
        witness: tuple[str, str] | None = None,
    ) -> PassState:
        """Answer an ask, or say with a coded reason why it cannot be answered."""
        with self._turn:
            if cannot is None:
                return self._pass.answer(code, plain_value(code, value))
            proof = Proof(reason=cannot, prescriber=person(prescriber), witness=badge_pin(witness))
            return self._pass.release(code, proof, cannot=True)

    def release(
        self,
        code: str,
        *,
        reason: str | None = None,
        prescriber: tuple[str, str] | str | None = None,
        pharmacist: tuple[str, str] | None = None,
        witness: tuple[str, str] | None = None,
    ) -> PassState:
        """Let a warning or a releasable stop pass."""
        proof = Proof(
            reason=reason,
            prescriber=person(prescriber),
            pharmacist=badge_pin(pharmacist),
            witness=badge_pin(witness),
        )
        with self._turn:
            return self._pass.release(code, proof)

    def release_for_pass(self, code: str, reason: str) -> PassState:
        """Let a warning pass wherever it repeats in the pass of this patient."""
        with self._turn:
            return self._pass.release(code, Proof(reason=reason, whole_pass=True))

    def give(self, amount: Quantity | None = None, reason: str | None = None) -> PassState:
        """Chart the dose as given, in part with an amount and a reason."""
        with self._turn:
            return self._told(self._pass.give(amount, reason))

    def hold(self, order: str | None, reason: str) -> PassState:
        """Chart the dose as held."""
        return self._withhold(RecordStatus.HELD, order, reason)

    def refuse(self, order: str | None, reason: str) -> PassState:
        """Chart the dose as refused by the patient."""
        return self._withhold(RecordStatus.REFUSED, order, reason)

    def not_given(self, order: str | None, reason: str) -> PassState:
        """Chart the dose as not given."""
        return self._withhold(RecordStatus.NOT_GIVEN, order, reason)

    def back_enter(self, entry: BackEntry) -> PassState:
        """Chart a dose that was given on paper."""
        with self._turn:
            return self._told(self._pass.back_enter(entry))

    def give_first(self, first: GiveFirst) -> PassState:
        """Chart a dose on the prescriber's word, before its order exists."""
        with self._turn:
            return self._told(self._pass.give_first(first))

    def act_on(self, event_id: str | None, act: Act) -> PassState:
        """Do something about a record that was made before: correct it, tell what it did.

        ``None``, or an event that is not known here, is refused: there is no such record.
        """
        with self._turn:
            return self._told(self._pass.act_on(event_id, act))

    def take_back(self) -> PassState:
        """Take the last unit out of the dose in hand."""
        with self._turn:
            return self._pass.take_back()

    # --- the ward ----------------------------------------------------------------------

    def patients(self) -> tuple[WardRow, ...]:
        """Give the inpatients of this station's ward, with what is due."""
        now = self.clock.now()
        rows = (self._ward_row(p, now) for p in self.store.charts.inpatients(self.config.ward))
        return tuple(sorted(rows, key=lambda row: (row.bed, row.patient.name)))

    def unread_orders(self, patient: str | None = None) -> tuple[UnreadOrder, ...]:
        """Give the orders that this ward has not read: of all its inpatients, or of one patient.

        Where the policy wants none acknowledged, none is unread.
        """
        if not self.policy.acknowledge_orders:
            return ()
        now, charts = self.clock.now(), self.store.charts
        named = (
            [p.id for p in charts.inpatients(self.config.ward)] if patient is None else [patient]
        )
        return tuple(row for name in named for row in unread_orders(charts.chart(name, now)))

    def acknowledge(self, read: Iterable[UnreadOrder]) -> PassState:
        """Keep that this ward has read these orders, in one go."""
        with self._turn:
            return self._pass.acknowledge(row.order for row in read)

    # --- delivery ----------------------------------------------------------------------

    def sync_now(self) -> SyncReport:
        """Pull and push once, whatever the back-off."""
        return self._synced(self._sync.sync_now())

    def start_sync(self, changed: Callable[[], None], progress: OnProgress | None = None) -> None:
        """Pull and deliver in the background.

        On that thread ``changed`` is called after every exchange, and ``progress`` after every
        page that is read.
        """
        if progress is not None:
            self._sync.tell_progress(progress)

        def succeeded(report: SyncReport) -> None:
            self._synced(report)
            changed()

        def failed(error: BcmaError) -> None:
            self._broken = error.code
            changed()

        seconds = self.config.emr.poll.total_seconds()
        exchange = ReadAhead(self._sync.poll, self.store, self.clock)
        self._worker = SyncWorker(exchange, succeeded, failed, seconds=seconds)
        self._worker.start()

    def health(self) -> Health:
        """Give how this station stands with the EMR; for a worker, as it reads whole charts."""
        waiting, last = self.store.outbox.waiting(), self._last_sync
        return Health(
            orders_as_of=self.store.orders_as_of(self._sync.attended),
            reached=False if self._broken else None if last is None else last.reached,
            unsent=waiting.unsent,
            problems=waiting.problems,
            failure=self._broken or ("" if last is None else last.failure),
            clock_offset=None if last is None else last.clock_offset,
            notices=self.safety.concerning_me(),
            setback=self.custody.notice(),
            journal_failure=self.store.journal_failure,
            signing_failure=self.store.signing_failure,
            rests_until=self.exchange.rests_until,
        )

    def worklist(self) -> Worklist:
        """Give what waits for a person, with names; for a worker, as it reads whole charts."""
        desks = Desks(self.delivery, self.safety, self.exchange)
        return read_worklist(self.store, desks, self.clock.now())

    # --- steps -------------------------------------------------------------------------

    def _synced(self, report: SyncReport) -> SyncReport:
        """Take what an exchange with the EMR told, the server's time included."""
        self._last_sync, self._broken = report, ""
        if self.clock.measured(report.clock_offset) and self.clock.offset is not None:
            keep_offset(self.store, self.clock.offset)
            if abs(self.clock.offset) > self.policy.clock_off:
                _log.warning("clock off by %d s", self.clock.offset.total_seconds())
        return report

    def _withhold(self, status: RecordStatus, order: str | None, reason: str) -> PassState:
        with self._turn:
            return self._told(self._pass.withhold(status, reason, order))

    def _told(self, state: PassState) -> PassState:
        """Wake the delivery when something was recorded or told."""
        if state.record is not None or state.filed is not None:
            self._wake()
        return state

    def _wake(self) -> None:
        if self._worker is not None:
            self._worker.wake()

    def _signed_in(self) -> Practitioner | None:
        with self._turn:
            session = self._pass.state().session
        return None if session is None else session.practitioner

    def _attended(self, state: PassState) -> PassState:
        """Let the EMR be asked for the open patient first."""
        self._sync.attend(None if state.patient is None else state.patient.id)
        return state

    def _ward_row(self, patient: Patient, now: datetime) -> WardRow:
        chart = self.store.charts.chart(patient.id, now)
        rows = due_list(OrderBook(chart, now, self.policy, self.config.zone))
        beds = (e.bed for e in chart.encounters if e.bed)
        return WardRow(
            patient=patient,
            bed=next(beds, ""),
            overdue=sum(row.due is Due.OVERDUE for row in rows),
            due=sum(row.due is Due.DUE for row in rows),
        )
