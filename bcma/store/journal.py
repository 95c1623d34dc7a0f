"""The journal: every event once more, in plain sealed lines beside the store (hazard H92).

A store that is restored from a backup has lost what came after it; the journal, which no backup
brings back, has it still. A line is ``seal SPACE json``, sealed like the audit trail, and on the
disk before the screen says "recorded". Nothing in it is ever changed: a line that a power cut
left half written was never sealed, and is cut off before the next is written.
"""

import os
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import msgspec

from bcma.audit import GENESIS, Chain, ChainRow, seal
from bcma.errors import BcmaError
from bcma.store.append import Row

#: A file that has grown so far is followed by the next.
_LARGEST: Final = 4 * 2**20
#: Its files are numbered; what has another name in the folder is somebody's copy.
_DIGITS: Final = 8
_ENDING: Final = ".journal"
_END: Final = b"\n"
_OWNER_ONLY: Final = 0o600


class JournalError(BcmaError):
    """The journal cannot be read or written; ``cause`` says why. The store itself is well."""

    code = "journal.failed"


class JournalBroken(JournalError):
    """A line is not what was sealed; ``left`` is the number of lines from it on."""

    code = "journal.broken"


class Line(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What one line says.

    Attributes:
        epoch: of the store that wrote it.
        sequence: the event's number there; in a mark, the last event that was there already.
        row: the event; ``None`` in a mark, which says that a store goes on from here.
        units: the keys of the units that it names.
        digest: SHA-256 of the event's payload.
    """

    epoch: str
    sequence: int
    row: Row | None = None
    units: tuple[str, ...] = ()
    digest: str = ""


@dataclass(frozen=True, slots=True)
class _End:
    """Where the journal ends: file, its length in bytes, the last seal and line."""

    file: Path
    size: int
    seal: str
    line: Line | None


class Journal:
    """The journal of one station; its writers take turns by the store's write lock.

    Args:
        folder: of its files; made where there is none.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._known: _End | None = None

    def head(self) -> Line | None:
        """Give the last line, ``None`` for a journal that was not begun.

        Raises:
            JournalError: it cannot be read.
        """
        return self._end().line

    def write(self, lines: Iterable[Line]) -> None:
        """Add lines; on the disk once this returns.

        Raises:
            JournalError: they were not written, or it is not known whether they were.
        """
        end = self._end()
        last, text, sealed = end.line, b"", end.seal
        for line in lines:
            body = msgspec.json.encode(line, order="deterministic")
            sealed = seal(sealed, body)
            last, text = line, text + sealed.encode("ascii") + b" " + body + _END
        if not text:
            return
        self._known = None
        file, size = end.file, end.size
        if size >= _LARGEST:
            file, size = _file(self._folder, int(file.stem) + 1), 0
        try:
            _append(file, size, text)
        except OSError as failed:
            raise _explained(failed) from failed
        self._known = _End(file, size + len(text), sealed, last)

    def read(self) -> Iterator[Line]:
        """Give every line, oldest first.

        Raises:
            JournalBroken: at the first line that is not what was sealed.
            JournalError: it cannot be read.
        """
        chain = Chain()
        texts = [text for file in self._files() for text in _lines(file)]
        for place, text in enumerate(texts):
            sealed, _, body = text.partition(b" ")
            row = ChainRow(body, sealed.decode("ascii", "replace"))
            if not chain.goes_on(row):
                raise JournalBroken(cause="seal", left=len(texts) - place)
            yield _decoded(body, len(texts) - place)

    def put_aside(self) -> None:
        """Begin anew; the files that do not hold stay, under another name.

        Raises:
            JournalError: they cannot be renamed.
        """
        self._known = None
        try:
            number = sum(1 for _ in self._folder.glob(f"*{_ENDING}.*"))
            for file in self._files():
                file.rename(file.with_name(f"{file.name}.{number}"))
        except OSError as failed:
            raise _explained(failed) from failed

    def _end(self) -> _End:
        """Find the end anew where another program may have written."""
        files = self._files()
        last = files[-1] if files else _file(self._folder, 1)
        known = self._known
        if known is not None and known.file == last and _size(last) == known.size:
            return known
        for file in reversed(files):
            texts = _lines(file)
            if texts:
                sealed, _, body = texts[-1].partition(b" ")
                size = sum(len(text) + len(_END) for text in texts)
                where = (file, size) if file == last else (last, 0)
                self._known = _End(*where, sealed.decode("ascii", "replace"), _decoded(body, 1))
                return self._known
        return _End(last, 0, GENESIS, None)

    def _files(self) -> list[Path]:
        try:
            return sorted(self._folder.glob("[0-9]" * _DIGITS + _ENDING))
        except OSError as failed:
            raise _explained(failed) from failed


def _file(folder: Path, number: int) -> Path:
    return folder / f"{number:0{_DIGITS}}{_ENDING}"


def _append(file: Path, size: int, text: bytes) -> None:
    """Write behind the last whole line, and wait for the disk."""
    file.parent.mkdir(parents=True, exist_ok=True)
    is_new = not file.exists()
    descriptor = os.open(file, os.O_WRONLY | os.O_CREAT | getattr(os, "O_BINARY", 0), _OWNER_ONLY)
    try:
        os.ftruncate(descriptor, size)
        os.lseek(descriptor, size, os.SEEK_SET)
        rest = memoryview(text)
        while rest:
            rest = rest[os.write(descriptor, rest) :]
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
    if is_new and os.name == "posix":
        _sync_folder(file.parent)


def _sync_folder(folder: Path) -> None:
    """Bring a new file's name to the disk as well."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _lines(file: Path) -> list[bytes]:
    """Read the whole lines of a file; a half one at its end is none."""
    try:
        return file.read_bytes().split(_END)[:-1]
    except OSError as failed:
        raise _explained(failed) from failed


def _size(file: Path) -> int:
    try:
        return file.stat().st_size
    except OSError:
        return -1


def _decoded(body: bytes, left: int) -> Line:
    try:
        return msgspec.json.decode(body, type=Line)
    except msgspec.MsgspecError as broken:
        raise JournalBroken(cause="json", left=left) from broken


def _explained(failed: OSError) -> JournalError:
    """Name the cause without the path, which may be named after a person."""
    return JournalError(cause=type(failed).__name__)
