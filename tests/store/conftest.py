"""A store on a real file, and the same on a real PostgreSQL."""

from collections.abc import Callable, Iterator
from itertools import count
from pathlib import Path

import pytest

from bcma.store import Store
from bcma.store.engine import Database, postgresql_database
from bcma.store.schema import prepare
from tests.peers.postgres import Cluster, cluster, is_installed
from tests.store import ward

SQLITE, POSTGRESQL = "sqlite", "postgresql"
_TEMPLATE = "prepared"


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Run what asks for a store, and not for its file, on both databases."""
    if "store" in metafunc.fixturenames and "path" not in metafunc.function.__code__.co_varnames:
        metafunc.parametrize("store", [SQLITE, POSTGRESQL], indirect=True)


@pytest.fixture(scope="session")
def server() -> Iterator[Cluster]:
    """Give a PostgreSQL with a database that has the tables, to be copied."""
    if not is_installed():
        pytest.skip("no PostgreSQL here: installer/setup.sh dev installs it")
    with cluster() as running:
        running.create(_TEMPLATE)
        database = postgresql_database(running.address(_TEMPLATE))
        prepare(database)
        database.close()
        yield running


@pytest.fixture
def new_database(server: Cluster) -> Iterator[Callable[[], Database]]:
    """Give what makes databases with the tables; they are thrown away again."""
    made: list[tuple[str, Database]] = []
    numbers = count(1)

    def make() -> Database:
        name = f"store{next(numbers)}"
        server.create(name, _TEMPLATE)
        made.append((name, postgresql_database(server.address(name))))
        return made[-1][1]

    yield make
    for name, database in made:
        database.close()
        server.drop(name)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "station.db"


@pytest.fixture
def store(request: pytest.FixtureRequest) -> Iterator[Store]:
    if getattr(request, "param", SQLITE) == POSTGRESQL:
        make = request.getfixturevalue("new_database")
        opened = Store(make(), ward=ward.WARD)
    else:
        opened = Store.open(request.getfixturevalue("path"), ward=ward.WARD)
    with opened:
        ward.fill(opened)
        yield opened
