"""The whole command: a folder in, a report out, or a clear message."""

import gzip
import json
from pathlib import Path

import pytest

from bcma.__main__ import main
from bcma.replay.folder import read_folder
from bcma.replay.reenact import replay
from bcma.replay.report import Report
from tests.replay.invented import PATIENT, Invented, ordinary_day

REAL = Path(__file__).parents[3] / "shared" / "data" / "mimic-demo-dev"


def replayed(folder: Path, *more: str) -> int:
    return main(["--language", "en", "replay", str(folder), *more])


def counts(report: object, table: str) -> dict[str, int]:
    assert isinstance(report, dict)
    return {key: entry["count"] for key, entry in report["tables"][table].items()}


def test_an_ordinary_day_is_replayed_and_reported(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder, file = ordinary_day().write(tmp_path / "day"), tmp_path / "report.json"
    assert replayed(folder, "--json", str(file)) == 0
    report = json.loads(file.read_text(encoding="utf-8"))
    assert report["rows"] == 6
    assert counts(report, "parts") == {"given by scan": 5, "not given": 1}
    assert report["expected"] == 4
    assert (report["needless"], report["missed"]) == (0, 0)
    assert counts(report, "withheld") == {"not-given": 1}
    assert counts(report, "set_aside") == {"suspicious: stop": 1}
    assert counts(report, "findings")["time.late warn"] == 1
    assert counts(report, "findings")["dose.choose ask"] == 1
    assert counts(report, "unfinished") == {}
    out = capsys.readouterr().out.splitlines()
    assert out[-2:] == ["needless 0.00 % (0 of 4)", "missed 0"]
    assert any("seconds per 1,000 events (6 events)" in line for line in out)


def test_the_mix_up_is_explained(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    folder = ordinary_day().write(tmp_path)
    assert replayed(folder, "--explain", f"{PATIENT}-6") == 0
    out = capsys.readouterr().out
    assert "suspicious: another ingredient" in out
    assert "stop dose.excess" in out or "stop drug." in out
    assert "recorded: nothing" in out


def test_what_was_stopped_here_counts_as_given_at_the_next_dose(tmp_path: Path) -> None:
    """The hospital gave it: the replay goes on with the chart that the hospital had."""
    day = Invented()
    day.order("105", "Furosemide", "FURO40", dose="40", strength="40mg Tablet")
    day.order("106", "Digoxin", "DIGO250", dose="250", unit="mcg", strength="250 mcg Tablet")
    day.event(1, "105", "DIGO250", charted="10:00", planned="10:00", due="40", given="40")
    day.event(2, "105", "FURO40", charted="10:20", planned="10:00", due="40", given="40")
    rows = list(replay(read_folder(day.write(tmp_path))))
    codes = [{f.code for f in row.handled.findings} for row in rows if row.handled is not None]
    assert "time.already-given" not in codes[0]
    assert "time.already-given" in codes[1]


def test_an_unscanned_dose_reaches_the_chart_too(tmp_path: Path) -> None:
    day = Invented()
    day.order("101", "Paracetamol", "PARA500")
    day.event(1, "101", "PARA500", charted="08:00", planned="08:00", barcode="")
    day.event(2, "101", "PARA500", charted="08:10", planned="08:00")
    rows = list(replay(read_folder(day.write(tmp_path))))
    assert rows[0].handled is None
    assert rows[1].handled is not None
    assert "time.already-given" in {f.code for f in rows[1].handled.findings}


def test_two_tablets_are_counted_and_a_smaller_dose_is_given_in_part(tmp_path: Path) -> None:
    day = Invented()
    day.order("101", "Paracetamol", "PARA500", dose="1000", dispensed="2")
    day.event(
        1, "101", "PARA500", charted="08:00", planned="08:00", due="1000", given="1000", pieces="2"
    )
    day.event(2, "101", "PARA500", charted="20:00", planned="20:00", due="1000", given="500")
    rows = list(replay(read_folder(day.write(tmp_path))))
    records = [row.handled.record for row in rows if row.handled is not None]
    assert [record.value for record in records if record is not None] == ["given", "given-in-part"]


def test_a_missing_file_is_named(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    folder = ordinary_day().write(tmp_path)
    (folder / "csv" / "pharmacy.csv.gz").unlink()
    assert replayed(folder) == 2
    assert "pharmacy.csv.gz is missing" in capsys.readouterr().err


@pytest.mark.parametrize(
    "content, told",
    [
        (b"subject_id,gender\n\xff\xfe,F\n", "UTF-8"),
        (b"subject_id\n7000001\n", "gender"),
        (b"subject_id,gender\n7000001,F,surplus\n", "line 2"),
        (b"subject_id,gender\n7000001\n", "line 2"),
        (b"subject_id,gender\n,F\n", "line 2: subject_id"),
    ],
)
def test_a_bad_table_is_named_with_its_place(
    content: bytes, told: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = ordinary_day().write(tmp_path)
    (folder / "csv" / "patients.csv.gz").write_bytes(gzip.compress(content))
    assert replayed(folder) == 2
    err = capsys.readouterr().err
    assert "patients.csv.gz" in err
    assert told in err
    assert "Traceback" not in err


@pytest.mark.parametrize(
    "content", [b"no gzip at all", gzip.compress(b"subject_id,gender\n", mtime=0)[:15]]
)
def test_a_damaged_file_is_named(
    content: bytes, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = ordinary_day().write(tmp_path)
    (folder / "csv" / "patients.csv.gz").write_bytes(content)
    assert replayed(folder) == 2
    assert "patients.csv.gz cannot be read as a table: gzip" in capsys.readouterr().err


@pytest.mark.parametrize("column", ["charttime", "emar_seq"])
def test_a_bad_field_is_named_without_its_value(
    column: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    day = ordinary_day()
    day.tables["emar"][2] = {**day.tables["emar"][2], column: "soon"}
    assert replayed(day.write(tmp_path)) == 2
    err = capsys.readouterr().err
    assert f"emar.csv.gz, line 4: {column}" in err
    assert "soon" not in err


def test_plain_files_are_read_as_packed_ones(tmp_path: Path) -> None:
    folder = ordinary_day().write(tmp_path)
    for packed in (folder / "csv").glob("*.gz"):
        (folder / packed.stem).write_bytes(gzip.decompress(packed.read_bytes()))
        packed.unlink()
    assert len(read_folder(folder).events) == 6


@pytest.mark.parametrize("more", [["--explain", f"{PATIENT}-77"], ["--explain", "1-1"]])
def test_an_unknown_event_is_told(
    more: list[str], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert replayed(ordinary_day().write(tmp_path), *more) == 2
    assert "nothing to replay" in capsys.readouterr().err


@pytest.mark.parametrize("number", ["0", "-1", "two"])
def test_a_number_of_patients_is_a_number(number: str, tmp_path: Path) -> None:
    with pytest.raises(SystemExit) as ended:
        replayed(tmp_path, "--patients", number)
    assert ended.value.code == 2


def test_a_real_patient_is_replayed() -> None:
    if not REAL.is_dir():
        pytest.skip("the real folder is not beside this checkout")
    whole = read_folder(REAL)
    charted = {person.id: 0 for person in whole.people}
    for event in whole.events:
        charted[event.patient] += 1
    few = min((p for p, number in charted.items() if number >= 15), key=lambda p: charted[p])
    report = Report()
    for row in replay(read_folder(REAL, only=few)):
        report.add(row)
    assert report.rows == charted[few]
    assert report.missed_count == 0
    assert report.expected > 0
    assert report.verdicts.keys() <= {"pass", "info", "warn", "ask", "stop"}
