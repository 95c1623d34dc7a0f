"""What the processes share: one clock, and where the station's two threads are just now.

A few bytes of memory that every forked process sees, so that it is known where a program was
when it was killed.
"""

import struct
import time
from datetime import datetime, timedelta
from enum import IntEnum
from mmap import mmap
from typing import Final

from tests.kill.ward import NOW

_OFFSET: Final = struct.Struct("d")
_SECONDS_OF_AN_HOUR: Final = 3600.0
_VERB, _HANDS, _SYNC = 8, 9, 10


class Verb(IntEnum):
    """What the program was about for the nurse."""

    MAKING_TABLES = 0
    MIGRATION = 1
    START_UP = 2
    SIGN_IN = 3
    SCAN = 4
    RECORD = 5
    DELIVERY = 6


class Hands(IntEnum):
    """What a thread was at."""

    NOTHING = 0
    READING_STORE = 1
    WRITING_STORE = 2
    REQUEST_OUT = 3


class Shared:
    """The shared bytes; each has one writer."""

    def __init__(self) -> None:
        self._bytes = mmap(-1, 16)
        self._began = time.monotonic()

    def now(self) -> datetime:
        """Give the present instant of ward, station and EMR."""
        return NOW + timedelta(seconds=time.monotonic() - self._began + self._offset())

    def next_hour(self) -> None:
        """Go on to two minutes after the next planned hour."""
        gone = (self.now() - NOW).total_seconds()
        step = _SECONDS_OF_AN_HOUR - gone % _SECONDS_OF_AN_HOUR
        _OFFSET.pack_into(self._bytes, 0, self._offset() + step)

    @property
    def verb(self) -> Verb:
        """What the program is about."""
        return Verb(self._bytes[_VERB])

    @verb.setter
    def verb(self, verb: Verb) -> None:
        self._bytes[_VERB] = verb

    def hands(self, *, sync: bool) -> Hands:
        """Give what the sync thread, or the other one, is at."""
        return Hands(self._bytes[_SYNC if sync else _HANDS])

    def set_hands(self, hands: Hands, *, sync: bool) -> None:
        """Note what a thread is at."""
        self._bytes[_SYNC if sync else _HANDS] = hands

    def reset(self, verb: Verb) -> None:
        """Begin a life of the program."""
        self.verb = verb
        self.set_hands(Hands.NOTHING, sync=False)
        self.set_hands(Hands.NOTHING, sync=True)

    def _offset(self) -> float:
        offset: float = _OFFSET.unpack_from(self._bytes, 0)[0]
        return offset
