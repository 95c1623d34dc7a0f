"""A query string as a question to the store."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Self

from bcma.emr.sandbox.conditions import (
    ALONE,
    MOMENTS,
    SELECTIVE,
    Condition,
    Sql,
    alternatives,
    condition,
    date_sql,
)
from bcma.emr.sandbox.exchange import Query
from bcma.emr.sandbox.index import Indexer, param_key, params_of
from bcma.emr.sandbox.outcome import bad_request
from bcma.emr.sandbox.parameters import Kind, SearchParam
from bcma.emr.sandbox.reader import Reader
from bcma.emr.sandbox.resource_types import RESOURCE_TYPES

MOST_COST = 500
_HOP = 50


@dataclass(frozen=True, slots=True)
class Question:
    """Which current versions match: all conditions at once."""

    resource_type: str
    conditions: tuple[Condition, ...]

    @classmethod
    def read(cls, resource_type: str, query: Query, indexer: Indexer) -> Self:
        """Read the criteria of a query; parameters without a value say nothing.

        Raises:
            Refusal: 400 for a parameter, modifier or value that the sandbox does not know.
        """
        cost = sum(1 + value.count(",") + _HOP * _hops(name) for name, value in query)
        if cost > MOST_COST:
            raise bad_request("The search has too many values or chains", "too-costly")
        reading = _Reading(indexer)
        given = ((name, value) for name, value in query if alternatives(value))
        return cls(resource_type, tuple(reading.read(resource_type, *pair) for pair in given))

    def where(self) -> Sql:
        """Write it as one condition over ``r``."""
        leader = self._leader()
        written = [c.sql(leads=c is leader) for c in self.conditions]
        parts = [sql for sql, _ in written]
        values = [item for _, items in written for item in items]
        if leader is None:  # the index knows current versions of one type only
            parts = ["r.current", "r.type = ?", *parts]
            values = [self.resource_type, *values]
        return " AND ".join(parts), tuple(values)

    def _leader(self) -> Condition | None:
        """Choose the condition whose index finds the candidates."""
        able = [c for c in self.conditions if c.rank != ALONE and not c.negated]
        best = min(able, key=lambda c: c.rank, default=None)
        has_other = any(c.rank == ALONE for c in self.conditions)
        return None if best is None or (has_other and best.rank > SELECTIVE) else best

    def seqs(self, reader: Reader, order: Iterable[Sql] = ()) -> list[int]:
        """Find the versions that match, oldest first where ``order`` leaves a choice."""
        where, values = self.where()
        keys = list(order)
        ordered = ", ".join([*(sql for sql, _ in keys), "r.seq"])
        more = tuple(item for _, items in keys for item in items)
        return reader.seqs(
            f"SELECT r.seq FROM version r WHERE {where} ORDER BY {ordered}",  # noqa: S608 (marks)
            (*values, *more),
        )


def _hops(name: str) -> int:
    return name.count(".") + name.count("_has:")


class _Reading:
    """Reads parameters, those that lead to other resources too."""

    def __init__(self, indexer: Indexer) -> None:
        self._indexer = indexer

    def read(self, resource_type: str, name: str, value: str) -> Condition:
        if name.startswith("_has:"):
            return self._has(resource_type, name, value)
        plain_name, _, modifier = name.partition(":")
        if "." in name:
            return self._chain(resource_type, name, value)
        if plain_name in {"_id", "_lastUpdated"} and not modifier:
            return self._column(plain_name, value)
        param = self._param(resource_type, plain_name)
        return condition(param, modifier, value, self._indexer.base_url, self._indexer.zone)

    def _column(self, name: str, value: str) -> Condition:
        parts = alternatives(value)
        if name == "_id":
            marks = ",".join("?" * len(parts))
            return Condition(f"r.id IN ({marks})", tuple(parts))
        written = [date_sql(name, part, MOMENTS, self._indexer.zone) for part in parts]
        either = " OR ".join(f"({sql})" for sql, _ in written)
        return Condition(f"({either})", tuple(item for _, items in written for item in items))

    def _param(self, resource_type: str, name: str) -> SearchParam:
        param = params_of(resource_type).get(name)
        if param is None:
            raise bad_request(f"{resource_type} has no search parameter of that name", "not-found")
        return param

    def _chain(self, resource_type: str, name: str, value: str) -> Condition:
        """Read ``patient.identifier`` or ``subject:Patient.identifier``."""
        link, _, rest = name.partition(".")
        link_name, _, only = link.partition(":")
        param = self._param(resource_type, link_name)
        if param.kind is not Kind.REFERENCE:
            raise bad_request(f"{param.name} is no reference", "invalid")
        types = [only] if only else (param.targets.split() or list(RESOURCE_TYPES))
        inner = rest.partition(":")[0].partition(".")[0]
        able = [t for t in types if inner in params_of(t) or inner in {"_id", "_lastUpdated"}]
        if not able:
            raise bad_request(f"{param.name} leads to nothing with that parameter", "not-found")
        written = [Question(t, (self.read(t, rest, value),)).where() for t in able]
        either = " OR ".join(f"({sql})" for sql, _ in written)
        found = f"SELECT r.type, r.id FROM version r WHERE {either}"  # noqa: S608 (marks only)
        return Condition(
            f"e.param = ? AND (e.beside, e.value) IN ({found})",
            (param_key(resource_type, param.name), *(i for _, items in written for i in items)),
            rank=1,
        )

    def _has(self, resource_type: str, name: str, value: str) -> Condition:
        """Read ``_has:MedicationAdministration:request:status``."""
        try:
            _, source, link, rest = name.split(":", 3)
        except ValueError:
            raise bad_request("_has needs a type, a reference and a parameter") from None
        param = self._param(source, link)
        where, values = Question(source, (self.read(source, rest, value),)).where()
        found = f"SELECT r.seq FROM version r WHERE {where}"  # noqa: S608 (marks only)
        linked = f"e.param = ? AND e.beside = ? AND e.seq IN ({found})"
        return Condition(
            f"r.id IN (SELECT e.value FROM entry e WHERE {linked})",  # noqa: S608 (marks only)
            (param_key(source, param.name), resource_type, *values),
        )
