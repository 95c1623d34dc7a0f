"""Two-digit years, days that stand for a month, and days of a year."""

from calendar import isleap, monthrange
from datetime import date, timedelta

from bcma.barcode.refusal import CodeError
from bcma.model.scan import BadCodeReason

_YEARS_BACK = 50
_DAYS = 365


def full_year(year_in_century: int, today: date) -> int:
    """Give the one year of 50 back to 49 ahead of ``today`` that ends in these two digits."""
    earliest = today.year - _YEARS_BACK
    return earliest + (year_in_century - earliest) % 100


def day(year: int, month: int, day_of_month: int) -> date:
    """Give the date; day 0 is the last of its month.

    Raises:
        CodeError: no such day (``DATE``).
    """
    try:
        return date(year, month, day_of_month or monthrange(year, month)[1])
    except ValueError as error:
        raise CodeError(BadCodeReason.DATE) from error


def day_of_year(year: int, ordinal: int) -> date:
    """Give the date of the ``ordinal``-th day of a year, 1 to 365 or 366.

    Raises:
        CodeError: no such day (``DATE``).
    """
    if not 1 <= ordinal <= _DAYS + isleap(year):
        raise CodeError(BadCodeReason.DATE)
    return day(year, 1, 1) + timedelta(days=ordinal - 1)


def short_day(yymmdd: str, today: date) -> date:
    """Give the date of six digits YYMMDD, DD 00 being the last of the month.

    Raises:
        CodeError: no such day (``DATE``).
    """
    return day(full_year(int(yymmdd[:2]), today), int(yymmdd[2:4]), int(yymmdd[4:6]))
