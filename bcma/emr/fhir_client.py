"""A synchronous FHIR R4 client: raw bytes kept, decimals as written, failures told apart.

It lives on a worker thread; the bedside never waits for it. It logs nothing: its errors
carry codes, and whoever calls decides what to say.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Final, Self
from urllib.parse import urlencode

import httpx

from bcma.emr.bundles import (
    Found,
    Page,
    Written,
    addressed,
    as_batch,
    as_written,
    read_batch,
    read_page,
    read_results,
)
from bcma.emr.capabilities import Capabilities, read_capabilities
from bcma.emr.errors import Misdirected, NotFhir, TooLarge
from bcma.emr.fhir_map import NotJson, Raw, encode, parse
from bcma.emr.transport import Auth, Call, Limits, NoAuth, Reply, Transport, onward

_TIMEOUT: Final = httpx.Timeout(30.0, connect=5.0)
#: Pages become so many times smaller where they are too large.
_FEWER: Final = 10
__all__ = ["FhirClient", "Found", "Page", "Params", "Written"]

Params = Sequence[tuple[str, str]] | Mapping[str, str]


class FhirClient:
    """Speaks to one FHIR server.

    Args:
        base_url: up to and without the resource type.
        http: an HTTP client of the caller's (certificates, proxies); left out, one with
            time-outs is made and closed by :meth:`close`.
        auth: proves who we are.
        limits: what a reply may cost.
        now: this machine's clock, to be compared with the server's.
    """

    def __init__(
        self,
        base_url: str,
        http: httpx.Client | None = None,
        *,
        auth: Auth | None = None,
        limits: Limits | None = None,
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        self._base = base_url.rstrip("/")
        carrier = httpx.Client(timeout=_TIMEOUT) if http is None else http
        self._own_http = carrier if http is None else None
        self._limits = limits or Limits()
        self._line = Transport(httpx.URL(self._base), carrier, auth or NoAuth(), self._limits, now)

    def close(self) -> None:
        """Close the HTTP client that was made here; one of the caller's stays open."""
        if self._own_http is not None:
            self._own_http.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    @property
    def address(self) -> str:
        """Give where the server is: by this it is told from another one."""
        return self._base

    @property
    def clock_offset(self) -> timedelta | None:
        """Give server time minus this machine's at the last reply; up to 1 s counts as none."""
        return self._line.clock_offset

    def server_now(self) -> datetime:
        """Give the server's present instant, by this machine's clock where it was never told."""
        return self._line.now() + (self._line.clock_offset or timedelta(0))

    def capabilities(self) -> Capabilities:
        """Ask what the server can (``/metadata``).

        Raises:
            EmrError: it cannot be reached, or what answers is no FHIR server.
        """
        found, _ = self._resource(self._get("metadata", "metadata"), "CapabilityStatement")
        return read_capabilities(found.resource)

    def read(self, kind: str, identity: str) -> tuple[Found, Reply]:
        """Read one resource.

        Raises:
            Missing: there is none.
            EmrError: anything else went wrong.
        """
        return self._resource(self._get(f"{kind}/{identity}", kind), kind)

    def search(self, kind: str, params: Params = ()) -> Iterator[Page]:
        """Search, page by page; every next link is followed as it is written.

        Where the first page is more than we take (photographs, for one), a tenth is asked for.

        Raises:
            Misdirected: a next link comes twice, or leads to another server.
            EmrError: anything else went wrong.
        """
        pages = self._pages(kind, f"{self._base}/{_query(kind, params)}")
        try:
            first = next(pages)
        except TooLarge:
            fewer = _fewer(params)
            if fewer is None:
                raise
            pages = self.search(kind, fewer)
        else:
            yield first
        yield from pages

    def search_each(self, searches: Sequence[tuple[str, Params]]) -> Iterator[Page]:
        """Ask several searches in one exchange, and give the first page of each, in order.

        Raises:
            EmrError: the exchange failed, or the search that it comes to did.
        """
        body = as_batch(_query(kind, params) for kind, params in searches)
        call = Call(method="POST", url=self._base, what="batch", body=body, only_reads=True)
        return read_batch(self._line.send(call), [kind for kind, _ in searches])

    def onward(self, kind: str, page: Page) -> Iterator[Page]:
        """Give the pages that come after one, every next link followed as it is written.

        Raises:
            Misdirected: a next link comes twice, or leads to another server.
            EmrError: anything else went wrong.
        """
        if page.next_url is not None:
            yield from self._pages(kind, onward(f"{self._base}/{kind}", page.next_url))

    def _pages(self, kind: str, first: str) -> Iterator[Page]:
        url: str | None = first
        seen: set[str] = set()
        while url is not None:
            if url in seen or len(seen) >= self._limits.pages:
                raise Misdirected(what=kind, reason="page-loop")
            seen.add(url)
            page = read_page(self._line.send(Call(method="GET", url=url, what=kind)), kind)
            yield page
            url = None if page.next_url is None else onward(url, page.next_url)

    def search_all(self, kind: str, params: Params = ()) -> tuple[Found, ...]:
        """Give everything that a search finds, included resources too.

        Raises:
            EmrError: see :meth:`search`.
        """
        return tuple(found for page in self.search(kind, params) for found in page.found)

    def transaction(self, bundle: Raw) -> tuple[Written, ...]:
        """Write a transaction Bundle: all of it, or nothing.

        Raises:
            NotFhir: the reply does not account for every entry (``unknown``).
            EmrError: it was refused, or its fate is unknown.
        """
        sent = addressed(bundle, self._base)
        reply = self._line.send(
            Call(method="POST", url=self._base, what="transaction", body=encode(sent))
        )
        return read_results(reply, bundle)

    def put(self, resource: Raw, if_match: str | None = None) -> Written:
        """Write a resource to its own id; with ``if_match``, only over that version.

        Raises:
            Conflict: the version there is another one.
            EmrError: it was refused, or its fate is unknown.
        """
        kind, identity = str(resource["resourceType"]), resource["id"]
        headers = {} if if_match is None else {"If-Match": f'W/"{if_match}"'}
        url = f"{self._base}/{kind}/{identity}"
        call = Call(method="PUT", url=url, what=kind, body=encode(resource), headers=headers)
        return as_written(self._line.send(call), kind)

    def create(self, resource: Raw, unless: Params = ()) -> Written:
        """Create a resource under an id of the server's choice.

        ``unless`` is the search by which a server that heeds If-None-Exist finds it there
        already, and creates nothing.

        Raises:
            Conflict: the search finds several.
            EmrError: it was refused, or its fate is unknown.
        """
        kind = str(resource["resourceType"])
        condition = urlencode(list(unless.items() if isinstance(unless, Mapping) else unless))
        headers = {"If-None-Exist": condition} if condition else {}
        url = f"{self._base}/{kind}"
        call = Call(method="POST", url=url, what=kind, body=encode(resource), headers=headers)
        return as_written(self._line.send(call), kind)

    def _get(self, path: str, what: str) -> Reply:
        return self._line.send(Call(method="GET", url=f"{self._base}/{path}", what=what))

    def _resource(self, reply: Reply, kind: str) -> tuple[Found, Reply]:
        try:
            resource = parse(reply.body)
        except NotJson as broken:
            raise NotFhir(what=kind, reason="json") from broken
        if resource.get("resourceType") != kind:
            raise NotFhir(what=kind, reason="resource-type")
        return Found(resource, reply.body), reply


def _query(kind: str, params: Params) -> str:
    pairs = list(params.items() if isinstance(params, Mapping) else params)
    return kind + (f"?{urlencode(pairs)}" if pairs else "")


def _fewer(params: Params) -> Params | None:
    """Ask for pages of a tenth; ``None`` where they are small already, or of the server's size."""
    asked = dict(params)
    fewer = int(asked.get("_count", "0")) // _FEWER
    return {**asked, "_count": str(fewer)} if fewer else None
