"""When a program is killed: after a time, or at a point that time would hardly ever meet.

The points are seen from outside, by SQLAlchemy's and httpx's own doors; the product has no
hook for it. What kills is always SIGKILL: no handler runs, no buffer is written.
"""

import os
import signal
import threading
from collections import Counter
from dataclasses import dataclass
from enum import StrEnum
from random import Random
from typing import Final

import httpx
from sqlalchemy import Engine, event
from sqlalchemy.pool import Pool

from tests.kill.shared import Hands, Shared

_SYNC_THREAD: Final = "bcma-sync"


class Moment(StrEnum):
    """What the killing waits for."""

    TIME = "at some time"
    STATEMENT = "before a statement"
    COMMIT = "before a commit"
    COMMITTED = "after a commit, before the answer"
    REQUEST = "before a request"
    REPLY = "after a reply, before it is noted"


#: How many of each a life has about; the point is chosen among them.
_MOST: Final = {
    Moment.STATEMENT: 600,
    Moment.COMMIT: 60,
    Moment.COMMITTED: 60,
    Moment.REQUEST: 20,
    Moment.REPLY: 20,
}
#: An old file is migrated by about so many statements; a new one is made by twice as many.
_OPENING: Final = 24
#: The longest life of a program that is killed by time.
LONGEST_SECONDS: Final = 1.8


@dataclass(frozen=True, slots=True)
class Crash:
    """The end of one life: the so-and-so-many-th moment of its kind, or a number of seconds."""

    moment: Moment
    at: float

    @classmethod
    def by_chance(cls, chance: Random) -> "Crash":
        """Choose one: every second by time, early points as likely as late ones."""
        if chance.random() < 0.5:
            return cls(Moment.TIME, chance.uniform(0.0, LONGEST_SECONDS))
        moment = chance.choice(list(_MOST))
        return cls(moment, int(_MOST[moment] ** chance.random()))

    @classmethod
    def while_opening(cls, chance: Random) -> "Crash":
        """Choose one among the first statements: where tables are made or migrated."""
        moment = chance.choice([Moment.STATEMENT] * 4 + [Moment.COMMIT, Moment.COMMITTED])
        return cls(moment, chance.randint(1, _OPENING if moment is Moment.STATEMENT else 2))


class Watch:
    """Sees what the program does to its file and on the line, and kills it at the point."""

    def __init__(self, shared: Shared, crash: Crash) -> None:
        self._shared = shared
        self._crash = crash
        self._seen: Counter[Moment] = Counter()
        self._writing: set[str] = set()

    def install(self) -> None:
        """Begin to watch every store of this process."""
        event.listen(Engine, "before_cursor_execute", self._statement)
        event.listen(Engine, "commit", self._commit)
        event.listen(Pool, "checkin", self._done)

    def meet(self, moment: Moment) -> None:
        """Count, and kill where it is the one."""
        self._seen[moment] += 1
        if self._crash.moment is moment and self._seen[moment] == self._crash.at:
            os.kill(os.getpid(), signal.SIGKILL)

    def hands(self, hands: Hands) -> None:
        """Note what this thread is at."""
        self._shared.set_hands(hands, sync=threading.current_thread().name == _SYNC_THREAD)

    def _statement(self, _connection: object, _cursor: object, statement: str, *_: object) -> None:
        name = threading.current_thread().name
        if statement.startswith("BEGIN"):
            writes = statement == "BEGIN IMMEDIATE"
            if writes:
                self._writing.add(name)
            self.hands(Hands.WRITING_STORE if writes else Hands.READING_STORE)
        self.meet(Moment.STATEMENT)

    def _commit(self, _connection: object) -> None:
        if threading.current_thread().name in self._writing:
            self.meet(Moment.COMMIT)

    def _done(self, *_: object) -> None:
        name = threading.current_thread().name
        if name in self._writing:
            self._writing.discard(name)
            self.meet(Moment.COMMITTED)
        self.hands(Hands.NOTHING)


class WatchedLine(httpx.BaseTransport):
    """The line to the EMR, with the points before a request and after its reply."""

    def __init__(self, inner: httpx.BaseTransport, watch: Watch) -> None:
        self._inner = inner
        self._watch = watch

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        """Send a request."""
        self._watch.meet(Moment.REQUEST)
        self._watch.hands(Hands.REQUEST_OUT)
        response = self._inner.handle_request(request)
        response.read()
        self._watch.hands(Hands.NOTHING)
        self._watch.meet(Moment.REPLY)
        return response

    def close(self) -> None:
        """Close the line."""
        self._inner.close()
