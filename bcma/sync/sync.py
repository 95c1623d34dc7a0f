"""One synchronisation after another, each explicit about what it reached."""

import logging
from collections.abc import Iterable
from datetime import datetime, timedelta
from threading import Event, Lock
from typing import Final

from bcma.emr.capabilities import Capabilities
from bcma.emr.deliver import Writer
from bcma.emr.errors import EmrError, Throttled
from bcma.emr.fhir_client import FhirClient, Found
from bcma.model.ports import Clock
from bcma.model.scan import Wristband
from bcma.store import Loss, Store
from bcma.sync import gone
from bcma.sync.audit_lane import exchange
from bcma.sync.polling import PatientPoller
from bcma.sync.progress import CancelledError, OnProgress, Watch, unwatched
from bcma.sync.pull import Puller
from bcma.sync.push import Pusher
from bcma.sync.reconcile import Nightly, Reconciled, Reconciler, last_done, note_done, note_undone
from bcma.sync.report import Pulled, SyncReport

_log = logging.getLogger(__name__)
#: So long at most a server is left alone at its own wish (Retry-After); a person may ask before.
_LONGEST_QUIET: Final = timedelta(minutes=5)
#: So long reading rests after a person broke it off; orders must not grow old unseen.
REST: Final = timedelta(minutes=5)
#: Setting of the store: where the EMR is that was read last.
_ADDRESS: Final = "emr-address"
#: A clock that goes back by less than this was only measured otherwise.
_PUT_BACK: Final = timedelta(minutes=1)
#: A comparison that failed is tried again after this long, though pulls go on.
_AGAIN: Final = timedelta(minutes=15)


class Sync:
    """Keeps a store and an EMR together.

    Called from one worker thread, or step by step by a simulation. Pulls come first, so that
    what is sent was judged by what is known.
    """

    def __init__(
        self, store: Store, client: FhirClient, clock: Clock, nightly: Nightly | None = None
    ) -> None:
        self._store = store
        self._client = client
        self._clock = clock
        self._capabilities: Capabilities | None = None
        self._writer: Writer | None = None
        self._quiet_until: datetime | None = None
        self._rests_until: datetime | None = None
        self._turn = Lock()
        self._opened: str | None = None
        self._nightly = nightly
        self._looked_at: datetime | None = None
        self._last_at: datetime | None = None
        self._on_progress: OnProgress = lambda _: None
        self._cancelled = Event()

    def tell_progress(self, told: OnProgress) -> None:
        """Tell of every page that is read; ``told`` is called on the thread that reads."""
        self._on_progress = told

    def cancel(self) -> None:
        """Break off what is being read, after the page that is under way; may be called anywhere.

        What was read is kept. Polls rest from reading for a while, and go on delivering; then,
        after :meth:`resume` or by :meth:`sync_now`, it goes on from there. Where nothing is being
        read, the next exchange ends after its first page.
        """
        self._cancelled.set()

    def resume(self) -> None:
        """Let the next poll go on reading what was broken off; may be called anywhere."""
        self._rests_until = None

    @property
    def rests_until(self) -> datetime | None:
        """Give when reading goes on by itself; ``None`` where it was not broken off."""
        until = self._rests_until
        return until if _goes_on(until, self._clock.now(), REST) else None

    def sync_now(self) -> SyncReport:
        """Pull and push once, whatever the back-off.

        An EMR that cannot be reached is no exception: the report says so.

        Raises:
            StoreError: the station's own disk failed.
        """
        return self._sync(ignore_backoff=True)

    def poll(self) -> SyncReport:
        """Pull, and push what is not waiting for its back-off to end.

        Raises:
            StoreError: the station's own disk failed.
        """
        return self._sync(ignore_backoff=False)

    def pull(self) -> Pulled:
        """Read what has changed on the EMR.

        Raises:
            EmrError: it could not be asked; what came before is kept.
            CancelledError: it was broken off (:meth:`cancel`); what came before is kept.
            StoreError: the station's own disk failed.
        """
        return self._pull(whole=True)

    def _pull(self, *, whole: bool) -> Pulled:
        """Read what changed, where the EMR can tell it, else patient by patient.

        ``whole`` reads every patient, else as many as one poll should.
        """
        able, watch = self._able(), self._watch()
        self._heed_address()
        if able.has_last_updated:
            return Puller(self._store, self._client, watch).pull(able)
        poller = PatientPoller(self._store, self._client, watch)
        return poller.poll(able, self._clock.now(), opened=self._opened, whole=whole)

    def _watch(self) -> Watch:
        return Watch(self._on_progress, self._cancelled)

    @property
    def attended(self) -> str | None:
        """Give the patient who is read first."""
        return self._opened

    def attend(self, patient_id: str | None) -> None:
        """Read this patient first from now on, where patients are read one by one."""
        self._opened = patient_id

    def reconcile(self) -> Reconciled:
        """Compare everything that is mirrored with what the EMR holds.

        Raises:
            ServerShrankError: too much is gone; nothing was marked, and orders are not called
                fresh until it is there again or :meth:`accept_deletions` was called.
            EmrError: it could not be asked to the end; nothing was marked as deleted.
            CancelledError: it was broken off (:meth:`cancel`).
            StoreError: the station's own disk failed.
        """
        now = self._clock.now()
        if self._able().has_last_updated:
            return Reconciler(self._store, self._client, self._watch()).run(self._able(), now)
        pulled = self._pull(whole=True)  # it finds what was deleted by itself
        note_done(self._store, now)
        return Reconciled(fetched=pulled.news)

    def accept_deletions(self, losses: Iterable[Loss], *, by: str, at: datetime) -> bool:
        """Believe the EMR at the next comparison: a person knows why so much is gone.

        Args:
            losses: what the person was shown; where more is gone by then, it is not believed.
            by: id of the person, for the audit trail.
            at: the present.

        Returns:
            ``False``: nothing is missing any more.

        Raises:
            StoreError: nothing was accepted.
        """
        accepted = self._store.losses.accept(losses, by=by, at=at)
        self.compare_again()
        return accepted

    def compare_again(self) -> None:
        """Look at the next exchange, not later, whether the EMR is whole; callable anywhere."""
        self._looked_at = None

    def lookup_band(self, band: Wristband) -> bool:
        """Ask the EMR for the holder of a band that is not known here, and read the patient in.

        ``False``: nobody holds it, or the EMR could not be asked; both leave it unknown.

        Raises:
            StoreError: the station's own disk failed.
        """
        system = self._store.dialect.wristband
        try:
            either = ",".join(f"{system}|{value}" for value in sorted(band.values))
            found = self._client.search_all("Patient", {"identifier": either})
            for patient in found:
                self._read_in(patient)
        except EmrError as failed:
            _log.warning("band not asked of the EMR: %s", failed.code)
            return False
        return self._store.charts.holder_of(band) is not None

    def _read_in(self, patient: Found) -> None:
        able, patient_id = self._able(), str(patient.resource.get("id"))
        if able.has_last_updated:
            Puller(self._store, self._client).patient(able, [patient], patient_id)
        else:
            PatientPoller(self._store, self._client, unwatched()).read(able, patient_id)

    def clock_offset(self) -> timedelta | None:
        """Give the server's clock minus this machine's, as last measured."""
        return self._client.clock_offset

    def _sync(self, *, ignore_backoff: bool) -> SyncReport:
        pulled, unread, failure = Pulled(), None, ""
        pusher = Pusher(self._store, self._client, self._clock.now)
        self._heed_clock()
        if not ignore_backoff and self._is_asked_to_wait():
            return self._report(pulled, pusher, Throttled.code)
        with self._turn:
            try:
                is_new = not self._store.cursors() and self._store.orders_as_of() is None
                reads = ignore_backoff or self.rests_until is None
                if reads:
                    pulled, unread = self._read(whole=ignore_backoff)
                self._tell_issues()
                writer = self._writes()
                pusher.push(writer, ignore_backoff=ignore_backoff)
                exchange(self._store, self._client, writer, self._clock.now())
                if unread is not None:
                    raise unread
                if reads:
                    self._reconcile_in_time(is_new=is_new)
                else:
                    failure = CancelledError.code
            except EmrError as failed:
                _log.warning("not in step with the EMR: %s", failed.code)
                failure = failed.code
                self._capabilities = None  # ask again when it is back: it may be another one
                self._heed(failed)
            except CancelledError as ended:
                failure = ended.code
                self._rests_until = self._clock.now() + REST
            finally:
                self._cancelled.clear()
        return self._report(pulled, pusher, failure)

    def _read(self, *, whole: bool) -> tuple[Pulled, EmrError | None]:
        """Pull; a failure is given back where records may be delivered all the same.

        A search that the server cannot do, a link that leads elsewhere or an EMR that lacks
        too much is no reason to keep from it, and from the other stations, what was given.

        Raises:
            EmrError: the server is not there, or asked to be left alone.
            CancelledError: it was broken off.
        """
        try:
            return self._pull(whole=whole), None
        except Throttled:
            raise
        except EmrError as failed:
            if self._capabilities is None:
                raise
            self._capabilities = None  # who answers now has to say again what it is
            return Pulled(), failed

    def _report(self, pulled: Pulled, pusher: Pusher, failure: str) -> SyncReport:
        waiting = self._store.outbox.waiting()
        return SyncReport(
            pulled=pulled,
            delivered=pusher.delivered,
            unsent=waiting.unsent,
            problems=waiting.problems,
            as_of=self._store.orders_as_of(),
            clock_offset=self._client.clock_offset,
            failure=failure,
        )

    def _reconcile_in_time(self, *, is_new: bool) -> None:
        """Compare the whole once a night, and what did not go well again after a while.

        Raises:
            ServerShrankError: as long as the server is found with too little.
        """
        now, last = self._clock.now(), last_done(self._store)
        if is_new and last is None:
            note_done(self._store, now)  # everything was read a moment ago
        elif self._nightly is not None and (
            gone.shrank(self._store) or self._nightly.is_due(last, now)
        ):
            if self._looked_at is None or abs(now - self._looked_at) >= _AGAIN:
                self._looked_at = now
                self.reconcile()
                self._looked_at = None
            elif gone.shrank(self._store):
                raise gone.ServerShrankError(self._store.losses.found())

    def _heed(self, failed: EmrError) -> None:
        """Leave a server alone that asked for it, yet not so long that orders grow old unseen."""
        if isinstance(failed, Throttled) and failed.retry_after is not None:
            asked = min(failed.retry_after, _LONGEST_QUIET.total_seconds())
            self._quiet_until = self._clock.now() + timedelta(seconds=asked)

    def _heed_address(self) -> None:
        """Read another EMR from its beginning, and compare soon what the one before it held.

        Raises:
            StoreError: the station's own disk failed.
        """
        before, now = self._store.setting(_ADDRESS), self._client.address
        if before == now:
            return
        if before is not None:
            _log.warning("another address of the EMR: all is read anew")
            self._store.begin_anew()
            note_undone(self._store)
        self._store.set_setting(_ADDRESS, now)

    def _heed_clock(self) -> None:
        """End all back-off where the clock was put back: until the old time nothing would be sent.

        Raises:
            StoreError: the station's own disk failed.
        """
        before, self._last_at = self._last_at, self._clock.now()
        if before is not None and before - self._last_at >= _PUT_BACK:
            _log.warning("the clock was put back: no record waits for what it said before")
            self._store.outbox.wait_no_longer()

    def _is_asked_to_wait(self) -> bool:
        return _goes_on(self._quiet_until, self._clock.now(), _LONGEST_QUIET)

    def _tell_issues(self) -> None:
        """Put on its way what showed only now: doses charted twice, or under a stopped order."""
        for issue in self._store.issues.to_tell():
            _log.warning("to be looked into: %s event=%s", type(issue).__name__, issue.event_id)
            self._store.recorder.file(issue)

    def _able(self) -> Capabilities:
        if self._capabilities is None:
            self._capabilities = self._client.capabilities()
        return self._capabilities

    def _writes(self) -> Writer:
        """Give what writes to this server: what it learns of it holds as long as its words."""
        able = self._able()
        if self._writer is None or self._writer.capabilities is not able:
            self._writer = Writer(self._client, able, self._store.dialect)
        return self._writer


def _goes_on(until: datetime | None, now: datetime, longest: timedelta) -> bool:
    """Tell whether a wait goes on; none outlasts what it may, though the clock was put back."""
    return until is not None and timedelta(0) < until - now <= longest
