"""What GS1 asks of a value beyond its length and characters, one predicate per rule.

The names on the left of :data:`CHECKS` are those of the GS1 Barcode Syntax Dictionary, so
that :mod:`bcma.barcode.ai_table` reads like it. A predicate sees text whose length and
characters are right already, in ASCII.
"""

import re
from calendar import monthrange
from collections.abc import Callable
from typing import Final

from bcma.barcode.check_digits import has_check_pair, has_mod_10, is_digits
from bcma.model.scan import BadCodeReason

Check = Callable[[str], bool]

COUNTRIES: Final = frozenset(
    """
    004 008 010 012 016 020 024 028 031 032 036 040 044 048 050 051 052 056 060 064 068 070 072 074
    076 084 086 090 092 096 100 104 108 112 116 120 124 132 136 140 144 148 152 156 158 162 166 170
    174 175 178 180 184 188 191 192 196 203 204 208 212 214 218 222 226 231 232 233 234 238 239 242
    246 248 250 254 258 260 262 266 268 270 275 276 288 292 296 300 304 308 312 316 320 324 328 332
    334 336 340 344 348 352 356 360 364 368 372 376 380 384 388 392 398 400 404 408 410 414 417 418
    422 426 428 430 434 438 440 442 446 450 454 458 462 466 470 474 478 480 484 492 496 498 499 500
    504 508 512 516 520 524 528 531 533 534 535 540 548 554 558 562 566 570 574 578 580 581 583 584
    585 586 591 598 600 604 608 612 616 620 624 626 630 634 638 642 643 646 652 654 659 660 662 663
    666 670 674 678 682 686 688 690 694 702 703 704 705 706 710 716 724 728 729 732 740 744 748 752
    756 760 762 764 768 772 776 780 784 788 792 795 796 798 800 804 807 818 826 831 832 833 834 840
    850 854 858 860 862 876 882 887 894
    """.split()  # noqa: SIM905 a table of 249 numbers reads better as text
)
"""ISO 3166-1 numeric."""

_ANY_COUNTRY: Final = "999"
_MONTHS: Final = 12
_LEAP_YEAR: Final = 2000
_GCP_DIGITS: Final = 4
_PERCENT: Final = re.compile(r"(?:[^%]|%[0-9A-Fa-f]{2})*")
_BASE64URL: Final = re.compile(r"[0-9A-Za-z_-]+={0,2}")
_MEDIA_TYPES: Final = re.compile(r"0[1-9]|10|[89][0-9]")


def is_month_day(year_in_century: str, month: str, day: str, *, whole_month: bool) -> bool:
    """Tell whether such a day can exist in some century; ``whole_month`` allows day 00."""
    if not 1 <= int(month) <= _MONTHS:
        return False
    year = _LEAP_YEAR + int(year_in_century)
    return (0 if whole_month else 1) <= int(day) <= monthrange(year, int(month))[1]


def _short_date(text: str) -> bool:
    return is_month_day(text[:2], text[2:4], text[4:], whole_month=False)


def _short_date_or_month(text: str) -> bool:
    return is_month_day(text[:2], text[2:4], text[4:], whole_month=True)


def _long_date(text: str) -> bool:
    return text[:4] != "0000" and is_month_day(text[2:4], text[4:6], text[6:], whole_month=False)


def _hour(text: str) -> bool:
    return text < "24"


def _sixtieth(text: str) -> bool:
    return text < "60"


def _hour_minute(text: str) -> bool:
    return _hour(text[:2]) and _sixtieth(text[2:])


def _company_prefix(text: str) -> bool:
    return len(text) >= _GCP_DIGITS and is_digits(text[:_GCP_DIGITS])


def _piece_of_total(text: str) -> bool:
    piece, total = int(text[:2]), int(text[2:])
    return 0 < piece <= total


def _birth_sequence(text: str) -> bool:
    return re.fullmatch(r"[1-9]/[1-9]", text) is not None and text[0] <= text[2]


def _base64url(text: str) -> bool:
    # the reference implementation pads to a multiple of three, unlike RFC 4648
    padded = text.endswith("=")
    return _BASE64URL.fullmatch(text) is not None and not (padded and len(text) % 3)


CHECKS: Final[dict[str, tuple[Check, BadCodeReason]]] = {
    "csum": (has_mod_10, BadCodeReason.CHECK_DIGIT),
    "csumalpha": (has_check_pair, BadCodeReason.CHECK_DIGIT),
    "gcppos1": (_company_prefix, BadCodeReason.VALUE),
    "gcppos2": (lambda text: _company_prefix(text[1:]), BadCodeReason.VALUE),
    "yymmdd": (_short_date, BadCodeReason.DATE),
    "yymmd0": (_short_date_or_month, BadCodeReason.DATE),
    "yyyymmdd": (_long_date, BadCodeReason.DATE),
    "hh": (_hour, BadCodeReason.DATE),
    "mi": (_sixtieth, BadCodeReason.DATE),
    "ss": (_sixtieth, BadCodeReason.DATE),
    "hhmi": (_hour_minute, BadCodeReason.DATE),
    "iso3166": (lambda text: text in COUNTRIES, BadCodeReason.VALUE),
    "iso3166999": (lambda text: text in COUNTRIES or text == _ANY_COUNTRY, BadCodeReason.VALUE),
    "iso5218": (lambda text: text in "0129", BadCodeReason.VALUE),
    "pcenc": (lambda text: _PERCENT.fullmatch(text) is not None, BadCodeReason.VALUE),
    "nonzero": (lambda text: int(text) > 0, BadCodeReason.VALUE),
    "zero": (lambda text: int(text) == 0, BadCodeReason.VALUE),
    "nozeroprefix": (lambda text: text == "0" or text[0] != "0", BadCodeReason.VALUE),
    "winding": (lambda text: text in "019", BadCodeReason.VALUE),
    "pieceoftotal": (_piece_of_total, BadCodeReason.VALUE),
    "posinseqslash": (_birth_sequence, BadCodeReason.VALUE),
    "hasnondigit": (lambda text: not is_digits(text), BadCodeReason.VALUE),
    "mediatype": (lambda text: _MEDIA_TYPES.fullmatch(text) is not None, BadCodeReason.VALUE),
    "base64url": (_base64url, BadCodeReason.VALUE),
}
"""Rule by its name in the dictionary: the predicate, and the reason when it says no."""
