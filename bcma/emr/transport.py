"""One HTTP exchange with an EMR: sent once, bounded, its failures told apart."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from http import HTTPStatus
from time import monotonic
from typing import Final, Protocol
from urllib.parse import urljoin

import httpx

from bcma.emr.errors import Misdirected, TooLarge, Unreachable
from bcma.emr.failures import fail, server_time

FHIR_JSON: Final = "application/fhir+json"
#: A reply that took longer than this does not replace a measure of the clocks.
_SLOW: Final = timedelta(seconds=10)
_SAFE: Final = frozenset({"GET", "HEAD"})
#: What was found a minute ago, by a server or a proxy, must not pass for what is there now:
#: a dose that another station charted meanwhile would be missing from it.
_AS_OF_NOW: Final = {"Cache-Control": "no-cache"}
#: Failures before a byte of the request left: nothing can have been carried out.
_NEVER_SENT: Final = (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout)


class Auth(Protocol):
    """Whoever knows how to sign requests."""

    def headers(self) -> Mapping[str, str]:
        """Give the headers that prove who we are."""
        ...

    def renew(self) -> bool:
        """Get a new proof after a 401; ``False`` where there is none to get."""
        ...


class NoAuth:
    """For servers that ask nobody who they are."""

    def headers(self) -> Mapping[str, str]:
        """Give no headers."""
        return {}

    def renew(self) -> bool:
        """Tell that nothing can be renewed."""
        return False


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """What a reply may cost: bytes and seconds of one body, pages of a search, redirects."""

    body_bytes: int = 64 * 1024 * 1024
    body_seconds: float = 300.0
    pages: int = 10_000
    redirects: int = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class Call:
    """A request as it will be sent; ``what`` names it in errors, free of identifiers.

    ``only_reads`` marks a POST that asks and changes nothing: a batch of searches.
    """

    method: str
    url: str
    what: str
    body: bytes | None = None
    headers: Mapping[str, str] = field(default_factory=dict)
    only_reads: bool = False

    @property
    def writes(self) -> bool:
        """Tell whether it may change something there."""
        return self.method not in _SAFE and not self.only_reads


@dataclass(frozen=True, slots=True, kw_only=True)
class Reply:
    """A successful reply.

    Attributes:
        etag: the version that the ETag names, without its quotes.
        server_time: the Date header.
    """

    status: int
    body: bytes
    etag: str | None = None
    location: str | None = None
    server_time: datetime | None = None


@dataclass(slots=True)
class Transport:
    """Sends requests to one server and measures its clock."""

    origin: httpx.URL
    http: httpx.Client
    auth: Auth
    limits: Limits
    now: Callable[[], datetime]
    clock_offset: timedelta | None = None

    def send(self, call: Call) -> Reply:
        """Send once, or twice where a 401 was answered and the proof could be renewed.

        Raises:
            EmrError: see :mod:`bcma.emr.errors`.
        """
        status, headers, body = self._follow(call)
        if status == HTTPStatus.UNAUTHORIZED and self.auth.renew():
            status, headers, body = self._follow(call)
        if status >= HTTPStatus.BAD_REQUEST:
            fail(call.what, status, headers, body, writes=call.writes)
        return Reply(
            status=status,
            body=body,
            etag=_version(headers.get("etag")),
            location=headers.get("location"),
            server_time=server_time(headers),
        )

    def same_server(self, url: str) -> bool:
        """Tell whether a URL leads to this server; nothing else ever gets our proof.

        What is no URL leads nowhere.
        """
        try:
            return _place(httpx.URL(url)) == _place(self.origin)
        except (httpx.InvalidURL, ValueError):
            return False

    def _follow(self, call: Call) -> tuple[int, httpx.Headers, bytes]:
        """Send, following redirects of a read within the server."""
        url = call.url
        for _ in range(self.limits.redirects + 1):
            if not self.same_server(url):
                raise Misdirected(what=call.what, reason="other-server")
            status, headers, body = self._exchange(call, url)
            if not HTTPStatus.MULTIPLE_CHOICES <= status < HTTPStatus.BAD_REQUEST:
                return status, headers, body
            if call.writes or "location" not in headers:
                raise Misdirected(what=call.what, reason="redirect", status=status)
            url = onward(url, headers["location"])
        raise Misdirected(what=call.what, reason="redirects")

    def _exchange(self, call: Call, url: str) -> tuple[int, httpx.Headers, bytes]:
        headers = {"Accept": FHIR_JSON, **_AS_OF_NOW, **self.auth.headers(), **call.headers}
        if call.body is not None:
            headers["Content-Type"] = FHIR_JSON
        before = self.now()
        try:
            with self.http.stream(
                call.method, url, content=call.body, headers=headers, follow_redirects=False
            ) as response:
                self._measure(before, self.now(), response.headers)
                body = self._bounded(call, response)
        except _NEVER_SENT as failed:
            raise Unreachable(what=call.what, cause=type(failed).__name__) from failed
        except (httpx.InvalidURL, UnicodeError) as astray:
            # where a reply leads on to is looked at by the HTTP client already
            raise Misdirected(unknown=call.writes, what=call.what, reason="redirect") from astray
        except (httpx.TransportError, httpx.DecodingError) as failed:
            cause = type(failed).__name__
            raise Unreachable(unknown=call.writes, what=call.what, cause=cause) from failed
        return response.status_code, response.headers, body

    def _bounded(self, call: Call, response: httpx.Response) -> bytes:
        body, until = bytearray(), monotonic() + self.limits.body_seconds
        for chunk in response.iter_bytes():
            body += chunk
            if monotonic() > until:  # a trickle is no silence, and would go on for ever
                raise Unreachable(unknown=call.writes, what=call.what, cause="ReadTimeout")
            if len(body) > self.limits.body_bytes:
                raise TooLarge(unknown=call.writes, what=call.what, reason="too-large")
        return bytes(body)

    def _measure(self, before: datetime, after: datetime, headers: httpx.Headers) -> None:
        """Compare clocks; the Date header has whole seconds, half of one is added back.

        The server wrote it somewhere between request and head of the reply. A reply that took
        long tells little, one during which this machine's clock was put back nothing.
        """
        server = server_time(headers)
        if server is None or after < before:
            return
        if after - before > _SLOW and self.clock_offset is not None:
            return
        middle = before + (after - before) / 2
        offset = server + timedelta(milliseconds=500) - middle
        self.clock_offset = timedelta(0) if abs(offset) <= timedelta(seconds=1) else offset


def onward(here: str, link: str) -> str:
    """Give where a link leads that may be relative; one that cannot be read stays as it is."""
    try:
        return urljoin(here, link)
    except ValueError:
        return link


def _place(url: httpx.URL) -> tuple[str, str, int | None]:
    return url.scheme, url.host, _port(url)


def _version(etag: str | None) -> str | None:
    if etag is None:
        return None
    return etag.removeprefix("W/").strip('"') or None


def _port(url: httpx.URL) -> int | None:
    return url.port or {"http": 80, "https": 443}.get(url.scheme)
