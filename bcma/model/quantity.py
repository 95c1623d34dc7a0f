"""Amounts with a unit: decimal values and UCUM codes, never floats.

Units arrive in many spellings (``mcg``, ``IU``, ``mEq``, ``gam``, ``viên``) and are brought
to one UCUM code at the border. Conversion factors come from the UCUM tables of a library
that takes half a second to load: it is loaded at the first conversion between two
*different* units, and every factor is kept. :func:`warm_up` does it ahead of time.
"""

import re
from dataclasses import dataclass
from decimal import Context, Decimal, InvalidOperation
from fractions import Fraction
from functools import cache
from typing import TYPE_CHECKING, Self

from bcma.errors import DataError

if TYPE_CHECKING:
    from ucumvert import PintUcumRegistry

#: What wards and servers write, by its lower-case spelling, and the UCUM code that it means.
#: ``U`` is read as the international unit: on a drug order it never means the enzyme unit.
_SPELLINGS = {
    "mcg": "ug",
    "µg": "ug",
    "\N{GREEK SMALL LETTER MU}g": "ug",
    "microgram": "ug",
    "micrograms": "ug",
    "mgm": "mg",
    "milligram": "mg",
    "milligrams": "mg",
    "gm": "g",
    "gram": "g",
    "grams": "g",
    "gam": "g",
    "iu": "[iU]",
    "[iu]": "[iU]",
    "ui": "[iU]",
    "u": "[iU]",
    "unit": "[iU]",
    "units": "[iU]",
    "đv": "[iU]",
    "đơn vị": "[iU]",
    "{unit}": "[iU]",
    "{units}": "[iU]",
    "meq": "meq",
    "[meq]": "meq",
    "ml": "mL",
    "cc": "mL",
    "l": "L",
    "lít": "L",
    "tab": "{tablet}",
    "tablet": "{tablet}",
    "tablets": "{tablet}",
    "viên": "{tablet}",
    "{tab}": "{tablet}",
    "{tbl}": "{tablet}",
    "cap": "{capsule}",
    "capsule": "{capsule}",
    "capsules": "{capsule}",
    "viên nang": "{capsule}",
    "{cap}": "{capsule}",
    "patch": "{patch}",
    "miếng dán": "{patch}",
    "ống": "{ampoule}",
    "ampoule": "{ampoule}",
    "{ampule}": "{ampoule}",
    "vial": "{vial}",
    "lọ": "{vial}",
    "gói": "{sachet}",
    "sachet": "{sachet}",
    "giọt": "[drp]",
    "drop": "[drp]",
    "drops": "[drp]",
    "puff": "{puff}",
    "nhát": "{puff}",
    "dose": "{dose}",
    "liều": "{dose}",
    "hr": "h",
    "hour": "h",
    "hours": "h",
    "giờ": "h",
    "minute": "min",
    "minutes": "min",
    "phút": "min",
    "day": "d",
    "days": "d",
    "ngày": "d",
    # What is counted in a minute is said by the code of the observation, not by its unit.
    "{beats}/min": "/min",
    "{beat}/min": "/min",
    "{breaths}/min": "/min",
    "{breath}/min": "/min",
    "1/min": "/min",
    "beats/min": "/min",
    "breaths/min": "/min",
    "bpm": "/min",
    "nhịp/phút": "/min",
    "lần/phút": "/min",
}
#: A factor of a compound unit: an annotation, a bracketed unit, or plain letters.
_FACTOR = re.compile(r"\{[^{}]*\}|[^./{}]+")
_TEMPERATURES = frozenset({"Cel", "[degF]"})
_ANNOTATION = re.compile(r"\{[^{}]*\}")
#: Digits grouped or separated by something that could be read two ways are refused.
_NUMBER = re.compile(r"[+-]?\d+(?:[.,]\d+)?", re.ASCII)
#: The digits of a conversion factor that binary arithmetic leaves right.
_FACTOR_DIGITS = Context(prec=14)
#: Conversion factors are fractions of whole numbers up to this.
_LARGEST_DIVISOR = 100_000
#: Beyond this a number on a drug order is noise, not a dose.
_MOST_DIGITS = 18


class UnitError(DataError):
    """A unit that UCUM does not know, or two units that measure different things."""

    code = "quantity.unit"


class AmountError(DataError):
    """A number that cannot be read without guessing."""

    code = "quantity.amount"


def normalise_unit(written: str) -> str:
    """Give the UCUM code of a unit as people and servers write it.

    A compound unit is normalised factor by factor (``mcg/kg/min`` → ``ug/kg/min``).

    Raises:
        UnitError: the text is empty.
    """
    text = " ".join(written.split())
    if not text:
        raise UnitError(unit=written)
    whole = _SPELLINGS.get(text.lower())
    if whole is not None and text not in _CASE_SENSITIVE:
        return whole
    return _FACTOR.sub(lambda m: _SPELLINGS.get(m[0].strip().lower(), m[0]), text)


#: UCUM codes that differ from a ward spelling by case only and must not be rewritten.
_CASE_SENSITIVE = frozenset({"L"})


def parse_decimal(written: str) -> Decimal:
    """Read a plain decimal number written with a point or a comma (``0,25``).

    Grouped digits (``1.000,5``), exponents, non-ASCII digits and white space inside are
    refused: a tenfold error hides there (hazard H34).

    Raises:
        AmountError: the text is no plain number.
    """
    text = written.strip()
    if not _NUMBER.fullmatch(text) or len(text) > _MOST_DIGITS:
        raise AmountError(text=written)
    try:
        return Decimal(text.replace(",", "."))
    except InvalidOperation as broken:  # pragma: no cover - the pattern lets no such text through
        raise AmountError(text=written) from broken


@dataclass(frozen=True, slots=True)
class Quantity:
    """A decimal value and its UCUM unit; the value keeps its digits as written.

    Equality is literal. Use :meth:`same_as` or :meth:`to` to compare amounts across units.
    """

    value: Decimal
    unit: str

    def __post_init__(self) -> None:
        """Refuse NaN and infinities, which would compare as harmless.

        Raises:
            AmountError: the value is no finite number.
        """
        if not self.value.is_finite():
            raise AmountError(text=str(self.value))

    @classmethod
    def of(cls, value: Decimal | int | str, unit: str) -> Self:
        """Build from a value and a unit in any accepted spelling."""
        number = parse_decimal(value) if isinstance(value, str) else Decimal(value)
        return cls(number, normalise_unit(unit))

    def to(self, unit: str) -> Self:
        """Convert to another unit of the same kind.

        Raises:
            UnitError: the units measure different things, or one is unknown.
        """
        if unit == self.unit:
            return self
        factor = conversion_factor(self.unit, unit)
        return type(self)(self.value * factor.numerator / factor.denominator, unit)

    def same_as(self, other: "Quantity") -> bool:
        """Tell whether both are the same amount; amounts that cannot be compared are not."""
        return self.convertible_to(other.unit) and self.to(other.unit).value == other.value

    def convertible_to(self, unit: str) -> bool:
        """Tell whether :meth:`to` would succeed."""
        try:
            self.to(unit)
        except UnitError:
            return False
        return True

    def times(self, factor: Decimal | int, over: Decimal | int = 1) -> Self:
        """Multiply by a plain number, or by a fraction without rounding it first."""
        return type(self)(self.value * factor / over, self.unit)

    def __str__(self) -> str:
        """Give value and code for logs and facts; screens use ``bcma.wording``."""
        return f"{self.value:f} {self.unit}"


@dataclass(frozen=True, slots=True)
class Ratio:
    """So much per so much, such as 500 mg per tablet or 1 g per 10 mL."""

    numerator: Quantity
    denominator: Quantity

    def __post_init__(self) -> None:
        """Refuse a ratio over nothing.

        Raises:
            AmountError: the denominator is not above zero.
        """
        if self.denominator.value <= 0:
            raise AmountError(text=str(self.denominator))

    def of(self, amount: Quantity) -> Quantity:
        """Give how much of the numerator is in ``amount`` of the denominator's kind.

        Raises:
            UnitError: the amount is of another kind than the denominator.
        """
        share = amount.to(self.denominator.unit).value
        return self.numerator.times(share, over=self.denominator.value)

    def containing(self, amount: Quantity) -> Quantity:
        """Give how much of the denominator holds ``amount`` of the numerator.

        Raises:
            UnitError: the amount is of another kind than the numerator.
            AmountError: the numerator is zero.
        """
        if self.numerator.value == 0:
            raise AmountError(text=str(self.numerator))
        share = amount.to(self.numerator.unit).value
        return self.denominator.times(share, over=self.numerator.value)


#: UCUM codes of everyday orders: known without loading the library, equal to themselves.
_EVERYDAY = frozenset(
    [
        "ug",
        "mg",
        "g",
        "kg",
        "mL",
        "L",
        "[iU]",
        "mmol",
        "meq",
        "h",
        "min",
        "d",
        "wk",
        "mo",
        "a",
        "s",
        "%",
        "mg/mL",
        "ug/mL",
        "g/mL",
        "mg/kg",
        "mg/h",
        "mL/h",
        "[drp]",
        "cm",
        "mm[Hg]",
        "/min",
        "Cel",
        "mmol/L",
        "g/L",
    ]
)


@cache
def conversion_factor(source: str, target: str) -> Fraction:
    """Give the exact number that turns an amount in ``source`` into one in ``target``.

    Annotations (``{tablet}``) and equivalents (``meq``) are kinds of their own: UCUM counts
    the first as the number one and the second as moles, which at the bedside would make a
    tablet of a capsule and double the calcium. International units, and temperatures, whose
    scales begin at different points, are kinds of their own as well.

    Raises:
        UnitError: the units measure different things, or one is unknown.
    """
    factor = _factor(source, target)
    if factor is None:
        raise UnitError(unit=source, target=target)
    return factor


@cache
def _factor(source: str, target: str) -> Fraction | None:
    """Give the factor, or ``None``; kept too, as the library is slow to say that there is none."""
    if _own_kinds(source) != _own_kinds(target):
        return None
    try:
        factor = _registry().from_ucum(source).to(_registry().from_ucum(target)).magnitude
    except Exception:  # noqa: BLE001 - the library raises a type of its own for every cause
        return None
    return _exact(Decimal(factor))


def _exact(factor: Decimal) -> Fraction:
    """Give the simple fraction that the library's binary arithmetic came close to.

    It answers 0.016666666666666666 for 1/60: then 3 minutes were not 0.05 hours, and two equal
    doses were different.
    """
    rounded = Fraction(_FACTOR_DIGITS.create_decimal(factor))
    if rounded < 1:
        return 1 / (1 / rounded).limit_denominator(_LARGEST_DIVISOR)
    return rounded.limit_denominator(_LARGEST_DIVISOR)


def is_known_unit(code: str) -> bool:
    """Tell whether UCUM has this code (loads the library for codes no ward uses daily)."""
    if code in _EVERYDAY or _ANNOTATION.fullmatch(code):
        return True
    try:
        conversion_factor(code, code)
    except UnitError:
        return False
    return True


def warm_up() -> None:
    """Load the UCUM tables and the ward's usual factors; call it off the window's thread."""
    for source, target in (("g", "mg"), ("mg", "g"), ("ug", "mg"), ("mg", "ug"), ("L", "mL")):
        conversion_factor(source, target)


def _own_kinds(unit: str) -> list[str]:
    """List the kinds in a unit that convert into nothing else, only among their own prefixes."""
    kinds = []
    for factor in _FACTOR.findall(unit):
        if _ANNOTATION.fullmatch(factor) or factor in _TEMPERATURES:
            kinds.append(factor)
        kinds += [kind for kind in ("eq", "[iU]") if factor.endswith(kind)]
    return sorted(kinds)


@cache
def _registry() -> "PintUcumRegistry":
    from ucumvert import PintUcumRegistry  # noqa: PLC0415 - half a second, only when needed

    return PintUcumRegistry(non_int_type=Decimal)
