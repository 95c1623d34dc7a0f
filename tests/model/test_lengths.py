"""Lengths of time out of decimals."""

from datetime import timedelta
from decimal import Decimal

import pytest

from bcma.model.lengths import scaled


@pytest.mark.parametrize(
    "factor, seconds", [("0.1", "0.1"), ("1.5", "1.5"), ("-0.000001", "-0.000001"), ("0", "0")]
)
def test_a_length_is_exact(factor: str, seconds: str) -> None:
    length = scaled(timedelta(seconds=1), Decimal(factor))
    assert Decimal(length // timedelta(microseconds=1)) == Decimal(seconds) * 1_000_000


def test_less_than_a_microsecond_is_cut_off() -> None:
    assert scaled(timedelta(microseconds=1), Decimal("2.9")) == timedelta(microseconds=2)


def test_what_no_calendar_holds_is_told() -> None:
    with pytest.raises(OverflowError):
        scaled(timedelta(days=1), Decimal("1e12"))
