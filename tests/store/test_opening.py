"""A store is opened, made, upgraded, or refused with a clear reason and left as it was."""

import hashlib
import os
import sqlite3
from pathlib import Path

import pytest

from bcma.store import (
    Store,
    StoreError,
    StoreIsCorruptError,
    StoreIsForeignError,
    StoreIsNewerError,
    StoreUnwritableError,
)
from bcma.store.engine import sqlite_database, sqlite_file
from bcma.store.schema import prepare
from tests.store import ward


def digest(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


def test_what_was_written_is_on_the_disk_when_a_write_returns(path: Path) -> None:
    database = sqlite_database(sqlite_file(path))
    prepare(database)
    with database.read() as connection:
        for pragma, wanted in (("journal_mode", "wal"), ("synchronous", 2), ("foreign_keys", 1)):
            assert connection.exec_driver_sql(f"PRAGMA {pragma}").scalar() == wanted
    database.close()


def test_a_store_of_a_newer_version_is_refused_untouched(path: Path) -> None:
    Store.open(path).close()
    raw = sqlite3.connect(path)
    raw.execute("UPDATE alembic_version SET version_num = '9999'")
    raw.execute("PRAGMA journal_mode=DELETE")
    raw.commit()
    raw.close()
    before = digest(path)
    with pytest.raises(StoreIsNewerError) as refused:
        Store.open(path)
    assert refused.value.facts["found"] == "9999"
    assert digest(path) == before


def test_a_database_of_another_program_is_refused_untouched(path: Path) -> None:
    raw = sqlite3.connect(path)
    raw.execute("CREATE TABLE bookmarks (url TEXT)")
    raw.commit()
    raw.close()
    before = digest(path)
    with pytest.raises(StoreIsForeignError):
        Store.open(path)
    assert digest(path) == before


def test_a_file_that_is_no_database_is_refused_untouched(path: Path) -> None:
    path.write_text("a letter, and no database at all. " * 50, "utf-8")
    before = digest(path)
    with pytest.raises(StoreIsCorruptError):
        Store.open(path)
    assert digest(path) == before


def test_a_damaged_store_is_refused(path: Path) -> None:
    with Store.open(path) as store:
        ward.fill(store)
    content = bytearray(path.read_bytes())
    content[100:4096] = os.urandom(3996)  # the first page: the list of tables
    path.write_bytes(content)
    with pytest.raises(StoreError):
        Store.open(path)


def test_a_folder_that_does_not_exist_is_named_unwritable(tmp_path: Path) -> None:
    with pytest.raises(StoreUnwritableError) as refused:
        Store.open(tmp_path / "gone" / "station.db")
    assert refused.value.facts["cause"] == "cannot-open"


def test_exceptions_name_no_file_and_no_person(tmp_path: Path) -> None:
    with pytest.raises(StoreUnwritableError) as refused:
        Store.open(tmp_path / "Nguyễn Văn An" / "station.db")
    assert "Nguyễn" not in str(refused.value)


def test_two_stations_programs_may_make_one_store_at_once(path: Path) -> None:
    with Store.open(path) as one, Store.open(path) as other:
        assert one.epoch == other.epoch
