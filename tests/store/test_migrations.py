"""Migrations: what they make, from which version they begin, and that none does two things."""

from collections.abc import Callable, Iterator
from datetime import datetime
from itertools import count
from pathlib import Path

import pytest
import sqlalchemy as sa
from alembic import command, op
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.operations import Operations
from alembic.script import ScriptDirectory

from bcma.audit import GENESIS, seal
from bcma.model.ports import SaveOutcome
from bcma.store import Broken, Flaw, Store
from bcma.store.engine import Database, postgresql_database, sqlite_database, sqlite_file
from bcma.store.schema import HEAD, MIGRATIONS, prepare
from bcma.store.tables import Base
from tests.peers.postgres import Cluster
from tests.store import ward
from tests.store.conftest import POSTGRESQL, SQLITE

CONFIG = Config()
CONFIG.set_main_option("script_location", str(MIGRATIONS))
SCRIPTS = ScriptDirectory.from_config(CONFIG)
REVISIONS = [script.revision for script in reversed(list(SCRIPTS.walk_revisions()))]
#: Tables that a migration empties on purpose: from before which version, and why.
EMPTIED = {"acknowledgement": ("0004", "of whose order nobody knows")}
SCHEMA, DATA = "schema", "data"
_WORDS = {
    **dict.fromkeys(("CREATE", "ALTER", "DROP"), SCHEMA),
    **dict.fromkeys(("INSERT", "UPDATE", "DELETE", "TRUNCATE", "MERGE"), DATA),
}
#: SQLite alters a table by copying it: still nothing but schema.
_COPY = "_alembic_tmp_"
_numbers = count(1)


@pytest.fixture(params=[SQLITE, POSTGRESQL])
def empty(request: pytest.FixtureRequest, path: Path) -> Iterator[Database]:
    """Give a database without any table."""
    if request.param == SQLITE:
        database = sqlite_database(sqlite_file(path))
        yield database
        database.close()
        return
    server: Cluster = request.getfixturevalue("server")
    name = f"empty{next(_numbers)}"
    server.create(name)
    database = postgresql_database(server.address(name))
    yield database
    database.close()
    server.drop(name)


def upgrade(database: Database, revision: str) -> None:
    """Bring a database to a version, as a program of that time did."""
    with database.write() as connection:
        CONFIG.attributes["connection"] = connection
        command.upgrade(CONFIG, revision)


def differences(database: Database) -> list[object]:
    """Compare the tables with the models, as ``alembic check`` does."""
    with database.read() as connection:
        # of an empty default SQLite does not tell whether there is one
        defaults = connection.dialect.name == POSTGRESQL
        context = MigrationContext.configure(
            connection, opts={"compare_type": True, "compare_server_default": defaults}
        )
        return list(compare_metadata(context, Base.metadata))


def fill(connection: sa.Connection) -> None:
    """Put a row into every table that there is."""
    present = sa.MetaData()
    present.reflect(connection)
    for table in present.sorted_tables:
        if table.name != "alembic_version":
            values = {column.name: _some(column.type) for column in table.columns}
            connection.execute(table.insert().values(values))


def _some(kind: sa.types.TypeEngine[object]) -> object:
    match kind:
        case sa.Boolean():
            return False
        case sa.Integer():
            return 1
        case sa.DateTime():
            return datetime(2026, 3, 2, 1, 0)  # noqa: DTZ001 - as the tables keep it, in UTC
        case sa.LargeBinary():
            return b"{}"
        case _:
            return "x"


def rows(connection: sa.Connection) -> dict[str, int]:
    """Count the rows of every table."""
    names = sa.inspect(connection).get_table_names()
    tables = [sa.table(name) for name in names if name != "alembic_version"]
    return {
        table.name: connection.scalar(sa.select(sa.func.count()).select_from(table)) or 0
        for table in tables
    }


def test_the_head_that_is_looked_for_is_the_last_migration() -> None:
    assert SCRIPTS.get_current_head() == HEAD


def test_the_migrations_make_the_tables_as_they_are_declared(empty: Database) -> None:
    prepare(empty)
    assert differences(empty) == []


def test_a_table_that_no_migration_makes_is_noticed(empty: Database) -> None:
    prepare(empty)
    with empty.write() as connection:
        connection.exec_driver_sql("ALTER TABLE event DROP COLUMN order_hash")
    assert "order_hash" in str(differences(empty))


@pytest.mark.parametrize("revision", REVISIONS[:-1])
def test_every_older_version_with_data_becomes_todays(empty: Database, revision: str) -> None:
    upgrade(empty, revision)
    with empty.write() as connection:
        fill(connection)
        before = rows(connection)
    prepare(empty)
    assert differences(empty) == []
    with empty.read() as connection:
        after = rows(connection)
    assert set(before.values()) == {1}
    emptied = {name for name, (since, _) in EMPTIED.items() if revision < since}
    lost = {name for name, number in before.items() if after[name] < number}
    assert lost == emptied


# --- one thing at a time -----------------------------------------------------------------


def kinds(connection: sa.Connection, upgrade: Callable[[], None]) -> set[str]:
    """Tell whether a migration alters the schema, writes rows, or both."""
    seen: set[str] = set()

    def see(*arguments: object) -> None:
        statement = str(arguments[2])
        word = statement.split(maxsplit=1)[0].upper()
        if word in _WORDS and not (_COPY in statement and _WORDS[word] == DATA):
            seen.add(_WORDS[word])

    sa.event.listen(connection, "before_cursor_execute", see)
    context = MigrationContext.configure(connection, opts={"render_as_batch": True})
    with Operations.context(context):
        upgrade()
    sa.event.remove(connection, "before_cursor_execute", see)
    return seen


def test_no_migration_alters_the_schema_and_writes_rows(empty: Database) -> None:
    """What fails half-way then leaves tables as they were, or rows as they were."""
    found = {}
    for script in (SCRIPTS.get_revision(revision) for revision in REVISIONS):
        with empty.write() as connection:
            found[script.revision] = kinds(connection, script.module.upgrade)
            if script.revision == REVISIONS[0]:
                fill(connection)
    assert {revision: kind for revision, kind in found.items() if len(kind) != 1} == {}
    assert {SCHEMA} in found.values()
    assert {DATA} in found.values()


def test_a_migration_that_does_both_is_noticed(empty: Database) -> None:
    prepare(empty)

    def both() -> None:
        with op.batch_alter_table("setting") as table:
            table.add_column(sa.Column("planted", sa.Text(), nullable=True))
        op.execute("UPDATE setting SET planted = key")

    def copied() -> None:
        with op.batch_alter_table("setting", recreate="always") as table:
            table.alter_column("planted", nullable=False)

    with empty.write() as connection:
        assert kinds(connection, both) == {SCHEMA, DATA}
        assert kinds(connection, copied) == {SCHEMA}


# --- what single migrations did ----------------------------------------------------------


def test_an_event_of_an_earlier_version_of_the_tables_is_a_dose(empty: Database) -> None:
    upgrade(empty, "0001")
    with empty.write() as connection:
        fill(connection)
    prepare(empty)
    with empty.read() as connection:
        found = connection.exec_driver_sql("SELECT event_id, kind, status FROM event").all()
    assert [tuple(row) for row in found] == [("x", "dose", "x")]


def test_an_acknowledgement_of_nobody_knows_whom_counts_no_longer(empty: Database) -> None:
    upgrade(empty, "0003")
    with empty.write() as connection:
        connection.exec_driver_sql(
            "INSERT INTO acknowledgement VALUES ('NOI', 'v1', 'n1', '2026-03-02')"
        )
    store = Store(empty, ward=ward.WARD)
    ward.fill(store)
    assert ward.chart(store).acknowledged == frozenset()
    assert store.recorder.acknowledge([ward.orders_read("v1")]).outcome is SaveOutcome.SAVED
    assert ward.chart(store).acknowledged == {"v1"}


@pytest.mark.hazard("H85")
def test_a_trail_from_before_its_last_seal_was_kept_is_whole_and_guarded(empty: Database) -> None:
    upgrade(empty, "0005")
    body = b'{"at":"2026-03-02T01:00:00Z","what":"enrol"}'
    first = seal(GENESIS, body)
    entry = sa.text("INSERT INTO audit (body, seal) VALUES (:body, :seal)")
    with empty.write() as connection:
        for sealed in (first, seal(first, body)):
            connection.execute(entry, {"body": body, "seal": sealed})
    store = Store(empty, ward=ward.WARD)
    assert store.verify_audit() is None
    assert store.check_audit().entries == 2
    with empty.write() as connection:
        connection.exec_driver_sql("DELETE FROM audit WHERE sequence = 2")
    assert store.verify_audit() == Broken(1, Flaw.CUT)
