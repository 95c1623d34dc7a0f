"""Scan text → Barcode: pure, total and strict.

``parse`` is the door; ``elements`` and ``element_string`` are for labels that we print.
"""

from bcma.barcode.decode import DECODERS, Decoder, parse
from bcma.barcode.element_string import Element, element_string, elements
from bcma.barcode.refusal import CodeError
from bcma.barcode.site import SiteFormatError, SiteFormats

__all__ = [
    "DECODERS",
    "CodeError",
    "Decoder",
    "Element",
    "SiteFormatError",
    "SiteFormats",
    "element_string",
    "elements",
    "parse",
]
