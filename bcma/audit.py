"""The hash chain: each entry seals all entries before it.

Pure: takes and gives bytes and text. The store keeps the rows, and a person who holds only
the last seal can tell whether any earlier row was altered, removed or put in between.
"""

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass

#: What the first entry of a chain seals in place of a predecessor.
GENESIS = ""


@dataclass(frozen=True, slots=True)
class ChainRow:
    """One entry: its canonical text and the seal that was put on it."""

    body: bytes
    seal: str


def seal(previous: str, body: bytes) -> str:
    """Give the seal of an entry: SHA-256, in hex, over the seal before it and its own text.

    The length of the first part is fixed (or nothing), so no two different pairs run together.
    """
    return hashlib.sha256(previous.encode("ascii") + b"\n" + body).hexdigest()


def first_broken(rows: Iterable[ChainRow], start: str = GENESIS) -> int | None:
    """Give the place (from 0) of the first row whose seal does not hold, ``None`` if all do.

    ``start`` is the seal before the first row, for a chain whose older part was put aside.
    """
    previous = start
    for place, row in enumerate(rows):
        if seal(previous, row.body) != row.seal:
            return place
        previous = row.seal
    return None
