"""CSV files, packed or plain, as checked rows: a mistake names the file and the line."""

import csv
import gzip
import zlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Final, TextIO

from bcma.replay.errors import FileUnreadable, FolderIncomplete, RowUnreadable

_FOLDER: Final = "csv"
_ENDINGS: Final = (".csv.gz", ".csv")


@dataclass(frozen=True, slots=True)
class Row:
    """One row and the place where it stands."""

    values: Mapping[str, str]
    file: str
    line: int

    def text(self, column: str) -> str:
        """Give a field without the blanks around it."""
        return self.values[column].strip()

    def key(self, column: str) -> str:
        """Give a field that identifies something.

        Raises:
            RowUnreadable: it is empty.
        """
        found = self.text(column)
        if not found:
            raise self.error(column)
        return found

    def instant(self, column: str) -> datetime | None:
        """Give a time, read as UTC; ``None`` where the field is empty.

        The shifted dates of a de-identified folder belong to no zone: read as UTC, no hour of
        theirs falls into a change of clocks.

        Raises:
            RowUnreadable: the field is no time.
        """
        written = self.text(column)
        if not written:
            return None
        try:
            return datetime.fromisoformat(written).replace(tzinfo=UTC)
        except ValueError as broken:
            raise self.error(column) from broken

    def moment(self, column: str) -> datetime:
        """Give a time that must be there.

        Raises:
            RowUnreadable: the field is empty or no time.
        """
        found = self.instant(column)
        if found is None:
            raise self.error(column)
        return found

    def whole(self, column: str) -> int:
        """Give a whole number.

        Raises:
            RowUnreadable: the field is none.
        """
        written = self.text(column)
        if not (written.isascii() and written.isdecimal()):
            raise self.error(column)
        return int(written)

    def error(self, column: str) -> RowUnreadable:
        """Build the error that names this row; the value stays out of it, it is a patient's."""
        return RowUnreadable(file=self.file, line=self.line, column=column)


def rows(folder: Path, name: str, columns: tuple[str, ...]) -> Iterator[Row]:
    """Read a table.

    Args:
        folder: holds the file, itself or in its ``csv`` folder.
        name: of the table, without the ending.
        columns: those that are needed; others are left alone.

    Raises:
        FolderIncomplete: there is no such file.
        FileUnreadable: it is no CSV text in UTF-8, or lacks a column.
        RowUnreadable: a row has more or fewer fields than the head.
    """
    path = _find(folder, name)
    try:
        with _open(path) as file:
            yield from _rows(csv.DictReader(file, strict=True), path.name, columns)
    except UnicodeDecodeError as broken:
        raise FileUnreadable(file=path.name, reason="UTF-8") from broken
    except csv.Error as broken:
        raise FileUnreadable(file=path.name, reason=f"CSV: {broken}") from broken
    except (EOFError, zlib.error, gzip.BadGzipFile) as broken:
        raise FileUnreadable(file=path.name, reason="gzip") from broken
    except OSError as broken:
        raise FileUnreadable(file=path.name, reason=broken.strerror or "I/O") from broken


def _find(folder: Path, name: str) -> Path:
    for place in (folder / _FOLDER, folder):
        for ending in _ENDINGS:
            path = place / f"{name}{ending}"
            if path.is_file():
                return path
    raise FolderIncomplete(folder=str(folder), file=f"{name}{_ENDINGS[0]}")


def _open(path: Path) -> TextIO:
    if path.suffix == ".gz":
        return gzip.open(path, "rt", encoding="utf-8", newline="")
    return path.open(encoding="utf-8", newline="")


def _rows(reader: "csv.DictReader[str]", file: str, columns: tuple[str, ...]) -> Iterator[Row]:
    head = reader.fieldnames or ()
    for column in columns:
        if column not in head:
            raise FileUnreadable(file=file, reason=column)
    for values in reader:
        # DictReader keeps surplus fields under None, and fills missing ones with None
        if None in values or None in values.values():
            raise RowUnreadable(file=file, line=reader.line_num, column="*")
        yield Row(values, file, reader.line_num)
