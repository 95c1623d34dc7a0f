"""Reads a scenario file: every mistake names the file, the place and the reason."""

import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Final
from zoneinfo import ZoneInfo

from bcma.bedside.world import BadgePin
from bcma.errors import BcmaError
from bcma.policy import Policy, PolicyError
from bcma.simulate.expect import EmrExpect
from bcma.simulate.hazard_list import NUMBERS
from bcma.simulate.json_file import read_json
from bcma.simulate.place import Cause, Mistake, Node
from bcma.simulate.read_bundle import is_resource, read_bundle
from bcma.simulate.read_expect import read_emr_expect
from bcma.simulate.read_steps import read_steps
from bcma.simulate.scenario import Scenario, ShippedPack, StationPlan
from bcma.simulate.verbs import Bundle

_DEFAULT_ZONE: Final = "Asia/Ho_Chi_Minh"
_DEFAULT_STATION: Final = "A"
#: It also names a folder.
_STATION_NAME: Final = re.compile(r"[\w-]{1,40}")
_OPTIONAL: Final = (
    "hazards",
    "zone",
    "emr",
    "policy",
    "knowledge",
    "stations",
    "pins",
    "expect_emr",
)


def scenario_files(paths: list[Path]) -> Iterator[Path]:
    """Give the files that are named, and those in named folders save FHIR resources.

    Raises:
        ScenarioError: there is no such file, or a folder without scenarios.
    """
    for path in paths:
        if not path.is_dir():
            yield path
            continue
        found = [file for file in sorted(path.rglob("*.json")) if not _is_resource_file(file)]
        if not found:
            raise Node(None, str(path)).error(Mistake.NO_SCENARIOS)
        yield from found


def read_scenario(path: Path) -> Scenario:
    """Read and check a scenario.

    Raises:
        ScenarioError: it is none; nothing of it may be played.
    """
    node = read_json(path)
    parts = node.members({"scenario", "now", "steps"}, _OPTIONAL)
    stations = _stations(parts.get("stations"))
    now = parts["now"].instant()
    return Scenario(
        file=str(path),
        title=parts["scenario"].text(),
        hazards=_hazards(parts.get("hazards")),
        now=now,
        zone=_zone(parts.get("zone")),
        emr=_bundles(parts.get("emr"), path.parent),
        policy=_policy(parts.get("policy")),
        knowledge=_knowledge(parts, path.parent),
        stations=stations,
        pins=_pins(parts.get("pins")),
        steps=read_steps(parts["steps"], now, tuple(plan.name for plan in stations)),
        expect_emr=_emr_expectations(parts.get("expect_emr")),
    )


def _is_resource_file(path: Path) -> bool:
    """Tell whether a file is a FHIR resource, which scenarios name and nobody plays."""
    try:
        return is_resource(read_json(path))
    except BcmaError:
        return False


def _hazards(node: Node | None) -> tuple[str, ...]:
    return () if node is None else tuple(item.word(NUMBERS) for item in node.items())


def _zone(node: Node | None) -> ZoneInfo:
    if node is None:
        return ZoneInfo(_DEFAULT_ZONE)
    name = node.text()
    try:
        return ZoneInfo(name)
    except (KeyError, ValueError, OSError) as unknown:
        raise node.error(Mistake.UNKNOWN_ZONE, value=name, example=_DEFAULT_ZONE) from unknown


def _bundles(node: Node | None, folder: Path) -> tuple[Bundle, ...]:
    return () if node is None else tuple(_bundle(item, folder) for item in node.items())


def _bundle(node: Node, folder: Path) -> Bundle:
    if isinstance(node.value, str):
        return read_bundle(read_json(folder / node.text(), named=node))
    return read_bundle(node)


def _policy(node: Node | None) -> Policy:
    if node is None:
        return Policy.default()
    changes = {name: part.value for name, part in node.entries().items()}
    try:
        return Policy.default().with_overrides(changes)
    except PolicyError as bad:
        reason = "; ".join(str(problem) for problem in bad.problems)
        raise node.error(Mistake.BAD_POLICY, reason=reason) from bad


def _knowledge(parts: Mapping[str, Node], folder: Path) -> Path | ShippedPack | None:
    node = parts.get("knowledge")
    if node is None:
        return ShippedPack.SHIPPED
    if node.value is None:
        return None
    pack = folder / node.text()
    if not pack.is_dir():
        raise node.error(Mistake.UNREADABLE_FILE, path=str(pack), cause=Cause.NO_SUCH_FOLDER)
    return pack


def _stations(node: Node | None) -> tuple[StationPlan, ...]:
    if node is None:
        return (StationPlan(_DEFAULT_STATION, ""),)
    plans = tuple(_station(name, plan) for name, plan in node.entries().items())
    if not plans:
        raise node.error(Mistake.MISSING_KEY, key=_DEFAULT_STATION)
    return plans


def _station(name: str, node: Node) -> StationPlan:
    if not _STATION_NAME.fullmatch(name):
        raise node.error(Mistake.UNKNOWN_VALUE, value=name, known="A-Z a-z 0-9 - _")
    parts = node.members(optional={"ward"})
    return StationPlan(name, parts["ward"].text() if "ward" in parts else "")


def _pins(node: Node | None) -> tuple[BadgePin, ...]:
    if node is None:
        return ()
    return tuple(BadgePin(badge, pin.text()) for badge, pin in node.entries().items())


def _emr_expectations(node: Node | None) -> tuple[EmrExpect, ...]:
    return () if node is None else tuple(read_emr_expect(item) for item in node.items())
