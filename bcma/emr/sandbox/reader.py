"""Questions to the store, and the versions that answer them."""

import sqlite3
from collections.abc import Callable, Iterable
from datetime import datetime
from typing import NamedTuple

from bcma.emr.sandbox.dates import sortable
from bcma.emr.sandbox.index import Row
from bcma.emr.sandbox.references import Key

_COLUMNS = "seq, type, id, number, updated, method, body"


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
