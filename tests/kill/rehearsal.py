"""A first round in the parent, so that every forked life has everything loaded.

What a program loads only when it is used (units, migrations, certificates) takes seconds, and
is no place where anything could be lost.
"""

from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory
from typing import Final

from tests.kill.crash import Crash, Moment, Watch
from tests.kill.emr import Emr
from tests.kill.life import Life, first_start, open_station
from tests.kill.nurse import Nurse
from tests.kill.shared import Shared, Verb
from tests.kill.told import Message

_ENOUGH: Final = 12


class _Enough(Exception):
    """The round has been long enough."""


class _Listener:
    """Hears what the nurse tells, for a while."""

    def __init__(self) -> None:
        self._heard = 0

    def tell(self, _message: Message) -> None:
        """Count."""
        self._heard += 1
        if self._heard == _ENOUGH:
            raise _Enough


def rehearse() -> None:
    """Work a while at a station of its own; no thread is left of it."""
    shared = Shared()
    emr = Emr(shared)
    try:
        with TemporaryDirectory(prefix="bcma-kill-") as folder:
            life = Life(
                folder=Path(folder), emr_url=emr.url, seed="", verb=Verb.START_UP, first=True
            )
            watch = Watch(shared, Crash(Moment.TIME, 0))
            with open_station(life, shared, watch) as station:
                first_start(station)
                try:
                    Nurse(station, shared, _Listener(), Random(0)).work(None)  # noqa: S311 - a choice
                except _Enough:
                    station.sync_now()
    finally:
        emr.close()
