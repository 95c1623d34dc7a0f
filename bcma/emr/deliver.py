"""Delivering one event: once, whatever the line does.

A lost reply leaves the event's fate unknown. Then :func:`already_there` is asked before
anything is sent again; the event's Provenance, written last, proves that all was written.
"""

from typing import assert_never

from bcma.emr.bundles import Written
from bcma.emr.capabilities import WayOfWriting
from bcma.emr.errors import Missing, NoWayToWrite
from bcma.emr.fhir_client import FhirClient
from bcma.emr.fhir_map import STANDARD, Dialect, Raw, provenance_id
from bcma.emr.fhir_map.node import Node


def deliver(client: FhirClient, bundle: Raw, way: WayOfWriting) -> tuple[Written, ...]:
    """Write one event's Bundle of PUTs.

    Raises:
        EmrError: refused (its own reason), in conflict, or unknown: ask
            :func:`already_there` before delivering again.
    """
    match way:
        case WayOfWriting.TRANSACTION:
            return client.transaction(bundle)
        case WayOfWriting.PUT:
            return tuple(_put(client, entry) for entry in Node(bundle).nodes("entry"))
        case WayOfWriting.CONDITIONAL_CREATE | WayOfWriting.SEARCH_FIRST | WayOfWriting.NONE:
            raise NoWayToWrite(way=way.value)
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
        tag = f"{dialect.event}|{event_id}"
        return bool(client.search_all("Provenance", {"_tag": tag}))
    return True


def _put(client: FhirClient, entry: Node) -> Written:
    resource, request = entry.node("resource"), entry.node("request")
    if resource is None or request is None:
        raise NoWayToWrite(way="put", entry=entry.path)
    version = request.string("ifMatch")
    return client.put(
        resource.value, None if version is None else version.removeprefix("W/").strip('"')
    )
