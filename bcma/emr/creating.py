"""Writing to servers that give ids of their own: what is ours is known by its event.

Each resource is found by the identifier or tag of its event; where an event has several of
one type, or R4 has no search for the identifier, it gets a further mark. References between
resources of ours are written with the ids that the server gave.
"""

import re
from collections.abc import Iterator, Mapping
from typing import Final
from urllib.parse import urlencode
from uuid import uuid4

from bcma.emr.bundles import Found, Written
from bcma.emr.errors import Conflict, EmrError, NotFhir
from bcma.emr.fhir_client import FhirClient
from bcma.emr.fhir_map import Dialect, Raw, encode, parse
from bcma.emr.fhir_map.dialect import URI
from bcma.emr.fhir_map.node import Node
from bcma.emr.finding import (
    DOSE,
    find,
    find_dose,
    identifiers_of,
    standing,
    version_on,
)

#: R4 lets an AdverseEvent have an identifier, but has no search for it.
_TAGGED: Final = "AdverseEvent"
#: An event may have several of these: its id of ours tells them apart.
_SEVERAL: Final = frozenset({"DetectedIssue", "Observation"})
_LOCATION: Final = re.compile(r"(?P<place>[A-Za-z]+/[A-Za-z0-9\-.]{1,64})(?:/_history/[^/]+)?$")

Json = dict[str, object]


class Creating:
    """One event's Bundle of PUTs, turned into what such a server takes.

    What belongs to an earlier event is changed, over the version that was judged; all else is
    created, unless it is there.
    """

    def __init__(self, client: FhirClient, bundle: Raw, dialect: Dialect) -> None:
        self._client = client
        self._dialect = dialect
        self._entries = tuple(_entries(bundle))
        self._event = self._event_of(self._entries[-1][0]) if self._entries else ""
        self._places: dict[str, str] = {}

    def at_once(self) -> tuple[Written, ...]:
        """Write everything in one transaction.

        Raises:
            EmrError: it was refused, or its fate is unknown.
        """
        entries = []
        for resource, if_match in self._entries:
            there = self._there(resource)
            if there is None:
                entries.append(self._creation(resource))
            else:
                self._places[_name(resource)] = _name(there.resource)
                if self._is_change(resource):
                    entries.append(self._replacement(resource, there, if_match))
        if not entries:
            return ()
        return self._client.transaction(
            {"resourceType": "Bundle", "type": "transaction", "entry": entries}
        )

    def one_by_one(self, *, conditional: bool) -> tuple[Written, ...]:
        """Write each resource by itself, the Provenance last.

        Args:
            conditional: the server says that it heeds If-None-Exist. Everything is looked for
                before it is sent all the same, as servers say so and do not; what was created
                without it, and doses, once more afterwards, as conditional creates race.

        Raises:
            EmrError: one was refused, or its fate is unknown; the event's is unknown in any case
                where others were written before it.
        """
        done: list[Written] = []
        for resource, if_match in self._entries:
            try:
                done += self._one(resource, if_match, conditional=conditional)
            except EmrError as failed:
                failed.unknown |= bool(done)
                raise
        return tuple(done)

    def _one(self, resource: Raw, if_match: str | None, *, conditional: bool) -> list[Written]:
        name = _name(resource)
        there = self._there(resource)
        if there is None:
            written = self._create(resource, conditional=conditional)
            place = _LOCATION.search(written.location or "")
            if not conditional or place is None or resource["resourceType"] == DOSE:
                self._places[name] = self._settled(resource)
            else:
                self._places[name] = place["place"]
            return [written]
        self._places[name] = _name(there.resource)
        if not self._is_change(resource):
            return []
        body = {**self._marked(resource), "id": there.resource["id"]}
        return [self._client.put(body, if_match or version_on(there))]

    def _create(self, resource: Raw, *, conditional: bool) -> Written:
        body = self._marked(resource)
        try:
            return self._client.create(body, self._identity(resource) if conditional else ())
        except Conflict:
            if not conditional or self._there(resource) is None:
                raise
            return Written(status=200)  # several of them are there: they count as one

    def _settled(self, resource: Raw) -> str:
        """Look for what was just created.

        Raises:
            NotFhir: it is not there, although the server said so: its fate is unknown.
        """
        there = self._there(resource)
        if there is None:
            kind = str(resource["resourceType"])
            raise NotFhir(unknown=True, what=kind, reason="not-found-again")
        return _name(there.resource)

    # --- entries of a transaction ------------------------------------------------------

    def _creation(self, resource: Raw) -> Json:
        # named anew: servers put their own ids wherever the name of an entry stands
        kind, url = str(resource["resourceType"]), uuid4().urn
        body = self._marked(resource)
        self._places[_name(resource)] = url
        condition = urlencode(self._identity(resource))
        request = {"method": "POST", "url": kind, "ifNoneExist": condition}
        return {"fullUrl": url, "resource": body, "request": request}

    def _replacement(self, resource: Raw, there: Found, if_match: str | None) -> Json:
        body = {**self._marked(resource), "id": there.resource["id"]}
        version = if_match or version_on(there)
        request = {"method": "PUT", "url": _name(there.resource)}
        return {
            "resource": body,
            "request": request if version is None else {**request, "ifMatch": f'W/"{version}"'},
        }

    # --- who is who --------------------------------------------------------------------

    def _event_of(self, resource: Raw) -> str:
        """Give the event that a resource came into being by."""
        meta = Node(resource).node("meta")
        marks = [*identifiers_of(resource), *(meta.nodes("tag") if meta else ())]
        ours = (mark for mark in marks if mark.string("system") == self._dialect.event)
        found = next(ours, None)
        return "" if found is None else found.string("value") or found.string("code") or ""

    def _is_change(self, resource: Raw) -> bool:
        """Tell whether a resource is another event's, which this one changes."""
        return self._event_of(resource) != self._event and not _is_access(resource)

    def _identity(self, resource: Raw) -> Mapping[str, str]:
        """Give the search that finds a resource, and no other, whatever its id is there."""
        event = self._event_of(resource)
        if self._by_own_id(resource):
            return {"identifier": f"{URI}|urn:uuid:{resource['id']}"}
        if resource["resourceType"] == _TAGGED or not identifiers_of(resource):
            return {"_tag": f"{self._dialect.event}|{event}"}
        return {"identifier": f"{self._dialect.event}|{event}"}

    def _by_own_id(self, resource: Raw) -> bool:
        return resource["resourceType"] in _SEVERAL and resource["id"] != self._event_of(resource)

    def _marked(self, resource: Raw) -> Json:
        """Give a resource without our id, with the mark by which it is found again."""
        body: Json = {k: self._resolved(v) for k, v in resource.items() if k != "id"}
        identifier = resource.get("identifier")
        if self._by_own_id(resource) and isinstance(identifier, list):
            body["identifier"] = [
                *identifier,
                {"system": URI, "value": f"urn:uuid:{resource['id']}"},
            ]
        if resource["resourceType"] == _TAGGED:
            tag = {"system": self._dialect.event, "code": self._event_of(resource)}
            body["meta"] = {"tag": [tag]}
        return body

    def _there(self, resource: Raw) -> Found | None:
        """Search what a resource is on the server; of a dose that came twice one copy counts."""
        kind = str(resource["resourceType"])
        found = find(self._client, kind, self._identity(resource))
        if kind == DOSE:
            return standing(self._client, found)
        return next(iter(found), None)

    def _resolved(self, value: object) -> object:
        """Give a value with every reference to a resource of ours as the server has it."""
        if isinstance(value, Mapping):
            found = {name: self._resolved(part) for name, part in value.items()}
            reference = found.get("reference")
            return (
                found
                if not isinstance(reference, str)
                else found | {"reference": self._place(reference)}
            )
        if isinstance(value, list):
            return [self._resolved(part) for part in value]
        return value

    def _place(self, reference: str) -> str:
        if reference in self._places or not reference.startswith(f"{DOSE}/"):
            return self._places.get(reference, reference)
        found = find_dose(self._client, [reference.partition("/")[2]], self._dialect)
        place = reference if found is None else _name(found.resource)
        self._places[reference] = place
        return place


def _entries(bundle: Raw) -> Iterator[tuple[Raw, str | None]]:
    """Give each resource, and the version over which it may be written."""
    for entry in Node(parse(encode(bundle))).nodes("entry"):
        resource, request = entry.node("resource"), entry.node("request")
        if resource is not None and request is not None:
            version = request.string("ifMatch")
            yield (
                resource.value,
                None if version is None else version.removeprefix("W/").strip('"'),
            )


def _is_access(resource: Raw) -> bool:
    return resource["resourceType"] == "AuditEvent"


def _name(resource: Raw) -> str:
    return f"{resource['resourceType']}/{resource['id']}"
