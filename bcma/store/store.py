"""The store of one station: opened once, shared by the window's and the sync thread."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import datetime, timedelta
from pathlib import Path
from types import TracebackType
from typing import Self

from sqlalchemy import Connection

from bcma.emr.fhir_map import STANDARD, Dialect
from bcma.model.audited import AuditKind
from bcma.model.people import Encounter
from bcma.store import (
    audit_lane,
    census,
    cursors,
    intake,
    keys,
    lineage,
    mirror,
    record,
    trail,
    trail_lane,
)
from bcma.store.backlog import Backlog, read_backlog
from bcma.store.cache import MappedCache
from bcma.store.charts import StoreCharts
from bcma.store.condition import Condition, read_condition
from bcma.store.doubles import SafetyIssues
from bcma.store.drugs import StoreDrugFile
from bcma.store.engine import Creator, Database, sqlite_database, sqlite_file
from bcma.store.intake import Incoming
from bcma.store.journal import Journal
from bcma.store.lineage import Setback
from bcma.store.losses import Losses
from bcma.store.outbox import Outbox
from bcma.store.problems import ProblemList
from bcma.store.reader import Reader
from bcma.store.record import StoreRecorder
from bcma.store.safekeeping import Origin, Safekeeping, lacking
from bcma.store.schema import prepare
from bcma.store.signatures import SignedEvent, signed_events
from bcma.store.staff import StaffDesk
from bcma.store.trail import Broken, Checked, Entry
from bcma.store.untold import Untold, read_untold


class Store:
    """What this station knows and has done.

    Attributes:
        ward: code of the ward that this station serves; empty for all.
        charts: patients and their charts (:class:`bcma.model.ports.Charts`).
        drugs: the drug file (:class:`bcma.model.ports.DrugFile`).
        recorder: the one write (:class:`bcma.model.ports.Recorder`).
        outbox: what has to reach the EMR.
        problems: what of it the EMR refused.
        issues: doses charted twice, or given under an order that had been stopped.
        losses: what the EMR suddenly lacks, too much to be believed.
        staff: who may sign in here.
        audit_lane: the band scans and orders read that have to reach the EMR.
        trail_lane: all else of the audit trail that the EMR is told.
    """

    def __init__(
        self,
        database: Database,
        *,
        ward: str,
        dialect: Dialect = STANDARD,
        origin: Origin | None = None,
    ) -> None:
        self._database = database
        self._signer = None if origin is None else origin.signer
        self.dialect = dialect
        prepare(database)
        cache = MappedCache()

        def reader(connection: Connection) -> Reader:
            return Reader(connection, cache, dialect)

        self._reader = reader
        self.ward = ward
        self.charts = StoreCharts(self.reading, ward)
        self.drugs = StoreDrugFile(self.reading)
        self._safekeeping = Safekeeping(database, origin)
        with database.write() as connection:
            trail_lane.begin(connection)
        self._safekeeping.settle()
        self.recorder = StoreRecorder(database, reader, self._safekeeping.follow, self._signer)
        self.outbox = Outbox(database)
        self.problems = ProblemList(database)
        self.issues = SafetyIssues(self.reading)
        self.losses = Losses(database)
        self.staff = StaffDesk(database, self.reading)
        self.audit_lane = audit_lane.lane(database)
        self.trail_lane = trail_lane.lane(database, "" if origin is None else origin.station)

    @classmethod
    def open(
        cls,
        path: Path,
        *,
        ward: str = "",
        dialect: Dialect = STANDARD,
        creator: Creator | None = None,
        origin: Origin | None = None,
    ) -> Self:
        """Open the store in a file, made where there is none.

        ``creator`` opens raw connections, for an SQLite that is not the plain one; ``origin``
        says where it stands and who signs, left out for a store that is only looked at.

        Raises:
            StoreIsNewerError: a newer version of the product wrote it; it was not touched.
            StoreIsForeignError, StoreIsCorruptError: it is no store of ours.
            StoreUnwritableError: read-only, full, or not to be opened.
        """
        database = sqlite_database(creator or sqlite_file(path))
        try:
            return cls(database, ward=ward, dialect=dialect, origin=origin)
        except BaseException:
            database.close()
            raise

    def close(self) -> None:
        """Close every connection; the store may be opened again."""
        self._database.close()

    def __enter__(self) -> Self:
        """Give the store itself."""
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Close."""
        self.close()

    @contextmanager
    def reading(self) -> Iterator[Reader]:
        """Read a consistent state of everything."""
        with self._database.read() as connection:
            yield self._reader(connection)

    def take_page(
        self,
        page: Sequence[Incoming],
        cursors_to: Mapping[str, datetime] | None = None,
        complete_at: datetime | None = None,
    ) -> tuple[Incoming, ...]:
        """Mirror a page from the EMR and move the cursors, both or neither; give the news.

        ``complete_at`` is the server's time up to which everything was read with this page.

        Raises:
            StoreError: nothing was taken.
        """
        with self._database.write() as connection:
            news = intake.put_page(connection, page)
            cursors.move_cursors(connection, cursors_to or {})
            if complete_at is not None:
                cursors.complete_pull(connection, complete_at)
            self._look_for_ours(connection, news)
        return news

    def _look_for_ours(self, connection: Connection, news: Sequence[Incoming]) -> None:
        """See by what the EMR has of this station whether the store went back (H92)."""
        mine = lineage.written_here(connection, news)
        if mine:
            lineage.find_beyond(self._reader(connection), mine)

    @property
    def epoch(self) -> str:
        """Name this store on this machine: no copy of it lives on under the same name (H92)."""
        with self._database.read() as connection:
            return lineage.epoch(connection)

    @property
    def journal_failure(self) -> str:
        """Say by a code why the journal does not have all that is here; empty while it has."""
        return self._safekeeping.failure

    @property
    def signing_failure(self) -> str:
        """Say by a code why records are not signed; empty while they are."""
        return "" if self._signer is None else self._signer.failure

    def signed_events(self) -> Iterator[SignedEvent]:
        """Give every version of our own records with its signature, oldest first."""
        with self._database.read() as connection:
            yield from signed_events(connection)

    def journal_lacks(self, folder: Path) -> int | None:
        """Count the events that the journal in a folder lacks; ``None``: it is not this store's."""
        with self._database.read() as connection:
            return lacking(connection, Journal(folder))

    def setback(self) -> Setback | None:
        """Give what was found of a store that was restored or copied, until it was seen (H92)."""
        with self._database.read() as connection:
            return lineage.setback(connection)

    def setback_seen(self, shown: Setback, by: str, at: datetime) -> bool:
        """Note that a person has seen it, and will look at the patients' charts.

        Returns:
            ``False``: more was found than was shown, and is still to be told.
        """
        with self._database.write() as connection:
            if lineage.setback(connection) != shown:
                return False
            lineage.seen(connection)
            trail.append(connection, trail.Entry(at=at, what=AuditKind.SETBACK_SEEN, who=by))
        return True

    def take_truth(
        self, found: Sequence[Incoming], gone: Collection[tuple[str, str]] = ()
    ) -> tuple[Incoming, ...]:
        """Mirror what the EMR holds now, be it older than what is here; give the news.

        ``gone`` are type and id of what it holds no more: no order of these is given against.

        Raises:
            StoreError: nothing was taken.
        """
        with self._database.write() as connection:
            news = intake.put_page(connection, found, as_truth=True)
            intake.mark_deleted(connection, gone)
            self._look_for_ours(connection, news)
        return news

    def take_census(
        self, found: Sequence[Incoming], gone: Collection[tuple[str, str]]
    ) -> tuple[Incoming, ...]:
        """Mirror the stays that the EMR holds now, and note whom to read; give the news.

        Raises:
            StoreError: nothing was taken.
        """
        with self._database.write() as connection:
            news = intake.put_page(connection, found, as_truth=True)
            intake.mark_deleted(connection, gone)
            patients = [stay.patient_id for stay in census.stays(self._reader(connection))]
            cursors.expect_patients(connection, patients)
        return news

    def take_patient(
        self,
        patient_id: str,
        found: Sequence[Incoming],
        gone: Collection[tuple[str, str]],
        as_of: datetime,
    ) -> tuple[Incoming, ...]:
        """Mirror a whole answer about a patient with its instant, all or nothing; give the news.

        Raises:
            StoreError: nothing was taken.
        """
        with self._database.write() as connection:
            news = intake.put_page(connection, found, as_truth=True)
            intake.mark_deleted(connection, gone)
            self._look_for_ours(connection, news)
            cursors.patient_read(connection, patient_id, as_of)
        return news

    def patients_complete(self, patients: Sequence[str], asked: datetime) -> datetime | None:
        """Note how old the oldest answer about some patients is; ``None``: one was never read.

        Where there are none, they were ``asked`` for in vain.
        """
        with self._database.write() as connection:
            known = cursors.patients_as_of(connection)
            instants = [at for at in map(known.get, patients) if at is not None]
            if len(instants) < len(patients):
                return None
            oldest = min(instants, default=asked)
            cursors.patients_complete(connection, oldest)
        return oldest

    def patients_as_of(self) -> Mapping[str, datetime | None]:
        """Give when each patient was read, where they are read one by one."""
        with self._database.read() as connection:
            return cursors.patients_as_of(connection)

    def stays(self) -> tuple[Encounter, ...]:
        """Give every stay in progress, as far as it is known."""
        with self.reading() as reader:
            return census.stays(reader)

    def unreadable(self, resources: Sequence[Incoming]) -> tuple[str, ...]:
        """Name those of some mirrored resources that cannot be understood: ``Type/id``."""
        with self.reading() as reader:
            refs = [mirror.Ref(r.type, r.id, r.content_hash) for r in resources]
            return tuple(f"{ref.type}/{ref.id}" for ref in reader.unreadable(refs))

    def cursors(self) -> Mapping[str, datetime]:
        """Give the server's time up to which each type was read."""
        with self._database.read() as connection:
            return cursors.all_cursors(connection)

    def orders_as_of(self, patient_id: str | None = None) -> datetime | None:
        """Give the server's time of the last complete pull, or of all about one patient."""
        with self._database.read() as connection:
            if patient_id is not None:
                return cursors.patient_as_of(connection, patient_id)
            return cursors.orders_as_of(connection)

    def turn_back_cursors(self, by: timedelta) -> None:
        """Read again from that much earlier: the server's clock was put back."""
        with self._database.write() as connection:
            cursors.turn_back(connection, by)

    def begin_anew(self) -> None:
        """Read everything again: it is another EMR, and its times are its own."""
        with self._database.write() as connection:
            cursors.begin_anew(connection)

    def held(self, kind: str) -> Mapping[str, tuple[str, datetime | None]]:
        """Give version and time of every current resource of a type, by its id."""
        with self._database.read() as connection:
            return mirror.current_versions(connection, kind)

    def held_about(self, patient_id: str, kinds: Sequence[str]) -> Mapping[str, Sequence[str]]:
        """Give the ids of every current resource of some types about a patient, by type."""
        with self._database.read() as connection:
            return mirror.about(connection, patient_id, kinds)

    def verdicts_on(self, orders: Sequence[str]) -> frozenset[str]:
        """Give the ids of the verdicts on some orders (``Type/id``) that are here."""
        with self._database.read() as connection:
            refs = mirror.find(connection, "Task", keys.FOCUS, orders)
            return frozenset(ref.id for ref in refs)

    def unknown(self, names: Collection[tuple[str, str]]) -> frozenset[tuple[str, str]]:
        """Give those of some resources, by type and id, that are not here."""
        here: set[tuple[str, str]] = set()
        with self._database.read() as connection:
            for kind in {kind for kind, _ in names}:
                ids = [name for of_kind, name in names if of_kind == kind]
                here |= {(kind, ref.id) for ref in mirror.get(connection, kind, ids)}
        return frozenset(names) - here

    def holds_other(self, resources: Sequence[Incoming]) -> bool:
        """Tell whether the mirror holds one of some resources as it was before."""
        with self._database.read() as connection:
            return intake.holds_other(connection, resources)

    def setting(self, key: str) -> str | None:
        """Give a value of this station that outlived a restart."""
        with self._database.read() as connection:
            return cursors.setting(connection, key)

    def set_setting(self, key: str, value: str) -> None:
        """Keep a value of this station."""
        with self._database.write() as connection:
            cursors.set_setting(connection, key, value)

    def verify_audit(self) -> Broken | None:
        """Check the whole audit trail and the events that it seals; ``None`` is whole."""
        return self.check_audit().broken

    def check_audit(self) -> Checked:
        """Check as :meth:`verify_audit` does, and tell how much was checked."""
        return trail.verify(self._database)

    def audit_holds(self, seal: str) -> bool:
        """Tell whether the entry with a seal that was noted earlier is still in the trail."""
        return trail.holds(self._database, seal)

    def condition(self) -> Condition:
        """Look at the store itself; reads the whole of an SQLite file."""
        with self._database.read() as connection:
            return read_condition(connection)

    def backlog(self) -> Backlog:
        """Give what has not reached the EMR yet, and since when."""
        with self._database.read() as connection:
            return read_backlog(connection)

    def untold(self) -> Untold:
        """Give what of the audit trail the EMR has not been told yet, and since when."""
        with self._database.read() as connection:
            return read_untold(connection)

    def order_as_judged(self, event_id: str) -> bytes | None:
        """Give the bytes of the order by which a record was first judged, as the EMR sent them."""
        with self._database.read() as connection:
            return record.order_as_judged(connection, event_id)

    def audit_entries(self) -> tuple[Entry, ...]:
        """List the audit trail, oldest first."""
        return trail.entries(self._database)
