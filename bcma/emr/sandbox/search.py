"""Searches and histories: from a query to an answer, and from a page to its Bundle."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from random import Random
from urllib.parse import urlencode

import msgspec

from bcma.emr.sandbox.conditions import MOMENTS, Sql, date_sql
from bcma.emr.sandbox.criteria import Question
from bcma.emr.sandbox.dates import shown, sortable
from bcma.emr.sandbox.elements import read_elements, subset
from bcma.emr.sandbox.exchange import Query
from bcma.emr.sandbox.faults import Faults
from bcma.emr.sandbox.includes import NAMES, included, read_include
from bcma.emr.sandbox.index import Indexer, param_key, params_of
from bcma.emr.sandbox.json_text import Resource
from bcma.emr.sandbox.outcome import bad_request
from bcma.emr.sandbox.pages import DEFAULT_COUNT, Answer, Page, Pages, places, read_count
from bcma.emr.sandbox.reader import Reader, Version

RESULT = NAMES | {"_sort", "_count", "_summary", "_total", "_format", "_pretty", "_elements"}
_MOST_KEYS = 16
_COLUMNS = {"_lastUpdated": "r.updated", "_id": "r.id"}


@dataclass(frozen=True, slots=True)
class Searching:
    """Answers searches and histories.

    Args:
        indexer: knows what the index holds.
        pages: keeps long answers.
        base_url: of this server.
        faults: gives what goes wrong.
    """

    indexer: Indexer
    pages: Pages
    base_url: str
    faults: Callable[[], Faults] = Faults

    def search(self, reader: Reader, resource_type: str, query: Query, now: datetime) -> Resource:
        """Search one type and give the first page."""
        criteria = tuple(pair for pair in query if _base(pair[0]) not in RESULT)
        result = {name: value for name, value in query if name in RESULT}
        includes = tuple(pair for pair in query if _base(pair[0]) in NAMES)
        for name, value in includes:
            read_include(name, value)
        question = Question.read(resource_type, criteria, self.indexer)
        order = tuple(_order(resource_type, result.get("_sort", "")))
        only_count, show_total = _summary(result)
        count = read_count(result.get("_count") or str(DEFAULT_COUNT))
        url = f"{self.base_url}/{resource_type}" + (f"?{urlencode(query)}" if query else "")
        seqs = question.seqs(reader, order)
        if self.faults().shuffle:
            Random(self.faults().seed).shuffle(seqs)  # noqa: S311 (repeatable on purpose)
        answer = Answer(
            kind="searchset",
            url=url,
            seqs=places(seqs),
            until=_until(reader),
            count=count,
            includes=includes,
            show_total=show_total,
            instant=shown(sortable(now)),
            elements=read_elements(result.get("_elements", "")),
        )
        if only_count or not count:
            return {**self._head(answer, url), "total": len(seqs)}
        return self.bundle(reader, self.pages.first(answer))

    def history(
        self, reader: Reader, path: tuple[str, ...], query: Query, now: datetime
    ) -> Resource:
        """Give the versions below a path, newest first: of the server, a type or a resource."""
        wanted = dict(query)
        unknown = wanted.keys() - {"_count", "_since", "_format", "_pretty"}
        if unknown:
            raise bad_request("A history knows _count and _since", "not-supported")
        parts = [f"{column} = ?" for column, _ in zip(("type", "id"), path, strict=False)]
        values = path
        if wanted.get("_since"):
            sql, more = date_sql("_since", f"ge{wanted['_since']}", MOMENTS, self.indexer.zone)
            parts, values = [*parts, sql], (*path, *more)
        where = " AND ".join(parts) or "1"
        found = reader.seqs(
            f"SELECT r.seq FROM version r WHERE {where} ORDER BY r.seq DESC",  # noqa: S608 (marks)
            values,
        )
        answer = Answer(
            kind="history",
            url="/".join((self.base_url, *path, "_history")),
            seqs=places(found),
            until=_until(reader),
            count=max(1, read_count(wanted.get("_count") or str(DEFAULT_COUNT))),
            instant=shown(sortable(now)),
        )
        return self.bundle(reader, self.pages.first(answer))

    def bundle(self, reader: Reader, page: Page) -> Resource:
        """Make the Bundle of a page."""
        answer = page.answer
        bundle = self._head(answer, page.self_url)
        if page.next_url:
            bundle["link"] = [
                {"relation": "self", "url": page.self_url},
                {"relation": "next", "url": page.next_url},
            ]
        if answer.show_total:
            bundle["total"] = len(answer.seqs)
        versions = reader.versions(page.seqs)
        if answer.kind == "history":
            entries = [self._past(version) for version in versions]
        else:
            entries = [self._found(version, "match", answer.elements) for version in versions]
            extra = included(reader, versions, answer.includes, answer.until)
            entries += [self._found(version, "include") for version in extra]
        if entries:  # FHIR has no empty arrays
            bundle["entry"] = entries
        return bundle

    def _head(self, answer: Answer, url: str) -> Resource:
        return {
            "resourceType": "Bundle",
            "meta": {"lastUpdated": answer.instant},
            "type": answer.kind,
            "link": [{"relation": "self", "url": url}],
        }

    def _found(
        self, version: Version, mode: str, elements: frozenset[str] = frozenset()
    ) -> Resource:
        return {
            "fullUrl": f"{self.base_url}/{version.key}",
            "resource": subset(version.body or b"null", elements),
            "search": {"mode": mode},
        }

    def _past(self, version: Version) -> Resource:
        url = version.type if version.method == "POST" else str(version.key)
        entry: Resource = {"fullUrl": f"{self.base_url}/{version.key}"}
        if version.body is not None:
            entry["resource"] = msgspec.Raw(version.body)
        return entry | {
            "request": {"method": version.method, "url": url},
            "response": {
                "status": _status(version),
                "etag": version.etag,
                "lastModified": shown(version.updated),
            },
        }


def _status(version: Version) -> str:
    if version.body is None:
        return "204 No Content"
    return "201 Created" if version.number == 1 else "200 OK"


def _base(name: str) -> str:
    return name.partition(":")[0]


def _until(reader: Reader) -> int:
    return reader.seqs("SELECT coalesce(max(seq), 0) FROM version")[0]


def _summary(result: dict[str, str]) -> tuple[bool, bool]:
    summary, total = result.get("_summary", "false"), result.get("_total", "accurate")
    if summary not in {"count", "false"}:
        raise bad_request("_summary is count or false", "not-supported")
    if total not in {"none", "estimate", "accurate"}:
        raise bad_request("_total is none, estimate or accurate", "value")
    return summary == "count", total != "none"


def _order(resource_type: str, sort: str) -> Iterator[Sql]:
    for item in [key for key in sort.split(",") if key][:_MOST_KEYS]:
        name = item.removeprefix("-")
        down = " DESC" if item.startswith("-") else ""
        if name in _COLUMNS:
            yield _COLUMNS[name] + down, ()
        elif name in params_of(resource_type):
            least = "SELECT min(e.value) FROM entry e WHERE e.seq = r.seq AND e.param = ?"
            yield f"({least}){down}", (param_key(resource_type, name),)
        else:
            raise bad_request("_sort names no search parameter of the type", "not-found")
