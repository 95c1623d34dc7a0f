"""What a search may find a resource by: its parameters' values, as rows of the index.

A row is ``(parameter, value, beside)``: ``value`` is what is compared first, ``beside``
what goes with it: a token's system, a reference's type, a date's end, a text as written.
"""

import unicodedata
from collections.abc import Callable, Iterator
from datetime import tzinfo
from functools import cache
from typing import NamedTuple

from bcma.emr.sandbox.dates import BEGINNING, END, read_range
from bcma.emr.sandbox.json_text import Resource, objects, text
from bcma.emr.sandbox.parameters import EVERYWHERE, SEARCH_PARAMS, Kind, SearchParam
from bcma.emr.sandbox.references import read_key

Found = tuple[str, str]
"""A value and what stands beside it."""


class Row(NamedTuple):
    """One row of the search index."""

    param: str
    value: str
    beside: str


class _Rule(NamedTuple):
    key: str
    kind: Kind
    paths: tuple[tuple[str, ...], ...]
    targets: frozenset[str]


def param_key(resource_type: str, name: str) -> str:
    """Name a parameter of a type in the index."""
    return f"{resource_type}.{name}"


def params_of(resource_type: str) -> dict[str, SearchParam]:
    """Give the parameters of a type by name, those of every type included."""
    return {**_BY_TYPE.get(resource_type, {}), **_everywhere(resource_type)}


def plain(written: str) -> str:
    """Fold case and accents, as HAPI does for text searches: ``Nguyễn`` and ``nguyen`` agree."""
    spread = unicodedata.normalize("NFKD", written.casefold())
    return "".join(c for c in spread if not unicodedata.combining(c)).replace("đ", "d")


class Indexer:
    """Makes index rows.

    Args:
        base_url: of this server; absolute references to it are local ones.
        zone: of dates that name none.
    """

    def __init__(self, base_url: str, zone: tzinfo) -> None:
        self.base_url = base_url
        self.zone = zone
        self._values: dict[Kind, Callable[[object], Iterator[Found]]] = {
            Kind.TOKEN: _tokens,
            Kind.REFERENCE: self._references,
            Kind.STRING: _strings,
            Kind.DATE: self._dates,
            Kind.URI: _uris,
        }

    def rows(self, resource_type: str, resource: Resource) -> set[Row]:
        """Give the rows of one resource; malformed members have none."""
        return {
            Row(rule.key, value, beside)
            for rule in _rules(resource_type)
            for path in rule.paths
            for node in _walk(resource, path)
            for value, beside in self._values[rule.kind](node)
            if not rule.targets or not beside or beside in rule.targets
        }

    def _references(self, node: object) -> Iterator[Found]:
        if isinstance(node, dict):
            key = read_key(text(node, "reference"), self.base_url)
            if key is not None:
                yield key.id, key.type

    def _dates(self, node: object) -> Iterator[Found]:
        if isinstance(node, str):
            found = read_range(node, self.zone)
            if found is not None:
                yield found.low, found.high
        elif isinstance(node, dict):
            if "event" in node or "repeat" in node:
                yield from self._timing(node)
            else:
                yield from self._period(node)

    def _timing(self, node: Resource) -> Iterator[Found]:
        for instant in _walk(node, ("event",)):
            yield from self._dates(instant)
        for bounds in _walk(node, ("repeat", "boundsPeriod")):
            yield from self._dates(bounds)

    def _period(self, node: Resource) -> Iterator[Found]:
        start = read_range(text(node, "start"), self.zone)
        end = read_range(text(node, "end"), self.zone)
        if start is not None or end is not None:
            yield (start.low if start else BEGINNING), (end.high if end else END)


_NO_TEXT = frozenset({"id", "use", "type", "period", "extension"})


def _tokens(node: object) -> Iterator[Found]:
    if isinstance(node, bool):
        yield str(node).lower(), ""
    elif isinstance(node, str):
        yield node, ""
    elif isinstance(node, dict):
        codings = node.get("coding")
        if isinstance(codings, list):  # a CodeableConcept; below, a Coding or an Identifier
            for coding in objects(codings):
                yield from _tokens(coding)
            return
        value = text(node, "code") or text(node, "value")
        if value:
            yield value, text(node, "system")


def _strings(node: object) -> Iterator[Found]:
    if isinstance(node, str):
        yield plain(node), node
    elif isinstance(node, dict):  # a HumanName or an Address: each of its parts
        for part in (node[key] for key in node.keys() - _NO_TEXT):
            for leaf in part if isinstance(part, list) else (part,):
                if isinstance(leaf, str):
                    yield plain(leaf), leaf


def _uris(node: object) -> Iterator[Found]:
    if isinstance(node, str):
        yield node, ""


def _walk(node: object, path: tuple[str, ...]) -> Iterator[object]:
    if isinstance(node, list):
        for item in node:
            if not isinstance(item, list):
                yield from _walk(item, path)
    elif not path:
        yield node
    elif isinstance(node, dict) and path[0] in node:
        yield from _walk(node[path[0]], path[1:])


def _everywhere(resource_type: str) -> dict[str, SearchParam]:
    return {name: SearchParam(resource_type, name, kind, path) for name, kind, path in EVERYWHERE}


def _by_type() -> dict[str, dict[str, SearchParam]]:
    table: dict[str, dict[str, SearchParam]] = {}
    for param in SEARCH_PARAMS:
        table.setdefault(param.resource, {})[param.name] = param
    return table


_BY_TYPE = _by_type()


@cache
def _rules(resource_type: str) -> tuple[_Rule, ...]:
    return tuple(_rule(param) for param in params_of(resource_type).values())


def _rule(param: SearchParam) -> _Rule:
    paths = tuple(tuple(path.strip().split(".")) for path in param.path.split("|"))
    key = param_key(param.resource, param.name)
    return _Rule(key, param.kind, paths, frozenset(param.targets.split()))
