"""What a life of the program tells by a pipe before it is killed: one line for each message.

``os.write`` of so short a line is whole or not at all.
"""

import os
from collections.abc import Iterator

import msgspec


class Recorded(msgspec.Struct, frozen=True, tag=True):
    """The screen called this recorded: from now on it may not be lost."""

    event: str
    status: str


class Trying(msgspec.Struct, frozen=True, tag=True):
    """The nurse is about to give this unit; whether it was recorded is not known if this ends."""

    bed: int
    drug: int
    serial: str


class Refused(msgspec.Struct, frozen=True, tag=True):
    """The product did not let the nurse record it, for these codes."""

    codes: tuple[str, ...]


class Failed(msgspec.Struct, frozen=True, tag=True):
    """Something that may never happen: an exception, a log record at ERROR."""

    what: str


class Ended(msgspec.Struct, frozen=True, tag=True):
    """The last life, which was not killed: what is left to deliver, and the audit chain."""

    unsent: int
    problems: int
    broken_at: int | None


Message = Recorded | Trying | Refused | Failed | Ended


class Mouth:
    """The telling end of the pipe."""

    def __init__(self, pipe: int) -> None:
        self._pipe = pipe

    def tell(self, message: Message) -> None:
        """Tell it, at once."""
        os.write(self._pipe, msgspec.json.encode(message) + b"\n")


def heard(data: bytes) -> Iterator[Message]:
    """Read what was told; a line without its end was not told."""
    for line in data.split(b"\n")[:-1]:
        yield msgspec.json.decode(line, type=Message)
