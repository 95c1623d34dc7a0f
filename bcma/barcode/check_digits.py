"""Check characters: GS1 modulo 10, HIBC modulo 43, the GS1 alphanumeric pair, UPC-E.

Every function answers no to text of the wrong characters or length; none raises.
"""

import re
from typing import Final

_DIGITS: Final = re.compile(r"[0-9]+")

MOD_43: Final = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ-. $/+%"
"""The characters of Code 39 by value (ANSI/HIBC 2.6, appendix B)."""

_CSET_82: Final = (
    "!\"%&'()*+,-./0123456789:;<=>?ABCDEFGHIJKLMNOPQRSTUVWXYZ_abcdefghijklmnopqrstuvwxyz"
)
_PAIR_ALPHABET: Final = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ"
_PAIR_PRIMES: Final = (
    *(2, 3, 5, 7, 11, 13, 17, 19, 23, 29, 31, 37),
    *(41, 43, 47, 53, 59, 61, 67, 71, 73, 79, 83),
)


def is_digits(text: str) -> bool:
    """Tell whether ``text`` is one or more ASCII digits; other scripts' digits are none."""
    return _DIGITS.fullmatch(text) is not None


def mod_10(body: str) -> str:
    """Give the check digit of ``body``, ASCII digits (GS1 General Specifications 7.9)."""
    total = 3 * sum(map(int, body[::-2])) + sum(map(int, body[-2::-2]))
    return str(-total % 10)


def has_mod_10(text: str) -> bool:
    """Tell whether ``text`` is digits of which the last is the check digit of the others."""
    return len(text) > 1 and is_digits(text) and mod_10(text[:-1]) == text[-1]


def mod_43(body: str) -> str | None:
    """Give the HIBC check character of ``body``, its ``+`` included; None: a wrong character."""
    values = [MOD_43.find(character) for character in body]
    return None if -1 in values else MOD_43[sum(values) % 43]


def has_check_pair(text: str) -> bool:
    """Tell whether the last two characters check the others (GS1 General Specifications 7.9.5)."""
    body, pair = text[:-2], text[-2:]
    values = [_CSET_82.find(character) for character in body]
    if not body or len(body) > len(_PAIR_PRIMES) or -1 in values:
        return False
    weights = _PAIR_PRIMES[len(body) - 1 :: -1]
    total = sum(value * weight for value, weight in zip(values, weights, strict=False)) % 1021
    return pair == _PAIR_ALPHABET[total >> 5] + _PAIR_ALPHABET[total & 31]


def is_upc_e(text: str) -> bool:
    """Tell whether eight digits make a valid UPC-E, which stands for a UPC-A in short."""
    if len(text) != 8 or not is_digits(text) or text[0] not in "01":  # noqa: PLR2004 UPC-E's length
        return False
    system, body, last, check = text[0], text[1:6], text[6], text[7]
    if last in "012":
        long = body[:2] + last + "0000" + body[2:]
    elif last == "3":
        long = body[:3] + "00000" + body[3:]
    elif last == "4":
        long = body[:4] + "00000" + body[4:]
    else:
        long = body + "0000" + last
    return mod_10(system + long) == check
