"""What every event of ours writes: entries of a transaction, and the Provenance that ends it.

Every entry is a PUT to an id that follows from the event, so that writing twice writes the
same once. The Provenance comes last: where it is, all was written.
"""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Final
from uuid import UUID, uuid5

from bcma.emr.fhir_map.dialect import STANDARD, Dialect
from bcma.emr.fhir_map.given_units import Json

_AGENT_TYPE: Final = "http://terminology.hl7.org/CodeSystem/provenance-participant-type"


def transaction(entries: Iterable[Json]) -> Json:
    """Give the Bundle that a server takes as a whole or not at all."""
    return {"resourceType": "Bundle", "type": "transaction", "entry": list(entries)}


def entry(resource: Json, if_match: str | None = None) -> Json:
    """Give the PUT of a resource, over one version of it where that is named."""
    request: Json = {"method": "PUT", "url": reference_to(resource)}
    if if_match is not None:
        request["ifMatch"] = f'W/"{if_match}"'
    return {"resource": resource, "request": request}


def reference_to(resource: Json) -> str:
    """Give the relative reference of a resource."""
    return f"{resource['resourceType']}/{resource['id']}"


def concept(system: str, code: str) -> Json:
    """Give a CodeableConcept of one coding."""
    return {"coding": [{"system": system, "code": code}]}


def provenance(
    event: str,
    targets: Iterable[str],
    *,
    recorded: datetime,
    agents: Sequence[Json],
    dialect: Dialect,
) -> Json:
    """Write who did it, with the event as its tag: R4 gives Provenance no identifier."""
    return {
        "resourceType": "Provenance",
        "id": provenance_id(event),
        "meta": {"tag": [{"system": dialect.event, "code": event}]},
        "target": [{"reference": target} for target in targets],
        "recorded": recorded.isoformat(timespec="milliseconds"),
        "agent": list(agents),
    }


def agents(*people: tuple[str, str | None], station: str = "") -> list[Json]:
    """Give the agents of a Provenance: each person by the kind of taking part, or the station."""
    found: list[Json] = [
        {"type": concept(_AGENT_TYPE, kind), "who": {"reference": f"Practitioner/{person}"}}
        for kind, person in people
        if person
    ]
    return found or [{"who": {"display": station or "station"}}]


def provenance_id(event_id: str) -> str:
    """Give the id of an event's Provenance: written last, it proves that all was written.

    Raises:
        ValueError: the event's id is no UUID.
    """
    return str(uuid5(UUID(event_id), "Provenance"))


def event_tag(event_id: str, dialect: Dialect = STANDARD) -> str:
    """Give the ``_tag`` under which a resource without identifiers is found."""
    return f"{dialect.event}|{event_id}"


def is_uuid(text: str) -> bool:
    """Tell whether an event's id is one that ids of resources can follow from."""
    try:
        return str(UUID(text)) == text.lower()
    except ValueError:
        return False
