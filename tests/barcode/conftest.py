"""One ward and one day for every text."""

from collections.abc import Callable
from datetime import date
from zoneinfo import ZoneInfo

import pytest

from bcma.barcode import SiteFormats, parse
from bcma.model.scan import Barcode

ZONE = ZoneInfo("Asia/Ho_Chi_Minh")
TODAY = date(2026, 3, 2)

Read = Callable[..., Barcode]


@pytest.fixture(scope="session")
def read() -> Read:
    def of(text: str, formats: SiteFormats | None = None, today: date = TODAY) -> Barcode:
        return parse(text, formats or SiteFormats(), zone=ZONE, today=today)

    return of
