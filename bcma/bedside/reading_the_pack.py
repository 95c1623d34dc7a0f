"""Answers that a person reads off the pack, where the code does not say: lot and expiry."""

import re
from calendar import monthrange
from collections.abc import Callable
from dataclasses import replace
from datetime import date
from typing import Final

from bcma.bedside.question import Question
from bcma.rules import UnitInHand

LOT: Final = "drug.lot-unknown"
EXPIRY: Final = "drug.expiry-unknown"
#: Longer than any lot on a code (GS1 allows 20): somebody typed something else.
_LONGEST_LOT: Final = 30
#: An expiry as files and as packs write it; without a day it is the last one of the month.
_WRITTEN: Final = (
    re.compile(r"(?P<year>\d{4})-(?P<month>\d\d)(?:-(?P<day>\d\d))?", re.ASCII),
    re.compile(r"(?:(?P<day>\d{1,2})/)?(?P<month>\d{1,2})/(?P<year>\d{4})", re.ASCII),
)


def lot(question: Question, value: object) -> bool:
    """Enter the lot of every unit that the question is about."""
    text = value.strip() if isinstance(value, str) else ""
    if not text or len(text) > _LONGEST_LOT or not text.isprintable():
        return False
    _change(question, lambda unit: replace(unit, typed_lot=text))
    return True


def expiry(question: Question, value: object) -> bool:
    """Enter the last day of use, or the month: 2027-12-31, 31/12/2027, 2027-12, 12/2027."""
    day = value if isinstance(value, date) else _day(value)
    if day is None:
        return False
    _change(question, lambda unit: replace(unit, typed_expiry=day))
    return True


def _day(written: object) -> date | None:
    text = written.strip() if isinstance(written, str) else ""
    found = next((match for form in _WRITTEN if (match := form.fullmatch(text))), None)
    if found is None:
        return None
    year, month = int(found["year"]), int(found["month"])
    try:
        return date(year, month, int(found["day"] or monthrange(year, month)[1]))
    except ValueError:
        return None  # no day of the calendar (calendar's own error is one, too)


def _change(question: Question, change: Callable[[UnitInHand], UnitInHand]) -> None:
    units, key = question.dose.units, question.found.subject
    question.dose.units = [change(u) if u.key == key else u for u in units]
