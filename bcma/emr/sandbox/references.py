"""References between resources: reading, and rewriting those of a transaction."""

import re
from collections.abc import Callable
from typing import NamedTuple

from bcma.emr.sandbox.json_text import Resource

_LOCAL = re.compile(
    r"(?P<type>[A-Z][A-Za-z]+)/(?P<id>[A-Za-z0-9\-.]{1,64})(?:/_history/[A-Za-z0-9\-.]{1,64})?"
)


class Key(NamedTuple):
    """A resource: its type and id here, or no type and somebody else's URL."""

    type: str
    id: str

    def __str__(self) -> str:
        return f"{self.type}/{self.id}" if self.type else self.id


def read_key(reference: str, base_url: str) -> Key | None:
    """Read a reference; None for one into the resource itself (``#...``) or for nothing.

    A version (``/_history/2``) is left out: HAPI finds a versioned reference by its resource.
    """
    local = reference.removeprefix(f"{base_url}/")
    match = _LOCAL.fullmatch(local)
    if match is not None:
        return Key(match["type"], match["id"])
    return None if not local or local.startswith("#") else Key("", local)


def rewrite_references(resource: Resource, rewrite: Callable[[str], str]) -> None:
    """Replace the text of every Reference within, in place and at any depth."""
    waiting: list[Resource | list[object]] = [resource]
    while waiting:
        node = waiting.pop()
        if isinstance(node, dict):
            reference = node.get("reference")
            if isinstance(reference, str):
                node["reference"] = rewrite(reference)
        inner = node.values() if isinstance(node, dict) else node
        waiting += [item for item in inner if isinstance(item, (dict, list))]
