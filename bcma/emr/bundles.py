"""Bundles as they come over the line: every resource with the very bytes that it came in."""

from dataclasses import dataclass
from datetime import datetime

import httpx
import msgspec

from bcma.emr.errors import NotFhir
from bcma.emr.fhir_map import NotJson, Raw, parse
from bcma.emr.transport import Reply


@dataclass(frozen=True, slots=True)
class Found:
    """A resource, the bytes in which it came, and why a search gave it (match, include)."""

    resource: Raw
    raw: bytes
    mode: str = "match"


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """One page of a search; ``next_url`` is the server's link, verbatim."""

    found: tuple[Found, ...]
    next_url: str | None = None
    server_time: datetime | None = None


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


class _Response(msgspec.Struct):
    status: str = ""
    etag: str | None = None
    location: str | None = None


class _Entry(msgspec.Struct):
    resource: msgspec.Raw = msgspec.field(default_factory=msgspec.Raw)
    search: _Search = msgspec.field(default_factory=_Search)
    response: _Response | None = None


class _Bundle(msgspec.Struct):
    resourceType: str  # noqa: N815 - FHIR's own name of the field
    type: str = ""
    link: list[_Link] = msgspec.field(default_factory=list)
    entry: list[_Entry] = msgspec.field(default_factory=list)


def _bundle(reply: Reply, what: str, *, unknown: bool) -> _Bundle:
    try:
        bundle = msgspec.json.decode(reply.body, type=_Bundle)
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
    bundle = _bundle(reply, kind, unknown=False)
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
    return Page(found=tuple(found), next_url=onward or None, server_time=reply.server_time)


def read_results(reply: Reply, sent: Raw) -> tuple[Written, ...]:
    """Read what became of each entry of a transaction.

    Raises:
        NotFhir: it does not account for every entry; what was written is unknown.
    """
    entries = sent.get("entry")
    expected = len(entries) if isinstance(entries, list) else 0
    answers = [entry.response for entry in _bundle(reply, "transaction", unknown=True).entry]
    found = tuple(_answer(a, reply) for a in answers if a is not None)
    if len(found) != expected or not all(_is_success(w.status) for w in found):
        raise NotFhir(unknown=True, what="transaction", reason="entries")
    return found


def _answer(response: _Response, reply: Reply) -> Written:
    head = response.status.partition(" ")[0]
    status = int(head) if head.isascii() and head.isdigit() else 0
    etag = None if response.etag is None else response.etag.removeprefix("W/").strip('"')
    return Written(
        status=status, etag=etag, location=response.location, server_time=reply.server_time
    )


def _is_success(status: int) -> bool:
    return httpx.codes.is_success(status)


def as_written(reply: Reply) -> Written:
    """Give what a reply to a single write says."""
    return Written(
        status=reply.status,
        etag=reply.etag,
        location=reply.location,
        server_time=reply.server_time,
    )
