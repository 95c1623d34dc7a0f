"""Whoever alters the trail, or what it seals, by hand is found out, where and why."""

import tracemalloc
from dataclasses import replace
from pathlib import Path

import pytest
from sqlalchemy import insert

from bcma.model.audited import AuditKind
from bcma.model.ports import SaveOutcome
from bcma.model.record import RecordStatus
from bcma.store import Broken, Checked, Flaw, Store, trail
from bcma.store.append import Row, append
from bcma.store.engine import Database
from bcma.store.tables import Event
from tests.store import ward

DOSES = 4
_AT = " WHERE sequence = {place}"
_ALL = ("DELETE FROM audit", "DELETE FROM outbox", "DELETE FROM event")
_UNBOUND = {
    "sqlite": "PRAGMA foreign_keys=OFF",
    "postgresql": "SET session_replication_role = replica",
}


def beneath(store: Store) -> Database:
    return store._database  # noqa: SLF001 - what is altered lies beneath the store


def alter(store: Store, *statements: str, **facts: object) -> None:
    """Do what somebody with the database's own tools could do."""
    engine = beneath(store).engine
    raw = engine.raw_connection()
    cursor = raw.cursor()
    for statement in (_UNBOUND[engine.dialect.name], *statements):
        cursor.execute(statement.format_map(facts))
    raw.commit()
    raw.close()
    engine.dispose()


def chart(store: Store, number: int) -> None:
    record = ward.given(store, f"event-{number}", slot=None, slot_id=f"s{number}")
    store.recorder.record(record)


@pytest.fixture
def seals(store: Store) -> list[str]:
    """Give the seals of a trail of four doses, which is whole."""
    found = []
    for number in range(DOSES):
        chart(store, number)
        found.append(store.check_audit().seal)
    assert store.check_audit() == Checked(DOSES, found[-1])
    return found


@pytest.mark.hazard("H85")
@pytest.mark.usefixtures("seals")
@pytest.mark.parametrize("place", [1, 2, DOSES], ids=["beginning", "middle", "end"])
@pytest.mark.parametrize(
    "statement, why",
    [
        (
            (
                "UPDATE audit SET body = (SELECT body FROM audit WHERE sequence = {other})"
                " WHERE sequence = {place}"
            ),
            Flaw.SEAL,
        ),
        ("UPDATE audit SET seal = 'x' WHERE sequence = {place}", Flaw.SEAL),
        (
            (
                "UPDATE event SET payload = (SELECT payload FROM event WHERE sequence = {other})"
                " WHERE sequence = {place}"
            ),
            Flaw.PAYLOAD,
        ),
        ("DELETE FROM event WHERE sequence = {place}", Flaw.MISSING),
    ],
    ids=["entry", "seal", "record", "record removed"],
)
def test_what_is_altered_is_found_where_it_stands(
    store: Store, place: int, statement: str, why: Flaw
) -> None:
    other = 1 if place > 1 else 2
    alter(store, statement, place=place, other=other)
    checked = store.check_audit()
    assert checked.broken == Broken(place, why)
    assert checked.entries == (place if why is not Flaw.SEAL else place - 1)
    assert store.verify_audit() == checked.broken


@pytest.mark.hazard("H85")
@pytest.mark.usefixtures("seals")
@pytest.mark.parametrize(
    "change",
    [
        "patient_id = 'p2'",
        "event_id = 'another'",
        "slot_id = 'another'",
        "slot_id = NULL",
        "status = 'held'",
        "kind = 'reaction'",
    ],
)
def test_a_record_that_was_moved_out_of_sight_is_found(store: Store, change: str) -> None:
    """Charts find a record by its columns: they must say what the sealed record says."""
    alter(store, "UPDATE event SET {change} WHERE sequence = 2", change=change)
    assert store.verify_audit() == Broken(2, Flaw.PAYLOAD)


@pytest.mark.hazard("H85")
@pytest.mark.usefixtures("seals")
def test_a_correction_that_was_put_behind_its_record_is_found(store: Store) -> None:
    before = store.charts.recorded("event-1")
    assert before is not None
    wrong = replace(before, status=RecordStatus.ENTERED_IN_ERROR, reason="other", revision=2)
    assert store.recorder.record(wrong).outcome is SaveOutcome.SAVED
    assert store.verify_audit() is None
    alter(store, "UPDATE event SET version = 0 WHERE sequence = 5")
    assert store.charts.recorded("event-1") != wrong, "the dose would count as given again"
    assert store.verify_audit() == Broken(5, Flaw.PAYLOAD)


@pytest.mark.hazard("H85")
@pytest.mark.parametrize(
    "statement, broken",
    [
        ("UPDATE audit SET body = 5 WHERE sequence = 2", Broken(2, Flaw.SEAL)),
        ("UPDATE event SET payload = 5 WHERE sequence = 2", Broken(2, Flaw.PAYLOAD)),
    ],
)
def test_what_is_no_text_any_more_is_altered_as_well(
    path: Path, statement: str, broken: Broken
) -> None:
    """SQLite lets anything be put into any column."""
    with Store.open(path, ward=ward.WARD) as store:
        ward.fill(store)
        for number in range(DOSES):
            chart(store, number)
        alter(store, statement)
        assert store.verify_audit() == broken


@pytest.mark.hazard("H85")
@pytest.mark.usefixtures("seals")
@pytest.mark.parametrize("place", [1, 2], ids=["beginning", "middle"])
def test_an_entry_that_was_removed_is_missed_at_the_next(store: Store, place: int) -> None:
    alter(store, "DELETE FROM audit WHERE sequence = {place}", place=place)
    assert store.verify_audit() == Broken(place + 1, Flaw.SEAL)


@pytest.mark.hazard("H85")
@pytest.mark.usefixtures("seals")
def test_two_entries_that_changed_places_are_found(store: Store) -> None:
    alter(
        store,
        "UPDATE audit SET sequence = 99 WHERE sequence = 2",
        "UPDATE audit SET sequence = 2 WHERE sequence = 3",
        "UPDATE audit SET sequence = 3 WHERE sequence = 99",
    )
    assert store.verify_audit() == Broken(2, Flaw.SEAL)


@pytest.mark.hazard("H85")
def test_entries_cut_off_the_end_are_missed_with_or_without_their_records(
    store: Store, seals: list[str]
) -> None:
    alter(store, "DELETE FROM audit WHERE sequence >= 3")
    assert store.check_audit() == Checked(2, seals[1], Broken(2, Flaw.CUT))
    alter(store, "DELETE FROM outbox WHERE sequence >= 3", "DELETE FROM event WHERE sequence >= 3")
    assert store.check_audit() == Checked(2, seals[1], Broken(2, Flaw.CUT))


@pytest.mark.hazard("H85")
@pytest.mark.usefixtures("seals")
def test_no_later_entry_hides_what_was_cut_off(store: Store) -> None:
    alter(store, *(statement + _AT for statement in _ALL), place=DOSES)
    chart(store, DOSES)
    broken = store.verify_audit()
    assert broken is not None
    assert broken.why is Flaw.SEAL


@pytest.mark.hazard("H85")
@pytest.mark.usefixtures("seals")
def test_a_trail_that_is_gone_as_a_whole_is_missed(store: Store) -> None:
    alter(store, *_ALL)
    assert store.verify_audit() == Broken(0, Flaw.CUT)


@pytest.mark.hazard("H85")
@pytest.mark.usefixtures("seals")
def test_a_record_that_was_put_in_by_hand_has_no_entry(store: Store) -> None:
    alter(
        store,
        "INSERT INTO event"
        " (sequence, event_id, version, patient_id, status, kind, recorded_at, payload)"
        " SELECT 50, 'x', 1, patient_id, status, kind, recorded_at, payload"
        " FROM event WHERE sequence = 1",
    )
    assert store.verify_audit() == Broken(50, Flaw.UNSEALED)
    alter(store, "UPDATE event SET sequence = 0 WHERE sequence = 50")
    assert store.verify_audit() == Broken(0, Flaw.UNSEALED)


@pytest.mark.hazard("H85")
def test_a_seal_noted_elsewhere_tells_what_was_rewritten_with_all_its_seals(
    store: Store, seals: list[str]
) -> None:
    """Who forges every seal and the kept one too is still betrayed by one that was written down."""
    noted = seals[-1]
    assert store.audit_holds(noted)
    alter(store, *_ALL, "DELETE FROM setting WHERE key = 'audit-head'")
    chart(store, 0)
    assert store.verify_audit() is None
    assert not store.audit_holds(noted)


def test_an_entry_that_names_no_kind_seals_its_event_all_the_same(store: Store) -> None:
    payload = b'{"event_id":"e1","patient_id":"p1","status":"given"}'
    row = {"event_id": "e1", "version": 1, "patient_id": "p1", "status": "given", "kind": "dose"}
    with beneath(store).write() as connection:
        event = insert(Event).values(**row, recorded_at=ward.NOW, payload=payload)
        number = connection.execute(event.returning(Event.sequence)).scalar_one()
        sealed = trail.digest_of(payload)
        trail.append(
            connection, trail.Entry(at=ward.NOW, what=AuditKind.RECORD, event=number, digest=sealed)
        )
    assert store.check_audit().broken is None


def test_an_empty_trail_is_whole(store: Store) -> None:
    assert store.check_audit() == Checked(0, "")


def test_a_long_trail_is_checked_in_little_memory(store: Store) -> None:
    def peak() -> int:
        tracemalloc.start()
        assert store.verify_audit() is None
        _, most = tracemalloc.get_traced_memory()
        tracemalloc.stop()
        return most

    lengthen(store, 0, 600)
    peak()
    short = peak()
    lengthen(store, 600, 1800)
    assert store.check_audit().entries == 1800
    assert peak() < short * 1.3


def lengthen(store: Store, first: int, end: int) -> None:
    with beneath(store).write() as connection:
        for number in range(first, end):
            row = Row(
                event_id=f"e{number}",
                patient_id="p1",
                kind="dose",
                at=ward.NOW,
                by="n1",
                payload=b'{"event_id":"e%d","patient_id":"p1"}' % number + b" " * 200,
            )
            append(connection, row)
