"""The store of a station in a big hospital: filled once through intake, kept under ``build``."""

import hashlib
import os
import shutil
from collections.abc import Iterator
from datetime import datetime, timedelta
from itertools import islice
from pathlib import Path
from typing import Final

from bcma.emr.fhir_map import encode
from bcma.store import Store, read_incoming
from bcma.store.schema import HEAD
from tests.bench import big_ward
from tests.bench.big_ward import NOW, WARD, BigWard, Json

ROOT: Final = Path(__file__).parents[2]
BUILD: Final = ROOT / "build" / "bench"
_PAGE: Final = 1000
#: What decides what such a store holds.
_SOURCES: Final = ("bcma/store/intake.py", "bcma/store/keys.py", "bcma/store/tables.py")


def copy_of_store(size: BigWard, to: Path) -> None:
    """Put a store of this size in a file; made anew only where what makes it has changed."""
    shutil.copyfile(_kept(size), to)
    with to.open("rb") as copy:  # else the disk would still be busy with it while scans are timed
        os.fsync(copy.fileno())


def _kept(size: BigWard) -> Path:
    made_of = [HEAD.encode(), repr(size).encode(), Path(big_ward.__file__).read_bytes()]
    made_of += [(ROOT / name).read_bytes() for name in _SOURCES]
    kept = BUILD / f"{hashlib.sha256(b''.join(made_of)).hexdigest()[:16]}.db"
    if not kept.is_file():
        shutil.rmtree(BUILD, ignore_errors=True)
        BUILD.mkdir(parents=True)
        _fill(size, kept.with_suffix(".part"))
        kept.with_suffix(".part").rename(kept)
    return kept


def _fill(size: BigWard, path: Path) -> None:
    resources = size.resources()
    with Store.open(path, ward=WARD) as store:
        while page := list(islice(resources, _PAGE)):
            incoming = [read_incoming(body, store.dialect) for body in _as_sent(page)]
            store.take_page(incoming, complete_at=NOW)


def _as_sent(page: list[Json]) -> Iterator[bytes]:
    for resource in page:
        yield encode(resource | {"meta": {"versionId": "1", "lastUpdated": NOW.isoformat()}})


class SteppingClock:
    """Goes on a little with every look at it."""

    def __init__(self) -> None:
        self._now = NOW

    def now(self) -> datetime:
        """Give the next instant."""
        self._now += timedelta(milliseconds=10)
        return self._now
