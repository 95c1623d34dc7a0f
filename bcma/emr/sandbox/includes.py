"""``_include`` and ``_revinclude``: what else a page of matches brings along."""

from collections.abc import Iterable
from dataclasses import dataclass

from bcma.emr.sandbox.exchange import Query
from bcma.emr.sandbox.index import param_key, params_of
from bcma.emr.sandbox.outcome import bad_request
from bcma.emr.sandbox.parameters import Kind
from bcma.emr.sandbox.reader import Reader, Version
from bcma.emr.sandbox.references import Key
from bcma.emr.sandbox.resource_types import KNOWN_TYPES

NAMES = frozenset({"_include", "_revinclude"})
_ROUNDS = 10


@dataclass(frozen=True, slots=True)
class Include:
    """One ``_include`` or ``_revinclude``.

    Attributes:
        backward: resources that refer to a match, instead of those that it refers to.
        iterate: follow it from included resources too.
        source: type that holds the reference.
        params: keys in the index.
        only: type that the reference must lead to; empty = any.
    """

    backward: bool
    iterate: bool
    source: str
    params: tuple[str, ...]
    only: str


def read_include(name: str, value: str) -> Include:
    """Read ``_include[:iterate]=Type:parameter[:Target]``, ``*`` for every parameter.

    Raises:
        Refusal: 400 for one that R4 does not have.
    """
    kind, _, modifier = name.partition(":")
    source, _, rest = value.partition(":")
    wanted, _, only = rest.partition(":")
    if source not in KNOWN_TYPES or modifier not in {"", "iterate", "recurse"}:
        raise bad_request(f"{kind} names no reference parameter", "not-supported")
    known = [p.name for p in params_of(source).values() if p.kind is Kind.REFERENCE]
    names = known if wanted == "*" else [wanted]
    if not set(names) <= set(known):
        raise bad_request(f"{kind} names no reference parameter", "not-supported")
    keys = tuple(param_key(source, each) for each in names)
    return Include(kind == "_revinclude", bool(modifier), source, keys, only)


def included(reader: Reader, matches: Iterable[Version], query: Query, until: int) -> list[Version]:
    """Find what a page brings along, each once and no match again.

    Args:
        reader: the store.
        matches: the page.
        query: the ``_include`` and ``_revinclude`` parameters.
        until: the newest version that may be shown.
    """
    wanted = [read_include(name, value) for name, value in query]
    seen = {version.key: version for version in matches}
    fresh, result = list(seen.values()), list[Version]()
    for turn in range(_ROUNDS):
        follow = [each for each in wanted if each.iterate or not turn]
        keys = dict.fromkeys(k for i in follow for v in fresh for k in _follow(reader, i, v))
        shown = [_at(reader, key, until) for key in keys if key not in seen]
        fresh = [version for version in shown if version is not None]
        if not fresh:
            break
        seen |= {version.key: version for version in fresh}
        result += fresh
    return result


def _follow(reader: Reader, include: Include, version: Version) -> list[Key]:
    if include.backward:
        return _referring(reader, include, version)
    if version.type != include.source:
        return []
    marks = ",".join("?" * len(include.params))
    sql = f"SELECT beside, value FROM entry WHERE seq = ? AND param IN ({marks})"  # noqa: S608
    rows = reader.select(sql, (version.seq, *include.params))
    keys = (Key(str(kind), str(name)) for kind, name in rows)
    return [key for key in keys if key.type and include.only in {"", key.type}]


def _referring(reader: Reader, include: Include, version: Version) -> list[Key]:
    if include.only not in {"", version.type}:
        return []
    marks = ",".join("?" * len(include.params))
    sql = (
        "SELECT r.type, r.id FROM entry e JOIN version r ON r.seq = e.seq"  # noqa: S608 (marks)
        f" WHERE e.param IN ({marks}) AND e.value = ? AND e.beside = ? ORDER BY r.seq"
    )
    rows = reader.select(sql, (*include.params, version.id, version.type))
    return [Key(str(kind), str(name)) for kind, name in rows]


def _at(reader: Reader, key: Key, until: int) -> Version | None:
    seqs = reader.seqs(
        "SELECT seq FROM version WHERE type = ? AND id = ? AND seq <= ?"
        " ORDER BY number DESC LIMIT 1",
        (*key, until),
    )
    found = reader.versions(seqs)
    return found[0] if found and found[0].body is not None else None
