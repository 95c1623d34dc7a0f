"""A store on a real file."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from bcma.store import Store
from tests.store import ward


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "station.db"


@pytest.fixture
def store(path: Path) -> Iterator[Store]:
    with Store.open(path, ward=ward.WARD) as opened:
        ward.fill(opened)
        yield opened
