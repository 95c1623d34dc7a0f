"""Readers: from a value as TOML or JSON has it to a typed one, or a :class:`BadSetting`.

Each function here either is a reader or builds one. A reader never guesses: ``"10"`` is not
a number and ``1`` is not true.
"""

from collections.abc import Callable, Iterable, Mapping
from datetime import time, timedelta
from decimal import Decimal
from enum import Enum
from types import MappingProxyType
from typing import TypeVar

from bcma.policy.mistakes import BadSetting, Collector, Mistake, nearest

T = TypeVar("T")
E = TypeVar("E", bound=Enum)
Reader = Callable[[object], T]


def text(written: object) -> str:
    """Read a text that is not empty."""
    if not isinstance(written, str) or not written.strip():
        raise BadSetting.of(Mistake.WRONG_TYPE, value=written, expected="text")
    return written


def flag(written: object) -> bool:
    """Read true or false."""
    if not isinstance(written, bool):
        raise BadSetting.of(Mistake.WRONG_TYPE, value=written, expected="flag")
    return written


def number(low: Decimal | int, high: Decimal | int) -> Reader[Decimal]:
    """Build a reader of numbers, both bounds included."""

    def read(written: object) -> Decimal:
        if isinstance(written, bool) or not isinstance(written, int | float | Decimal):
            raise BadSetting.of(Mistake.WRONG_TYPE, value=written, expected="number")
        value = Decimal(str(written))
        if not value.is_finite() or not low <= value <= high:
            raise BadSetting.of(Mistake.OUT_OF_RANGE, value=written, low=low, high=high)
        return value

    return read


def whole(low: int, high: int) -> Reader[int]:
    """Build a reader of whole numbers, both bounds included."""
    read_number = number(low, high)

    def read(written: object) -> int:
        value = read_number(written)
        if value != value.to_integral_value():
            raise BadSetting.of(Mistake.WRONG_TYPE, value=written, expected="whole-number")
        return int(value)

    return read


def span(unit: timedelta, low: int, high: int) -> Reader[timedelta]:
    """Build a reader of a length of time, written as a number of ``unit``."""
    read_number = number(low, high)
    return lambda written: unit * float(read_number(written))


def clock_time(written: object) -> time:
    """Read a time of day, ``"08:00"`` or TOML's own ``08:00:00``; ``"24:00"`` is midnight."""
    if isinstance(written, time):
        return written
    if written == "24:00":
        return time(0)
    try:
        return time.fromisoformat(text(written))
    except ValueError as broken:
        raise BadSetting.of(Mistake.WRONG_TYPE, value=written, expected="clock") from broken


def one_of(known: Iterable[str], mistake: Mistake = Mistake.UNKNOWN_VALUE) -> Reader[str]:
    """Build a reader of a word out of a fixed list."""
    words = tuple(known)

    def read(written: object) -> str:
        word = text(written)
        if word not in words:
            raise BadSetting.of(mistake, value=word, nearest=nearest(word, words))
        return word

    return read


def member(kind: type[E], word: Callable[[E], str] = lambda m: str(m.value)) -> Reader[E]:
    """Build a reader of a member of an enumeration, by its word."""
    by_word = {word(m): m for m in kind}
    read_word = one_of(by_word)
    return lambda written: by_word[read_word(written)]


def listing(item: Reader[T]) -> Reader[tuple[T, ...]]:
    """Build a reader of a list; every bad item is reported by its number."""

    def read(written: object) -> tuple[T, ...]:
        if not isinstance(written, list | tuple):
            raise BadSetting.of(Mistake.WRONG_TYPE, value=written, expected="list")
        collector = Collector()
        items: list[T] = []
        for place, value in enumerate(written, start=1):
            with collector.at(str(place)):
                items.append(item(value))
        collector.finish()
        return tuple(items)

    return read


def set_of(item: Reader[T]) -> Reader[frozenset[T]]:
    """Build a reader of a list whose order means nothing."""
    read_list = listing(item)
    return lambda written: frozenset(read_list(written))


def table(
    key: Reader[str], value: Reader[T], check: Callable[[str, T], None] | None = None
) -> Reader[Mapping[str, T]]:
    """Build a reader of a table; every bad key, value and entry is reported under its key."""

    def read(written: object) -> Mapping[str, T]:
        if not isinstance(written, Mapping):
            raise BadSetting.of(Mistake.WRONG_TYPE, value=written, expected="table")
        collector = Collector()
        entries: dict[str, T] = {}
        for name, item in written.items():
            with collector.at(str(name)):
                entries[key(name)] = value(item)
                if check is not None:
                    check(name, entries[name])
        collector.finish()
        return MappingProxyType(entries)

    return read


def parts(known: Mapping[str, Reader[T]]) -> Reader[Mapping[str, T]]:
    """Build a reader of a table with fixed keys, all of which must be there."""

    def read(written: object) -> Mapping[str, T]:
        if not isinstance(written, Mapping):
            raise BadSetting.of(Mistake.WRONG_TYPE, value=written, expected="table")
        collector = Collector()
        entries: dict[str, T] = {}
        for name in (*known, *(str(n) for n in written if n not in known)):
            with collector.at(name):
                if name not in known:
                    raise BadSetting.of(Mistake.UNKNOWN_KEY, nearest=nearest(name, known))
                if name not in written:
                    raise BadSetting.of(Mistake.MISSING)
                entries[name] = known[name](written[name])
        collector.finish()
        return MappingProxyType(entries)

    return read
