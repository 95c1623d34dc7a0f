"""What a store is like: on which database, of which version, and whether its file is sound."""

from dataclasses import dataclass

from sqlalchemy import Connection, func, select

from bcma.store.schema import HEAD
from bcma.store.tables import StaffPin

_SOUND = "ok"


@dataclass(frozen=True, slots=True, kw_only=True)
class Condition:
    """The state of a store.

    Attributes:
        kind: ``sqlite`` or ``postgresql``.
        version: the last migration.
        sound: whether the file holds together; a server looks after its own files.
        staff: how many people may sign in here.
    """

    kind: str
    version: str
    sound: bool
    staff: int


def read_condition(connection: Connection) -> Condition:
    """Look at the database; reads the whole of an SQLite file."""
    kind = connection.dialect.name
    sound = True
    if kind == "sqlite":
        sound = connection.exec_driver_sql("PRAGMA quick_check(1)").scalar() == _SOUND
    staff = connection.execute(select(func.count()).select_from(StaffPin)).scalar_one()
    return Condition(kind=kind, version=HEAD, sound=sound, staff=staff)
