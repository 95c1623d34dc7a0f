"""What is PostgreSQL's own about the store: its lock, its snapshots, its ways to fail."""

import threading
from collections.abc import Callable

import pytest
from sqlalchemy import text

from bcma.model.ports import SaveOutcome
from bcma.store import Store, StoreUnwritableError
from bcma.store.engine import Database, postgresql_database
from bcma.store.errors import StoreBusyError
from bcma.store.schema import prepare
from tests.peers.postgres import Cluster
from tests.store import ward

NewDatabase = Callable[[], Database]
FIRST = "7d9c2f0e-4a8b-4f1c-9a52-0c3de5a1b001"
SECOND = "7d9c2f0e-4a8b-4f1c-9a52-0c3de5a1b002"


@pytest.mark.hazard("H46")
@pytest.mark.parametrize("level", ["read committed", "repeatable read", "serializable"])
def test_of_two_stations_on_one_database_one_charts_the_slot(
    new_database: NewDatabase, level: str
) -> None:
    """Both judge the slot open; the second waits for the first and then sees its record.

    Whatever a server gives to transactions that ask for no level of their own.
    """
    database = new_database()
    with database.write() as connection:
        name = connection.execute(text("SELECT current_database()")).scalar()
        setting = f"default_transaction_isolation = '{level}'"
        connection.execute(text(f'ALTER DATABASE "{name}" SET {setting}'))
    database.engine.dispose()
    stores = [Store(database, ward=ward.WARD) for _ in range(2)]
    ward.fill(stores[0])
    records = [
        ward.given(store, event) for store, event in zip(stores, (FIRST, SECOND), strict=True)
    ]
    outcomes: list[SaveOutcome] = []
    begin = threading.Barrier(2)

    def chart(number: int) -> None:
        begin.wait()
        outcomes.append(stores[number].recorder.record(records[number]).outcome)

    threads = [threading.Thread(target=chart, args=(number,)) for number in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(outcomes) == sorted([SaveOutcome.SAVED, SaveOutcome.SLOT_TAKEN])
    assert len(ward.chart(stores[0]).administrations) == 1
    assert stores[0].verify_audit() is None


def test_a_reader_sees_one_state_and_waits_for_nobody(new_database: NewDatabase) -> None:
    database = new_database()
    with database.read() as reading:
        assert reading.execute(text("SELECT count(*) FROM setting")).scalar() == 0
        with database.write() as writing:
            writing.execute(text("INSERT INTO setting VALUES ('a', 'b')"))
        assert reading.execute(text("SELECT count(*) FROM setting")).scalar() == 0
    with database.read() as reading:
        assert reading.execute(text("SELECT count(*) FROM setting")).scalar() == 1


def test_a_writer_that_waits_too_long_is_told(new_database: NewDatabase) -> None:
    database = new_database()
    with database.write(), pytest.raises(StoreBusyError) as busy, database.write():
        pass
    assert busy.value.facts == {"cause": "busy"}


def test_the_chain_is_whole_though_numbers_are_missing(new_database: NewDatabase) -> None:
    """A number that a transaction drew and did not keep is never drawn again."""
    database = new_database()
    store = Store(database, ward=ward.WARD)
    ward.fill(store)

    def draw_a_number_and_give_up() -> None:
        with database.write() as connection:
            connection.execute(text("INSERT INTO audit (body, seal) VALUES ('x', 'y')"))
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        draw_a_number_and_give_up()
    assert store.recorder.record(ward.given(store, FIRST)).outcome is SaveOutcome.SAVED
    assert store.verify_audit() is None
    assert len(store.audit_entries()) == 1


def test_a_server_that_is_not_there_is_told(server: Cluster) -> None:
    for address in (
        "postgresql+psycopg://nobody:x@127.0.0.1:1/none",
        server.address("no_such_database"),
        server.address("template1").replace(server.password, "wrong"),
    ):
        database = postgresql_database(address)
        with pytest.raises(StoreUnwritableError) as failed:
            prepare(database)
        assert failed.value.facts == {"cause": "cannot-open"}
        database.close()


def test_who_may_only_read_is_told(new_database: NewDatabase) -> None:
    database = new_database()
    store = Store(database, ward=ward.WARD)
    with database.write() as connection:
        name = connection.execute(text("SELECT current_database()")).scalar()
        connection.execute(text(f'ALTER DATABASE "{name}" SET default_transaction_read_only = on'))
    database.engine.dispose()
    with pytest.raises(StoreUnwritableError) as failed:
        store.set_setting("a", "b")
    assert failed.value.facts == {"cause": "read-only"}
