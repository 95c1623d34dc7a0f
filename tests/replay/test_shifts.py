"""The nurse of the replay reads new orders as a ward does: at shift start, and at admission."""

from datetime import UTC, datetime
from pathlib import Path

from bcma.replay.chart_rows import Stay
from bcma.replay.folder import read_folder
from bcma.replay.reenact import replay, shift_starts
from tests.replay.invented import Invented, at

UNREAD = "drug.order-unread"


def stay(admitted: str, discharged: str) -> Stay:
    return Stay(
        id="s",
        patient="p",
        admitted=datetime.fromisoformat(admitted).replace(tzinfo=UTC),
        discharged=datetime.fromisoformat(discharged).replace(tzinfo=UTC),
    )


def test_a_shift_begins_at_seven_and_seven_while_somebody_is_there() -> None:
    stays = [
        stay("2150-03-02T07:00", "2150-03-03T18:59"),
        stay("2150-03-02T12:00", "2150-03-02T20:00"),
        stay("2151-01-01T08:00", "2151-01-01T18:00"),
    ]
    assert [f"{start:%d %H}" for start in shift_starts(stays)] == ["02 07", "02 19", "03 07"]


def asked(day: Invented, folder: Path) -> dict[str, bool]:
    rows = replay(read_folder(day.write(folder)))
    return {
        row.event.order: UNREAD in {f.code for f in row.handled.findings}
        for row in rows
        if row.handled is not None
    }


def entered(day: Invented, number: str, hour: str) -> None:
    """Let an order be entered at another hour than at half past midnight."""
    rows = day.tables["pharmacy"]
    rows[-1] = {**rows[-1], "entertime": at(hour), "verifiedtime": at(hour)}
    assert rows[-1]["pharmacy_id"] == number


def test_orders_are_read_at_admission_and_at_shift_start_and_asked_about_in_between(
    tmp_path: Path,
) -> None:
    day = Invented()
    for number, drug, hour in (
        ("101", "Paracetamol", "00:30"),
        ("102", "Furosemide", "01:30"),
        ("103", "Amlodipine", "06:30"),
        ("104", "Metoprolol", "09:00"),
        ("105", "Digoxin", "18:00"),
    ):
        day.order(number, drug, drug.upper())
        entered(day, number, hour)
    for sequence, (number, drug, hour) in enumerate(
        (
            ("101", "Paracetamol", "01:00"),  # the first dose of the stay
            ("102", "Furosemide", "02:00"),  # entered after it
            ("103", "Amlodipine", "08:00"),  # read at seven
            ("104", "Metoprolol", "10:00"),  # entered during the shift
            ("105", "Digoxin", "20:00"),  # read at nineteen
        )
    ):
        day.event(sequence + 1, number, drug.upper(), charted=hour, planned=hour)
    assert asked(day, tmp_path) == {
        "101": False,
        "102": True,
        "103": False,
        "104": True,
        "105": False,
    }
