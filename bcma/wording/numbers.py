"""Numbers and amounts as a person reads them.

After ISMP's list of error-prone notations: no trailing zeros (``1.0`` reads as ten), always a
zero before the decimal sign, a space before the unit, ``mcg`` and never ``µg``, units of
activity as a word and never ``U`` or ``IU``.
"""

import re
from decimal import Decimal
from typing import assert_never

from bcma.config import Language
from bcma.model.order import DoseRange
from bcma.model.quantity import Quantity, Ratio
from bcma.wording.catalogue import lookup_plural

#: Narrow, and no line breaks there: value and unit stay together.
THIN_SPACE = "\N{NARROW NO-BREAK SPACE}"
_FACTOR = re.compile(r"[^/.]+")
_DECIMAL_SIGN = {Language.VI: ",", Language.EN: "."}


def number(language: Language, value: Decimal | int) -> str:
    """Write a number in plain digits, without trailing zeros."""
    digits = f"{Decimal(value):f}"
    if "." in digits:
        digits = digits.rstrip("0").rstrip(".")
    return digits.replace(".", _DECIMAL_SIGN[language])


def unit(language: Language, code: str, value: Decimal | int = 1) -> str:
    """Write a UCUM unit in the words of a ward; what has no word is shown as it is."""
    whole = _word(language, code, one=0 < value <= 1)
    if whole is not None:
        return whole
    head, *rest = code.split("/", maxsplit=1)
    words = [_factors(language, head, one=0 < value <= 1)]
    words += [_factors(language, part, one=True) for part in rest]
    return "/".join(words)


def quantity(language: Language, amount: Quantity) -> str:
    """Write an amount: ``0,5 mg``, ``2 viên``, ``80 ml/giờ``."""
    words = unit(language, amount.unit, amount.value)
    return f"{number(language, amount.value)}{THIN_SPACE}{words}".rstrip()


def amount(language: Language, value: Quantity | DoseRange | Ratio) -> str:
    """Write an amount, a range (``5 mg – 10 mg``) or a strength (``500 mg/viên``)."""
    match value:
        case Quantity():
            return quantity(language, value)
        case DoseRange():
            return f"{quantity(language, value.low)} – {quantity(language, value.high)}"
        case Ratio():
            return f"{quantity(language, value.numerator)}/{_over(language, value.denominator)}"
        case _:
            assert_never(value)


def _over(language: Language, below: Quantity) -> str:
    return unit(language, below.unit) if below.value == 1 else quantity(language, below)


def _factors(language: Language, code: str, *, one: bool) -> str:
    return _FACTOR.sub(lambda m: _word(language, m[0], one=one) or m[0].strip("{}"), code)


def _word(language: Language, code: str, *, one: bool) -> str | None:
    return lookup_plural(language, f"unit.{code}", one=one)
