"""Bundles of interactions: transactions, all or nothing, and batches, each for itself."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from http import HTTPStatus

import msgspec

from bcma.emr.sandbox import instance
from bcma.emr.sandbox.dates import shown
from bcma.emr.sandbox.engine import Engine
from bcma.emr.sandbox.entries import Entry, read_entries
from bcma.emr.sandbox.exchange import Reply, Request, read_query, refusal_reply
from bcma.emr.sandbox.json_text import Resource
from bcma.emr.sandbox.outcome import Refusal, bad_request
from bcma.emr.sandbox.powers import Powers
from bcma.emr.sandbox.reader import Version
from bcma.emr.sandbox.references import Key, rewrite_references
from bcma.emr.sandbox.resource_types import KNOWN_TYPES
from bcma.emr.sandbox.writing import Writer

_ORDER = ("DELETE", "POST", "PUT", "GET")
"""In which the standard processes a transaction."""


@dataclass(frozen=True, slots=True)
class Bundles:
    """Runs Bundles.

    Args:
        engine: where they are run.
        handle: answers one request by itself.
    """

    engine: Engine
    handle: Callable[[Request], Reply]

    def run(self, bundle: Resource) -> Resource:
        """Run a transaction or a batch and give its response Bundle."""
        match bundle.get("type"):
            case "transaction":
                powers = self.engine.powers
                powers.check_transaction()
                return self.transaction(read_entries(bundle, self.engine.base_url), powers)
            case "batch":
                return self._batch(bundle)
            case _:
                raise bad_request("Bundle.type must be transaction or batch", "value")

    def transaction(self, entries: list[Entry], powers: Powers) -> Resource:
        """Run all entries at one instant, or none, as far as the powers reach."""
        entries = [replace(entry, request=powers.heard(entry.request)) for entry in entries]
        with self.engine.writing() as writer:
            plan = _Plan(writer, entries)
            replies: dict[int, Reply] = {}
            for entry in sorted(entries, key=lambda e: _ORDER.index(e.request.method)):
                try:
                    if entry.request.method != "GET":
                        powers.check(writer, entry.request)
                    replies[entry.index] = self._perform(writer, plan, entry)
                except Refusal as refusal:
                    raise refusal.at(f"Bundle.entry[{entry.index}]") from refusal
        return _response("transaction-response", entries, [replies[e.index] for e in entries])

    def _perform(self, writer: Writer, plan: "_Plan", entry: Entry) -> Reply:
        if entry.request.method == "GET":
            return self.handle(entry.request)  # same thread, same connection: sees what is written
        if entry.request.method == "DELETE":
            return instance.delete(writer, entry.request)
        rewrite_references(entry.resource, plan.resolve)
        if entry.request.method == "PUT":
            return instance.update(writer, entry.request, entry.resource)
        found = plan.found.get(entry.index)
        if found is not None:
            return Reply(body=found.body or b"", version=found)
        key = plan.new[entry.index]
        repeated = writer.unit.latest(key)  # an entry before it has created it
        if repeated is not None:
            return Reply(version=repeated)
        return instance.create_as(writer, entry.request, entry.resource, key.id)

    def _batch(self, bundle: Resource) -> Resource:
        replies = []
        entries = read_entries(bundle, self.engine.base_url)
        for entry in entries:
            try:
                replies.append(self.handle(entry.as_request()))
            except Refusal as refusal:
                replies.append(refusal_reply(refusal))
        return _response("batch-response", entries, replies)


class _Plan:
    """What the entries of a transaction will be, known before the first is written."""

    def __init__(self, writer: Writer, entries: list[Entry]) -> None:
        self.found: dict[int, Version] = {}
        self.new: dict[int, Key] = {}
        self._places: dict[str, str] = {}
        self._writer = writer
        conditions: dict[tuple[str, str], Key] = {}
        touched: set[Key] = set()
        for entry in entries:
            if entry.request.method == "POST":
                key = self._key_of_new(writer, entry, conditions)
            elif entry.request.method == "GET":
                continue
            else:
                key = Key(*entry.request.path[:2])
                if key in touched:
                    repeated = bad_request(f"The transaction writes {key} more than once")
                    raise repeated.at(f"Bundle.entry[{entry.index}]")
                touched.add(key)
            if entry.full_url:
                self._places[entry.full_url] = str(key)

    def _key_of_new(
        self, writer: Writer, entry: Entry, conditions: dict[tuple[str, str], Key]
    ) -> Key:
        resource_type = entry.request.path[0]
        found = instance.existing(writer, entry.request)
        if found is not None:
            self.found[entry.index] = found
            return found.key
        condition = (resource_type, instance.condition_of(entry.request))
        key = conditions.get(condition) if condition[1] else None
        if key is None:
            key = Key(resource_type, writer.unit.new_id(resource_type))
            conditions[condition] = key
        self.new[entry.index] = key
        return key

    def resolve(self, reference: str) -> str:
        """Give a reference its place on this server.

        Raises:
            Refusal: 400 for a ``urn:`` that no entry has, or a search that finds nothing,
                412 for one that finds several.
        """
        place = self._places.get(reference)
        searched, is_search, criteria = reference.partition("?")
        if is_search and searched in KNOWN_TYPES:
            found = self._writer.existing(searched, read_query(criteria))
            if found is None:
                raise bad_request("A reference by search finds nothing", "not-found")
            return str(found.key)
        if place is None and reference.startswith(("urn:uuid:", "urn:oid:")):
            raise bad_request("A reference names a fullUrl that no entry has", "not-found")
        return place or reference


def _response(kind: str, entries: list[Entry], replies: list[Reply]) -> Resource:
    answered = [_entry(*pair) for pair in zip(entries, replies, strict=True)]
    bundle: Resource = {"resourceType": "Bundle", "type": kind}
    return bundle | ({"entry": answered} if answered else {})


def _entry(entry: Entry, reply: Reply) -> Resource:
    response: Resource = {"status": f"{reply.status.value} {reply.status.phrase}"}
    if reply.version is not None:
        response["location"] = reply.version.location
        response["etag"] = reply.version.etag
        response["lastModified"] = shown(reply.version.updated)
    if reply.status >= HTTPStatus.BAD_REQUEST:
        response["outcome"] = msgspec.Raw(reply.body)
    answer: Resource = {"response": response}
    if entry.request.method == "GET" and reply.status < HTTPStatus.BAD_REQUEST and reply.body:
        answer["resource"] = msgspec.Raw(reply.body)
    return answer
