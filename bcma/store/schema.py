"""Brings a store's file to the tables of this program, or refuses it untouched."""

from pathlib import Path
from typing import Final

from sqlalchemy import Connection, inspect, text

from bcma.store.engine import Database, make_durable
from bcma.store.errors import StoreIsForeignError, StoreIsNewerError

#: The migration that makes :mod:`bcma.store.tables` what it is now (a test compares them).
HEAD: Final = "0008"
_VERSION_TABLE: Final = "alembic_version"
MIGRATIONS: Final = Path(__file__).with_name("migrations")


def prepare(database: Database) -> None:
    """Create or upgrade the tables; looks before it touches anything.

    Raises:
        StoreIsNewerError: a migration that this program does not know was applied.
        StoreIsForeignError: the file has tables, but not ours.
        StoreError: the file cannot be read or written.
    """
    with database.read() as connection:
        present = _revision(connection)
    if present != HEAD and present is not None and present not in _known_revisions():
        raise StoreIsNewerError(found=present, known=HEAD)
    make_durable(database)
    if present == HEAD:
        return
    with database.write() as connection:
        if _revision(connection) != HEAD:  # another program may have been first
            _upgrade(connection)


def _revision(connection: Connection) -> str | None:
    """Give the last migration applied, ``None`` for an empty file."""
    tables = inspect(connection).get_table_names()
    if _VERSION_TABLE in tables:
        found = connection.execute(text("SELECT version_num FROM alembic_version")).scalar()
        if found is not None:
            return str(found)
    if tables:
        raise StoreIsForeignError(tables=len(tables))
    return None


def _known_revisions() -> frozenset[str]:
    # loaded only for a file that is not up to date: a quarter of a second
    from alembic.config import Config  # noqa: PLC0415
    from alembic.script import ScriptDirectory  # noqa: PLC0415

    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS).replace("%", "%%"))
    return frozenset(
        script.revision for script in ScriptDirectory.from_config(config).walk_revisions()
    )


def _upgrade(connection: Connection) -> None:
    from alembic import command  # noqa: PLC0415 - see above
    from alembic.config import Config  # noqa: PLC0415

    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS).replace("%", "%%"))
    config.attributes["connection"] = connection
    command.upgrade(config, HEAD)
