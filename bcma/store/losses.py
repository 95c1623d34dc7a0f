"""What the EMR suddenly lacks, too much to be believed, until it is there or a person says so.

All are settings of the store, so that they outlive a restart: what the last comparison found
missing, how much of it somebody accepted as deleted, and how much was believed bit by bit since
everything was compared.
"""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from sqlalchemy import Connection

from bcma.model.audited import AuditKind
from bcma.store import cursors, trail
from bcma.store.engine import Database

_FOUND: Final = "emr-shrank"
_ACCEPTED: Final = "emr-shrank-accepted"
_BELIEVED: Final = "emr-deleted"


@dataclass(frozen=True, slots=True)
class Loss:
    """So many resources of a type are missing on the EMR, of so many held here."""

    kind: str
    missing: int
    held: int

    def __str__(self) -> str:
        """Write it as it is kept, and as the audit trail names it."""
        return f"{self.kind} {self.missing} {self.held}"


class Losses:
    """What is missing, and what of it was accepted."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def found(self) -> tuple[Loss, ...]:
        """Give what the last comparison found missing; nothing where the EMR was found whole."""
        return self._read(_FOUND)

    def accepted(self) -> tuple[Loss, ...]:
        """Give what a person accepted and no comparison has marked yet."""
        return self._read(_ACCEPTED)

    def believed(self) -> Mapping[str, int]:
        """Give how many of each type were marked as deleted since everything was compared."""
        with self._database.read() as connection:
            return _counts(connection)

    def believe(self, gone: Iterable[tuple[str, str]]) -> None:
        """Count resources, by type and id, that were marked as deleted.

        Raises:
            StoreError: nothing was counted.
        """
        more = Counter(kind for kind, _ in gone)
        if not more:
            return
        with self._database.write() as connection:
            counts = sorted((_counts(connection) + more).items())
            written = "\n".join(f"{kind} {count}" for kind, count in counts)
            cursors.set_setting(connection, _BELIEVED, written)

    def note(self, losses: Iterable[Loss]) -> None:
        """Keep what a comparison found missing, in place of what an earlier one found.

        Raises:
            StoreError: nothing was kept.
        """
        written = _written(losses)
        with self._database.write() as connection:
            if (cursors.setting(connection, _FOUND) or "") != written:
                cursors.set_setting(connection, _FOUND, written)

    def accept(self, losses: Iterable[Loss], *, by: str, at: datetime) -> bool:
        """Keep that a person accepted so much as deleted, and tell the audit trail.

        Args:
            losses: what the person was shown; what goes beyond it is not accepted.
            by: id of the person.
            at: the present.

        Returns:
            ``False``: nothing is missing any more, and nothing was kept.

        Raises:
            StoreError: nothing was kept.
        """
        losses = tuple(losses)
        with self._database.write() as connection:
            if not losses or not cursors.setting(connection, _FOUND):
                return False
            cursors.set_setting(connection, _ACCEPTED, _written(losses))
            detail = tuple(map(str, losses))
            trail.append(
                connection,
                trail.Entry(at=at, what=AuditKind.DELETIONS_ACCEPTED, who=by, detail=detail),
            )
        return True

    def forget(self) -> None:
        """Note that the EMR was found whole, or that what is missing was marked as deleted."""
        if not (self.found() or self.accepted() or self.believed()):
            return
        with self._database.write() as connection:
            for key in (_FOUND, _ACCEPTED, _BELIEVED):
                cursors.set_setting(connection, key, "")

    def _read(self, key: str) -> tuple[Loss, ...]:
        with self._database.read() as connection:
            return _losses(connection, key)


def _written(losses: Iterable[Loss]) -> str:
    return "\n".join(map(str, losses))


def _counts(connection: Connection) -> Counter[str]:
    lines = (cursors.setting(connection, _BELIEVED) or "").splitlines()
    return Counter({kind: int(count) for kind, count in map(str.split, lines)})


def _losses(connection: Connection, key: str) -> tuple[Loss, ...]:
    lines = (cursors.setting(connection, key) or "").splitlines()
    parts = (line.split() for line in lines)
    return tuple(Loss(kind, int(missing), int(held)) for kind, missing, held in parts)
