"""Extensions, ``meta`` and durations that limit something."""

from collections.abc import Mapping
from datetime import datetime, timedelta

from bcma.emr.fhir_map.datatypes import instant
from bcma.emr.fhir_map.node import Node


def extensions(node: Node, url: str) -> tuple[Node, ...]:
    """Give the extensions with this URL."""
    if not node.has("extension") or _all_others(node.value["extension"], url):
        return ()
    return tuple(e for e in node.nodes("extension") if e.value.get("url") == url)


def _all_others(written: object, url: str) -> bool:
    """Tell whether these are well-formed extensions with other URLs, as most are."""
    return isinstance(written, list) and all(
        isinstance(entry, dict) and entry.get("url", url) != url for entry in written
    )


def parts(extension: Node, known: frozenset[str]) -> Mapping[str, tuple[Node, ...]]:
    """Give the parts of a complex extension by URL; parts that are not known are noted."""
    extension.know({"url"})
    found: dict[str, tuple[Node, ...]] = {}
    for part in extension.nodes("extension"):
        url = part.string("url") or ""
        if url not in known:
            part.note("url", url)
        found[url] = (*found.get(url, ()), part)
    return found


def last_updated(node: Node) -> datetime | None:
    """Read ``meta.lastUpdated``."""
    meta = node.node("meta")
    return None if meta is None else instant(meta, "lastUpdated")


def version_id(node: Node) -> str:
    """Read ``meta.versionId``; empty where there is none."""
    meta = node.node("meta")
    return "" if meta is None else meta.string("versionId") or ""


#: Seconds in a UCUM unit of time; a month counts as four weeks, the stricter reading of a life.
_SECONDS = {
    "s": 1,
    "min": 60,
    "h": 3600,
    "d": 86_400,
    "wk": 604_800,
    "mo": 2_419_200,
}


def duration_at(node: Node, name: str) -> timedelta | None:
    """Read a Duration that limits something (an age, a shelf life)."""
    there = node.node(name)
    if there is None:
        return None
    value = there.number("value")
    unit = there.string("code") or there.string("unit") or ""
    if value is None or value < 0 or unit not in _SECONDS:
        there.note("code" if there.has("code") else "unit", unit)
        return None
    try:
        # timedelta takes no Decimal; a microsecond lost of a shelf life decides nothing
        return timedelta(seconds=float(value * _SECONDS[unit]))
    except OverflowError:
        there.note("value", value)
        return None
