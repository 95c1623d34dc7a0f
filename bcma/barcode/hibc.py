"""HIBC supplier labels (ANSI/HIBC 2.6): the primary code, alone or with its secondary data.

The product goes by the labeller's code as printed, ``+`` first, such as ``+A123BJC5D61``: no
hospital's own drug code begins so.
"""

import re
from dataclasses import replace
from datetime import date, datetime, time
from typing import Final

from bcma.barcode.check_digits import mod_43
from bcma.barcode.dates import day, day_of_year, full_year
from bcma.barcode.reading import Context, Reading
from bcma.barcode.refusal import CodeError
from bcma.model.scan import BadCodeReason, Barcode, UnitCode

_PRIMARY: Final = re.compile(r"\+[A-Z][0-9A-Z]{3}[0-9A-Z]{1,18}[0-9]")
_SECONDARY_ALONE: Final = re.compile(r"\+[0-9$]")
_TEXT: Final = r"[0-9A-Z\-. $%+]"

_LOT_OR_SERIAL: Final = re.compile(
    rf"""
    (?: \$\$ (?P<serial_mark>\+)?
        (?: 8(?P<two>[0-9]{{2}}) | 9(?P<five>[0-9]{{5}}) )?
        (?: 2(?P<mmddyy>[0-9]{{6}})
          | 3(?P<yymmdd>[0-9]{{6}})
          | 4(?P<yymmddhh>[0-9]{{8}})
          | 5(?P<yyjjj>[0-9]{{5}})
          | 6(?P<yyjjjhh>[0-9]{{7}})
          | 7
          | (?P<mmyy>[01][0-9]{{3}})
          | (?<=\$\$[89]..) (?=$) | (?<=\$\$[89].....) (?=$)
        )
      | \$ (?P<bare_serial_mark>\+)?
      | (?P<legacy>[0-9]{{5}})
    )
    (?P<text>{_TEXT}{{0,18}})
    """,
    re.VERBOSE,
)
_SERIAL: Final = re.compile(rf"S(?P<serial>{_TEXT}{{1,18}})")
_EXPIRY: Final = re.compile(r"14D(?P<expiry>[0-9]{8})")
_MADE: Final = re.compile(r"16D[0-9]{8}")
_QUANTITY: Final = re.compile(r"Q(?P<count>[0-9]{1,5})")


def decode(reading: Reading, context: Context) -> Barcode | None:
    """Read a code that begins with the HIBC flag ``+``."""
    text = reading.data
    if not text.startswith("+"):
        return None
    body, check = text[:-1], text[-1]
    expected = mod_43(body)
    if expected is None:
        raise CodeError(BadCodeReason.CHARACTER)
    if check != expected:
        raise CodeError(BadCodeReason.CHECK_DIGIT)
    if _SECONDARY_ALONE.match(body):
        raise CodeError(BadCodeReason.NO_PRODUCT)
    primary, *fields = body.split("/")
    if _PRIMARY.fullmatch(primary) is None:
        raise CodeError(BadCodeReason.TRUNCATED)
    unit = UnitCode(drug=primary)
    for field in fields:
        unit = _joined(unit, _field(field, context))
    return unit


def _field(text: str, context: Context) -> UnitCode:
    if found := _LOT_OR_SERIAL.fullmatch(text):
        return _lot_or_serial(found, context)
    if found := _SERIAL.fullmatch(text):
        return UnitCode(serial=found["serial"])
    if found := _EXPIRY.fullmatch(text):
        digits = found["expiry"]
        return UnitCode(expiry=day(int(digits[:4]), int(digits[4:6]), int(digits[6:])))
    if found := _QUANTITY.fullmatch(text):
        return UnitCode(count=_positive(found["count"]))
    if _MADE.fullmatch(text):
        return UnitCode()
    raise CodeError(BadCodeReason.IDENTIFIER)


def _joined(unit: UnitCode, more: UnitCode) -> UnitCode:
    """Add what ``more`` says; said twice in two ways it is refused."""
    for name in ("lot", "expiry", "expiry_time", "serial", "count"):
        old, new = getattr(unit, name), getattr(more, name)
        if new is None:
            continue
        if old not in {None, new}:
            raise CodeError(BadCodeReason.CONFLICT, name)
        unit = replace(unit, **{name: new})
    return unit


def _lot_or_serial(found: re.Match[str], context: Context) -> UnitCode:
    serial = found["serial_mark"] or found["bare_serial_mark"]
    text = found["text"] or None
    expiry, hour = _expiry(found, context.today)
    count = found["two"] or found["five"]
    return UnitCode(
        lot=None if serial else text,
        serial=text if serial else None,
        expiry=expiry,
        expiry_time=_at(expiry, hour, context),
        count=None if count is None else _positive(count),
    )


def _expiry(found: re.Match[str], today: date) -> tuple[date | None, str | None]:
    """Give the expiry and, where the form has one, its hour."""
    if digits := found["mmyy"]:
        return day(full_year(int(digits[2:]), today), int(digits[:2]), 0), None
    if digits := found["mmddyy"]:
        year = full_year(int(digits[4:]), today)
        return day(year, int(digits[:2]), _not_zero(digits[2:4])), None
    if digits := found["yymmdd"] or found["yymmddhh"]:
        year = full_year(int(digits[:2]), today)
        return day(year, int(digits[2:4]), _not_zero(digits[4:6])), digits[6:] or None
    if digits := found["yyjjj"] or found["yyjjjhh"] or found["legacy"]:
        year = full_year(int(digits[:2]), today)
        return day_of_year(year, int(digits[2:5])), digits[5:] or None
    return None, None


def _at(expiry: date | None, hour: str | None, context: Context) -> datetime | None:
    if expiry is None or hour is None:
        return None
    try:
        return datetime.combine(expiry, time(int(hour), tzinfo=context.zone))
    except ValueError as error:
        raise CodeError(BadCodeReason.DATE) from error


def _not_zero(digits: str) -> int:
    if not int(digits):
        raise CodeError(BadCodeReason.DATE)
    return int(digits)


def _positive(digits: str) -> int:
    if not int(digits):
        raise CodeError(BadCodeReason.VALUE)
    return int(digits)
