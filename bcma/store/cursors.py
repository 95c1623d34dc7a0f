"""How far the EMR has been read, in the server's own time, and the station's small values."""

from datetime import datetime
from typing import Final

from sqlalchemy import Connection, bindparam, delete, insert, select

from bcma.store.tables import Setting, SyncCursor

#: The row that says when the last pull of *all* types was complete.
_COMPLETE = "*"
_CURSOR: Final = select(SyncCursor.last_updated).where(SyncCursor.type == bindparam("kind"))


def cursor_of(connection: Connection, kind: str) -> datetime | None:
    """Give the server's time up to which a type was read; ``None`` before its first pull."""
    return connection.execute(_CURSOR, {"kind": kind}).scalar()


def all_cursors(connection: Connection) -> dict[str, datetime]:
    """Give the server's time up to which each type was read, where one was."""
    rows = connection.execute(select(SyncCursor.type, SyncCursor.last_updated))
    return {kind: at for kind, at in rows if at is not None and kind != _COMPLETE}


def move_cursor(connection: Connection, kind: str, at: datetime) -> None:
    """Note how far a type was read; never backwards."""
    held = cursor_of(connection, kind)
    if held is None or at > held:
        connection.execute(delete(SyncCursor).where(SyncCursor.type == kind))
        connection.execute(insert(SyncCursor).values(type=kind, last_updated=at))


def orders_as_of(connection: Connection) -> datetime | None:
    """Give the server's time of the last complete pull."""
    return cursor_of(connection, _COMPLETE)


def complete_pull(connection: Connection, at: datetime) -> None:
    """Note that everything up to the server's time ``at`` was read."""
    move_cursor(connection, _COMPLETE, at)


def setting(connection: Connection, key: str) -> str | None:
    """Give a value of this station."""
    return connection.execute(select(Setting.value).where(Setting.key == key)).scalar()


def set_setting(connection: Connection, key: str, value: str) -> None:
    """Keep a value of this station."""
    connection.execute(delete(Setting).where(Setting.key == key))
    connection.execute(insert(Setting).values(key=key, value=value))
