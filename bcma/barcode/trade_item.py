"""EAN-13, EAN-8, UPC-A and ITF-14: a bare GTIN, without lot and expiry."""

from typing import Final

from bcma.barcode.check_digits import has_mod_10, is_digits, is_upc_e
from bcma.barcode.reading import NONE, RETAIL_CARRIERS, Context, Reading
from bcma.barcode.refusal import CodeError
from bcma.model.scan import BadCodeReason, Barcode, UnitCode

_LENGTH: Final = {"]E0": 13, "]E4": 8, "]I0": 14, "]I1": 14}
"""Digits by AIM identifier. Readers send UPC-A as 13 digits; a shorter ITF may be part of one."""

_UNLABELLED_LENGTHS: Final = frozenset({8, 12, 13, 14})
_GTIN_DIGITS: Final = 14
_REGISTRATION_DIGITS: Final = 12
_REGISTRATION_PREFIX: Final = "893"


def decode(reading: Reading, context: Context) -> Barcode | None:
    """Read digits as a GTIN; a Vietnamese registration number is refused in any symbol."""
    del context
    text = reading.data
    if not is_digits(text):
        return None
    if len(text) == _REGISTRATION_DIGITS and text.startswith(_REGISTRATION_PREFIX):
        raise CodeError(BadCodeReason.REGISTRATION_NUMBER)
    if reading.aim == NONE:
        return UnitCode(gtin=text.zfill(_GTIN_DIGITS)) if is_plain_gtin(text) else None
    if reading.aim not in RETAIL_CARRIERS:
        return None
    length = _LENGTH[reading.aim]
    if len(text) != length:
        short = len(text) < length
        raise CodeError(BadCodeReason.TRUNCATED if short else BadCodeReason.TOO_LONG)
    if not has_mod_10(text):
        raise CodeError(BadCodeReason.CHECK_DIGIT)
    if not text.strip("0"):
        raise CodeError(BadCodeReason.VALUE)
    return UnitCode(gtin=text.zfill(_GTIN_DIGITS))


def is_plain_gtin(text: str) -> bool:
    """Tell whether digits that came without any identifier can only be a GTIN.

    Raises:
        CodeError: eight digits that are an EAN-8 and a UPC-E alike (``CONFLICT``).
    """
    if len(text) not in _UNLABELLED_LENGTHS or not has_mod_10(text) or not text.strip("0"):
        return False
    if is_upc_e(text):
        raise CodeError(BadCodeReason.CONFLICT)
    return True
