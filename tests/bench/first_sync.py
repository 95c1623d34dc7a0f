"""The first exchange of a station with the EMR of a big hospital: ``make first-sync N=200000``.

What the product takes is compared with a bare reading of the same pages from the same server:
httpx and a JSON parser, nothing kept. Before and after it, as no server is always as quick.
"""

import argparse
import os
import sqlite3
import statistics
import sys
import tempfile
import time
from contextlib import closing
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

import httpx
import msgspec

from bcma.emr.fhir_client import FhirClient
from bcma.store import Store
from bcma.sync import Progress, Sync, SyncReport
from bcma.sync.kinds import TYPES
from tests.bench.big_ward import WARD, BigWard
from tests.bench.emr_load import count, load
from tests.peers import hapi_server

_RECORDS: Final = "MedicationAdministration"
_LIMIT_RATIO: Final = 2.0
#: Memory may grow so much from the tenth part of the records to the last: caches fill up.
_LIMIT_GROWTH_MB: Final = 100
_PATIENCE: Final = 600
_STEP: Final = 500
_MEMORY: Final = Path("/proc/self/statm")
_PAGE_OF_MEMORY: Final = 4096
_SEARCH: Final = {"_count": "500", "_sort": "_lastUpdated"}


class Clock:
    """This machine's."""

    def now(self) -> datetime:
        """Give the present instant."""
        return datetime.now(UTC)


@dataclass(frozen=True, slots=True)
class Mark:
    """How far a pull was, in records, seconds and megabytes of memory."""

    count: int
    seconds: float
    memory: int


@dataclass(slots=True)
class Pull:
    """One exchange of a station, watched; it is broken off after so many records."""

    store: Store
    address: str
    enough: int | None = None
    marks: list[Mark] = field(default_factory=list)

    def run(self) -> SyncReport:
        """Exchange once."""
        began = time.perf_counter()
        with httpx.Client(timeout=_PATIENCE) as http:
            sync = Sync(self.store, FhirClient(self.address, http), Clock())

            def told(progress: Progress) -> None:
                if progress.kind == _RECORDS:
                    seconds = time.perf_counter() - began
                    self.marks.append(Mark(progress.count, seconds, memory_mb()))
                    if self.enough is not None and progress.count >= self.enough:
                        sync.cancel()

            sync.tell_progress(told)
            return sync.sync_now()

    def at(self, share: float) -> Mark:
        """Give how it stood when a share of the records was read."""
        return self.marks[round((len(self.marks) - 1) * share)]


def bare(address: str) -> float:
    """Read everything that a first pull reads, page by page, and give the seconds."""
    began = time.perf_counter()
    with httpx.Client(timeout=_PATIENCE) as http:
        for kind in TYPES:
            url: str | None = f"{address}/{kind}?{httpx.QueryParams(_SEARCH)}"
            while url is not None:
                bundle = msgspec.json.decode(http.get(url).raise_for_status().content)
                links = {link["relation"]: link["url"] for link in bundle.get("link", ())}
                url = links.get("next")
    return time.perf_counter() - began


def whole(address: str, path: Path) -> bool:
    """Compare a whole first exchange with the bare reading; tell whether it keeps the limits."""
    before = bare(address)
    with Store.open(path, ward=WARD) as store:
        pull = Pull(store, address)
        began = time.perf_counter()
        report = pull.run()
        seconds = time.perf_counter() - began
    after = bare(address)
    floor = statistics.mean((before, after))
    news = sum(report.pulled.news.values())
    say(f"bare reading        {before:8.1f} s before, {after:.1f} s after")
    say(f"the product         {seconds:8.1f} s, {news} resources, {seconds / floor:.2f} x bare")
    for share in (0.1, 0.5, 1):
        mark = pull.at(share)
        say(f"  at {mark.count:>8} records {mark.seconds:6.1f} s {mark.memory:>6} MB")
    say(f"  {len(pull.marks)} pages told of; store {path.stat().st_size // 10**6} MB")
    grown = pull.at(1).memory - pull.at(0.1).memory
    whole_of_it = report.reached and report.pulled.complete and not report.pulled.unreadable
    return whole_of_it and seconds <= _LIMIT_RATIO * floor and grown <= _LIMIT_GROWTH_MB


def broken_off(address: str, path: Path, records: int) -> bool:
    """Break off in the middle of the records, go on in a new start; tell whether all came."""
    with Store.open(path, ward=WARD) as store:
        report = Pull(store, address, enough=records // 2).run()
        cursor = store.cursors().get(_RECORDS)
    kept = records_in(path)
    say(f"broken off          {report.failure}, {kept} records kept, read up to {cursor}")
    with Store.open(path, ward=WARD) as store:
        again = Pull(store, address)
        went_on = again.run()
    news = went_on.pulled.news.get(_RECORDS, 0)
    say(f"went on             {again.at(1).count} read, {news} of them new")
    is_half = report.failure == "sync.cancelled" and cursor is not None and 0 < kept < records
    return is_half and went_on.reached and kept + news == records == records_in(path)


def records_in(path: Path) -> int:
    """Count the records in a store."""
    with closing(sqlite3.connect(path)) as db:
        query = "SELECT count(*) FROM resource WHERE type = ?"
        return int(db.execute(query, (_RECORDS,)).fetchone()[0])


def filled(size: BigWard) -> str:
    """Give the address of a reference EMR that holds a hospital, filled where it does not yet."""
    address = hapi_server.start()
    if count(address, _RECORDS) != size.records:
        began = time.perf_counter()
        hapi_server.empty(address)

        def told(done: int) -> None:
            if done % 10_000 < _STEP:
                say(f"filling the EMR: {done}, {done / (time.perf_counter() - began):.0f} a second")

        load(address, size, told)
    return address


def main() -> int:
    """Fill, read, compare; 1 where a limit is passed."""
    parser = argparse.ArgumentParser(prog="python -m tests.bench.first_sync", description=__doc__)
    parser.add_argument("--number", type=int, default=200_000, help="administrations")
    size = BigWard(records=parser.parse_args().number, orders_each=10, products=500)
    os.environ["EMR_VALIDATE"] = "no"  # of a server that is started now: it is filled quicker
    address = filled(size)
    say(f"{size.records} administrations, {size.patients * size.orders_each} orders")
    with tempfile.TemporaryDirectory(prefix="bcma-first-sync-") as folder:
        good = whole(address, Path(folder) / "whole.db")
        good = broken_off(address, Path(folder) / "half.db", size.records) and good
    say("within the limits" if good else "NOT within the limits")
    return 0 if good else 1


def memory_mb() -> int:
    """Give what this process holds in memory now (Linux), else nothing."""
    if not _MEMORY.is_file():
        return 0
    return int(_MEMORY.read_text("ascii").split()[1]) * _PAGE_OF_MEMORY // 10**6


def say(line: str) -> None:
    """Write a line at once: the next one may be minutes away."""
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main())
