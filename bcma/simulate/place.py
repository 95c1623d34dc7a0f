"""A value of a scenario file together with the place where it stands.

Every reader of the file asks a :class:`Node` for what it needs; a mistake names the file,
the place (``steps[3].scan``, counted from 1 as steps are) and the reason.
"""

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from difflib import get_close_matches
from enum import StrEnum

import isodate

from bcma.errors import BcmaError

_SHOWN_CHARACTERS = 60
_NAMED_WORDS = 12


class Mistake(StrEnum):
    """What can be wrong in a scenario file; sentences are ``scenario.<mistake>`` of the wording."""

    UNREADABLE_FILE = "unreadable-file"
    NOT_JSON = "not-json"
    DUPLICATE_KEY = "duplicate-key"
    EMPTY = "empty"
    MISSING_KEY = "missing-key"
    UNKNOWN_KEY = "unknown-key"
    WRONG_TYPE = "wrong-type"
    UNKNOWN_VALUE = "unknown-value"
    UNKNOWN_ZONE = "unknown-zone"
    UNKNOWN_VERB = "unknown-verb"
    NO_VERB = "no-verb"
    SEVERAL_VERBS = "several-verbs"
    BAD_INSTANT = "bad-instant"
    BAD_DURATION = "bad-duration"
    TWO_TIMES = "two-times"
    BACKWARDS = "backwards"
    NO_RECORD = "no-record"
    BAD_BUNDLE = "bad-bundle"
    REFUSED_BUNDLE = "refused-bundle"
    REFUSED_SEARCH = "refused-search"
    NO_EMR = "no-emr"
    BAD_POLICY = "bad-policy"
    NO_SCENARIOS = "no-scenarios"
    NO_SUCH_STEP = "no-such-step"


class Cause(StrEnum):
    """Why a file cannot be used; sentences are ``scenario.<mistake>.<cause>``."""

    NO_SUCH_FILE = "no-such-file"
    NO_SUCH_FOLDER = "no-such-folder"
    IS_FOLDER = "is-folder"
    NOT_ALLOWED = "not-allowed"
    READ_FAILED = "read-failed"
    SYNTAX = "syntax"
    NO_UTF8 = "no-utf8"
    HALF_CHARACTER = "half-character"
    TOO_DEEP = "too-deep"
    NO_NUMBER = "no-number"


class Shape(StrEnum):
    """What a value should have been."""

    LIST = "list"
    TEXT = "text"
    FLAG = "true/false"
    WHOLE = "whole number"
    NUMBER = "number"
    OBJECT = "object"


class ScenarioError(BcmaError):
    """A file that is no valid scenario, or cannot be played as it is written.

    Attributes:
        mistake: what is wrong.
        facts: ``file``, ``place`` (may be empty) and what the sentence names besides.
    """

    code = "scenario.invalid"

    def __init__(self, mistake: Mistake, *, file: str, place: str = "", **facts: object) -> None:
        self.mistake = mistake
        super().__init__(file=file, place=place, mistake=mistake.value, **facts)


@dataclass(frozen=True, slots=True)
class Node:
    """A JSON value and its place in a file."""

    value: object
    file: str
    place: str = ""

    def error(self, mistake: Mistake, **facts: object) -> ScenarioError:
        """Build the error that names this place."""
        return ScenarioError(mistake, file=self.file, place=self.place, **facts)

    def at(self, key: str) -> "Node":
        """Give the member of an object that is known to have it."""
        return Node(self._mapping()[key], self.file, f"{self.place}.{key}".lstrip("."))

    def members(
        self, required: Iterable[str] = (), optional: Iterable[str] = ()
    ) -> dict[str, "Node"]:
        """Give the members of an object that has fixed keys."""
        needed, known = set(required), {*required, *optional}
        nodes = self.entries()
        for name, node in nodes.items():
            if name not in known:
                raise node.error(Mistake.UNKNOWN_KEY, key=name, known=_few(name, sorted(known)))
        for name in sorted(needed - set(nodes)):
            raise self.error(Mistake.MISSING_KEY, key=name)
        return nodes

    def entries(self) -> dict[str, "Node"]:
        """Give the members of an object that may have any key."""
        return {name: self.at(name) for name in self._mapping()}

    def items(self) -> Iterator["Node"]:
        """Give the items of a list, counted from 1."""
        if not isinstance(self.value, list):
            raise self._wrong(Shape.LIST)
        for number, item in enumerate(self.value, start=1):
            yield Node(item, self.file, f"{self.place}[{number}]")

    def text(self) -> str:
        """Read a text that is not empty."""
        if not isinstance(self.value, str) or not self.value.strip():
            raise self._wrong(Shape.TEXT)
        return self.value

    def any_text(self) -> str:
        """Read a text, the empty one included."""
        if not isinstance(self.value, str):
            raise self._wrong(Shape.TEXT)
        return self.value

    def word(self, known: Iterable[str]) -> str:
        """Read one of the words of a list."""
        word, words = self.text(), sorted(known)
        if word not in words:
            raise self.error(Mistake.UNKNOWN_VALUE, value=word, known=_few(word, words))
        return word

    def flag(self) -> bool:
        """Read true or false."""
        if not isinstance(self.value, bool):
            raise self._wrong(Shape.FLAG)
        return self.value

    def whole(self, low: int = 0) -> int:
        """Read a whole number not below ``low``."""
        number = self.number()
        if number != number.to_integral_value() or number < low:
            raise self._wrong(Shape.WHOLE)
        return int(number)

    def number(self) -> Decimal:
        """Read a number."""
        if isinstance(self.value, bool) or not isinstance(self.value, int | Decimal):
            raise self._wrong(Shape.NUMBER)
        return Decimal(self.value)

    def instant(self) -> datetime:
        """Read an ISO 8601 instant that names its distance to UTC."""
        written = self.text()
        try:
            instant = datetime.fromisoformat(written)
            if instant.tzinfo is None:
                raise self.error(Mistake.BAD_INSTANT, value=written)
            return instant.astimezone(UTC)
        except (ValueError, OverflowError) as broken:
            raise self.error(Mistake.BAD_INSTANT, value=written) from broken

    def duration(self) -> timedelta:
        """Read an ISO 8601 duration in weeks, days, hours, minutes or seconds, not below zero."""
        written = self.text()
        try:
            length = isodate.parse_duration(written)
        except (ValueError, OverflowError) as broken:
            raise self.error(Mistake.BAD_DURATION, value=written) from broken
        if not isinstance(length, timedelta) or length < timedelta(0):
            raise self.error(Mistake.BAD_DURATION, value=written)
        return length

    def _mapping(self) -> Mapping[str, object]:
        if not isinstance(self.value, dict):
            raise self._wrong(Shape.OBJECT)
        return self.value

    def _wrong(self, expected: Shape) -> ScenarioError:
        return self.error(Mistake.WRONG_TYPE, expected=expected.value, value=_short(self.value))


def _short(value: object) -> str:
    """Show the beginning of a wrong value, as JSON where that can be."""
    text = json.dumps(value, ensure_ascii=False, default=str)
    return text if len(text) <= _SHOWN_CHARACTERS else f"{text[:_SHOWN_CHARACTERS]}…"


def _few(written: str, known: list[str]) -> str:
    """Name the known words, of many only those that may have been meant."""
    if len(known) > _NAMED_WORDS:
        few = _NAMED_WORDS // 2
        known = [*(get_close_matches(written, known, n=few) or known[:few]), "…"]
    return ", ".join(known)
