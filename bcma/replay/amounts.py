"""Doses and units as the eMAR writes them: a number, a range, or words that are neither."""

import re
from decimal import Decimal
from typing import Final

from bcma.model.order import DoseRange
from bcma.model.quantity import Quantity

#: The eMAR's own units that no other system writes; all others are understood by the product.
_UNITS: Final = {
    "tab": "{tablet}",
    "half tab": "{half-tablet}",
    "cap": "{capsule}",
    "ptch": "{patch}",
    "patch": "{patch}",
    "pkt": "{sachet}",
    "puff": "{puff}",
    "inh": "{inhalation}",
    "spry": "{spray}",
    "neb": "{nebule}",
    "drop": "[drp]",
    "drp": "[drp]",
    "appl": "{application}",
    "bag": "{bag}",
    "vial": "{vial}",
    "syr": "{syringe}",
    "amp": "{ampoule}",
    "supp": "{suppository}",
    "loz": "{lozenge}",
    "udcup": "{cup}",
    "btl": "{bottle}",
    "dbtl": "{bottle}",
    "tube": "{tube}",
    "jar": "{jar}",
    "cadd": "{cassette}",
    "cart": "{cartridge}",
    "pen": "{pen}",
    "kit": "{kit}",
    "dose": "{dose}",
    "enema": "{enema}",
    "stck": "{stick}",
    "waf": "{wafer}",
    "aero": "{inhaler}",
    "dev": "{inhaler}",
    "can": "{can}",
    "mg": "mg",
    "mg pe": "mg",
    "mcg": "ug",
    "g": "g",
    "gm": "g",
    "ml": "mL",
    "l": "L",
    "unit": "[iU]",
    "units": "[iU]",
    "meq": "meq",
    "mmol": "mmol",
}
_NUMBER: Final = r"\d+(?:\.\d+)?|\.\d+|\d{1,3}(?:,\d{3})+"
_AMOUNT: Final = re.compile(rf"({_NUMBER})(?:\s*-\s*({_NUMBER}))?", re.ASCII)


def number(written: str) -> Decimal | None:
    """Read a number, or the low end of a range; commas group thousands here."""
    found = _AMOUNT.fullmatch(written)
    return None if found is None else _decimal(found[1])


def unit_of(written: str) -> str | None:
    """Give the UCUM code of a unit; ``None`` for rates and for words that are no unit."""
    return _UNITS.get(written.strip().lower())


def amount(written: str, unit: str) -> Quantity | DoseRange | None:
    """Read a dose; ``None`` for words, blanks, nothing at all, and ranges upside down."""
    found, code = _AMOUNT.fullmatch(written), unit_of(unit)
    if found is None or code is None:
        return None
    low = _decimal(found[1])
    high = low if found[2] is None else _decimal(found[2])
    if high <= 0 or low > high:
        return None
    if low == high:
        return Quantity(low, code)
    return DoseRange(Quantity(low, code), Quantity(high, code))


def is_rate(unit: str) -> bool:
    """Tell whether a unit is one of a rate (mL/hr, units/hr, % of the present rate)."""
    return "/" in unit or "%" in unit


def _decimal(written: str) -> Decimal:
    return Decimal(written.replace(",", ""))
