"""Scan text in, Barcode out: :data:`DECODERS` in order, and :func:`parse` over them."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import Final
from zoneinfo import ZoneInfo

from bcma.barcode import blood, cards, digital_link, gs1, hibc, site_codes, trade_item
from bcma.barcode.reading import (
    GS1_CARRIERS,
    NONE,
    PLAIN_CARRIERS,
    RETAIL_CARRIERS,
    UNLABELLED,
    Context,
    Reading,
)
from bcma.barcode.refusal import CodeError
from bcma.barcode.site import SiteFormats
from bcma.model.scan import BadCode, BadCodeReason, Barcode


@dataclass(frozen=True, slots=True)
class Decoder:
    """One row of :data:`DECODERS`.

    Attributes:
        name: what it reads.
        symbologies: AIM identifiers of the symbols that can carry it; :data:`NONE` among
            them: it is also told by content alone.
        decode: gives the Barcode, or None for a text of another form; raises ``CodeError``
            for a text of this form that breaks its rules.
        any_letters: names may stand in it, in UTF-8.
    """

    name: str
    symbologies: frozenset[str]
    decode: Callable[[Reading, Context], Barcode | None]
    any_letters: bool = False


_ANY_PLAIN: Final = PLAIN_CARRIERS | UNLABELLED

DECODERS: Final = (
    Decoder("command", _ANY_PLAIN, site_codes.command),
    Decoder("band", _ANY_PLAIN, site_codes.band),
    Decoder("patient label", _ANY_PLAIN, site_codes.patient_label),
    Decoder("badge", _ANY_PLAIN, site_codes.badge),
    Decoder("drug", _ANY_PLAIN, site_codes.drug),
    Decoder("card", _ANY_PLAIN, cards.decode, any_letters=True),
    Decoder("Digital Link", _ANY_PLAIN, digital_link.decode),
    Decoder("HIBC", _ANY_PLAIN, hibc.decode),
    Decoder("ISBT 128", _ANY_PLAIN, blood.decode),
    Decoder("GS1", GS1_CARRIERS | UNLABELLED, gs1.decode),
    Decoder("record number", _ANY_PLAIN, site_codes.bare_mrn),
    Decoder("trade item", RETAIL_CARRIERS | _ANY_PLAIN, trade_item.decode),
)
"""Every form that is understood, in order of trial; a new one is a new row."""

_READER_SUFFIX: Final = "\r\n\t"
_LONGEST: Final = 7089
"""Digits in the largest QR code: no symbol holds more."""

_PRINTABLE: Final = re.compile(r"[\x1d -~]*")
_SECOND_CODE: Final = re.compile(
    r"[\r\n]|\](?:A[0-7]|C[0-4]|E[0-4]|G0|I[013]|J[01]|L[0-2]|Q[0-6]|d[0-6]|e[0-3]|z[0-9A-C])"
)
"""A reader's suffix or an AIM identifier amid the data: two scans have run together."""


def parse(text: str, formats: SiteFormats, *, zone: ZoneInfo, today: date) -> Barcode:
    """Say what a reader's text is.

    Total: there is a Barcode for every text, and nothing raises. A ``BadCode`` has no effect.

    Args:
        text: as the reader delivers it, AIM identifier first if it sends one, group
            separators as character 29; its own CR, LF or Tab at the end is dropped.
        formats: the site's own patterns.
        zone: the ward's, for expiries to the minute.
        today: resolves two-digit years, 50 back to 49 ahead.
    """
    reading = Reading.of(text.rstrip(_READER_SUFFIX))
    try:
        return _decode(reading, Context(formats, zone, today))
    except CodeError as refusal:
        # with the mark of an identity card, a text holds a person's data: not kept
        kept = "" if cards.MARK in text else text
        return BadCode(kept, refusal.reason, refusal.detail)


def _decode(reading: Reading, context: Context) -> Barcode:
    _refuse_at_sight(reading)
    ascii_only = _PRINTABLE.fullmatch(reading.data) is not None
    for row in DECODERS:
        if reading.aim in row.symbologies and (ascii_only or row.any_letters):
            barcode = row.decode(reading, context)
            if barcode is not None:
                return barcode
    if not ascii_only:
        raise CodeError(BadCodeReason.CHARACTER)
    if reading.aim != NONE and _is_known(Reading(NONE, reading.data), context):
        raise CodeError(BadCodeReason.SYMBOLOGY, reading.aim)
    raise CodeError(BadCodeReason.UNKNOWN_FORM)


def _refuse_at_sight(reading: Reading) -> None:
    if not reading.data:
        empty = reading.aim == NONE
        raise CodeError(BadCodeReason.EMPTY if empty else BadCodeReason.TRUNCATED, reading.aim)
    if len(reading.data) > _LONGEST:
        raise CodeError(BadCodeReason.TOO_LONG)
    if _SECOND_CODE.search(reading.data):
        raise CodeError(BadCodeReason.JOINED)
    if reading.aim != NONE and not any(reading.aim in row.symbologies for row in DECODERS):
        raise CodeError(BadCodeReason.SYMBOLOGY, reading.aim)


def _is_known(reading: Reading, context: Context) -> bool:
    """Tell whether the data alone would be a code: then it came in the wrong symbol."""
    try:
        return any(row.decode(reading, context) for row in DECODERS)
    except CodeError:
        return True
