"""One request and its reply, free of sockets."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from http import HTTPStatus
from urllib.parse import parse_qsl

from bcma.emr.sandbox.json_text import write
from bcma.emr.sandbox.outcome import Refusal, bad_request, operation_outcome
from bcma.emr.sandbox.reader import Version

FHIR_JSON = "application/fhir+json;charset=UTF-8"
WRITING = frozenset({"POST", "PUT", "DELETE"})
_MOST_PARAMETERS = 500

Query = tuple[tuple[str, str], ...]


def read_query(text: str) -> Query:
    """Read ``name=value&...``.

    Raises:
        Refusal: 400 for more parameters than any search needs.
    """
    try:
        return tuple(parse_qsl(text, keep_blank_values=True, max_num_fields=_MOST_PARAMETERS))
    except ValueError as failure:
        raise bad_request("Too many parameters", "too-costly") from failure


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """What a client asks.

    Attributes:
        method: in capitals; HEAD has become GET.
        path: segments below the FHIR base, decoded.
        query: parameters in their order, decoded; those of a posted form stand among them.
        headers: by lower-case name.
    """

    method: str
    path: tuple[str, ...]
    query: Query = ()
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes = b""


@dataclass(frozen=True, slots=True, kw_only=True)
class Reply:
    """What the server answers.

    Attributes:
        version: the resource version that it is about, for its headers.
        cut: whether the connection breaks in the middle of it.
    """

    status: HTTPStatus = HTTPStatus.OK
    body: bytes = b""
    content_type: str = FHIR_JSON
    headers: Mapping[str, str] = field(default_factory=dict)
    version: Version | None = None
    cut: bool = False


def json_reply(
    value: object, status: HTTPStatus = HTTPStatus.OK, headers: Mapping[str, str] | None = None
) -> Reply:
    """Reply with a resource."""
    return Reply(status=status, body=write(value), headers=headers or {})


def refusal_reply(refusal: Refusal, headers: Mapping[str, str] | None = None) -> Reply:
    """Reply with the OperationOutcome of a refusal."""
    return json_reply(
        operation_outcome(refusal.issue, refusal.diagnostics), refusal.status, headers
    )
