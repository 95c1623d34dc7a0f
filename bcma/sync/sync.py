"""One synchronisation after another, each explicit about what it reached."""

import logging
from datetime import timedelta
from threading import Event, Lock

from bcma.emr.capabilities import Capabilities
from bcma.emr.deliver import Writer
from bcma.emr.errors import EmrError
from bcma.emr.fhir_client import FhirClient
from bcma.model.ports import Clock
from bcma.model.scan import Wristband
from bcma.store import Store
from bcma.sync.audit_lane import exchange
from bcma.sync.progress import CancelledError, OnProgress, Watch
from bcma.sync.pull import Puller
from bcma.sync.push import Pusher
from bcma.sync.report import Pulled, SyncReport

_log = logging.getLogger(__name__)


class Sync:
    """Keeps a store and an EMR together.

    Called from one worker thread, or step by step by a simulation. Pulls come first, so that
    what is sent was judged by what is known.
    """

    def __init__(self, store: Store, client: FhirClient, clock: Clock) -> None:
        self._store = store
        self._client = client
        self._clock = clock
        self._capabilities: Capabilities | None = None
        self._writer: Writer | None = None
        self._turn = Lock()
        self._on_progress: OnProgress = lambda _: None
        self._cancelled = Event()

    def tell_progress(self, told: OnProgress) -> None:
        """Tell of every page that is read; ``told`` is called on the thread that reads."""
        self._on_progress = told

    def cancel(self) -> None:
        """Break off what is being read, after the page that is under way; may be called anywhere.

        What was read is kept, and the next exchange goes on from there. Where nothing is being
        read, the next exchange ends after its first page.
        """
        self._cancelled.set()

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
        watch = Watch(self._on_progress, self._cancelled)
        return Puller(self._store, self._client, watch).pull(self._able())

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
            puller = Puller(self._store, self._client)
            for patient in found:
                puller.patient([patient], str(patient.resource.get("id")))
        except EmrError as failed:
            _log.warning("band not asked of the EMR: %s", failed.code)
            return False
        return self._store.charts.holder_of(band) is not None

    def clock_offset(self) -> timedelta | None:
        """Give the server's clock minus this machine's, as last measured."""
        return self._client.clock_offset

    def _sync(self, *, ignore_backoff: bool) -> SyncReport:
        pulled, failure = Pulled(), ""
        pusher = Pusher(self._store, self._client, self._clock.now)
        with self._turn:
            try:
                pulled = self.pull()
                self._tell_issues()
                writer = self._writes()
                pusher.push(writer, ignore_backoff=ignore_backoff)
                exchange(self._store, self._client, writer, self._clock.now())
            except EmrError as failed:
                _log.warning("not in step with the EMR: %s", failed.code)
                failure = failed.code
                self._capabilities = None  # ask again when it is back: it may be another one
            except CancelledError as ended:
                failure = ended.code
            finally:
                self._cancelled.clear()
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
