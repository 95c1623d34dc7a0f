"""A foreign FHIR server as one meets them: sorts or not, counts pages over what is there now."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from email.utils import format_datetime
from typing import Any
from urllib.parse import parse_qs, urlsplit

import msgspec

from tests.emr.misbehaving import Answer
from tests.store import ward

KINDS = ("Patient", "MedicationRequest")


@dataclass
class Foreign:
    """What it holds, how it behaves, and what happens to it between two requests.

    Attributes:
        clock: its own time; every request takes it a second further.
        page: resources on a page, whatever is asked for.
        sorts: by time, as asked; else by id.
        moving: pages are cut from what is there now; else from what was there at first.
        dated: every reply has a Date.
        links: there is a next page where there is more.
        totals: says how many there are in all, and so many more.
        knows_time: searches by ``_lastUpdated``.
        happenings: what happens before the requests to come, one each.
        untold: what it writes as the time of some, whenever they were changed.
    """

    clock: datetime
    page: int = 3
    sorts: bool = True
    moving: bool = True
    dated: bool = True
    links: bool = True
    totals: bool = False
    overstates: int = 0
    knows_time: bool = True
    held: dict[tuple[str, str], ward.Json] = field(default_factory=dict)
    happenings: list[Callable[[], Answer | None]] = field(default_factory=list)
    kept: dict[str, list[ward.Json]] = field(default_factory=dict)
    untold: dict[str, str] = field(default_factory=dict)
    url: str = ""

    def put(self, resource: ward.Json, *, late: timedelta = timedelta(0)) -> None:
        """Take a new version; ``late`` is how long ago its transaction began."""
        name = resource["resourceType"], resource["id"]
        version = int(self.held.get(name, {"meta": {"versionId": "0"}})["meta"]["versionId"]) + 1
        at = (self.clock - late).isoformat()
        meta = {"versionId": str(version), "lastUpdated": at}
        self.held[name] = {**resource, "meta": meta}

    def tick(self, by: timedelta = timedelta(seconds=30)) -> None:
        self.clock += by

    def versions(self, kind: str) -> dict[str, str]:
        return {i: r["meta"]["versionId"] for (k, i), r in self.held.items() if k == kind}

    def answer(self, method: str, path: str) -> Answer:
        assert method == "GET"
        self.tick(timedelta(seconds=1))
        happened = self.happenings.pop(0)() if self.happenings else None
        if happened is not None:
            return happened
        url = urlsplit(path)
        asked = {name: values[-1] for name, values in parse_qs(url.query).items()}
        kind, _, name = url.path.removeprefix("/fhir/").partition("/")
        if kind == "metadata":
            return self._reply(self._metadata())
        if name:
            found = self.held.get((kind, name))
            return Answer(404) if found is None else self._reply(found)
        return self._search(kind, asked)

    def _search(self, kind: str, asked: dict[str, str]) -> Answer:
        if "_lastUpdated" in asked and not self.knows_time:
            return Answer(400)
        if "search" in asked and asked["search"] not in self.kept:
            return Answer(410)
        offset = int(asked.get("offset", 0))
        found = self.kept[asked["search"]] if "search" in asked else self._found(kind, asked)
        link = f"_lastUpdated={asked['_lastUpdated']}&" if "_lastUpdated" in asked else ""
        if not self.moving:
            name = asked.get("search", str(len(self.kept)))
            self.kept[name] = found
            link = f"search={name}&"
        here = found[offset : offset + min(self.page, int(asked.get("_count", self.page)))]
        end = offset + len(here)
        onward = f"{self.url}/{kind}?{link.replace('+', '%2B')}offset={end}"
        more = [{"relation": "next", "url": onward}] if end < len(found) and self.links else []
        entries = [{"resource": self._told(resource)} for resource in here]
        total = {"total": len(found) + self.overstates} if self.totals else {}
        bundle = {"resourceType": "Bundle", "type": "searchset", "link": more, "entry": entries}
        return self._reply(bundle | total)

    def _found(self, kind: str, asked: dict[str, str]) -> list[ward.Json]:
        since = asked.get("_lastUpdated", "ge0001-01-01T00:00:00+00:00").removeprefix("ge")
        after = datetime.fromisoformat(since.replace(" ", "+"))
        some = [
            r
            for (k, _), r in sorted(self.held.items())
            if k == kind and datetime.fromisoformat(r["meta"]["lastUpdated"]) >= after
        ]
        if "_id" in asked:
            some = [r for r in some if r["id"] in asked["_id"].split(",")]
        down = asked.get("_sort", "").startswith("-")
        by_time = sorted(some, key=lambda r: r["meta"]["lastUpdated"], reverse=down)
        return by_time if self.sorts else some

    def _told(self, resource: ward.Json) -> ward.Json:
        at = self.untold.get(resource["id"], resource["meta"]["lastUpdated"])
        return {**resource, "meta": {**resource["meta"], "lastUpdated": at}}

    def _metadata(self) -> ward.Json:
        params = [{"name": "_lastUpdated"}] if self.knows_time else [{"name": "patient"}]
        resource = [{"type": kind, "searchParam": params} for kind in KINDS]
        rest = [{"mode": "server", "resource": resource}]
        return {"resourceType": "CapabilityStatement", "fhirVersion": "4.0.1", "rest": rest}

    def _reply(self, body: dict[str, Any]) -> Answer:
        date = format_datetime(self.clock.replace(microsecond=0), usegmt=True)
        headers = {"Date": date if self.dated else "", "Content-Type": "application/fhir+json"}
        return Answer(200, msgspec.json.encode(body), headers)
