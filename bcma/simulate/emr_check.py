"""Compares what the EMR holds with what a scenario expects of it."""

import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from decimal import Decimal

from bcma.simulate.expect import Difference, EmrExpect

_INSTANT = re.compile(r"\d{4}-\d\d-\d\dT.*(?:Z|[+-]\d\d:\d\d)", re.ASCII)
_INDEX = re.compile(r"\[(\d+)\]", re.ASCII)


def emr_differences(
    expect: EmrExpect, matches: Sequence[Mapping[str, object]]
) -> Iterator[Difference]:
    """Give all differences; a path must hold for every match, and for one at least.

    ``count`` 0 is the way to say that there is none.
    """
    if expect.count is not None and len(matches) != expect.count:
        yield Difference(expect.search, "count", expect.count, len(matches))
    if expect.has and expect.count is None and not matches:
        yield Difference(expect.search, "count", "> 0", 0)
    for match in matches:
        for path, wanted in expect.has:
            found = values_at(match, path)
            if not any(same(value, wanted) for value in found or [None]):
                got = found[0] if len(found) == 1 else found or None
                yield Difference(expect.search, path, wanted, got)


def values_at(resource: object, path: str) -> list[object]:
    """Give what stands at a JSON pointer (``/code/coding/0``) or dotted path.

    A dotted path that names no index of a list (``code.coding.code``) means every item of it.
    """
    if path.startswith("/"):
        segments = [s.replace("~1", "/").replace("~0", "~") for s in path[1:].split("/")]
        every_item = False
    else:
        segments = _INDEX.sub(r".\1", path).strip(".").split(".")
        every_item = True
    values = [resource]
    for segment in segments:
        values = [
            inner for value in values for inner in _inside(value, segment, every_item=every_item)
        ]
    return values


def same(got: object, wanted: object) -> bool:
    """Compare JSON values: numbers by value, instants as instants, all else literally."""
    match got, wanted:
        case (bool(), _) | (_, bool()):
            return got is wanted
        case (int() | Decimal(), int() | Decimal()):
            return got == wanted
        case (str(), str()):
            return got == wanted or _same_instant(got, wanted)
        case (Mapping(), Mapping()):
            return got.keys() == wanted.keys() and all(same(got[k], wanted[k]) for k in got)
        case (list(), list()):
            return len(got) == len(wanted) and all(map(same, got, wanted))
        case _:
            return got == wanted


def _inside(value: object, segment: str, *, every_item: bool) -> list[object]:
    match value:
        case Mapping() if segment in value:
            return [value[segment]]
        case list() if segment.isdecimal():
            return value[int(segment) : int(segment) + 1]
        case list() if every_item:
            return [inner for item in value for inner in _inside(item, segment, every_item=True)]
        case _:
            return []


def _same_instant(got: str, wanted: str) -> bool:
    if not (_INSTANT.fullmatch(got) and _INSTANT.fullmatch(wanted)):
        return False
    try:
        return datetime.fromisoformat(got) == datetime.fromisoformat(wanted)
    except ValueError:
        return False
