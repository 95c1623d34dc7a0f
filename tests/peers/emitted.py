"""What the product sends: everything that stations write while all scenarios are played."""

import os
import re
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import replace
from multiprocessing import get_context
from pathlib import Path
from typing import Final
from unittest.mock import patch

import httpx

from bcma.emr.fhir_map import Raw, encode, parse
from bcma.emr.fhir_map.node import Node
from bcma.simulate import desk
from bcma.simulate.expect import EmrExpect
from bcma.simulate.network import SwitchedTransport
from bcma.simulate.play import play
from bcma.simulate.read import read_scenario, scenario_files

SCENARIOS: Final = Path(__file__).parents[1] / "scenarios"
_WRITING: Final = frozenset({"POST", "PUT"})
#: At the end every station sends what still waits, as it does for what a scenario expects there.
_AT_THE_END: Final = EmrExpect(search="Patient?_count=1")
#: Elements whose values name something; those of all others only say how it is written.
_TELLING: Final = frozenset(
    [
        "resourceType",
        "type",
        "system",
        "code",
        "status",
        "unit",
        "url",
        "method",
        "action",
        "outcome",
        "severity",
        "actuality",
    ]
)
_UUID: Final = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}")


def sent_by_all(folder: Path = SCENARIOS) -> tuple[Raw, ...]:
    """Play every scenario, and give one Bundle of each shape that was sent."""
    files = scenario_files([folder])
    with ProcessPoolExecutor(os.cpu_count(), get_context("spawn")) as players:
        bodies = [body for sent in players.map(sent_by, files) for body in sent]
    return distinct(parse(body) for body in bodies)


def sent_by(file: Path) -> tuple[bytes, ...]:
    """Play one scenario, and give the bodies of all writes, those that the network lost too."""
    bodies: list[bytes] = []

    class Recording(SwitchedTransport):
        def handle_request(self, request: httpx.Request) -> httpx.Response:
            if request.method in _WRITING:
                bodies.append(request.read())
            return super().handle_request(request)

    scenario = read_scenario(file)
    with patch.object(desk, "SwitchedTransport", Recording):
        play(replace(scenario, expect_emr=(*scenario.expect_emr, _AT_THE_END)))
    return tuple(body for body in bodies if parse(body).get("type") != "batch")


def distinct(written: Iterable[Raw]) -> tuple[Raw, ...]:
    """Give one of each shape: the same elements, with the same codes and units."""
    return tuple({_shape(resource): resource for resource in written}.values())


def resources(bundles: Sequence[Raw]) -> tuple[Raw, ...]:
    """Give one resource of each shape in Bundles."""
    return distinct(entry.value for bundle in bundles for entry in _entries(bundle))


def _entries(bundle: Raw) -> Iterator[Node]:
    for entry in Node(bundle).nodes("entry"):
        resource = entry.node("resource")
        if resource is not None:
            yield resource


def _shape(value: object, name: str = "") -> bytes:
    return encode(_outline(value, name))


def _outline(value: object, name: str) -> object:
    if isinstance(value, dict):
        return {key: _outline(value[key], key) for key in sorted(value)}
    if isinstance(value, list):
        return sorted({_shape(entry, name) for entry in value})
    if isinstance(value, str) and name in _TELLING and not _UUID.search(value):
        return value
    return type(value).__name__
