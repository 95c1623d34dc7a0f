"""GS1 Digital Link URIs: a product's web address that holds its identifiers.

Only the address is read, no server is asked. Uncompressed links with numeric identifiers;
a link whose path has no primary key is an ordinary web address.
"""

import re
from typing import Final

from bcma.barcode.ai_table import lookup
from bcma.barcode.element_string import Element, check_value, elements
from bcma.barcode.gs1 import meaning
from bcma.barcode.reading import GS, Context, Reading
from bcma.barcode.refusal import CodeError
from bcma.model.scan import BadCodeReason, Barcode

_URI: Final = re.compile(
    r"https?://(?P<host>[^/?#]+)(?P<path>/[^?#]*)(?:\?(?P<query>[^#]*))?(?:#.*)?", re.IGNORECASE
)
_ESCAPE: Final = re.compile(r"%([0-9A-Fa-f]{2})")
_BAD_ESCAPE: Final = re.compile(r"%(?![0-9A-Fa-f]{2})")

_QUALIFIERS: Final = {"01": ("22", "10", "21"), "8017": ("8019",), "8018": ("8019",)}
"""Primary keys of what a ward scans, with what may follow in the path, in this order."""


def decode(reading: Reading, context: Context) -> Barcode | None:
    """Read a link; None: it is no link, or names nothing by a primary key."""
    uri = _URI.fullmatch(reading.data)
    path = _path_elements(uri["path"]) if uri else ()
    if uri is None or not path:
        return None
    found = (*path, *_query_elements(uri["query"] or ""))
    for element in found:
        check_value(element)
    # once more as one element string: conflicts and repeated keys are its matter
    return meaning(elements(GS.join(map("".join, found))), context)


def _path_elements(path: str) -> tuple[Element, ...]:
    parts = path.split("/")[1:]
    for start, key in enumerate(parts):
        if key in _QUALIFIERS:
            rest = parts[start:]
            found = tuple(Element(ai, _unescape(value)) for ai, value in _pairs(rest))
            _check_order(key, [element.ai for element in found[1:]])
            return found
    return ()


def _pairs(parts: list[str]) -> list[tuple[str, str]]:
    if len(parts) % 2:
        raise CodeError(BadCodeReason.TRUNCATED, parts[0])
    return list(zip(parts[::2], parts[1::2], strict=True))


def _check_order(key: str, qualifiers: list[str]) -> None:
    allowed = [ai for ai in _QUALIFIERS[key] if ai in qualifiers]
    if qualifiers != allowed:
        raise CodeError(BadCodeReason.IDENTIFIER, key)


def _query_elements(query: str) -> list[Element]:
    """Give the attributes that are identifiers; words such as ``linkType`` are the web's."""
    found = []
    for attribute in re.split("[&;]", query):
        name, _, value = attribute.partition("=")
        if not name.isdigit():
            continue
        if lookup(name) is None or name in _QUALIFIERS:
            raise CodeError(BadCodeReason.IDENTIFIER, name)
        found.append(Element(name, _unescape(value)))
    return found


def _unescape(text: str) -> str:
    if _BAD_ESCAPE.search(text):
        raise CodeError(BadCodeReason.CHARACTER)
    return _ESCAPE.sub(lambda escape: chr(int(escape[1], 16)), text)
