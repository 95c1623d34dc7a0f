"""The EMR in a process of its own, which outlives every station that is killed."""

import os
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from random import Random
from typing import Any, Final

import httpx
import msgspec

from bcma.emr.fhir_client import FhirClient
from bcma.emr.fhir_map.dialect import EXT_REVISION, STANDARD
from bcma.emr.sandbox import Sandbox
from bcma.simulate.network import direct_transport
from tests.kill.life import fork
from tests.kill.shared import Shared
from tests.kill.ward import Json, bundle

#: Bad days, as the sandbox's own operation takes them; most lives have none.
_FAULTS: Final[tuple[Json, ...]] = (
    {"name": "lose-replies", "valueCode": "writes"},
    {"name": "lose-replies", "valueCode": "all"},
    {"name": "error-status", "valueInteger": 503},
    {"name": "latency", "valueDecimal": 0.02},
)
_NO_FAULT: Final[Json] = {"name": "lose-replies", "valueCode": "none"}


@dataclass(slots=True)
class OnEmr:
    """What is on the EMR under the identifiers of our events.

    Attributes:
        statuses: of each record of a dose, each resource that has its event.
        revisions: the version of each record, as it says itself.
        told: how many Provenances name a record.
        others: how many resources each care event has.
    """

    statuses: dict[str, list[str]] = field(default_factory=dict)
    revisions: dict[str, int] = field(default_factory=dict)
    told: Counter[str] = field(default_factory=Counter)
    others: Counter[str] = field(default_factory=Counter)


class Emr:
    """The sandbox, from its making to :meth:`close`."""

    def __init__(self, shared: Shared) -> None:
        told, tell = os.pipe()
        ends, self._end = os.pipe()

        def run() -> None:
            os.close(self._end)
            with Sandbox(clock=shared.now) as sandbox:
                sandbox.load(bundle())
                os.write(tell, sandbox.base_url.encode() + b"\n")
                os.read(ends, 1)  # until the other end is closed

        self._process = fork(run)
        os.close(tell)
        os.close(ends)
        with os.fdopen(told) as address:
            self.url = address.readline().strip()
        if not self.url:
            raise RuntimeError("the sandbox did not start")

    def bad_day(self, chance: Random) -> str:
        """Set a fault by chance, or none; give its name."""
        fault = chance.choice(_FAULTS) if chance.random() < 0.4 else None
        self._set([fault or _NO_FAULT])
        return "" if fault is None else str(fault["name"])

    def good_day(self) -> None:
        """Set no fault."""
        self._set([_NO_FAULT])

    def look(self) -> OnEmr:
        """Read everything of ours."""
        found = OnEmr()
        with httpx.Client(transport=direct_transport(), timeout=60) as http:
            client = FhirClient(self.url, http)
            for kind in ("MedicationAdministration", "Observation", "AdverseEvent"):
                for resource in client.search_all(kind, {"_count": "500"}):
                    _note(found, resource.resource)
            for resource in client.search_all("Provenance", {"_count": "500"}):
                for target in resource.resource["target"]:  # type: ignore[attr-defined]
                    found.told[target["reference"].rpartition("/")[2]] += 1
        return found

    def close(self) -> None:
        """End the process."""
        os.close(self._end)
        os.waitpid(self._process, 0)

    def _set(self, faults: list[Json]) -> None:
        body = msgspec.json.encode({"resourceType": "Parameters", "parameter": faults})
        headers = {"Content-Type": "application/fhir+json"}
        with httpx.Client(transport=direct_transport()) as http:
            http.post(
                f"{self.url}/$sandbox-faults", content=body, headers=headers
            ).raise_for_status()


def _note(found: OnEmr, resource: Mapping[str, Any]) -> None:
    named = resource.get("identifier", [])
    for identifier in named if isinstance(named, list) else [named]:
        if identifier.get("system") != STANDARD.event:
            continue
        event = identifier["value"]
        if resource["resourceType"] != "MedicationAdministration":
            found.others[event] += 1
            continue
        found.statuses.setdefault(event, []).append(resource["status"])
        values = (e["valuePositiveInt"] for e in resource["extension"] if e["url"] == EXT_REVISION)
        found.revisions[event] = next(values, 1)
