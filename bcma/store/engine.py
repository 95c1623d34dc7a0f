"""The one place that knows which database is underneath.

SQLite in WAL mode with ``synchronous=FULL``: a write that returned is on the disk. Every
writing transaction takes the database's single write lock when it begins, so whatever it
re-reads stays true until it commits. On PostgreSQL the same is an advisory lock.
"""

import sqlite3
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from sqlalchemy import Connection, Engine, create_engine, event
from sqlalchemy.engine.interfaces import DBAPIConnection
from sqlalchemy.exc import DBAPIError
from sqlalchemy.pool import ConnectionPoolEntry, QueuePool

from bcma.store.errors import (
    StoreBusyError,
    StoreError,
    StoreIsCorruptError,
    StoreUnwritableError,
)

#: Opens a raw connection; an encrypted SQLite takes the place of the plain one here.
Creator = Callable[[], sqlite3.Connection]

#: A write waits so long for another's lock before it reports that the store is busy.
BUSY_SECONDS: Final = 5.0
_WRITES = "bcma_writes"
_POSTGRESQL: Final = "postgresql"
#: Any fixed number: writers of one database meet at this advisory lock (PostgreSQL).
_WRITE_LOCK = 0x8C3A
#: SQLite's name of an error begins with one of these.
_CAUSES: Final[tuple[tuple[str, type[StoreError], str], ...]] = (
    ("SQLITE_FULL", StoreUnwritableError, "disk-full"),
    ("SQLITE_READONLY", StoreUnwritableError, "read-only"),
    ("SQLITE_CANTOPEN", StoreUnwritableError, "cannot-open"),
    ("SQLITE_IOERR", StoreUnwritableError, "input-output"),
    ("SQLITE_PERM", StoreUnwritableError, "read-only"),
    ("SQLITE_BUSY", StoreBusyError, "busy"),
    ("SQLITE_LOCKED", StoreBusyError, "busy"),
    ("SQLITE_CORRUPT", StoreIsCorruptError, "corrupt"),
    ("SQLITE_NOTADB", StoreIsCorruptError, "no-database"),
)
#: PostgreSQL's state of an error (SQLSTATE) begins with one of these.
_STATES: Final[tuple[tuple[str, type[StoreError], str], ...]] = (
    ("53100", StoreUnwritableError, "disk-full"),
    ("25006", StoreUnwritableError, "read-only"),
    ("42501", StoreUnwritableError, "read-only"),
    ("58", StoreUnwritableError, "input-output"),
    ("08", StoreUnwritableError, "cannot-open"),
    ("57P", StoreUnwritableError, "cannot-open"),
    ("3D000", StoreUnwritableError, "cannot-open"),
    ("28", StoreUnwritableError, "cannot-open"),
    ("55P03", StoreBusyError, "busy"),
    ("40", StoreBusyError, "busy"),
    ("XX", StoreIsCorruptError, "corrupt"),
)


class Database:
    """Connections to one database; safe to share between threads."""

    def __init__(self, engine: Engine) -> None:
        self.engine = engine

    @contextmanager
    def read(self) -> Iterator[Connection]:
        """Read a consistent state of the database; never waits for a writer.

        Raises:
            StoreError: the file cannot be read.
        """
        with _translated(), self.engine.connect() as connection:
            if connection.dialect.name == _POSTGRESQL:
                connection.execution_options(isolation_level="REPEATABLE READ")
            with connection.begin():
                yield connection

    @contextmanager
    def write(self) -> Iterator[Connection]:
        """Write all or nothing, alone; on the disk once the block has ended.

        Raises:
            StoreError: nothing was written; the exception's ``cause`` says why.
        """
        with _translated(), self.engine.connect() as connection:
            connection.execution_options(**{_WRITES: True})
            if connection.dialect.name == _POSTGRESQL:  # the server's own default may be stricter
                connection.execution_options(isolation_level="READ COMMITTED")
            with connection.begin():
                if connection.dialect.name == _POSTGRESQL:
                    _take_the_write_lock(connection)
                yield connection

    def close(self) -> None:
        """Close every connection; the last one folds the write-ahead log into the file."""
        self.engine.dispose()


def sqlite_file(path: Path) -> Creator:
    """Give the creator of plain SQLite connections to a file."""

    def connect() -> sqlite3.Connection:
        # the pool hands a connection to one thread at a time, but not always to the same one
        return sqlite3.connect(path, timeout=BUSY_SECONDS, check_same_thread=False)

    return connect


def sqlite_database(creator: Creator) -> Database:
    """Give a database over SQLite connections; opens none yet."""
    engine = create_engine("sqlite://", creator=creator, poolclass=QueuePool, pool_size=4)
    event.listen(engine, "connect", _on_connect)
    event.listen(engine, "begin", _on_begin)
    return Database(engine)


def postgresql_database(address: str) -> Database:
    """Give a database on a PostgreSQL server; opens no connection yet.

    Args:
        address: ``postgresql+psycopg://user:password@host:port/database``; what is left out
            comes from the environment (``PGHOST``, ``PGPASSWORD`` ...).
    """
    engine = create_engine(address, pool_size=4, pool_pre_ping=True)
    event.listen(engine, "connect", _on_connect_to_postgresql)
    return Database(engine)


def make_durable(database: Database) -> None:
    """Switch to the write-ahead log (a property of the file; PostgreSQL has its own).

    Raises:
        StoreError: the file cannot be written.
    """
    if database.engine.dialect.name != "sqlite":
        return
    with _translated():
        raw = database.engine.raw_connection()
        try:
            raw.cursor().execute("PRAGMA journal_mode=WAL")
        finally:
            raw.close()


def explain(error: BaseException | None) -> StoreError:
    """Give the exception of ours for one of the database driver's."""
    name = str(getattr(error, "sqlite_errorname", ""))
    for prefix, kind, cause in _CAUSES:
        if name.startswith(prefix):
            return kind(cause=cause)
    state = str(getattr(error, "sqlstate", None) or "")
    for prefix, kind, cause in _STATES:
        if state.startswith(prefix):
            return kind(cause=cause)
    if type(error).__name__ == "OperationalError" and not (name or state):
        return StoreUnwritableError(cause="cannot-open")  # no server answered
    return StoreError(cause=name or state or type(error).__name__)


@contextmanager
def _translated() -> Iterator[None]:
    """Turn the driver's exceptions into ours; the statement's values stay out of them.

    An encrypted SQLite, opened by a creator, has exceptions of its own: they come as they are.
    """
    try:
        yield
    except DBAPIError as broken:
        raise explain(broken.orig) from broken.orig
    except Exception as broken:
        if not hasattr(broken, "sqlite_errorname"):
            raise
        raise explain(broken) from broken


def _on_connect(connection: DBAPIConnection, _entry: ConnectionPoolEntry) -> None:
    """Let SQLAlchemy, not the driver, begin transactions, and make commits durable."""
    connection.isolation_level = None
    cursor = connection.cursor()
    cursor.execute("PRAGMA synchronous=FULL")
    cursor.execute("PRAGMA foreign_keys=ON")
    cursor.close()


def _on_connect_to_postgresql(connection: DBAPIConnection, _entry: ConnectionPoolEntry) -> None:
    """Make commits durable, whatever the server's own setting, and wait for no lock for ever."""
    cursor = connection.cursor()
    cursor.execute("SET synchronous_commit = on")
    cursor.execute(f"SET lock_timeout = '{BUSY_SECONDS}s'")
    cursor.close()
    connection.commit()


def _take_the_write_lock(connection: Connection) -> None:
    """Wait for the other writers of this database; each statement then sees what they wrote.

    The lock comes before the first snapshot: a transaction of a stricter level would have taken
    its own while it waited, and re-read the past.
    """
    connection.exec_driver_sql(f"SELECT pg_advisory_xact_lock({_WRITE_LOCK})")


def _on_begin(connection: Connection) -> None:
    """Take the write lock at once where the transaction writes: no upgrade can fail later."""
    writes = connection.get_execution_options().get(_WRITES, False)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")
