"""Delivering one event: once, whatever the server can and whatever the line does.

A lost reply leaves the event's fate unknown. Then :func:`already_there` is asked before
anything is sent again; the event's Provenance, written last, proves that all was written.
"""

from http import HTTPStatus
from typing import Final, assert_never

from bcma.emr.bundles import Written
from bcma.emr.capabilities import Capabilities, WayOfWriting, ways_of_writing
from bcma.emr.creating import Creating
from bcma.emr.errors import (
    Conflict,
    EmrError,
    Missing,
    NoWayToWrite,
    Refused,
    Unauthorized,
    WrongWay,
)
from bcma.emr.fhir_client import FhirClient
from bcma.emr.fhir_map import STANDARD, Dialect, Raw, event_tag, provenance_id
from bcma.emr.fhir_map.node import Node

_AT_ONCE: Final = frozenset({WayOfWriting.TRANSACTION, WayOfWriting.TRANSACTION_OF_CREATES})
#: Answers of servers that do not know this way of writing at all.
_NOT_DONE: Final = frozenset({HTTPStatus.NOT_FOUND, HTTPStatus.METHOD_NOT_ALLOWED})
#: Answers of servers that do not let a client choose an id; also those to unsound content.
_MAYBE_NOT_DONE: Final = _NOT_DONE | {HTTPStatus.BAD_REQUEST, HTTPStatus.UNPROCESSABLE_ENTITY}


class Writer:
    """Writes events to one server in the best way that it takes.

    A server may refuse what it says that it can, or say nothing: then the next way is tried,
    and what it turned out not to do is remembered as long as this lives. Nothing is tried
    another way once anything of an event is written, and what was refused all at once is never
    tried piece by piece, unless the server plainly takes no transactions.
    """

    def __init__(
        self, client: FhirClient, capabilities: Capabilities, dialect: Dialect = STANDARD
    ) -> None:
        self.capabilities = capabilities
        self._client = client
        self._dialect = dialect
        self._not_done: set[WayOfWriting] = set()

    def ways(self, bundle: Raw) -> tuple[WayOfWriting, ...]:
        """List the ways that are still open for an event, best first."""
        kinds = dict.fromkeys(str(resource["resourceType"]) for resource in resources_of(bundle))
        found = ways_of_writing(self.capabilities, kinds)
        return tuple(way for way in found if way not in self._not_done)

    def write(self, bundle: Raw) -> None:
        """Write one event's Bundle.

        Raises:
            NoWayToWrite: the server says that it cannot be written to.
            WrongWay: read what is there and write the event anew; the next way is taken.
            EmrError: refused (its own reason), in conflict, or unknown: ask
                :func:`already_there` before writing it again.
        """
        refusals: dict[WayOfWriting, Refused] = {}
        for way in self.ways(bundle):
            before = next(reversed(refusals), None)
            if before is not None and not _may_follow(way, before, refusals[before]):
                continue
            try:
                deliver(self._client, bundle, way, self._dialect)
            except WrongWay:
                self._not_done.add(way)
                raise
            except EmrError as failed:
                if failed.unknown:  # it may be there by this way: no other may be taken for it
                    self._not_done |= refusals.keys()
                if failed.unknown or not isinstance(failed, Refused):
                    raise
                if isinstance(failed, Conflict | Unauthorized):
                    raise
                refusals[way] = failed
            else:
                self._not_done |= refusals.keys()
                return
        raise next(iter(refusals.values()), _no_way(bundle))


def deliver(
    client: FhirClient, bundle: Raw, way: WayOfWriting, dialect: Dialect = STANDARD
) -> tuple[Written, ...]:
    """Write one event's Bundle of PUTs in one way.

    Raises:
        EmrError: see :meth:`Writer.write`.
    """
    match way:
        case WayOfWriting.TRANSACTION:
            return client.transaction(bundle)
        case WayOfWriting.TRANSACTION_OF_CREATES:
            return Creating(client, bundle, dialect).at_once()
        case WayOfWriting.PUT:
            return _put_each(client, bundle)
        case WayOfWriting.CONDITIONAL_CREATE:
            return Creating(client, bundle, dialect).one_by_one(conditional=True)
        case WayOfWriting.SEARCH_FIRST:
            return Creating(client, bundle, dialect).one_by_one(conditional=False)
        case WayOfWriting.NONE:
            raise _no_way(bundle)
        case unknown:
            assert_never(unknown)


def already_there(client: FhirClient, event_id: str, dialect: Dialect = STANDARD) -> bool:
    """Tell whether the EMR holds this event completely.

    Raises:
        EmrError: the EMR cannot be asked: the fate stays unknown.
    """
    try:
        client.read("Provenance", provenance_id(event_id))
    except Missing:
        return bool(client.search_all("Provenance", {"_tag": event_tag(event_id, dialect)}))
    return True


def resources_of(bundle: Raw) -> tuple[Raw, ...]:
    """Give the resources of a Bundle, in order."""
    found = (entry.node("resource") for entry in Node(bundle).nodes("entry"))
    return tuple(resource.value for resource in found if resource is not None)


def _may_follow(way: WayOfWriting, before: WayOfWriting, refused: Refused) -> bool:
    """Tell whether a way may be tried after another was refused, and nothing was written."""
    status = refused.facts.get("status")
    if before in _AT_ONCE and way not in _AT_ONCE:
        return status in _NOT_DONE
    return status in _MAYBE_NOT_DONE


def _put_each(client: FhirClient, bundle: Raw) -> tuple[Written, ...]:
    done: list[Written] = []
    for entry in Node(bundle).nodes("entry"):
        try:
            done.append(_put(client, entry))
        except EmrError as failed:
            failed.unknown |= bool(done)  # whatever it was: a part of the event is there
            created = any(written.status == HTTPStatus.CREATED for written in done)
            status = failed.facts.get("status")
            if done and not created and isinstance(failed, Refused) and status in _MAYBE_NOT_DONE:
                raise WrongWay(unknown=True, what="PUT", status=status) from failed
            raise
    return tuple(done)


def _put(client: FhirClient, entry: Node) -> Written:
    resource, request = entry.node("resource"), entry.node("request")
    if resource is None or request is None:
        raise NoWayToWrite(way="put", entry=entry.path)
    version = request.string("ifMatch")
    return client.put(
        resource.value, None if version is None else version.removeprefix("W/").strip('"')
    )


def _no_way(bundle: Raw) -> NoWayToWrite:
    kinds = dict.fromkeys(str(resource["resourceType"]) for resource in resources_of(bundle))
    return NoWayToWrite(kinds=tuple(kinds))
