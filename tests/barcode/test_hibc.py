"""HIBC: secondary data in every form, and what breaks it."""

from collections.abc import Callable
from datetime import date, datetime
from zoneinfo import ZoneInfo

import pytest

from bcma.barcode.check_digits import mod_43
from bcma.model.scan import BadCode, BadCodeReason, Barcode, UnitCode

R = BadCodeReason
ZONE = ZoneInfo("Asia/Ho_Chi_Minh")
PRIMARY = "+A999123450"
Read = Callable[[str], Barcode]


def checked(body: str) -> str:
    return f"{body}{mod_43(body)}"


def unit(
    lot: str | None = None,
    expiry: date | None = None,
    serial: str | None = None,
    count: int | None = None,
) -> UnitCode:
    return UnitCode(drug=PRIMARY, lot=lot, expiry=expiry, serial=serial, count=count)


@pytest.mark.parametrize(
    "fields, expected",
    [
        ("$L1", unit("L1")),
        ("$+S1", unit(serial="S1")),
        ("$", unit()),
        ("$$0228L1", unit("L1", date(2028, 2, 29))),
        ("$$2123126L1", unit("L1", date(2026, 12, 31))),
        ("$$3261231L1", unit("L1", date(2026, 12, 31))),
        ("$$526001L1", unit("L1", date(2026, 1, 1))),
        ("$$7L1", unit("L1")),
        ("$$+3261231S1", unit(serial="S1", expiry=date(2026, 12, 31))),
        ("$$+7S1", unit(serial="S1")),
        ("$$8253261231L1", unit("L1", date(2026, 12, 31), count=25)),
        ("$$9000253261231L1", unit("L1", date(2026, 12, 31), count=25)),
        ("$$825", unit(count=25)),
        ("$$900025", unit(count=25)),
        ("26032L1", unit("L1", date(2026, 2, 1))),
        ("$$3261231L1/SS1", unit("L1", date(2026, 12, 31), "S1")),
        ("$L1/14D20261231/16D20240101/Q5", unit("L1", date(2026, 12, 31), count=5)),
        ("$L1/SS1/SS1", unit("L1", serial="S1")),
    ],
)
def test_secondary_data_says_lot_expiry_serial_and_count(
    fields: str, expected: UnitCode, read: Read
) -> None:
    assert read(checked(f"{PRIMARY}/{fields}")) == expected


@pytest.mark.parametrize("field, hour", [("$$426123114L1", 14), ("$$62636500L1", 0)])
def test_an_hour_of_expiry_is_an_instant_at_the_ward(field: str, hour: int, read: Read) -> None:
    barcode = read(checked(f"{PRIMARY}/{field}"))
    assert isinstance(barcode, UnitCode)
    assert barcode.expiry == date(2026, 12, 31)
    assert barcode.expiry_time == datetime(2026, 12, 31, hour, tzinfo=ZONE)


@pytest.mark.hazard("H88")
@pytest.mark.parametrize(
    "body, reason",
    [
        ("+$$3261231L1", R.NO_PRODUCT),
        ("+26032L1", R.NO_PRODUCT),
        ("+A9", R.TRUNCATED),
        (f"{PRIMARY}/", R.IDENTIFIER),
        (f"{PRIMARY}/X1", R.IDENTIFIER),
        (f"{PRIMARY}/$$1326L1", R.DATE),
        (f"{PRIMARY}/$$3261301L1", R.DATE),
        (f"{PRIMARY}/$$3261200L1", R.DATE),
        (f"{PRIMARY}/$$2120026L1", R.DATE),
        (f"{PRIMARY}/$$526000L1", R.DATE),
        (f"{PRIMARY}/$$526366L1", R.DATE),
        (f"{PRIMARY}/$$528999L1", R.DATE),
        (f"{PRIMARY}/$$426123124L1", R.DATE),
        (f"{PRIMARY}/$$800", R.VALUE),
        (f"{PRIMARY}/Q0", R.VALUE),
        (f"{PRIMARY}/$L1/$L2", R.CONFLICT),
        (f"{PRIMARY}/$$3261231L1/14D20261230", R.CONFLICT),
    ],
)
def test_a_broken_code_is_refused_whole(body: str, reason: BadCodeReason, read: Read) -> None:
    barcode = read(checked(body))
    assert isinstance(barcode, BadCode)
    assert barcode.reason is reason


def test_a_check_character_may_be_a_space(read: Read) -> None:
    bodies = (f"+A999{letter}{number}" for letter in "WXYZ" for number in range(10, 100))
    body = next(body for body in bodies if mod_43(body) == " ")
    assert read(f"{body} ") == UnitCode(drug=body)
