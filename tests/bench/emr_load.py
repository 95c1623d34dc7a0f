"""Fills a FHIR server with a big hospital: in units of work, several at a time."""

from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from itertools import groupby, islice
from operator import itemgetter
from typing import Final

import httpx

from bcma.emr.fhir_map import encode
from tests.bench.big_ward import BigWard, Json

_PAGE: Final = 500
_AT_ONCE: Final = 3
_PATIENCE: Final = 600
_HEADERS: Final = {"Content-Type": "application/fhir+json", "Prefer": "return=minimal"}


def count(address: str, kind: str) -> int:
    """Ask how many resources of a type a server holds."""
    asked = httpx.get(f"{address}/{kind}", params={"_summary": "count"}, timeout=_PATIENCE)
    return int(asked.raise_for_status().json()["total"])


def load(address: str, size: BigWard, told: Callable[[int], None]) -> None:
    """Write everything; what is referred to is there before what refers to it.

    Raises:
        httpx.HTTPStatusError: the server refused something.
    """
    done = 0
    with httpx.Client(headers=_HEADERS, timeout=_PATIENCE) as http:

        def put(page: list[Json]) -> int:
            http.post(address, content=_transaction(page)).raise_for_status()
            return len(page)

        for _, some in groupby(size.resources(), itemgetter("resourceType")):
            with ThreadPoolExecutor(_AT_ONCE) as pool:
                for written in pool.map(put, _pages(some)):
                    done += written
                    told(done)


def _pages(resources: Iterable[Json]) -> Iterator[list[Json]]:
    rest = iter(resources)
    while page := list(islice(rest, _PAGE)):
        yield page


def _transaction(page: Iterable[Json]) -> bytes:
    entries = [
        {
            "resource": resource,
            "request": {"method": "PUT", "url": f"{resource['resourceType']}/{resource['id']}"},
        }
        for resource in page
    ]
    return encode({"resourceType": "Bundle", "type": "transaction", "entry": entries})
