"""Whose store this is: its epoch, the machine it was made for, and whether it went back in time.

An epoch names one store on one machine from its making on. A store that was restored from an
older copy, or copied to another machine, gets a new one, and says so until a person has seen it
(hazard H92).
"""

from collections.abc import Iterable
from typing import Final
from uuid import uuid4

import msgspec
from sqlalchemy import Connection, func, select

from bcma.emr.fhir_map import parse, read_administration
from bcma.errors import DataError
from bcma.store import cursors, history, keys
from bcma.store.intake import Incoming
from bcma.store.reader import Reader
from bcma.store.revisions import RECORDS
from bcma.store.tables import Event

_EPOCH: Final = "device-epoch"
#: The epoch before the present one, where the store was found to have gone back in time.
_LEFT: Final = "device-epoch-left"
_MACHINE: Final = "device-machine"
_SETBACK: Final = "device-setback"


class Setback(msgspec.Struct, frozen=True, kw_only=True):
    """What was found about a store that is not what it was when it last ran.

    Attributes:
        restored: it went back in time: it was restored from an older copy.
        copied: it was made on another machine.
        brought_back: events that the journal gave back.
        missing: events that are known to have been here and cannot be brought back.
        patients: whom they are about: their charts have to be looked at.
    """

    restored: bool = False
    copied: bool = False
    brought_back: int = 0
    missing: int = 0
    patients: tuple[str, ...] = ()

    def __or__(self, other: "Setback") -> "Setback":
        """Add what was found later."""
        return Setback(
            restored=self.restored or other.restored,
            copied=self.copied or other.copied,
            brought_back=self.brought_back + other.brought_back,
            missing=self.missing + other.missing,
            patients=tuple(sorted({*self.patients, *other.patients})),
        )


def epoch(connection: Connection) -> str:
    """Give the epoch of this store; the first call makes it."""
    found = cursors.setting(connection, _EPOCH)
    return found if found is not None else _new_epoch(connection)


def is_on_machine(connection: Connection, machine: str) -> bool:
    """Tell whether the store was made on this machine; one of an earlier version takes it over."""
    found = cursors.setting(connection, _MACHINE)
    if found == machine:
        return True
    cursors.set_setting(connection, _MACHINE, machine)
    return found is None


def set_back(connection: Connection, found: Setback) -> None:
    """Note what was found, and begin a new epoch."""
    before = cursors.setting(connection, _EPOCH)
    if found.restored and before is not None:
        cursors.set_setting(connection, _LEFT, before)
    _new_epoch(connection)
    _note(connection, (setback(connection) or Setback()) | found)


def setback(connection: Connection) -> Setback | None:
    """Give what was found and nobody has seen yet."""
    written = cursors.setting(connection, _SETBACK)
    return msgspec.json.decode(written, type=Setback) if written else None


def seen(connection: Connection) -> None:
    """Forget it: a person has seen it."""
    cursors.set_setting(connection, _SETBACK, "")


def written_here(connection: Connection, news: Iterable[Incoming]) -> tuple[Incoming, ...]:
    """Give those records of doses that say that they were written under this store's epoch."""
    known = (cursors.setting(connection, name) for name in (_EPOCH, _LEFT))
    names = {(keys.EPOCH, name) for name in known if name}
    return tuple(i for i in news if i.type == RECORDS and not names.isdisjoint(i.keys))


def find_beyond(reader: Reader, mine: Iterable[Incoming]) -> None:
    """See by the EMR's records whether this store once knew more than it knows now.

    A record that was written under its own epoch, and is not here or not in that version,
    proves it: where no journal tells of it, this is the only sign.
    """
    beyond = [incoming for incoming in mine if not _is_known(reader, incoming)]
    if not beyond:
        return
    connection = reader.connection
    patients = sorted({incoming.patient_id or "" for incoming in beyond})
    found = Setback(restored=True, missing=len(beyond), patients=tuple(patients))
    now = (keys.EPOCH, epoch(connection))
    if any(now in incoming.keys for incoming in beyond):
        set_back(connection, found)
    else:
        _note(connection, (setback(connection) or Setback()) | found)


def _is_known(reader: Reader, incoming: Incoming) -> bool:
    """Tell whether this version of a record is one of ours, or an older one."""
    try:
        there = read_administration(parse(incoming.body), dialect=reader.dialect)
    except DataError:
        return True  # whatever it is, it says nothing about this store
    mine = history.own_records(reader, Event.event_id == there.event_id)
    return any(own.record.revision >= there.revision for own in mine)


def last_sequence(connection: Connection) -> int:
    """Give the number of the last event."""
    return connection.execute(select(func.max(Event.sequence))).scalar() or 0


def _new_epoch(connection: Connection) -> str:
    made = uuid4().hex
    cursors.set_setting(connection, _EPOCH, made)
    return made


def _note(connection: Connection, found: Setback) -> None:
    cursors.set_setting(connection, _SETBACK, msgspec.json.encode(found).decode())
