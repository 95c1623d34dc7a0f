"""The site's own codes, each by its pattern: the whole text, nothing more, nothing less."""

import re

from bcma.barcode.reading import NONE, Context, Reading
from bcma.barcode.refusal import CodeError
from bcma.barcode.trade_item import is_plain_gtin
from bcma.model.scan import (
    BadCodeReason,
    Badge,
    Barcode,
    Command,
    CommandCode,
    PatientLabel,
    UnitCode,
    Wristband,
)


def command(reading: Reading, context: Context) -> Barcode | None:
    """Read a code of the command sheet."""
    name = _group(context.formats.command, reading.data, "command")
    return CommandCode(Command(name)) if name in Command.__members__ else None


def band(reading: Reading, context: Context) -> Barcode | None:
    """Read a wristband."""
    found = _match(context.formats.band, reading.data)
    if not (found and found["band"]):
        return None
    return Wristband(found["band"], found["instance"], written=reading.data)


def patient_label(reading: Reading, context: Context) -> Barcode | None:
    """Read a chart, tube or bed label."""
    mrn = _group(context.formats.patient_label, reading.data, "mrn")
    return PatientLabel(mrn) if mrn else None


def badge(reading: Reading, context: Context) -> Barcode | None:
    """Read a staff badge."""
    value = _group(context.formats.badge, reading.data, "badge")
    return Badge(value) if value else None


def drug(reading: Reading, context: Context) -> Barcode | None:
    """Read the hospital's own drug code."""
    value = _group(context.formats.drug, reading.data, "drug")
    return UnitCode(drug=value, drug_written=reading.data) if value else None


def bare_mrn(reading: Reading, context: Context) -> Barcode | None:
    """Read a record number without any mark, where the site has such a form.

    Raises:
        CodeError: without an AIM identifier it could be a product as well (``CONFLICT``).
    """
    if context.formats.bare_mrn is None:
        return None
    mrn = _group(context.formats.bare_mrn, reading.data, "mrn")
    if mrn and reading.aim == NONE and is_plain_gtin(reading.data):
        raise CodeError(BadCodeReason.CONFLICT)
    return PatientLabel(mrn) if mrn else None


def _match(pattern: str, text: str) -> re.Match[str] | None:
    return re.compile(pattern, re.ASCII).fullmatch(text)


def _group(pattern: str, text: str, name: str) -> str:
    """Give what the named group took; empty: no match, or the group took no part in it."""
    found = _match(pattern, text)
    return (found[name] or "") if found else ""
