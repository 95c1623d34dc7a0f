"""ISBT 128, recognised so that it can be refused by name: this product does not transfuse."""

import re
from typing import Final

from bcma.barcode.reading import Context, Reading
from bcma.model.scan import Barcode, BloodProduct

_IDENTIFIED: Final = re.compile(r"[=&][!-~]{4,}")
"""A data identifier begins with ``=`` or ``&``; the shortest value is a blood group."""


def decode(reading: Reading, context: Context) -> Barcode | None:
    """Recognise a donation, product or group code."""
    del context
    return BloodProduct(reading.data) if _IDENTIFIED.fullmatch(reading.data) else None
