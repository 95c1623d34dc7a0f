"""FHIR JSON as bytes and as values: decimals keep their digits, both ways."""

import re
from collections.abc import Mapping
from decimal import Decimal
from typing import Final

import msgspec

from bcma.errors import DataError

#: A resource, or a part of one, as :func:`parse` gives it.
Raw = Mapping[str, object]

_DECODER = msgspec.json.Decoder(float_hook=Decimal)
#: An escape; the second part of it half of a character that has two, without the other half.
_ESCAPE: Final = re.compile(
    rb"\\(?:u[dD][89abAB][0-9a-fA-F]{2}\\u[dD][c-fC-F][0-9a-fA-F]{2}"
    rb"|(u[dD][89a-fA-F][0-9a-fA-F]{2})|.)",
    re.DOTALL,
)
_UNKNOWN_CHARACTER: Final = rb"\ufffd"
_ENCODER = msgspec.json.Encoder(decimal_format="number")


class NotJson(DataError):
    """Bytes that should be a JSON object and are not."""

    code = "emr.not-json"


class ResourceUnreadable(DataError):
    """A resource that cannot even be told apart from others, or must not be used at all.

    Facts: ``resource`` (type), ``id`` and ``path`` of what could not be read.
    """

    code = "emr.resource-unreadable"


def parse(body: bytes | str) -> dict[str, object]:
    """Read one JSON object; numbers with a fraction or exponent become Decimals as written.

    Where the text is broken (:func:`legible`) the rest is read all the same: the broken
    character is shown as one, and a code or unit that holds it matches none.

    Raises:
        NotJson: no JSON, nested beyond all reason, or no object.
    """
    try:
        try:
            value = _DECODER.decode(body)
        except (msgspec.DecodeError, UnicodeError):
            value = _DECODER.decode(legible(body))
    except (msgspec.DecodeError, RecursionError, UnicodeError) as broken:
        raise NotJson(bytes=len(body)) from broken
    if not isinstance(value, dict):
        raise NotJson(bytes=len(body))
    return value


def legible(body: bytes | str) -> bytes:
    """Give JSON in which what is no character became U+FFFD.

    Two mistakes are common: bytes of an old character set in a text, and a text that was cut
    off in the middle of a character that UTF-16 writes in two.
    """
    text = body.encode("utf-8", "replace") if isinstance(body, str) else body
    characters = text.decode("utf-8", "replace").encode()
    return _ESCAPE.sub(lambda found: _UNKNOWN_CHARACTER if found[1] else found[0], characters)


def encode(resource: object) -> bytes:
    """Write JSON; Decimals become numbers with the digits that they have."""
    return _ENCODER.encode(resource)
