"""What an error status of a FHIR server means, and what the server says about it."""

import math
from collections.abc import Mapping
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from http import HTTPStatus
from typing import Final, NoReturn

import httpx
import msgspec

from bcma.emr.errors import (
    Conflict,
    Issue,
    Missing,
    Refused,
    Throttled,
    Unauthorized,
    Unavailable,
)

#: The server's words are cut here: enough for a person, too little for a page of HTML.
_SHOWN: Final = 300


def fail(what: str, status: int, headers: httpx.Headers, body: bytes, *, writes: bool) -> NoReturn:
    """Raise what an error status means.

    Raises:
        EmrError: the kind that the status stands for.
    """
    if status in {HTTPStatus.TOO_MANY_REQUESTS, HTTPStatus.SERVICE_UNAVAILABLE}:
        wait = _retry_after(headers)
        unknown = writes and status >= HTTPStatus.INTERNAL_SERVER_ERROR
        raise Throttled(retry_after=wait, unknown=unknown, what=what, status=status)
    if status >= HTTPStatus.INTERNAL_SERVER_ERROR or status == HTTPStatus.REQUEST_TIMEOUT:
        raise Unavailable(unknown=writes, what=what, status=status)
    kinds: Mapping[int, type[Refused]] = {
        HTTPStatus.UNAUTHORIZED: Unauthorized,
        HTTPStatus.FORBIDDEN: Unauthorized,
        HTTPStatus.PROXY_AUTHENTICATION_REQUIRED: Unauthorized,
        HTTPStatus.NOT_FOUND: Missing,
        HTTPStatus.GONE: Missing,
        HTTPStatus.CONFLICT: Conflict,
        HTTPStatus.PRECONDITION_FAILED: Conflict,
    }
    kind = kinds.get(status, Refused)
    raise kind(issues=_issues(body), what=what, status=status)


class _Text(msgspec.Struct):
    text: str = ""


class _OutcomeIssue(msgspec.Struct):
    severity: str = ""
    code: str = ""
    diagnostics: str = ""
    details: _Text = msgspec.field(default_factory=_Text)


class _Outcome(msgspec.Struct):
    issue: list[_OutcomeIssue] = msgspec.field(default_factory=list)


def _issues(body: bytes) -> tuple[Issue, ...]:
    try:
        outcome = msgspec.json.decode(body, type=_Outcome)
    except (msgspec.MsgspecError, RecursionError):
        return ()  # no OperationOutcome: the status alone has to do
    return tuple(
        Issue(i.severity, i.code, (i.details.text or i.diagnostics)[:_SHOWN]) for i in outcome.issue
    )


def server_time(headers: httpx.Headers) -> datetime | None:
    """Read the Date header."""
    try:
        found = parsedate_to_datetime(headers["date"])
    except (KeyError, ValueError):
        return None  # no clock to compare with
    return found if found.tzinfo else found.replace(tzinfo=UTC)


def _retry_after(headers: httpx.Headers) -> float | None:
    """Read seconds; a date is turned into seconds from the server's own Date."""
    written = headers.get("retry-after")
    if written is None:
        return None
    try:
        seconds = float(written)  # a pause before the next try, never an amount
    except ValueError:
        until, now = server_time(httpx.Headers({"date": written})), server_time(headers)
        seconds = (until - now).total_seconds() if until and now else math.nan
    return seconds if math.isfinite(seconds) and seconds >= 0 else None
