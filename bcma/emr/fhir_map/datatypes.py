"""FHIR R4 data types, read from a :class:`Node`: what cannot be read is noted there."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, tzinfo

from bcma.emr.fhir_map.dates import Moment, read_day, read_moment
from bcma.emr.fhir_map.node import Node, is_id
from bcma.model.drug import Coding

_CODING = frozenset({"system", "version", "code", "display", "userSelected"})
_CONCEPT = frozenset({"coding", "text"})
_PERIOD = frozenset({"start", "end"})
_REFERENCE = frozenset({"reference", "type", "identifier", "display"})
_REFERENCE_TEXT = re.compile(
    r"(?:https?://[^\s#]+/)?(?P<type>[A-Z][A-Za-z]+)/(?P<id>[A-Za-z0-9\-.]{1,64})"
    r"(?:/_history/(?P<version>[A-Za-z0-9\-.]{1,64}))?",
    re.ASCII,
)


@dataclass(frozen=True, slots=True)
class Concept:
    """A CodeableConcept: what was meant, coded and in words."""

    codings: tuple[Coding, ...] = ()
    text: str = ""

    @property
    def label(self) -> str:
        """Give the words, or the first coding's, or its code."""
        if self.text or not self.codings:
            return self.text
        return self.codings[0].display or self.codings[0].code

    def code_in(self, system: str) -> str | None:
        """Give the code of a code system, if the concept has one."""
        return next((c.code for c in self.codings if c.system == system), None)


@dataclass(frozen=True, slots=True)
class Reference:
    """A reference to a resource; ``kind`` is empty for a contained one."""

    kind: str
    id: str
    version: str | None = None
    display: str = ""


@dataclass(frozen=True, slots=True)
class Identifier:
    """An identifier; ``void`` when its use is old or its period cannot be read."""

    system: str
    value: str
    kinds: frozenset[str] = frozenset()
    void: bool = False
    ends: datetime | None = None

    def stands_at(self, now: datetime) -> bool:
        """Tell whether it is in use."""
        return not self.void and (self.ends is None or now <= self.ends)


@dataclass(frozen=True, slots=True)
class Period:
    """A period with both ends included; ``None`` is open."""

    start: datetime | None = None
    end: datetime | None = None

    def contains(self, now: datetime) -> bool:
        """Tell whether an instant lies in it."""
        return (self.start is None or self.start <= now) and (self.end is None or now <= self.end)


def coding(node: Node) -> Coding:
    """Read a Coding."""
    node.know(_CODING)
    return Coding(
        node.string("system") or "", node.string("code") or "", node.string("display") or ""
    )


def coding_at(node: Node, name: str) -> Coding | None:
    """Read a Coding under a name."""
    there = node.node(name)
    return None if there is None else coding(there)


def concept(node: Node) -> Concept:
    """Read a CodeableConcept."""
    node.know(_CONCEPT)
    found = tuple(coding(entry) for entry in node.nodes("coding"))
    return Concept(tuple(c for c in found if c.code or c.display), node.string("text") or "")


def concept_at(node: Node, name: str) -> Concept | None:
    """Read a CodeableConcept under a name."""
    there = node.node(name)
    return None if there is None else concept(there)


def concepts_at(node: Node, name: str) -> tuple[Concept, ...]:
    """Read a list of CodeableConcepts."""
    return tuple(concept(entry) for entry in node.nodes(name))


def reference_at(node: Node, name: str, *kinds: str) -> Reference | None:
    """Read a reference under a name; of another kind than these, it is noted."""
    there = node.node(name)
    return None if there is None else reference(there, *kinds)


def references_at(node: Node, name: str, *kinds: str) -> tuple[Reference, ...]:
    """Read a list of references; unreadable ones are noted and left out."""
    found = (reference(entry, *kinds) for entry in node.nodes(name))
    return tuple(r for r in found if r is not None)


def reference(node: Node, *kinds: str) -> Reference | None:
    """Read a reference: relative, absolute, versioned or contained (``#id``)."""
    node.know(_REFERENCE)
    written = node.string("reference")
    if written is None:
        if not node.has("reference"):
            node.note("reference", "")
        return None
    display = node.string("display") or ""
    if written.startswith("#") and is_id(written[1:]):
        return Reference("", written[1:], None, display)
    match = _REFERENCE_TEXT.fullmatch(written)
    if match is None or (kinds and match["type"] not in kinds):
        node.note("reference", written)
        return None
    return Reference(match["type"], match["id"], match["version"], display)


def moment(node: Node, name: str, zone: tzinfo | None) -> Moment | None:
    """Read a dateTime; a bare day needs a zone."""
    written = node.string(name)
    if written is None:
        return None
    found = read_moment(written, zone)
    if found is None:
        node.note(name, written)
    return found


def instant(node: Node, name: str) -> datetime | None:
    """Read a dateTime that is one instant."""
    found = moment(node, name, None)
    return None if found is None else found.first


def day(node: Node, name: str) -> date | None:
    """Read a date."""
    written = node.string(name)
    if written is None:
        return None
    found = read_day(written)
    if found is None:
        node.note(name, written)
    return found


def period_at(node: Node, name: str, zone: tzinfo | None) -> Period | None:
    """Read a Period; one that ends before it starts is noted."""
    there = node.node(name)
    if there is None:
        return None
    there.know(_PERIOD)
    start, end = moment(there, "start", zone), moment(there, "end", zone)
    if start is not None and end is not None and end.last < start.first:
        there.note("end", there.value["end"])
    return Period(
        None if start is None else start.first,
        None if end is None else end.last,
    )


def identifiers(node: Node, zone: tzinfo, name: str = "identifier") -> Iterator[Identifier]:
    """Read identifiers that have a value.

    One whose use or period cannot be read is void: it must not open anything.
    """
    for entry in node.nodes(name):
        value = entry.string("value")
        if value is None:
            continue
        before = len(entry.problems)
        use = entry.string("use")
        period = period_at(entry, "period", zone)
        broken = len(entry.problems) > before
        kind = concept_at(entry, "type")
        yield Identifier(
            system=entry.string("system") or "",
            value=value,
            kinds=frozenset(c.code for c in kind.codings) if kind else frozenset(),
            void=broken or use == "old",
            ends=period.end if period else None,
        )
