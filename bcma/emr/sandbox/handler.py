"""HTTP/1.1 for the sandbox: reads requests from one connection and writes the replies."""

import logging
import re
import traceback
from datetime import UTC, datetime
from email.utils import format_datetime
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler
from typing import Protocol, cast
from urllib.parse import unquote, urlsplit

from bcma.emr.sandbox.exchange import (
    Query,
    Reply,
    Request,
    read_query,
    refusal_reply,
)
from bcma.emr.sandbox.outcome import Refusal, bad_request

BASE_PATH = "/fhir"
MOST_BYTES = 32 * 1024 * 1024
_WORD = re.compile(r"[A-Za-z0-9\-.$_]{1,64}", re.ASCII)
_FORM = "application/x-www-form-urlencoded"

_log = logging.getLogger(__name__)


class Serving(Protocol):
    """What a handler asks of its server."""

    @property
    def base_url(self) -> str:
        """Where FHIR is spoken."""

    def carry(self, request: Request) -> Reply | None:
        """Answer a request; None leaves the client without a reply."""

    def now(self) -> datetime:
        """Give the sandbox's present."""


class Handler(BaseHTTPRequestHandler):
    """Serves one connection."""

    protocol_version = "HTTP/1.1"
    server_version = "bcma-sandbox"
    sys_version = ""
    disable_nagle_algorithm = True
    wbufsize = -1  # head and body leave together

    def _exchange(self) -> None:
        reply = self._answer()
        if reply is None:
            self.close_connection = True
        else:
            self._write(reply)

    do_GET = do_HEAD = do_POST = do_PUT = do_DELETE = do_PATCH = do_OPTIONS = _exchange  # noqa: N815 (http.server names them)

    def _answer(self) -> Reply | None:
        try:
            request = self._read()
            _log.debug("%s %s", request.method, _loggable(request.path))
            return self._serving.carry(request)
        except Refusal as refusal:
            return refusal_reply(refusal)
        except RecursionError:
            return refusal_reply(bad_request("The body is nested too deeply", "structure"))
        except OSError:  # the connection itself: nobody is there to be answered
            raise
        except Exception as failure:  # noqa: BLE001 (told to the client and to the log)
            return _unexpected(failure)

    @property
    def _serving(self) -> Serving:
        return cast("Serving", self.server)

    def _read(self) -> Request:
        body = self._read_body()
        try:
            url = urlsplit(self.path)
        except ValueError as failure:
            raise bad_request("The URL cannot be read") from failure
        path = _below_base(url.path)
        headers = {name.lower(): value for name, value in self.headers.items()}
        query = read_query(url.query)
        if path[-1:] == ("_search",) and self.command == "POST":
            query += _form(headers, body)
        method = "GET" if self.command == "HEAD" else self.command
        return Request(method=method, path=path, query=query, headers=headers, body=body)

    def _read_body(self) -> bytes:
        if "Transfer-Encoding" in self.headers:
            self.close_connection = True
            message = "Send a Content-Length instead of a Transfer-Encoding"
            raise Refusal(HTTPStatus.LENGTH_REQUIRED, "not-supported", message)
        said = self.headers.get("Content-Length", "0").strip()
        if not (said.isascii() and said.isdigit()):
            self.close_connection = True
            raise bad_request("Content-Length is not a number")
        if len(said) > len(str(MOST_BYTES)) or int(said) > MOST_BYTES:
            self.close_connection = True
            message = f"A body may have {MOST_BYTES} bytes"
            raise Refusal(HTTPStatus.REQUEST_ENTITY_TOO_LARGE, "too-long", message)
        body = self.rfile.read(int(said))
        if len(body) < int(said):
            raise ConnectionAbortedError
        return body

    def _write(self, reply: Reply) -> None:
        self.close_connection = self.close_connection or reply.cut
        self.send_response(reply.status)
        if reply.status is not HTTPStatus.NOT_MODIFIED:
            self.send_header("Content-Type", reply.content_type)
            self.send_header("Content-Length", str(len(self._body_of(reply))))
        for name, value in {**reply.headers, **self._version_headers(reply)}.items():
            self.send_header(name, value)
        if self.close_connection:
            self.send_header("Connection", "close")
        self.end_headers()
        if self.command != "HEAD":
            body = self._body_of(reply)
            self.wfile.write(body[: len(body) // 2] if reply.cut else body)

    def _body_of(self, reply: Reply) -> bytes:
        if reply.version is None or self.command not in {"POST", "PUT"}:
            return reply.body
        return b"" if "return=minimal" in self.headers.get("Prefer", "") else reply.body

    def _version_headers(self, reply: Reply) -> dict[str, str]:
        version = reply.version
        if version is None:
            return {}
        updated = datetime.fromisoformat(version.updated)
        headers = {"ETag": version.etag, "Last-Modified": format_datetime(updated, usegmt=True)}
        if self.command in {"POST", "PUT"}:
            headers["Location"] = f"{self._serving.base_url}/{version.location}"
        return headers

    def date_time_string(self, timestamp: float | None = None) -> str:
        """Give the sandbox's present for the Date header."""
        if timestamp is not None:
            return super().date_time_string(int(timestamp))
        return format_datetime(self._serving.now().astimezone(UTC), usegmt=True)

    def send_error(self, code: int, message: str | None = None, explain: str | None = None) -> None:
        """Refuse what is no HTTP, in FHIR's words."""
        del message, explain  # they may quote what was sent
        self.close_connection = True
        status = HTTPStatus(code)
        self._write(refusal_reply(Refusal(status, "invalid", f"HTTP: {status.phrase}")))

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 (http.server's name)
        """Log nothing: a request line may hold names and identifiers."""


def _below_base(path: str) -> tuple[str, ...]:
    if path in {"", "/"}:
        return ()
    base, slash, rest = path.partition(f"{BASE_PATH}/")
    if path.rstrip("/") == BASE_PATH:
        return ()
    if base or not slash:
        message = f"FHIR is spoken below {BASE_PATH}"
        raise Refusal(HTTPStatus.NOT_FOUND, "not-found", message)
    return tuple(unquote(part, errors="replace") for part in rest.rstrip("/").split("/"))


def _loggable(path: tuple[str, ...]) -> str:
    """Give type and id; whatever else a client wrote there stays out of the log."""
    return "/".join(part if _WORD.fullmatch(part) else "?" for part in path[:2])


def _form(headers: dict[str, str], body: bytes) -> Query:
    said = headers.get("content-type", "").partition(";")[0].strip().lower()
    if body and said != _FORM:
        message = f"A search is posted as {_FORM}"
        raise Refusal(HTTPStatus.UNSUPPORTED_MEDIA_TYPE, "not-supported", message)
    try:
        return read_query(body.decode())
    except UnicodeDecodeError as failure:
        raise bad_request("The form is not UTF-8") from failure


def _unexpected(failure: Exception) -> Reply:
    place = traceback.extract_tb(failure.__traceback__)[-1]
    _log.error("unexpected %s in %s:%s", type(failure).__name__, place.name, place.lineno)
    message = f"Unexpected failure of the sandbox: {type(failure).__name__}"
    return refusal_reply(Refusal(HTTPStatus.INTERNAL_SERVER_ERROR, "exception", message))
