"""JSON in and out without losing a digit: ``1.50`` stays ``1.50``.

Objects are plain ``dict[str, object]``. The sandbox never reckons with a number that has
a point or an exponent: it keeps its digits as they came and gives them back.
"""

import msgspec

from bcma.emr.sandbox.outcome import bad_request

Resource = dict[str, object]
"""A JSON object as it came, checked for nothing but being one."""


_DECODER = msgspec.json.Decoder(float_hook=lambda digits: msgspec.Raw(digits.encode()))
_ENCODER = msgspec.json.Encoder(decimal_format="number")


def read_object(body: bytes) -> Resource:
    """Read a JSON object.

    Raises:
        Refusal: 400, for text that is no UTF-8, no JSON, too deep or no object.
    """
    try:
        value: object = _DECODER.decode(body)
    except ValueError as failure:
        raise bad_request("The body is not JSON in UTF-8", "structure") from failure
    except RecursionError as failure:
        raise bad_request("The body is nested too deeply", "structure") from failure
    if not isinstance(value, dict):
        raise bad_request("The body is not a JSON object", "structure")
    return value


def write(value: object) -> bytes:
    """Write JSON: compact, in UTF-8; a Decimal becomes a number with all its digits."""
    return _ENCODER.encode(value)


def objects(value: object) -> list[Resource]:
    """Give the JSON objects of an array; whatever else stands there is left out."""
    return [item for item in value if isinstance(item, dict)] if isinstance(value, list) else []


def text(holder: Resource, key: str) -> str:
    """Give a string member, or the empty string where there is none."""
    value = holder.get(key)
    return value if isinstance(value, str) else ""
