"""Where the sandbox keeps what it is told: SQLite, in memory or in a file.

Every version of a resource is one row; its place in the row numbers is the server's order
of events. Only the rows that are current are in the search index. One connection and one
lock serve all threads: who holds the lock sees one state, and a transaction is all or nothing.
"""

import sqlite3
import threading
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import ClassVar, NamedTuple

from bcma.emr.sandbox.dates import sortable
from bcma.emr.sandbox.index import Row
from bcma.emr.sandbox.references import Key
from bcma.errors import BcmaError

_LAYOUT = 1
_TABLES = """
CREATE TABLE version (
    seq INTEGER PRIMARY KEY,
    type TEXT NOT NULL,
    id TEXT NOT NULL,
    number INTEGER NOT NULL,
    updated TEXT NOT NULL,
    current INTEGER NOT NULL,
    method TEXT NOT NULL,
    body BLOB,
    UNIQUE (type, id, number)
);
CREATE INDEX version_current ON version (type, updated, id) WHERE current;
CREATE TABLE entry (
    param TEXT NOT NULL,
    value TEXT NOT NULL,
    beside TEXT NOT NULL,
    seq INTEGER NOT NULL,
    PRIMARY KEY (param, value, beside, seq)
) WITHOUT ROWID;
CREATE INDEX entry_of_version ON entry (seq, param, value, beside);
"""
_COLUMNS = "seq, type, id, number, updated, method, body"


class StoreUnusable(BcmaError):
    """The sandbox's file is no store of this layout, or another process holds it."""

    code: ClassVar[str] = "sandbox.store-unusable"


class Version(NamedTuple):
    """One version of one resource.

    Attributes:
        seq: place in the server's order of events.
        updated: sortable text, see :mod:`bcma.emr.sandbox.dates`.
        method: POST, PUT or DELETE.
        body: JSON, or None for a deletion.
    """

    seq: int
    type: str
    id: str
    number: int
    updated: str
    method: str
    body: bytes | None

    @property
    def key(self) -> Key:
        """The resource that this is a version of."""
        return Key(self.type, self.id)

    @property
    def location(self) -> str:
        """Where the version is, below the FHIR base."""
        return f"{self.type}/{self.id}/_history/{self.number}"

    @property
    def etag(self) -> str:
        """What tells it from other versions, as a header's value."""
        return f'W/"{self.number}"'


class Storage:
    """The store of one server.

    Args:
        file: where to keep it; None keeps it in memory, gone at :meth:`close`.

    Raises:
        StoreUnusable: the file holds something else or is in use.
    """

    def __init__(self, file: Path | None) -> None:
        self._lock = threading.RLock()
        name = file.name if file else ""
        try:
            self._db = sqlite3.connect(
                file or ":memory:", timeout=1, isolation_level=None, check_same_thread=False
            )
        except sqlite3.Error as failure:
            raise StoreUnusable(file=name, reason=str(failure)) from failure
        try:
            self._open(name)
        except (sqlite3.Error, StoreUnusable) as failure:
            self._db.close()
            if isinstance(failure, StoreUnusable):
                raise
            raise StoreUnusable(file=name, reason=str(failure)) from failure

    def _open(self, name: str) -> None:
        run = self._db.execute
        run("PRAGMA locking_mode = EXCLUSIVE")
        run("PRAGMA synchronous = NORMAL")
        (layout,) = run("PRAGMA user_version").fetchone()
        (tables,) = run("SELECT count(*) FROM sqlite_schema").fetchone()
        if not tables:
            self._db.executescript(f"BEGIN; {_TABLES} PRAGMA user_version = {_LAYOUT}; COMMIT;")
        elif layout != _LAYOUT:
            raise StoreUnusable(file=name, layout=layout, expected=_LAYOUT)
        run("PRAGMA journal_mode = WAL")
        last, updated = run("SELECT coalesce(max(seq), 0), max(updated) FROM version").fetchone()
        self._next_id = last + 1
        self._last = (
            datetime.fromisoformat(updated) if updated else datetime.min.replace(tzinfo=UTC)
        )

    def close(self) -> None:
        """Close the store; a later use raises."""
        with self._lock:
            self._db.close()

    @contextmanager
    def reading(self) -> Iterator["Reader"]:
        """Look at one state of the store."""
        with self._lock:
            yield Reader(self._db)

    @contextmanager
    def writing(self, now: datetime) -> Iterator["Writing"]:
        """Write all that the block writes, or nothing if it raises.

        All that is written has one instant: ``now`` to the millisecond, yet later than
        anything written before.
        """
        with self._lock:
            to_the_millisecond = now.replace(microsecond=now.microsecond // 1000 * 1000)
            instant = max(
                to_the_millisecond.astimezone(UTC), self._last + timedelta(milliseconds=1)
            )
            self._db.execute("BEGIN IMMEDIATE")
            try:
                yield Writing(self._db, instant, self._new_id)
                self._db.execute("COMMIT")
            except BaseException:
                self._db.execute("ROLLBACK")
                raise
            self._last = instant

    def _new_id(self) -> str:
        number, self._next_id = self._next_id, self._next_id + 1
        return str(number)


class Reader:
    """Questions to one state of the store."""

    def __init__(self, db: sqlite3.Connection) -> None:
        self._db = db

    def latest(self, key: Key) -> Version | None:
        """Give the newest version of a resource, be it a deletion."""
        return self._one("type = ? AND id = ? ORDER BY number DESC LIMIT 1", *key)

    def version(self, key: Key, number: int) -> Version | None:
        """Give one version."""
        return self._one("type = ? AND id = ? AND number = ?", *key, number)

    def versions(self, seqs: Iterable[int]) -> list[Version]:
        """Give versions by their place, in the order asked for."""
        wanted = list(seqs)
        found: dict[int, Version] = {}
        for start in range(0, len(wanted), 500):
            some = wanted[start : start + 500]
            marks = ",".join("?" * len(some))
            sql = f"SELECT {_COLUMNS} FROM version WHERE seq IN ({marks})"  # noqa: S608 (marks only)
            found |= {row[0]: Version(*row) for row in self._db.execute(sql, some)}
        return [found[seq] for seq in wanted]

    def select(self, sql: str, values: Iterable[str | int] = ()) -> list[tuple[object, ...]]:
        """Run a question that :mod:`bcma.emr.sandbox.criteria` has written."""
        return self._db.execute(sql, tuple(values)).fetchall()

    def seqs(self, sql: str, values: Iterable[str | int] = ()) -> list[int]:
        """Run a question whose answer is places of versions."""
        return [int(row[0]) for row in self._db.execute(sql, tuple(values))]

    def _one(self, where: str, *values: str | int) -> Version | None:
        sql = f"SELECT {_COLUMNS} FROM version WHERE {where}"  # noqa: S608 (literals above)
        row = self._db.execute(sql, values).fetchone()
        return None if row is None else Version(*row)


class Writing(Reader):
    """One transaction.

    Attributes:
        instant: ``meta.lastUpdated`` of all that it writes.
    """

    def __init__(
        self, db: sqlite3.Connection, instant: datetime, new_id: Callable[[], str]
    ) -> None:
        super().__init__(db)
        self.instant = instant
        self._new_id = new_id

    def new_id(self, resource_type: str) -> str:
        """Give an id that no resource of the type has or had."""
        while True:
            candidate = self._new_id()
            if self.latest(Key(resource_type, candidate)) is None:
                return candidate

    def add(self, before: Version | None, version: Version, rows: Iterable[Row]) -> Version:
        """Add a version after the one before, and put it in the index instead of that.

        Args:
            before: the newest version so far; None for a new resource.
            version: with any ``seq``; its place is given here.
            rows: what to find it by; none for a deletion.
        """
        run = self._db.execute
        if before is not None and before.body is not None:
            run("UPDATE version SET current = 0 WHERE seq = ?", (before.seq,))
            run("DELETE FROM entry WHERE seq = ?", (before.seq,))
        done = run(
            "INSERT INTO version (type, id, number, updated, method, body, current)"
            " VALUES (?, ?, ?, ?, ?, ?, ?)",
            (*version[1:], version.body is not None),
        )
        seq = int(done.lastrowid or 0)
        many = ((row.param, row.value, row.beside, seq) for row in rows)
        self._db.executemany("INSERT INTO entry VALUES (?, ?, ?, ?)", many)
        return version._replace(seq=seq, updated=sortable(self.instant))
