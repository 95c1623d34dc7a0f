"""Finding what is ours on a server, whatever ids it has there, and however many copies."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Final

from bcma.emr.bundles import Found
from bcma.emr.errors import Missing
from bcma.emr.fhir_client import FhirClient
from bcma.emr.fhir_map import Dialect, Raw
from bcma.emr.fhir_map.dialect import REASON
from bcma.emr.fhir_map.node import Node

DOSE: Final = "MedicationAdministration"
ISSUE: Final = "DetectedIssue"
IN_ERROR: Final = "entered-in-error"
_DUPLICATE: Final = "duplicate"
#: Why a second copy of one event does not count.
SURPLUS: Final = {"coding": [{"system": REASON, "code": _DUPLICATE}]}


def find(client: FhirClient, kind: str, identity: Mapping[str, str]) -> Sequence[Found]:
    """Search everything that has an identity: the one that counts first, then its copies.

    Raises:
        EmrError: it could not be asked.
    """
    found = [f for f in client.search_all(kind, identity) if f.mode == "match"]
    return sorted(found, key=_rank)


def find_dose(
    client: FhirClient, names: Iterable[str | None], dialect: Dialect, event: str | None = None
) -> Found | None:
    """Read the record of a dose by any of its names, to write it: ids on the server, or its event.

    With its ``event``, what stands under such an id is passed over where it is another's: a server
    that counts its ids, and was restored from a backup, gives them anew.

    Raises:
        EmrError: it could not be asked.
    """
    known = [name for name in names if name]
    for name in known:
        try:
            found = client.read(DOSE, name)[0]
        except Missing:
            continue
        ours = [value for i in identifiers_of(found.resource) if (value := i.string("value"))]
        if event is not None and event not in ours:
            continue
        if not _is_surplus(found.resource):
            return found
        known = [*known, *ours]
        break
    values = ",".join(f"{dialect.event}|{name}" for name in known)
    return standing(client, find(client, DOSE, {"identifier": values})) if known else None


def standing(client: FhirClient, copies: Sequence[Found]) -> Found | None:
    """Give the copy of a dose that counts, and put the others in error: it came more than once.

    Raises:
        EmrError: a copy could not be changed.
    """
    for surplus in copies[1:]:
        if surplus.resource.get("status") != IN_ERROR:
            void = {**surplus.resource, "status": IN_ERROR, "statusReason": [SURPLUS]}
            client.put(void, version_on(surplus))
    return next(iter(copies), None)


def _rank(found: Found) -> tuple[bool, bool, str, str]:
    meta = Node(found.resource).node("meta")
    updated = "" if meta is None else meta.string("lastUpdated") or ""
    in_error = found.resource.get("status") == IN_ERROR
    return _is_surplus(found.resource), in_error, updated, str(found.resource.get("id"))


def _is_surplus(resource: Raw) -> bool:
    """Tell whether a copy was put in error because the event was there already."""
    reasons = Node(resource).nodes("statusReason")
    codings = [coding for reason in reasons for coding in reason.nodes("coding")]
    return any(
        coding.string("system") == REASON and coding.string("code") == _DUPLICATE
        for coding in codings
    )


def version_on(found: Found) -> str | None:
    """Give the version of a resource that was read, where the server says which it is."""
    meta = Node(found.resource).node("meta")
    return None if meta is None else meta.string("versionId")


def identifiers_of(resource: Raw) -> tuple[Node, ...]:
    """Give the identifiers; most resources have a list, an AdverseEvent has one."""
    node = Node(resource)
    if isinstance(resource.get("identifier"), list):
        return node.nodes("identifier")
    one = node.node("identifier") if node.has("identifier") else None
    return () if one is None else (one,)
