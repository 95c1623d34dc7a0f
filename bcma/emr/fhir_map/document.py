"""FHIR JSON as bytes and as values: decimals keep their digits, both ways."""

from collections.abc import Mapping
from decimal import Decimal

import msgspec

from bcma.errors import DataError

#: A resource, or a part of one, as :func:`parse` gives it.
Raw = Mapping[str, object]

_DECODER = msgspec.json.Decoder(float_hook=Decimal)
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

    Raises:
        NotJson: no JSON, nested beyond all reason, or no object.
    """
    try:
        value = _DECODER.decode(body)
    except (msgspec.DecodeError, RecursionError, UnicodeError) as broken:
        raise NotJson(bytes=len(body)) from broken
    if not isinstance(value, dict):
        raise NotJson(bytes=len(body))
    return value


def encode(resource: object) -> bytes:
    """Write JSON; Decimals become numbers with the digits that they have."""
    return _ENCODER.encode(resource)
