"""Answers that do not fit one page: fixed when the first page is made, as HAPI does.

The following pages show the versions that were current then, whatever is written meanwhile.
"""

import threading
import uuid
from array import array
from collections import OrderedDict
from collections.abc import Iterable
from dataclasses import dataclass
from http import HTTPStatus
from urllib.parse import urlencode

from bcma.emr.sandbox.exchange import Query
from bcma.emr.sandbox.outcome import Refusal, bad_request

DEFAULT_COUNT = 50
MOST_COUNT = 1000
_KEPT = 64


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """All that a search or a history found.

    Attributes:
        kind: the type of its Bundle, ``searchset`` or ``history``.
        url: the search itself, for ``link[self]``.
        seqs: versions in their order.
        until: the newest version of the moment; includes look no further.
        includes: ``_include`` and ``_revinclude``, as given.
        instant: when it was found, as FHIR writes it.
        elements: the parts of each that were asked for; none is the whole.
    """

    kind: str
    url: str
    seqs: "array[int]"
    until: int
    count: int
    includes: Query = ()
    show_total: bool = True
    instant: str = ""
    elements: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """A stretch of an answer.

    Attributes:
        next_url: where the rest is; empty on the last page.
    """

    answer: Answer
    seqs: "array[int]"
    next_url: str
    self_url: str


class Pages:
    """Keeps the answers that were not shown whole, the least used dropped first."""

    def __init__(self, base_url: str) -> None:
        self._base_url = base_url
        self._guard = threading.Lock()
        self._kept: OrderedDict[str, Answer] = OrderedDict()

    def first(self, answer: Answer) -> Page:
        """Give the first page."""
        name = ""
        if len(answer.seqs) > answer.count:
            name = str(uuid.uuid4())
            with self._guard:
                self._kept[name] = answer
                while len(self._kept) > _KEPT:
                    self._kept.popitem(last=False)
        return self._page(answer, name, 0, answer.count, answer.url)

    def following(self, query: Query) -> Page:
        """Give the page that a ``link[next]`` asks for.

        Raises:
            Refusal: 410 for an answer that is no longer kept, as HAPI does.
        """
        given = dict(query)
        name = given.get("_getpages", "")
        with self._guard:
            answer = self._kept.get(name)
            if answer is not None:
                self._kept.move_to_end(name)
        if answer is None:
            message = "The search does not exist and may have expired"
            raise Refusal(HTTPStatus.GONE, "not-found", message)
        offset = whole_number(given.get("_getpagesoffset", "0"), "_getpagesoffset")
        count = read_count(given.get("_count", str(answer.count)))
        url = f"{self._base_url}?{urlencode(query)}"
        return self._page(answer, name, offset, max(count, 1), url)

    def _page(self, answer: Answer, name: str, offset: int, count: int, self_url: str) -> Page:
        end = offset + count
        link = {"_getpages": name, "_getpagesoffset": end, "_count": count}
        next_url = f"{self._base_url}?{urlencode(link)}" if end < len(answer.seqs) else ""
        return Page(
            answer=answer, seqs=answer.seqs[offset:end], next_url=next_url, self_url=self_url
        )


def places(seqs: Iterable[int]) -> "array[int]":
    """Keep places of versions in little room."""
    return array("q", seqs)


def whole_number(text: str, name: str) -> int:
    """Read a number that is not negative.

    Raises:
        Refusal: 400.
    """
    if not (text.isascii() and text.isdigit() and len(text) < len("1000000000")):
        raise bad_request(f"{name} is not a whole number", "value")
    return int(text)


def read_count(text: str) -> int:
    """Read ``_count``; more than the most is the most."""
    return min(whole_number(text, "_count"), MOST_COUNT)
