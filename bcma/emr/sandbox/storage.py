"""Where the sandbox keeps what it is told: SQLite, in memory or in a file.

Every version of a resource is one row; its place in the row numbers is the server's order
of events. Only the rows that are current are in the search index. One connection and one
lock serve all threads: who holds the lock sees one state, and a transaction is all or nothing.
"""

import sqlite3
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import ClassVar

from bcma.emr.sandbox.reader import Reader, Writing
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


_NEVER = datetime.min.replace(tzinfo=UTC)


class StoreUnusable(BcmaError):
    """The sandbox's file is no store of this layout, or another process holds it."""

    code: ClassVar[str] = "sandbox.store-unusable"


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
        self._last = datetime.fromisoformat(updated) if updated else _NEVER

    def close(self) -> None:
        """Close the store; a later use raises."""
        with self._lock:
            self._db.close()

    @contextmanager
    def reading(self) -> Iterator[Reader]:
        """Look at one state of the store."""
        with self._lock:
            yield Reader(self._db)

    @contextmanager
    def writing(self, now: datetime, *, same_instant: bool = False) -> Iterator[Writing]:
        """Write all that the block writes, or nothing if it raises.

        All that is written has one instant: ``now`` to the millisecond, yet later than
        anything written before; or the very instant of what was written last.
        """
        with self._lock:
            to_the_millisecond = now.replace(microsecond=now.microsecond // 1000 * 1000)
            instant = max(
                to_the_millisecond.astimezone(UTC), self._last + timedelta(milliseconds=1)
            )
            if same_instant and self._last > _NEVER:
                instant = self._last
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
