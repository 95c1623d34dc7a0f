"""What may be true of file and EMR after all those kills, read past the product's own code."""

import sqlite3
from collections import Counter
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import msgspec

from bcma.emr.fhir_map.administration_out import fhir_status
from bcma.model.record import RecordStatus
from bcma.store.journal import Journal
from tests.kill.emr import OnEmr
from tests.kill.told import Recorded

#: Statuses of records by which nothing of the drug was given, or which no longer count.
_NOT_GIVEN: Final = frozenset({"held", "refused", "not-given", "entered-in-error", "lost"})
_CHECKS: Final = {
    "an event without its delivery": "SELECT event_id FROM event e"
    " WHERE NOT EXISTS (SELECT 1 FROM outbox o WHERE o.sequence = e.sequence)",
    "a delivery without its event": "SELECT sequence FROM outbox o"
    " WHERE NOT EXISTS (SELECT 1 FROM event e WHERE e.sequence = o.sequence)",
    "an event that is not delivered": "SELECT event_id FROM event JOIN outbox USING (sequence)"
    " WHERE state <> 'delivered'",
    "a use of a unit without its event": "SELECT unit FROM unit_use u"
    " WHERE NOT EXISTS (SELECT 1 FROM event e WHERE e.sequence = u.event_sequence)",
}


@dataclass(frozen=True, slots=True)
class Version:
    """One version of one event, as the file has it."""

    event: str
    version: int
    status: str
    kind: str
    slot: str | None


@dataclass(frozen=True, slots=True)
class Checked:
    """What was counted, and everything that is not as it must be: kind of fault, and which."""

    called: int
    doses: int
    versions: int
    delivered_once: int
    faults: tuple[tuple[str, str], ...]


def check(file: Path, journal: Path, called: set[Recorded], there: OnEmr) -> Checked:
    """Compare what the screen called recorded, the file and the EMR."""
    with closing(sqlite3.connect(f"file:{file}?mode=ro", uri=True)) as store:
        versions = _versions(store)
        faults = [*_half(store), *_used_twice(store)]
    faults += _not_in_the_journal(versions, journal)
    faults += _lost(versions, called, there)
    faults += _other_than_in_the_file(versions, there)
    given = {c.event for c in called if c.status == "given"}
    return Checked(
        called=len({c.event for c in called}),
        doses=len(given),
        versions=len(versions),
        delivered_once=sum(len(there.statuses.get(event, ())) == 1 for event in given),
        faults=tuple(faults),
    )


def _versions(store: sqlite3.Connection) -> list[Version]:
    query = "SELECT event_id, version, status, kind, slot_id FROM event ORDER BY sequence"
    return [Version(*row) for row in store.execute(query)]


def _not_in_the_journal(versions: list[Version], folder: Path) -> Iterator[tuple[str, str]]:
    """Find what the journal has otherwise than the file; reading it follows its seals."""
    rows = [line.row for line in Journal(folder).read() if line.row is not None]
    written = Counter((row.event_id, row.version) for row in rows)
    for version in versions:
        if written[version.event, version.version] != 1:
            number = written[version.event, version.version]
            yield f"{number} times in the journal", version.event
    if len(rows) > len(versions):
        yield "in the journal only", f"{len(rows) - len(versions)} lines"


def _lost(
    versions: list[Version], called: set[Recorded], there: OnEmr
) -> Iterator[tuple[str, str]]:
    """Find what was called recorded and is not in the file, or not on the EMR."""
    kept = {(v.event, v.status) for v in versions}
    for one in called:
        if (one.event, one.status) not in kept:
            yield "lost from the file", one.event
        if one.event not in there.statuses and one.event not in there.others:
            yield "lost on the way", one.event


def _other_than_in_the_file(versions: list[Version], there: OnEmr) -> Iterator[tuple[str, str]]:
    """Find what the EMR has otherwise than the file: twice, in another version, never made."""
    latest = {v.event: v for v in versions}
    for event, version in latest.items():
        difference = _difference(version, there)
        if difference:
            yield difference, event
    for event in (there.statuses.keys() | there.others.keys()) - latest.keys():
        yield "on the EMR only", event
    slots = Counter(v.slot for v in latest.values() if v.slot and v.status not in _NOT_GIVEN)
    for slot, number in slots.items():
        if number > 1:
            yield f"a slot given {number} times", slot


def _difference(version: Version, there: OnEmr) -> str:
    """Say what is different of one event; nothing is the empty text."""
    event = version.event
    if version.kind != "dose":
        number = there.others[event]
        return "" if number == 1 else f"a care event {number} times on the EMR"
    found = there.statuses.get(event, [])
    if len(found) != 1:
        return f"a record {len(found)} times on the EMR"
    if found[0] != fhir_status(RecordStatus(version.status)):
        return f"{version.status} here, {found[0]} on the EMR"
    if there.revisions[event] != version.version:
        return "another version on the EMR"
    told = there.told[event]
    return "" if told == version.version else f"{told} Provenances, {version.version} versions"


def _half(store: sqlite3.Connection) -> Iterator[tuple[str, str]]:
    """Find what is only half there; the audit trail is read as the plain text that it is."""
    for name, query in _CHECKS.items():
        for (which,) in store.execute(query):
            yield name, str(which)
    sealed = {
        msgspec.json.decode(body).get("event")
        for (body,) in store.execute("SELECT body FROM audit")
    }
    for sequence, event in store.execute("SELECT sequence, event_id FROM event"):
        if sequence not in sealed:
            yield "an event without its audit entry", event


def _used_twice(store: sqlite3.Connection) -> Iterator[tuple[str, str]]:
    """Find units of which two records tell that they went in."""
    query = (
        "SELECT unit, e.event_id, e.status FROM unit_use JOIN event e"
        " ON e.sequence = event_sequence ORDER BY e.sequence"
    )
    users: dict[str, dict[str, str]] = {}
    for unit, event, status in store.execute(query):
        users.setdefault(unit, {})[event] = status
    for unit, statuses in users.items():
        if sum(status not in _NOT_GIVEN - {"lost"} for status in statuses.values()) > 1:
            yield "a unit used twice", unit
