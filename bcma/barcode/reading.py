"""What a decoder is given: the text in its two parts, and the little it may know besides."""

import re
from dataclasses import dataclass
from datetime import date
from typing import Final
from zoneinfo import ZoneInfo

from bcma.barcode.site import SiteFormats

GS: Final = "\x1d"
"""Group separator, the printed FNC1: ends a value whose length is not predefined."""

NONE: Final = ""
"""In place of an AIM identifier: the reader sends none."""

GS1_CARRIERS: Final = frozenset({"]C1", "]J1", "]Q3", "]d2", "]e0"})
"""GS1-128, DotCode, QR code, DataMatrix and DataBar with GS1 element strings."""

RETAIL_CARRIERS: Final = frozenset({"]E0", "]E4", "]I0", "]I1"})
"""EAN-13 (and UPC-A, which readers pad to 13 digits), EAN-8, ITF-14."""

PLAIN_CARRIERS: Final = frozenset(
    """
    ]A0 ]A1 ]A2 ]A3 ]A4 ]A5 ]A7 ]C0 ]C2 ]G0 ]J0 ]L0 ]L1 ]L2
    ]Q0 ]Q1 ]Q2 ]d0 ]d1 ]d4 ]z0 ]z3
    """.split()  # noqa: SIM905 a list of codes reads better as text
)
"""Code 39, Code 128, Code 93, DotCode, PDF417, QR code, DataMatrix, Aztec: any text."""

UNLABELLED: Final = frozenset({NONE})

_AIM: Final = re.compile(r"\][A-Za-z][0-9A-Za-z]")


@dataclass(frozen=True, slots=True)
class Reading:
    """A reader's text: the AIM identifier (ISO/IEC 15424), or :data:`NONE`, and the data."""

    aim: str
    data: str

    @classmethod
    def of(cls, text: str) -> "Reading":
        """Split ``text``; a bracket that starts no identifier stays in the data."""
        found = _AIM.match(text)
        return cls(found[0], text[3:]) if found else cls(NONE, text)


@dataclass(frozen=True, slots=True)
class Context:
    """What turns digits into meaning: the site's own forms, its zone, and the day."""

    formats: SiteFormats
    zone: ZoneInfo
    today: date
