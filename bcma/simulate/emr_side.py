"""The EMR of a scenario, without any station in between: load Bundles, search what it holds."""

import re
from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Final
from urllib.parse import parse_qsl

import httpx

from bcma.emr.errors import EmrError, Refused
from bcma.emr.fhir_client import FhirClient
from bcma.simulate.network import direct_transport
from bcma.simulate.place import Mistake, ScenarioError
from bcma.simulate.server_time import ServerTime, transport_to_emr
from bcma.simulate.verbs import Bundle

Resource = Mapping[str, object]

_COLLECTION: Final = "collection"
_READ_SECONDS: Final = 60
_ENTRY: Final = re.compile(r"\bentry\[(\d{1,9})\]", re.ASCII)
#: Characters with a meaning of their own in the value of a search parameter.
_ESCAPED: Final = str.maketrans({sign: f"\\{sign}" for sign in "\\,|$"})


class EmrSide:
    """A FHIR server, spoken to by the product's own client.

    Args:
        base_url: where it is.
        server_time: of one with a clock of its own; ``None``: its clock is the scenario's.
    """

    def __init__(self, base_url: str, server_time: ServerTime | None = None) -> None:
        transport = transport_to_emr(server_time)
        self._http = httpx.Client(transport=transport, timeout=_READ_SECONDS)
        self._client = FhirClient(base_url, self._http)

    def close(self) -> None:
        """Close the connections."""
        self._http.close()

    def load(self, bundle: Bundle) -> None:
        """Load a Bundle; entries without a request are put under their id, or posted.

        Raises:
            ScenarioError: the server refuses it, or cannot be reached.
        """
        if not bundle.content.get("entry"):
            return
        try:
            self._client.transaction(_as_transaction(bundle.content))
        except EmrError as refused:
            raise _refused_bundle(bundle, refused) from refused

    def has_badge(self, badge: str) -> bool:
        """Tell whether a Practitioner has this identifier, active or not.

        Raises:
            EmrError: the server cannot be reached or refuses the search.
        """
        pairs = [("identifier", badge.translate(_ESCAPED))]
        return bool(self._client.search_all("Practitioner", pairs))

    def search(self, query: str) -> Sequence[Resource]:
        """Give every match of a search, over all pages; what is only included is left out.

        Raises:
            EmrError: the server cannot be reached or refuses the search.
        """
        kind, _, parameters = query.partition("?")
        pairs = parse_qsl(parameters, keep_blank_values=True)
        found = self._client.search_all(kind, pairs)
        return [match.resource for match in found if match.mode == "match"]


def clock_offset(base_url: str) -> timedelta:
    """Measure a server's time less this machine's; none where it tells no time.

    Raises:
        EmrError: it cannot be reached.
    """
    with httpx.Client(transport=direct_transport(), timeout=_READ_SECONDS) as http:
        client = FhirClient(base_url, http)
        next(client.search("Patient", {"_id": "0"}))
        return client.clock_offset or timedelta()


def server_code(error: EmrError) -> str:
    """Give the server's own codes, else the status or what became of the call."""
    codes = [issue.code for issue in error.issues] if isinstance(error, Refused) else []
    return ", ".join(codes) or str(error.facts.get("status", error.code))


def _refused_bundle(bundle: Bundle, error: EmrError) -> ScenarioError:
    """Name the entry, if the server says which (it counts from 0, a scenario from 1)."""
    said = " ".join(issue.said for issue in error.issues) if isinstance(error, Refused) else ""
    named = _ENTRY.search(said)
    entry = f".entry[{int(named[1]) + 1}]" if named else ""
    place = f"{bundle.place}{entry}".lstrip(".")
    return ScenarioError(
        Mistake.REFUSED_BUNDLE, file=bundle.file, place=place, server_code=server_code(error)
    )


def _as_transaction(content: Mapping[str, object]) -> dict[str, object]:
    """Give every entry a request; a collection, which nobody can post, becomes a transaction."""
    entries = content["entry"]
    whole = [_as_sent(entry) for entry in entries] if isinstance(entries, list) else []
    kind = "transaction" if content["type"] == _COLLECTION else content["type"]
    return {**content, "type": kind, "entry": whole}


def _as_sent(entry: Mapping[str, object]) -> Mapping[str, object]:
    if "request" in entry:
        return entry
    match entry["resource"]:
        case {"resourceType": kind, "id": str(logical_id)}:
            return {**entry, "request": {"method": "PUT", "url": f"{kind}/{logical_id}"}}
        case {"resourceType": kind}:
            return {**entry, "request": {"method": "POST", "url": kind}}
        case _:
            return entry
