"""Create, update and delete within one transaction."""

import re
from http import HTTPStatus
from typing import NamedTuple

from bcma.emr.sandbox.criteria import Question
from bcma.emr.sandbox.dates import shown, sortable
from bcma.emr.sandbox.exchange import Query
from bcma.emr.sandbox.index import Indexer
from bcma.emr.sandbox.json_text import Resource, text, write
from bcma.emr.sandbox.links import Links
from bcma.emr.sandbox.outcome import Refusal, bad_request
from bcma.emr.sandbox.reader import Version, Writing
from bcma.emr.sandbox.references import Key
from bcma.emr.sandbox.resource_types import KNOWN_TYPES

_ID = re.compile(r"[A-Za-z0-9\-.]{1,64}", re.ASCII)
_ETAG = re.compile(r'(?:W/)?"(?P<number>[^"]*)"')


class Written(NamedTuple):
    """What a write did: 201 for a resource that is new or back again, else 200."""

    status: HTTPStatus
    version: Version


def check_type(resource_type: str) -> None:
    """Refuse a type that R4 does not have."""
    if resource_type not in KNOWN_TYPES:
        raise Refusal(HTTPStatus.NOT_FOUND, "not-supported", "Unknown resource type")


class Writer:
    """Writes within one transaction.

    Args:
        unit: the transaction.
        indexer: finds what a search may find.
        check_references: refuse references to local resources that do not exist (HAPI's
            default), and deletions of resources that others refer to.
    """

    def __init__(self, unit: Writing, indexer: Indexer, *, check_references: bool) -> None:
        self.unit = unit
        self._indexer = indexer
        self._links = Links(unit) if check_references else None

    def create(self, resource: Resource, resource_type: str, new_id: str | None = None) -> Written:
        """Add a resource under an id of the server's choice."""
        _check_body(resource, resource_type)
        key = Key(resource_type, new_id or self.unit.new_id(resource_type))
        return Written(HTTPStatus.CREATED, self._add(key, None, "POST", resource))

    def existing(self, resource_type: str, condition: Query) -> Version | None:
        """Find the one resource that a conditional create would repeat.

        Raises:
            Refusal: 400 for a condition that names nothing, 412 where several match.
        """
        question = Question.read(resource_type, condition, self._indexer)
        if not question.conditions:
            raise bad_request("The condition names no search parameter")
        found = question.seqs(self.unit)
        if len(found) > 1:
            message = f"The condition matches {len(found)} {resource_type} resources"
            raise Refusal(HTTPStatus.PRECONDITION_FAILED, "multiple-matches", message)
        return self.unit.versions(found)[0] if found else None

    def update(self, resource: Resource, key: Key, if_match: str | None) -> Written:
        """Put a resource under its id; content that is there already makes no new version."""
        _check_body(resource, key.type)
        if "id" not in resource:
            raise bad_request("The body of an update must contain an id", "required")
        if text(resource, "id") != key.id:
            raise bad_request("The body's id is not the URL's", "value")
        if not _ID.fullmatch(key.id):
            raise bad_request("An id has 1 to 64 letters, digits, - and .", "value")
        before = self.unit.latest(key)
        _check_version(before, if_match)
        if before is None or before.body is None:
            return Written(HTTPStatus.CREATED, self._add(key, before, "PUT", resource))
        if before.body == write(_stamped(resource, before)):
            return Written(HTTPStatus.OK, before)
        return Written(HTTPStatus.OK, self._add(key, before, "PUT", resource))

    def delete(self, key: Key, if_match: str | None) -> Version | None:
        """Delete a resource; None where there is none (any more)."""
        before = self.unit.latest(key)
        _check_version(before, if_match)
        if before is None or before.body is None:
            return None
        if self._links is not None:
            self._links.cut(before)
        return self.unit.add(before, self._next(key, before, "DELETE"), ())

    def finish(self) -> None:
        """Check what can only be checked once everything is written."""
        if self._links is not None:
            self._links.check()

    def _add(self, key: Key, before: Version | None, method: str, resource: Resource) -> Version:
        version = self._next(key, before, method)
        stamped = _stamped(resource, version)
        rows = self._indexer.rows(key.type, stamped)
        if self._links is not None:
            self._links.made(rows)
        return self.unit.add(before, version._replace(body=write(stamped)), rows)

    def _next(self, key: Key, before: Version | None, method: str) -> Version:
        number = 1 if before is None else before.number + 1
        return Version(0, *key, number, sortable(self.unit.instant), method, None)


def _check_body(resource: Resource, resource_type: str) -> None:
    if resource.get("resourceType") != resource_type:
        raise bad_request(f"The body's resourceType is not {resource_type}", "structure")
    if not isinstance(resource.get("meta", {}), dict):
        raise bad_request("The body's meta is not an object", "structure")


def _check_version(before: Version | None, if_match: str | None) -> None:
    if if_match is None:
        return
    etag = _ETAG.fullmatch(if_match.strip())
    wanted = etag["number"] if etag else if_match.strip()  # HAPI's own client sends it bare
    if before is None or before.body is None or wanted != str(before.number):
        message = "If-Match does not name the current version"
        raise Refusal(HTTPStatus.PRECONDITION_FAILED, "conflict", message)


def _stamped(resource: Resource, version: Version) -> Resource:
    meta = resource.get("meta")
    kept = meta if isinstance(meta, dict) else {}
    stamp = {"versionId": str(version.number), "lastUpdated": shown(version.updated)}
    head: Resource = {
        "resourceType": version.type,
        "id": version.id,
        "meta": stamp | {name: value for name, value in kept.items() if name not in stamp},
    }
    return head | {name: value for name, value in resource.items() if name not in head}
