"""Interactions with one resource, within a state or a transaction that is open."""

from http import HTTPStatus

from bcma.emr.sandbox.exchange import Reply, Request, json_reply, read_query
from bcma.emr.sandbox.json_text import Resource
from bcma.emr.sandbox.outcome import Refusal, bad_request, operation_outcome
from bcma.emr.sandbox.pages import whole_number
from bcma.emr.sandbox.reader import Reader, Version
from bcma.emr.sandbox.references import Key
from bcma.emr.sandbox.writing import Writer, Written

_WITH_VERSION = 4


def read(reader: Reader, request: Request) -> Reply:
    """Read ``Type/id`` or ``Type/id/_history/n``."""
    key = Key(request.path[0], request.path[1])
    if len(request.path) == _WITH_VERSION:
        text = request.path[-1]
        number = whole_number(text, "version") if text.isdigit() else 0  # ours are numbers from 1
        version = reader.version(key, number)
    else:
        version = reader.latest(key)
    if version is None:
        raise Refusal(HTTPStatus.NOT_FOUND, "not-found", f"Resource {'/'.join(key)} is not known")
    if version.body is None:
        raise Refusal(HTTPStatus.GONE, "deleted", f"Resource {key} was deleted")
    if version.etag in request.headers.get("if-none-match", ""):
        return Reply(status=HTTPStatus.NOT_MODIFIED, version=version)
    return Reply(body=version.body, version=version)


def condition_of(request: Request) -> str:
    """Give the criteria of a conditional create; empty where there are none."""
    return request.headers.get("if-none-exist", "").strip().rpartition("?")[2]


def existing(writer: Writer, request: Request) -> Version | None:
    """Find what a conditional create would repeat.

    Raises:
        Refusal: 400 for criteria that name nothing, 412 where several resources match.
    """
    if "if-none-exist" not in request.headers:
        return None
    return writer.existing(request.path[0], read_query(condition_of(request)))


def create(writer: Writer, request: Request, resource: Resource) -> Reply:
    """Create, or find what is there already (If-None-Exist)."""
    found = existing(writer, request)
    if found is not None:
        return _written(Written(HTTPStatus.OK, found))
    return _written(writer.create(resource, request.path[0]))


def create_as(writer: Writer, request: Request, resource: Resource, new_id: str) -> Reply:
    """Create under an id that a transaction has set aside."""
    return _written(writer.create(resource, request.path[0], new_id))


def update(writer: Writer, request: Request, resource: Resource) -> Reply:
    """Update, or create under the client's id."""
    key = Key(request.path[0], request.path[1])
    return _written(writer.update(resource, key, request.headers.get("if-match")))


def delete(writer: Writer, request: Request) -> Reply:
    """Delete; once more is no error, as in HAPI."""
    key = Key(request.path[0], request.path[1])
    version = writer.delete(key, request.headers.get("if-match"))
    said = (
        f"Successfully deleted {key}" if version else f"Not deleted, {'/'.join(key)} is not there"
    )
    reply = json_reply(operation_outcome("informational", said, "information"))
    return Reply(body=reply.body, version=version)


def _written(written: Written) -> Reply:
    body = written.version.body
    if body is None:
        raise bad_request("A deletion is not content")
    return Reply(status=written.status, body=body, version=written.version)
