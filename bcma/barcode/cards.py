"""Citizen card and insurance card: search keys for admission, never proof of identity.

These hold a person's name and address: the raw text goes no further, and no refusal
repeats a value.
"""

import re
import unicodedata
from datetime import date
from typing import Final

from bcma.barcode.dates import day
from bcma.barcode.reading import Context, Reading
from bcma.barcode.refusal import CodeError
from bcma.model.scan import BadCodeReason, Barcode, CitizenCard, InsuranceCard

MARK: Final = "|"
"""Between two fields of either card."""

_CITIZEN_NUMBER: Final = re.compile(r"[0-9]{12}")
_OLD_NUMBER: Final = re.compile(r"(?:[0-9]{9}|[0-9]{12})?")
_CITIZEN_FIELDS: Final = frozenset({7, 11})
_INSURANCE_NUMBER: Final = re.compile(r"[A-Z]{2}[0-9]{13}|[0-9]{10}")
_INSURANCE_FIELDS: Final = 5
_END: Final = "$"
_CITIZEN_DATE: Final = re.compile(r"(?P<day>[0-9]{2})(?P<month>[0-9]{2})(?P<year>[0-9]{4})")
_INSURANCE_DATE: Final = re.compile(r"(?P<day>[0-9]{2})/(?P<month>[0-9]{2})/(?P<year>[0-9]{4})")
_YEAR_ONLY: Final = re.compile(r"(?:[0-9]{4})?")
_LONGEST_NAME: Final = 100


def decode(reading: Reading, context: Context) -> Barcode | None:
    """Read either card by its number and its fields."""
    fields = reading.data.split(MARK)
    if len(fields) in _CITIZEN_FIELDS and _CITIZEN_NUMBER.fullmatch(fields[0]):
        return _citizen(fields, context.today)
    if len(fields) >= _INSURANCE_FIELDS and _INSURANCE_NUMBER.fullmatch(fields[0]):
        return _insurance(fields, context.today)
    return None


def _citizen(fields: list[str], today: date) -> CitizenCard:
    number, old_number, name, born, *_ = fields
    if _OLD_NUMBER.fullmatch(old_number) is None:
        raise CodeError(BadCodeReason.VALUE, "old number")
    if any(unicodedata.category(character) == "Cc" for character in MARK.join(fields)):
        raise CodeError(BadCodeReason.CHARACTER)
    return CitizenCard(number, _name(name), _birth_date(_CITIZEN_DATE, born, today))


def _insurance(fields: list[str], today: date) -> InsuranceCard:
    number, name, born, *_ = fields
    if fields[-1] != _END and not fields[-1].endswith(_END):
        raise CodeError(BadCodeReason.TRUNCATED)
    try:
        text = bytes.fromhex(name).decode("utf-8")
    except ValueError as error:
        raise CodeError(BadCodeReason.VALUE, "name") from error
    return InsuranceCard(number, _name(text), _birth_date(_INSURANCE_DATE, born, today))


def _name(text: str) -> str:
    name = " ".join(unicodedata.normalize("NFC", text).split())
    letters = all(character.isalpha() or character in " '-." for character in name)
    if not name or len(name) > _LONGEST_NAME or not letters:
        raise CodeError(BadCodeReason.VALUE, "name")
    return name


def _birth_date(form: re.Pattern[str], text: str, today: date) -> date | None:
    """Give the birth date; None: the card names no day, only a year or nothing."""
    if _YEAR_ONLY.fullmatch(text):
        return None
    found = form.fullmatch(text)
    if found is None or found["day"] == "00":
        raise CodeError(BadCodeReason.DATE, "birth date")
    born = day(int(found["year"]), int(found["month"]), int(found["day"]))
    if born > today:
        raise CodeError(BadCodeReason.DATE, "birth date")
    return born
