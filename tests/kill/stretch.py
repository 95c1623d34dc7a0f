"""One file and one EMR, and a program on them that is killed again and again."""

import os
import select
import signal
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from random import Random
from typing import Final

from tests.kill.check import Checked, check
from tests.kill.crash import Crash, Moment
from tests.kill.emr import Emr
from tests.kill.life import Life, deliver_all, fork, live
from tests.kill.old_store import make_old_store
from tests.kill.shared import Hands, Shared, Verb
from tests.kill.told import Ended, Failed, Message, Recorded, Refused, Trying, heard

#: A point that does not come in a life: then it ends by time.
_PATIENCE_SECONDS: Final = 2.5
#: So many of the first kills come while the file is opened.
_OPENINGS: Final = 2
_STORE: Final = "station.db"
#: The name of a station that its settings do not name.
_STATION: Final = "A"


@dataclass(slots=True)
class Stretch:
    """What happened, and what was found at the end."""

    kills: Counter[str] = field(default_factory=Counter)
    moments: Counter[Moment] = field(default_factory=Counter)
    bad_days: Counter[str] = field(default_factory=Counter)
    refused: Counter[str] = field(default_factory=Counter)
    called: set[Recorded] = field(default_factory=set)
    faults: list[tuple[str, str]] = field(default_factory=list)
    checked: Checked | None = None


class Runner:
    """Kills a program on one file.

    Args:
        folder: empty, outlives every life.
        seed: the same seed, the same choices; the machine's own timing differs all the same.
        old: the file begins as the first version of the program left it.
        sabotage: spoils the program, to see that this would be noticed.
    """

    def __init__(
        self,
        folder: Path,
        seed: str,
        *,
        old: bool = False,
        sabotage: Callable[[], None] | None = None,
    ) -> None:
        self._folder = folder
        self._seed = seed
        self._chance = Random(seed)  # noqa: S311 - a choice
        self._sabotage = sabotage
        self._shared = Shared()
        self._unsure: Trying | None = None
        self._ready = False
        self._opening = Verb.MIGRATION if old else Verb.MAKING_TABLES
        self.found = Stretch()
        if old:
            make_old_store(folder / _STORE)

    def run(self, number: int) -> Stretch:
        """Kill so many times, then deliver everything and look."""
        emr = Emr(self._shared)
        try:
            for life in range(number):
                self._one_life(emr, life, opening=life < _OPENINGS)
            emr.good_day()
            self._end(emr, number)
        finally:
            emr.close()
        return self.found

    def _one_life(self, emr: Emr, number: int, *, opening: bool) -> None:
        chance = self._chance
        crash = Crash.while_opening(chance) if opening else Crash.by_chance(chance)
        # nobody sets up a new workstation while the EMR is down
        self.found.bad_days[emr.bad_day(chance) if self._ready else ""] += 1
        life = self._life(emr, number)
        self._shared.reset(life.verb)
        told = self._let_live(life, crash)
        self.found.kills.update(self._places())
        self.found.moments[crash.moment] += 1
        self._ready = self._ready or any(isinstance(m, Trying) for m in told)
        if self._shared.verb is not life.verb:
            self._opening = Verb.START_UP

    def _life(self, emr: Emr, number: int) -> Life:
        return Life(
            folder=self._folder,
            emr_url=emr.url,
            seed=f"{self._seed} {number}",
            verb=self._opening,
            first=not self._ready,
            unsure=self._unsure,
            sabotage=self._sabotage,
        )

    def _let_live(self, life: Life, crash: Crash) -> list[Message]:
        """Start the program, listen, and kill it where it does not kill itself."""
        by_time = crash.moment is Moment.TIME
        patience = crash.at if by_time else _PATIENCE_SECONDS
        told, tell = os.pipe()
        process = fork(lambda: live(life, self._shared, crash, tell))
        os.close(tell)
        data = _listen(told, time.monotonic() + patience)
        os.kill(process, signal.SIGKILL)
        data += _listen(told, None)
        os.close(told)
        _, status = os.waitpid(process, 0)
        messages = list(heard(data))
        self._take(messages)
        if os.waitstatus_to_exitcode(status) != -signal.SIGKILL:
            self.found.faults.append(("a life that ended by itself", life.seed))
        return messages

    def _take(self, messages: list[Message]) -> None:
        for message in messages:
            match message:
                case Trying():
                    self._unsure = message
                case Recorded():
                    self._unsure = None
                    self.found.called.add(message)
                case Refused(codes):
                    self._unsure = None
                    self.found.refused.update(codes)
                case Failed(what):
                    self.found.faults.append(("an error", what))
                case Ended():
                    self._take_end(message)

    def _take_end(self, end: Ended) -> None:
        if end.unsent:
            self.found.faults.append(("not delivered", f"{end.unsent}, {end.problems} refused"))
        if end.broken_at is not None:
            self.found.faults.append(("the chain is broken", f"at {end.broken_at}"))

    def _places(self) -> list[str]:
        """Name where both threads were when they were killed."""
        shared = self._shared
        verb, sync = shared.verb, shared.hands(sync=True)
        hands = shared.hands(sync=False)
        found = [verb.name.lower().replace("_", "-")]
        if verb is Verb.RECORD and hands is Hands.WRITING_STORE:
            found.append("record, in its transaction")
        if sync is not Hands.NOTHING:
            found.append(f"sync, {sync.name.lower().replace('_', ' ')}")
        return found

    def _end(self, emr: Emr, number: int) -> None:
        """Start once more on the same file, deliver, and compare."""
        told, tell = os.pipe()
        life = self._life(emr, number)
        process = fork(lambda: deliver_all(life, self._shared, tell))
        os.close(tell)
        messages = list(heard(_listen(told, None)))
        os.close(told)
        _, status = os.waitpid(process, 0)
        self._take(messages)
        if status or not any(isinstance(m, Ended) for m in messages):
            self.found.faults.append(("the last start failed", str(status)))
        journal = self._folder / "journal" / _STATION
        self.found.checked = check(self._folder / _STORE, journal, self.found.called, emr.look())
        self.found.faults += self.found.checked.faults


def _listen(pipe: int, until: float | None) -> bytes:
    """Read until the program's end, or until an instant."""
    data = b""
    while True:
        left = None if until is None else until - time.monotonic()
        if left is not None and (left <= 0 or not select.select([pipe], [], [], left)[0]):
            return data
        chunk = os.read(pipe, 65536)
        if not chunk:
            return data
        data += chunk
