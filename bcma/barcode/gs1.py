"""What GS1 elements say: a band, a badge, or a unit."""

import re
from collections.abc import Mapping, Sequence
from datetime import date, datetime, time
from typing import Final

from bcma.barcode.dates import short_day
from bcma.barcode.element_string import Element, elements, hides_separator
from bcma.barcode.reading import GS, NONE, Context, Reading
from bcma.barcode.refusal import CodeError
from bcma.model.scan import BadCodeReason, Badge, Barcode, UnitCode, Wristband

_BY_CONTENT: Final = re.compile(r"\x1d|01[0-9]{14}|801[78][0-9]{18}")
"""Without an AIM identifier: a leading FNC1, a GTIN or a GSRN in the first place."""

_PEOPLE: Final = frozenset({"8017", "8018"})
_ITEMS: Final = frozenset({"00", "01", "02", "03", "10", "17", "21", "30", "7003", "8006"})
_OTHER_ITEMS: Final = frozenset({"02", "03", "8006", "8026"})
"""Contents of a carton, made to order, one piece of several: none is the product itself."""

_NATIONAL: Final = tuple(map(str, range(710, 718)))
_NO_GTIN: Final = "0" * 14


def decode(reading: Reading, context: Context) -> Barcode | None:
    """Read an element string; by content only where it is plain that it is one."""
    if reading.aim != NONE:
        return meaning(elements(reading.data), context)
    if _BY_CONTENT.match(reading.data) is None:
        return None
    found = elements(reading.data.removeprefix(GS))
    if GS not in reading.data and hides_separator(found):
        raise CodeError(BadCodeReason.SEPARATOR_MISSING, found[-1].ai)
    return meaning(found, context)


def meaning(found: Sequence[Element], context: Context) -> Barcode:
    """Say what these elements name together.

    Raises:
        CodeError: they name nothing that a ward scans, or several things.
    """
    values = {element.ai: element.value for element in found}
    people = _PEOPLE & values.keys()
    if people and (people == _PEOPLE or _ITEMS & values.keys()):
        raise CodeError(BadCodeReason.JOINED, "".join(sorted(people)[:1]))
    if "8018" in values:
        return Wristband(values["8018"], values.get("8019"))
    if "8017" in values:
        return Badge(".".join(values[ai] for ai in ("8017", "8019") if ai in values))
    return _unit(values, context)


def _unit(values: Mapping[str, str], context: Context) -> UnitCode:
    gtin, serial = values.get("01"), values.get("21")
    drug = values.get("91") if gtin is None else None
    if gtin is not None and _OTHER_ITEMS & values.keys():
        raise CodeError(BadCodeReason.CONFLICT, "01")
    if _OTHER_ITEMS & values.keys() or (gtin is None and drug is None and serial is None):
        raise CodeError(BadCodeReason.NO_PRODUCT)
    if gtin == _NO_GTIN:
        raise CodeError(BadCodeReason.VALUE, "01")
    expiry, expiry_time = _expiry(values, context)
    national = [values[ai] for ai in _NATIONAL if ai in values]
    return UnitCode(
        gtin=gtin,
        drug=drug,
        lot=values.get("10"),
        expiry=expiry,
        expiry_time=expiry_time,
        serial=serial,
        count=_count(values),
        # two countries' numbers on one pack: the GTIN says which product it is
        national_number=national[0] if len(national) == 1 else None,
    )


def _expiry(values: Mapping[str, str], context: Context) -> tuple[date | None, datetime | None]:
    expiry = short_day(values["17"], context.today) if "17" in values else None
    if "7003" not in values:
        return expiry, None
    text = values["7003"]
    expires_on = short_day(text, context.today)
    if expiry not in {None, expires_on}:
        raise CodeError(BadCodeReason.CONFLICT, "7003")
    minute = time(int(text[6:8]), int(text[8:10]), tzinfo=context.zone)
    return expires_on, datetime.combine(expires_on, minute)


def _count(values: Mapping[str, str]) -> int | None:
    if "30" not in values:
        return None
    count = int(values["30"])
    if count == 0:
        raise CodeError(BadCodeReason.VALUE, "30")
    return count
