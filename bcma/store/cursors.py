"""How far the EMR has been read, in the server's own time, and the station's small values."""

from collections.abc import Collection, Mapping
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import Connection, bindparam, delete, insert, literal, select, union_all

from bcma.store.tables import PatientCursor, Setting, SyncCursor

#: The row that says when the last pull of *all* types was complete.
_COMPLETE = "*"
_CURSOR: Final = select(SyncCursor.last_updated).where(SyncCursor.type == bindparam("kind"))
_ALONE, _ALL = 0, 1
_AS_OF: Final = union_all(
    select(literal(_ALONE), PatientCursor.as_of).where(
        PatientCursor.patient_id == bindparam("patient")
    ),
    select(literal(_ALL), SyncCursor.last_updated).where(SyncCursor.type == bindparam("kind")),
)


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


def patient_as_of(connection: Connection, patient_id: str) -> datetime | None:
    """Give the server's time of the last whole answer about a patient, read alone or with all."""
    found = dict(connection.execute(_AS_OF, {"patient": patient_id, "kind": _COMPLETE}).all())
    return found[_ALONE] if _ALONE in found else found.get(_ALL)


def complete_pull(connection: Connection, at: datetime) -> None:
    """Note that everything up to the server's time ``at`` was read, every patient included."""
    move_cursors(connection, {_COMPLETE: at})
    connection.execute(delete(PatientCursor))


def expect_patients(connection: Connection, patients: Collection[str]) -> None:
    """Note who has to be read alone; who never was is as of nothing."""
    known = set(connection.execute(select(PatientCursor.patient_id)).scalars())
    rows = [{"patient_id": name, "as_of": None} for name in sorted(set(patients) - known)]
    if rows:
        connection.execute(insert(PatientCursor), rows)


def patient_read(connection: Connection, patient_id: str, at: datetime) -> None:
    """Note that all about a patient was read."""
    connection.execute(delete(PatientCursor).where(PatientCursor.patient_id == patient_id))
    connection.execute(insert(PatientCursor).values(patient_id=patient_id, as_of=at))


def patients_as_of(connection: Connection) -> dict[str, datetime | None]:
    """Give when each patient was read, where they are read alone."""
    return dict(connection.execute(select(PatientCursor.patient_id, PatientCursor.as_of)).all())


def patients_complete(connection: Connection, at: datetime) -> None:
    """Note that the oldest of the patients who are read alone is as of ``at``."""
    connection.execute(delete(SyncCursor).where(SyncCursor.type == _COMPLETE))
    connection.execute(insert(SyncCursor).values(type=_COMPLETE, last_updated=at))


def turn_back(connection: Connection, by: timedelta) -> None:
    """Move every cursor back: the server's clock was, and what it said is that much earlier."""
    held = {kind: at - by for kind, at in _held(connection).items()}
    connection.execute(delete(SyncCursor))
    if held:
        rows = [{"type": kind, "last_updated": at} for kind, at in held.items()]
        connection.execute(insert(SyncCursor), rows)
    for patient_id, as_of in patients_as_of(connection).items():
        if as_of is not None:
            patient_read(connection, patient_id, as_of - by)


def begin_anew(connection: Connection) -> None:
    """Read every type from its beginning; what was read keeps its age until that is done."""
    connection.execute(delete(SyncCursor).where(SyncCursor.type != _COMPLETE))


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
