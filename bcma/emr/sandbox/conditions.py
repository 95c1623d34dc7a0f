"""One search parameter's value as a condition in SQL over a current version ``r``."""

import re
from dataclasses import dataclass
from datetime import tzinfo

from bcma.emr.sandbox.dates import read_range
from bcma.emr.sandbox.index import param_key, plain
from bcma.emr.sandbox.outcome import bad_request
from bcma.emr.sandbox.parameters import Kind, SearchParam
from bcma.emr.sandbox.references import read_key

Sql = tuple[str, tuple[str, ...]]
"""A fragment of SQL and the values of its marks."""

_COMMA = re.compile(r"(?<!\\),")
_ESCAPE = re.compile(r"\\([,|$\\])")
_PREFIXED = re.compile(r"(?P<prefix>eq|ne|gt|ge|lt|le|sa|eb|ap)?(?P<date>.*)", re.DOTALL)
_HIGHEST = "\U0010ffff"

Comparisons = dict[str, tuple[str, str]]
"""By prefix: the SQL, and which bounds of the wanted range fill its marks."""

PERIODS: Comparisons = {
    "eq": ("e.value >= ? AND e.beside <= ?", "low high"),
    "ne": ("NOT (e.value >= ? AND e.beside <= ?)", "low high"),
    "ap": ("e.beside > ? AND e.value < ?", "low high"),
    "ge": ("e.beside > ?", "low"),
    "gt": ("e.beside > ?", "high"),
    "le": ("e.value < ?", "high"),
    "lt": ("e.value < ?", "low"),
    "sa": ("e.value >= ?", "high"),
    "eb": ("e.beside <= ?", "low"),
}
MOMENTS: Comparisons = {
    "eq": ("r.updated >= ? AND r.updated < ?", "low high"),
    "ne": ("r.updated < ? OR r.updated >= ?", "low high"),
    "ap": ("r.updated >= ? AND r.updated < ?", "low high"),
    "ge": ("r.updated >= ?", "low"),
    "gt": ("r.updated >= ?", "high"),
    "le": ("r.updated < ?", "high"),
    "lt": ("r.updated < ?", "low"),
    "sa": ("r.updated >= ?", "high"),
    "eb": ("r.updated < ?", "low"),
}
_MODIFIERS: dict[Kind, frozenset[str]] = {
    Kind.TOKEN: frozenset({"not"}),
    Kind.STRING: frozenset({"exact", "contains"}),
    Kind.DATE: frozenset(),
    Kind.URI: frozenset(),
    Kind.REFERENCE: frozenset(),
}
_KINDS_BY_RANK = (Kind.REFERENCE, Kind.STRING, Kind.URI, Kind.DATE, Kind.TOKEN)
ALONE = -1
SELECTIVE = 2
"""The last rank that usually leaves few resources: identifiers, references and names."""


@dataclass(frozen=True, slots=True)
class Condition:
    """What a match must fulfil.

    Attributes:
        where: over ``r``, or, for one with ``rank``, over a row ``e`` of its index.
        negated: no row of the index may fulfil it.
        rank: :data:`ALONE`, or how few resources it may leave: the lowest leads the search.
    """

    where: str
    values: tuple[str, ...]
    negated: bool = False
    rank: int = ALONE

    def sql(self, *, leads: bool) -> Sql:
        """Write it, as the one that finds candidates or as one that tests them."""
        if self.rank == ALONE:
            return self.where, self.values
        if leads and not self.negated:
            found = f"SELECT e.seq FROM entry e WHERE {self.where}"  # noqa: S608 (marks only)
            return f"r.seq IN ({found})", self.values
        test = "NOT EXISTS" if self.negated else "EXISTS"
        rows = f"entry e INDEXED BY entry_of_version WHERE e.seq = r.seq AND {self.where}"
        return f"{test} (SELECT 1 FROM {rows})", self.values  # noqa: S608 (marks only)


def alternatives(value: str) -> list[str]:
    """Split at the commas that are not escaped; empty ones say nothing."""
    return [part for part in _COMMA.split(value) if part]


def condition(
    param: SearchParam, modifier: str, value: str, base_url: str, zone: tzinfo
) -> Condition:
    """Write the condition of a parameter of the table.

    Raises:
        Refusal: 400 for a modifier or a value that the kind does not have.
    """
    key = param_key(param.resource, param.name)
    if modifier == "missing":
        if value not in {"true", "false"}:
            raise bad_request(f"{param.name}:missing is true or false", "value")
        return Condition(
            "e.param = ?", (key,), negated=value == "true", rank=len(_KINDS_BY_RANK) + 1
        )
    is_type = param.kind is Kind.REFERENCE and modifier[:1].isupper()
    if modifier and not is_type and modifier not in _MODIFIERS[param.kind]:
        raise bad_request(f"{param.name}:{modifier} is not supported", "not-supported")
    parts = [_one(param, modifier, part, base_url, zone) for part in alternatives(value)]
    either = " OR ".join(f"({sql})" for sql, _ in parts)
    values = tuple(item for _, items in parts for item in items)
    rank = 0 if param.name == "identifier" else _KINDS_BY_RANK.index(param.kind) + 1
    where = f"e.param = ? AND ({either})"
    return Condition(where, (key, *values), negated=modifier == "not", rank=rank)


def _one(param: SearchParam, modifier: str, part: str, base_url: str, zone: tzinfo) -> Sql:
    match param.kind:
        case Kind.TOKEN:
            return _token(part)
        case Kind.REFERENCE:
            return _reference(modifier, part, base_url)
        case Kind.STRING:
            return _string(modifier, _unescape(part))
        case Kind.DATE:
            return date_sql(param.name, part, PERIODS, zone)
        case Kind.URI:
            return "e.value = ?", (_unescape(part),)


def _unescape(text: str) -> str:
    return _ESCAPE.sub(r"\1", text)


def _token(part: str) -> Sql:
    system, bar, code = part.rpartition("|")
    if not bar:
        return "e.value = ?", (_unescape(part),)
    if not code:
        return "e.beside = ?", (_unescape(system),)
    return "e.value = ? AND e.beside = ?", (_unescape(code), _unescape(system))


def _reference(modifier: str, part: str, base_url: str) -> Sql:
    key = read_key(_unescape(part), base_url)
    if key is not None and key.type:
        return "e.value = ? AND e.beside = ?", (key.id, key.type)
    if modifier:
        return "e.value = ? AND e.beside = ?", (_unescape(part), modifier)
    return "e.value = ?", (_unescape(part),)


def _string(modifier: str, part: str) -> Sql:
    if modifier == "exact":
        return "e.value = ? AND e.beside = ?", (plain(part), part)
    if modifier == "contains":
        return "instr(e.value, ?) > 0", (plain(part),)
    return "e.value >= ? AND e.value < ?", (plain(part), plain(part) + _HIGHEST)


def date_sql(name: str, part: str, comparisons: Comparisons, zone: tzinfo) -> Sql:
    """Compare what is stored with a prefixed date.

    Raises:
        Refusal: 400 for no date.
    """
    match = _PREFIXED.fullmatch(part)
    # a plus sign that the client left bare in the URL has become a space
    wanted = read_range(match["date"].replace(" ", "+"), zone) if match else None
    if match is None or wanted is None:
        raise bad_request(f"{name} needs a date, with a prefix or without", "value")
    sql, bounds = comparisons[match["prefix"] or "eq"]
    return sql, tuple(wanted.low if bound == "low" else wanted.high for bound in bounds.split())
