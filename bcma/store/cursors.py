"""How far the EMR has been read, in the server's own time, and the station's small values."""

from collections.abc import Mapping
from datetime import datetime
from typing import Final

from sqlalchemy import Connection, bindparam, delete, insert, select

from bcma.store.tables import Setting, SyncCursor

#: The row that says when the last pull of *all* types was complete.
_COMPLETE = "*"
_CURSOR: Final = select(SyncCursor.last_updated).where(SyncCursor.type == bindparam("kind"))


def all_cursors(connection: Connection) -> dict[str, datetime]:
    """Give the server's time up to which each type was read, where one was."""
    return {kind: at for kind, at in _held(connection).items() if kind != _COMPLETE}


def move_cursors(connection: Connection, to: Mapping[str, datetime]) -> None:
    """Note how far types were read; never backwards."""
    held = _held(connection)
    on = {kind: at for kind, at in to.items() if kind not in held or at > held[kind]}
    if on:
        connection.execute(delete(SyncCursor).where(SyncCursor.type.in_(on)))
        rows = [{"type": kind, "last_updated": at} for kind, at in on.items()]
        connection.execute(insert(SyncCursor), rows)


def orders_as_of(connection: Connection) -> datetime | None:
    """Give the server's time of the last complete pull."""
    return connection.execute(_CURSOR, {"kind": _COMPLETE}).scalar()


def complete_pull(connection: Connection, at: datetime) -> None:
    """Note that everything up to the server's time ``at`` was read."""
    move_cursors(connection, {_COMPLETE: at})


def _held(connection: Connection) -> dict[str, datetime]:
    rows = connection.execute(select(SyncCursor.type, SyncCursor.last_updated))
    return {kind: at for kind, at in rows if at is not None}


def setting(connection: Connection, key: str) -> str | None:
    """Give a value of this station."""
    return connection.execute(select(Setting.value).where(Setting.key == key)).scalar()


def set_setting(connection: Connection, key: str, value: str) -> None:
    """Keep a value of this station."""
    connection.execute(delete(Setting).where(Setting.key == key))
    connection.execute(insert(Setting).values(key=key, value=value))
