"""The journal: whole lines, in order, on the disk, and what is not so is told."""

import stat
from datetime import UTC, datetime
from pathlib import Path

import pytest

from bcma.store import journal as journals
from bcma.store.append import Row
from bcma.store.journal import Journal, JournalBroken, JournalError, Line


def line(sequence: int) -> Line:
    row = Row(
        event_id=f"event-{sequence}",
        patient_id="p1",
        kind="dose",
        at=datetime(2026, 3, 2, 1, tzinfo=UTC),
        by="",
        payload=b"{}",
    )
    return Line(epoch="e1", sequence=sequence, row=row, units=("serial 1 A",), digest="d")


def lines(first: int, last: int) -> list[Line]:
    return [line(sequence) for sequence in range(first, last + 1)]


def test_what_is_written_is_read_again_by_another_program(tmp_path: Path) -> None:
    assert Journal(tmp_path / "A").head() is None
    Journal(tmp_path / "A").write(lines(1, 2))
    Journal(tmp_path / "A").write(lines(3, 3))
    again = Journal(tmp_path / "A")
    assert again.head() == line(3)
    assert list(again.read()) == lines(1, 3)


def test_two_programs_take_turns_in_one_journal(tmp_path: Path) -> None:
    one, other = Journal(tmp_path), Journal(tmp_path)
    one.write(lines(1, 1))
    other.write(lines(2, 2))
    one.write(lines(3, 3))
    assert list(other.read()) == lines(1, 3)


def test_only_the_program_may_read_it(tmp_path: Path) -> None:
    Journal(tmp_path).write(lines(1, 1))
    (file,) = tmp_path.iterdir()
    assert stat.S_IMODE(file.stat().st_mode) == 0o600


def test_nothing_is_written_for_nothing(tmp_path: Path) -> None:
    Journal(tmp_path / "A").write([])
    assert not (tmp_path / "A").exists()


def test_a_half_line_of_a_power_cut_is_cut_off(tmp_path: Path) -> None:
    Journal(tmp_path).write(lines(1, 2))
    (file,) = tmp_path.iterdir()
    with file.open("ab") as torn:
        torn.write(b'0123 {"epoch":')
    after = Journal(tmp_path)
    assert after.head() == line(2)
    after.write(lines(3, 3))
    assert list(after.read()) == lines(1, 3)


def test_a_file_that_has_grown_is_followed_by_the_next(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(journals, "_LARGEST", 1)
    journal = Journal(tmp_path)
    for sequence in (1, 2, 3):
        journal.write(lines(sequence, sequence))
    assert len(list(tmp_path.iterdir())) == 3
    assert list(Journal(tmp_path).read()) == lines(1, 3)
    newest = max(tmp_path.iterdir())
    newest.write_bytes(b"torn at once")
    assert Journal(tmp_path).head() == line(2)


@pytest.mark.parametrize("name", ["00000001 - Copy.journal", "99_old.journal", "1.journal"])
def test_a_copy_that_somebody_left_in_the_folder_is_none_of_its_files(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    monkeypatch.setattr(journals, "_LARGEST", 1)
    Journal(tmp_path).write(lines(1, 2))
    (file,) = tmp_path.iterdir()
    (tmp_path / name).write_bytes(file.read_bytes())
    Journal(tmp_path).write(lines(3, 3))
    assert list(Journal(tmp_path).read()) == lines(1, 3)


def test_an_altered_line_and_all_behind_it_are_not_believed(tmp_path: Path) -> None:
    Journal(tmp_path).write(lines(1, 4))
    (file,) = tmp_path.iterdir()
    file.write_bytes(file.read_bytes().replace(b"event-2", b"event-9"))
    read = Journal(tmp_path).read()
    assert next(read) == line(1)
    with pytest.raises(JournalBroken) as broken:
        next(read)
    assert broken.value.facts["left"] == 3


def test_a_last_line_that_says_nothing_is_told(tmp_path: Path) -> None:
    (tmp_path / "00000001.journal").write_bytes(b"seal nothing\n")
    with pytest.raises(JournalBroken):
        Journal(tmp_path).head()


def test_a_journal_that_does_not_hold_is_put_aside_and_begun_anew(tmp_path: Path) -> None:
    journal = Journal(tmp_path)
    for sequence in (1, 2):
        journal.write(lines(sequence, sequence))
        journal.put_aside()
        assert journal.head() is None
    assert len(list(tmp_path.iterdir())) == 2


def test_a_folder_that_cannot_be_written_is_told_without_its_name(tmp_path: Path) -> None:
    (tmp_path / "Nguyen").write_text("a file", encoding="utf-8")
    with pytest.raises(JournalError) as failed:
        Journal(tmp_path / "Nguyen" / "A").write(lines(1, 1))
    assert "Nguyen" not in str(failed.value)
