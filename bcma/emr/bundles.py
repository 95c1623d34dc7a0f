"""Bundles as they come over the line: every resource with the very bytes that it came in."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from http import HTTPStatus
from uuid import uuid4

import httpx
import msgspec

from bcma.emr.errors import NotFhir
from bcma.emr.failures import fail
from bcma.emr.fhir_map import NotJson, Raw, encode, legible, parse
from bcma.emr.transport import Reply


@dataclass(frozen=True, slots=True)
class Found:
    """A resource, the bytes in which it came, and why a search gave it (match, include)."""

    resource: Raw
    raw: bytes
    mode: str = "match"


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """One page of a search.

    Attributes:
        next_url: the server's link, verbatim.
        server_time: when the server answered, or found what it shows, by its own clock.
        total: how many match, on all pages, where the server says so.
    """

    found: tuple[Found, ...]
    next_url: str | None = None
    server_time: datetime | None = None
    total: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Written:
    """What the server says it wrote: version and place, as far as it says so."""

    status: int
    etag: str | None = None
    location: str | None = None
    server_time: datetime | None = None


class _Link(msgspec.Struct):
    relation: str = ""
    url: str = ""


class _Search(msgspec.Struct):
    mode: str = "match"


class _Request(msgspec.Struct):
    method: str = ""


class _Response(msgspec.Struct):
    status: str = ""
    etag: str | None = None
    location: str | None = None
    outcome: msgspec.Raw = msgspec.field(default_factory=msgspec.Raw)


class _Entry(msgspec.Struct):
    resource: msgspec.Raw = msgspec.field(default_factory=msgspec.Raw)
    search: _Search = msgspec.field(default_factory=_Search)
    request: _Request | None = None
    response: _Response | None = None


class _Meta(msgspec.Struct):
    lastUpdated: str = ""  # noqa: N815 - FHIR's own name of the field


class _Bundle(msgspec.Struct):
    resourceType: str  # noqa: N815 - FHIR's own name of the field
    type: str = ""
    total: int | None = None
    meta: _Meta = msgspec.field(default_factory=_Meta)
    link: list[_Link] = msgspec.field(default_factory=list)
    entry: list[_Entry] = msgspec.field(default_factory=list)


def _bundle(body: bytes, what: str, *, unknown: bool) -> _Bundle:
    try:
        try:
            bundle = msgspec.json.decode(body, type=_Bundle)
        except (msgspec.DecodeError, UnicodeError):
            bundle = msgspec.json.decode(legible(body), type=_Bundle)
    except (msgspec.MsgspecError, RecursionError, UnicodeError) as broken:
        raise NotFhir(unknown=unknown, what=what, reason="json") from broken
    if bundle.resourceType != "Bundle":
        raise NotFhir(unknown=unknown, what=what, reason="resource-type")
    return bundle


def read_page(reply: Reply, kind: str) -> Page:
    """Read a page of a search.

    Raises:
        NotFhir: it is no Bundle of resources.
    """
    return _page(reply.body, kind, reply.server_time)


def as_batch(urls: Iterable[str]) -> bytes:
    """Write a batch of searches."""
    entries = [{"request": {"method": "GET", "url": url}} for url in urls]
    return encode({"resourceType": "Bundle", "type": "batch", "entry": entries})


def asks_only(body: bytes) -> bool:
    """Tell whether the body of a POST is a batch that changes nothing."""
    try:
        bundle = msgspec.json.decode(body, type=_Bundle)
    except (msgspec.MsgspecError, RecursionError, UnicodeError):
        return False
    asked = [entry.request.method for entry in bundle.entry if entry.request is not None]
    return bundle.type == "batch" and set(asked) == {"GET"} and len(asked) == len(bundle.entry)


def read_batch(reply: Reply, kinds: Sequence[str]) -> Iterator[Page]:
    """Read the first page of each search of a batch, in the order asked.

    Raises:
        NotFhir: it does not answer every search, or one with something else than a Bundle.
        EmrError: the search that it comes to was refused; the pages before it stand.
    """
    bundle = _bundle(reply.body, "batch", unknown=False)
    if len(bundle.entry) != len(kinds):
        raise NotFhir(what="batch", reason="entries")
    for kind, entry in zip(kinds, bundle.entry, strict=True):
        status = 0 if entry.response is None else _status(entry.response)
        if entry.response is not None and status >= HTTPStatus.BAD_REQUEST:
            fail(kind, status, httpx.Headers(), bytes(entry.response.outcome), writes=False)
        if not _is_success(status):
            raise NotFhir(what=kind, reason="status")
        yield _page(bytes(entry.resource), kind, reply.server_time)


def _page(body: bytes, kind: str, server_time: datetime | None) -> Page:
    bundle = _bundle(body, kind, unknown=False)
    found = []
    for entry in bundle.entry:
        raw = bytes(entry.resource)
        if not raw or entry.search.mode == "outcome":
            continue
        try:
            found.append(Found(parse(raw), raw, entry.search.mode))
        except NotJson as broken:
            raise NotFhir(what=kind, reason="entry") from broken
    onward = next((link.url for link in bundle.link if link.relation == "next"), None)
    return Page(
        found=tuple(found),
        next_url=onward or None,
        server_time=server_time or _instant(bundle.meta.lastUpdated),
        total=bundle.total,
    )


def _instant(written: str) -> datetime | None:
    """Read when a server made a Bundle; without a zone it is no instant."""
    try:
        at = datetime.fromisoformat(written)
    except ValueError:
        return None
    return at if at.tzinfo is not None else None


def addressed(bundle: Raw, base_url: str) -> Raw:
    """Give every entry of a Bundle an address where it has none (R4, ``Bundle.entry.fullUrl``).

    For a PUT that is where it will be; what is posted has none yet and is named for this
    Bundle only. A server that validates resolves no relative reference without.
    """
    entries = bundle.get("entry")
    if not isinstance(entries, list):
        return bundle
    return {**bundle, "entry": [_addressed(entry, base_url) for entry in entries]}


def _addressed(entry: object, base_url: str) -> object:
    if not isinstance(entry, Mapping) or "fullUrl" in entry:
        return entry
    match entry.get("request"):
        case {"method": "PUT", "url": str(url)} if "?" not in url:
            return {"fullUrl": f"{base_url}/{url}", **entry}
        case {"method": "PUT" | "POST"}:
            return {"fullUrl": uuid4().urn, **entry}
        case _:
            return entry


def read_results(reply: Reply, sent: Raw) -> tuple[Written, ...]:
    """Read what became of each entry of a transaction.

    Raises:
        NotFhir: it does not account for every entry; what was written is unknown.
    """
    entries = sent.get("entry")
    expected = len(entries) if isinstance(entries, list) else 0
    answers = [entry.response for entry in _bundle(reply.body, "transaction", unknown=True).entry]
    found = tuple(_answer(a, reply) for a in answers if a is not None)
    if len(found) != expected or not all(_is_success(w.status) for w in found):
        raise NotFhir(unknown=True, what="transaction", reason="entries")
    return found


def _answer(response: _Response, reply: Reply) -> Written:
    etag = None if response.etag is None else response.etag.removeprefix("W/").strip('"')
    return Written(
        status=_status(response),
        etag=etag,
        location=response.location,
        server_time=reply.server_time,
    )


def _status(response: _Response) -> int:
    head = response.status.partition(" ")[0]
    return int(head) if head.isascii() and head.isdigit() else 0


def _is_success(status: int) -> bool:
    return httpx.codes.is_success(status)


def as_written(reply: Reply, kind: str) -> Written:
    """Give what a reply to a single write says; it may come without a body.

    Raises:
        NotFhir: something else than the server answered (the page on which a network asks who
            we are, with a status of success); what was written is unknown.
    """
    if reply.body.strip():
        try:
            answer = parse(reply.body)
        except NotJson as broken:
            raise NotFhir(unknown=True, what=kind, reason="json") from broken
        if "resourceType" not in answer:
            raise NotFhir(unknown=True, what=kind, reason="resource-type")
    return Written(
        status=reply.status,
        etag=reply.etag,
        location=reply.location,
        server_time=reply.server_time,
    )
