"""GS1 element strings: taken apart strictly, and put together.

Anything that is not wholly right is refused as a whole: an unknown identifier, a wrong
length, character, check digit or date, a tail, an empty value. Where a separator was lost,
two values have run together; that is refused whenever it can be seen, never repaired.
"""

import re
from collections.abc import Iterable, Sequence
from typing import Final, NamedTuple

from bcma.barcode.ai_table import ApplicationIdentifier, leading_identifier, lookup
from bcma.barcode.reading import GS
from bcma.barcode.refusal import CodeError
from bcma.model.scan import BadCodeReason


class Element(NamedTuple):
    """One application identifier with its value."""

    ai: str
    value: str


_KEYS: Final = frozenset({"00", "01", "8017", "8018"})
"""Identifiers that name one thing or person: twice in one text is two codes joined."""

_OWN_RULES: Final = frozenset({"8030", "8200", *map(str, range(90, 100))})
"""Values in which anything may stand, signatures and addresses: not searched for lost GS."""

_SWALLOWED: Final = re.compile(r"(?=(01[0-9]{14}|17[0-9]{6}|801[78][0-9]{18}))")
_UNSEEN: Final = {"10": re.compile(r".+21."), "21": re.compile(r".+10.")}


def elements(text: str) -> tuple[Element, ...]:
    """Take ``text`` apart: data after the symbology's FNC1, separators as character 29.

    Raises:
        CodeError: the text breaks a rule; its detail names the identifier.
    """
    found = _split(text)
    values: dict[str, str] = {}
    for element in found:
        if values.setdefault(element.ai, element.value) != element.value:
            raise CodeError(BadCodeReason.CONFLICT, element.ai)
    for ai in _KEYS & values.keys():
        if sum(element.ai == ai for element in found) > 1:
            raise CodeError(BadCodeReason.JOINED, ai)
    for element in found:
        if _swallows(element, values.keys()):
            raise CodeError(BadCodeReason.SEPARATOR_MISSING, element.ai)
    return found


def element_string(parts: Iterable[tuple[str, str]]) -> str:
    """Put elements together in the order given, with separators where GS1 needs them.

    The result is what follows the FNC1 of a GS1 symbol.

    Raises:
        CodeError: what would be read back is not what was given.
    """
    given = tuple(Element(*part) for part in parts)
    text = "".join(_with_separator(element) for element in given).removesuffix(GS)
    if elements(text) != given:
        raise CodeError(BadCodeReason.IDENTIFIER)
    return text


def check_value(element: Element) -> None:
    """Check one value against everything that its identifier asks.

    Raises:
        CodeError: the identifier is unknown, or the value breaks its rules.
    """
    facts = lookup(element.ai)
    if facts is None:
        raise CodeError(BadCodeReason.IDENTIFIER, element.ai)
    _check(facts, element)


def hides_separator(found: Sequence[Element]) -> bool:
    """Tell whether the last lot or serial may be two values, a separator having been lost.

    True as well of a lot that happens to hold the digits 21: only for readers that give no
    proof that they send separators at all.
    """
    ai, value = found[-1]
    pattern = _UNSEEN.get(ai)
    return pattern is not None and pattern.match(value) is not None


def _split(text: str) -> tuple[Element, ...]:
    found: list[Element] = []
    rest = text
    while rest or not found:
        ai = leading_identifier(rest)
        facts = None if ai is None else lookup(ai)
        if ai is None or facts is None:
            reason = BadCodeReason.IDENTIFIER if rest else BadCodeReason.TRUNCATED
            raise CodeError(reason, rest[:4] if rest[:4].isdigit() else "")
        rest = rest[len(ai) :]
        length = facts.longest if facts.predefined else rest.find(GS)
        value, rest = (rest, "") if length < 0 else (rest[:length], rest[length:])
        element = Element(ai, value)
        _check(facts, element)
        found.append(element)
        rest = rest.removeprefix(GS)
    return tuple(found)


def _check(facts: ApplicationIdentifier, element: Element) -> None:
    matched = facts.pattern.fullmatch(element.value)
    if matched is None:
        raise CodeError(_misfit(facts, element.value), element.ai)
    for group, name, holds, reason in facts.checks:
        part = matched[group]
        if part is not None and not holds(part):
            raise CodeError(reason, f"{element.ai} {name}")


def _misfit(facts: ApplicationIdentifier, value: str) -> BadCodeReason:
    tail = value[facts.longest :]
    if tail:
        one_length = not set("[.") & set(facts.form)
        lost = one_length and leading_identifier(tail) is not None
        return BadCodeReason.SEPARATOR_MISSING if lost else BadCodeReason.TOO_LONG
    if GS in value or facts.characters.fullmatch(value):
        return BadCodeReason.TRUNCATED
    return BadCodeReason.CHARACTER


def _swallows(element: Element, present: Iterable[str]) -> bool:
    """Tell whether a value ends in elements of its own, their separator having been lost.

    A product, a person or an expiry within a lot is seen by check digit or calendar; an
    expiry only where the text has no other, since none comes twice.
    """
    facts = lookup(element.ai)
    if facts is None or ".." not in facts.form or element.ai in _OWN_RULES:
        return False
    for found in _SWALLOWED.finditer(element.value, 1):
        if found[1].startswith("17") and "17" in present:
            continue
        try:
            _split(element.value[found.start() :])
        except CodeError:
            continue
        return True
    return False


def _with_separator(element: Element) -> str:
    facts = lookup(element.ai)
    separator = "" if facts is not None and facts.predefined else GS
    return f"{element.ai}{element.value}{separator}"
