"""One life of the program in a process of its own: the real station, on a real file."""

import logging
import os
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from random import Random
from typing import Final

from bcma.app import Station
from bcma.config import load_config
from bcma.simulate.network import direct_transport
from tests.kill.crash import Crash, Watch, WatchedLine
from tests.kill.nurse import Nurse
from tests.kill.shared import Shared, Verb
from tests.kill.told import Ended, Failed, Mouth, Trying
from tests.kill.ward import BADGE, PIN, WARD

_TRIES: Final = 30


@dataclass(frozen=True, slots=True, kw_only=True)
class Life:
    """How the program starts.

    Attributes:
        first: nobody is enrolled yet.
        unsure: the dose of which nobody knows whether it was recorded before the last end.
        sabotage: spoils the program, to see that a test would notice; nothing in earnest.
    """

    folder: Path
    emr_url: str
    seed: str
    verb: Verb
    first: bool
    unsure: Trying | None = None
    sabotage: Callable[[], None] | None = None


class TellErrors(logging.Handler):
    """Tells log records at ERROR: none of them may ever come."""

    def __init__(self, mouth: Mouth) -> None:
        super().__init__(logging.ERROR)
        self._mouth = mouth

    def emit(self, record: logging.LogRecord) -> None:
        """Tell one."""
        self._mouth.tell(Failed(record.getMessage()))


def fork(run: Callable[[], None]) -> int:
    """Run something in a process of its own, which never comes back here; give its number."""
    number = os.fork()
    if number:
        return number
    try:
        run()
        sys.stdout.flush()
    except BaseException as failed:  # noqa: BLE001 - a forked process must not go on as its parent
        os.write(2, f"{type(failed).__name__}: {failed}\n".encode())
        os._exit(1)
    os._exit(0)


def live(life: Life, shared: Shared, crash: Crash, pipe: int) -> None:
    """Start, and work until it is killed."""
    mouth = _mouth(pipe)
    watch = Watch(shared, crash)
    watch.install()
    if life.sabotage is not None:
        life.sabotage()
    try:
        station = open_station(life, shared, watch)
        shared.verb = Verb.START_UP
        if life.first:
            first_start(station)
        station.start_sync(lambda: None)
        Nurse(station, shared, mouth, Random(life.seed)).work(life.unsure)  # noqa: S311 - a choice
    except BaseException as failed:
        mouth.tell(Failed(f"{type(failed).__name__}: {failed}"))
        raise


def deliver_all(life: Life, shared: Shared, pipe: int) -> None:
    """Start once more, send what waits, look at the chain, and end as a program ends."""
    mouth = _mouth(pipe)
    if life.sabotage is not None:
        life.sabotage()
    shared.verb = Verb.DELIVERY
    with open_station(life, shared, None) as station:
        report = station.sync_now()
        for _ in range(_TRIES):
            if not report.unsent and not report.failure:
                break
            shared.next_hour()
            report = station.sync_now()
        broken = station.store.verify_audit()
        at = None if broken is None else broken.sequence
        for wrong in (station.store.setback(), station.store.journal_failure):
            if wrong:
                mouth.tell(Failed(f"a store that was only killed: {wrong}"))
        mouth.tell(Ended(report.unsent, report.problems, at))


def _mouth(pipe: int) -> Mouth:
    mouth = Mouth(pipe)
    logging.getLogger().handlers = [TellErrors(mouth)]
    return mouth


def open_station(life: Life, shared: Shared, watch: Watch | None) -> Station:
    """Start the program on its folder, with shipped settings; only PINs are cheap to check."""
    environment = {
        "BCMA_WARD": WARD,
        "BCMA_DATA_FOLDER": str(life.folder),
        "BCMA_EMR_URL": life.emr_url,
        "BCMA_PIN_HASH_PASSES": "1",
        "BCMA_PIN_HASH_MEMORY_KIB": "8",
    }
    line = direct_transport()
    return Station(
        load_config(None, environment),
        shared,
        transport=line if watch is None else WatchedLine(line, watch),
    )


def first_start(station: Station) -> None:
    """Read the EMR once and enrol the nurse, as IT does at a new workstation."""
    station.sync_now()
    station.enrol(BADGE, PIN)
