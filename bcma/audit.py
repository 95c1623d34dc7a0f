"""The hash chain: each entry seals all entries before it.

Pure: takes and gives bytes and text. The store keeps the rows, and a person who holds only
the last seal can tell whether any earlier row was altered, removed or put in between.
"""

import hashlib
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


class Chain:
    """A chain followed row by row from its beginning.

    Args:
        start: the seal before the first row, for a chain whose older part was put aside.

    Attributes:
        seal: that of the last row that held; the next one is sealed onto it.
        length: how many rows held.
    """

    def __init__(self, start: str = GENESIS) -> None:
        self.seal = start
        self.length = 0

    def goes_on(self, row: ChainRow) -> bool:
        """Follow the chain to its next row; tell whether its seal holds."""
        if seal(self.seal, row.body) != row.seal:
            return False
        self.seal = row.seal
        self.length += 1
        return True
