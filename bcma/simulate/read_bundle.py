"""Bundles for the EMR: checked for their frame only, so that malformed content gets through.

What stands *in* a resource is not judged here: scenarios must be able to hand the product
wrong types, missing routes and dangling references, as a real EMR does.
"""

from bcma.simulate.place import Mistake, Node
from bcma.simulate.verbs import Bundle

_TYPES = ("transaction", "batch", "collection")


def is_resource(node: Node) -> bool:
    """Tell whether a file's content is a FHIR resource."""
    return isinstance(node.value, dict) and "resourceType" in node.value


def read_bundle(node: Node) -> Bundle:
    """Read a Bundle of type transaction, batch or collection.

    Raises:
        ScenarioError: it is none, or an entry has neither a resource nor a request.
    """
    members = node.entries()
    if "resourceType" not in members or members["resourceType"].value != "Bundle":
        raise node.error(Mistake.BAD_BUNDLE, reason="resourceType")
    if "type" not in members or members["type"].value not in _TYPES:
        raise node.error(Mistake.BAD_BUNDLE, reason="type")
    if "entry" in members:
        for entry in members["entry"].items():
            _check_entry(entry)
    return Bundle({name: part.value for name, part in members.items()}, node.file, node.place)


def _check_entry(entry: Node) -> None:
    parts = entry.entries()
    if "resource" in parts:
        resource = parts["resource"].entries()
        if "resourceType" not in resource:
            raise parts["resource"].error(Mistake.BAD_BUNDLE, reason="resourceType")
        resource["resourceType"].text()
    elif "request" not in parts:
        raise entry.error(Mistake.BAD_BUNDLE, reason="resource")
    if "request" in parts:
        request = parts["request"].entries()
        for name in ("method", "url"):
            if name not in request:
                raise parts["request"].error(Mistake.MISSING_KEY, key=name)
            request[name].text()
