"""A cursor over FHIR JSON that never raises: what cannot be read is noted, with its path.

Reading is total. A value of the wrong type counts as absent *and* is noted as a
:class:`~bcma.model.order.Problem`; whoever reads a resource decides what problems mean for
it. Nothing is repaired and nothing gets a default here.
"""

import re
from collections.abc import Collection
from dataclasses import dataclass, field
from decimal import Decimal
from enum import StrEnum
from typing import TypeVar

from bcma.emr.fhir_map.document import Raw, ResourceUnreadable, encode
from bcma.model.order import Problem

_ID = re.compile(r"[A-Za-z0-9\-.]{1,64}", re.ASCII)
#: Longer texts are cut in a problem; the resource itself is kept elsewhere.
_SHOWN = 120
#: Digits beyond this on a number are noise, not a dose.
_MOST_DIGITS = 18
#: The mark of the vocabulary for what was not understood; no server may write it.
_OWN_MARK = "unreadable"
_EVERYWHERE = frozenset({"id", "extension"})

Code = TypeVar("Code", bound=StrEnum)


@dataclass(frozen=True, slots=True)
class Node:
    """An object inside a resource, its path, and the list in which problems are noted."""

    value: Raw
    path: str = ""
    problems: list[Problem] = field(default_factory=list)

    def note(self, name: str, written: object) -> None:
        """Note that what stands under this name could not be understood."""
        self.problems.append(Problem(self.where(name), _shown(written)))

    def where(self, name: str) -> str:
        """Give the path of an element of this object."""
        return f"{self.path}.{name}" if self.path else name

    def has(self, name: str) -> bool:
        """Tell whether the element is there, readable or not."""
        return name in self.value

    def first_of(self, *names: str) -> str | None:
        """Give the one form of a choice element that is there; several are noted."""
        there = [name for name in names if self.has(name)]
        if len(there) > 1:
            self.note(there[1], self.value[there[1]])
        return there[0] if there else None

    def string(self, name: str) -> str | None:
        """Read text; blank text counts as absent and is noted, as FHIR forbids it."""
        value = self._typed(name, str)
        if value is not None and not value.strip():
            self.note(name, value)
            return None
        return value

    def flag(self, name: str) -> bool | None:
        """Read a boolean."""
        return self._typed(name, bool)

    def whole(self, name: str, *, least: int | None = None) -> int | None:
        """Read an integer that is not below ``least``."""
        value = self.value.get(name)
        if isinstance(value, int) and not isinstance(value, bool):
            if (least is None or value >= least) and len(str(abs(value))) <= _MOST_DIGITS:
                return value
            self.note(name, value)
        elif self.has(name):
            self.note(name, value)
        return None

    def number(self, name: str) -> Decimal | None:
        """Read a decimal, its digits as written."""
        value = self.value.get(name)
        if isinstance(value, int | Decimal) and not isinstance(value, bool):
            number = Decimal(value)
            if _is_plain(number):
                return number
        if self.has(name):
            self.note(name, value)
        return None

    def member(self, name: str, codes: type[Code]) -> Code | None:
        """Read a code of an enumeration; an unknown one is noted."""
        value = self.string(name)
        if value is None:
            return None
        if value != _OWN_MARK and value in set(codes):
            return codes(value)
        self.note(name, value)
        return None

    def node(self, name: str) -> "Node | None":
        """Read an object."""
        value = self.value.get(name)
        if isinstance(value, dict) and value:
            return Node(value, self.where(name), self.problems)
        if self.has(name):
            self.note(name, value)
        return None

    def nodes(self, name: str) -> tuple["Node", ...]:
        """Read a list of objects; entries that are none are noted and left out."""
        entries = self._entries(name)
        found = []
        for place, entry in entries:
            if isinstance(entry, dict) and entry:
                found.append(Node(entry, self.where(place), self.problems))
            else:
                self.note(place, entry)
        return tuple(found)

    def strings(self, name: str) -> tuple[str, ...]:
        """Read a list of texts; entries that are none are noted and left out."""
        found = []
        for place, entry in self._entries(name):
            if isinstance(entry, str) and entry.strip():
                found.append(entry)
            else:
                self.note(place, entry)
        return tuple(found)

    def know(self, names: Collection[str]) -> None:
        """Note every element that is not among these: it might change the meaning of the rest.

        ``modifierExtension`` is never among them. An element of which only the extensions are
        there (``_status`` without ``status``) is noted as well: its value is withheld.
        """
        for key, written in self.value.items():
            base = key.removeprefix("_")
            if base not in names and base not in _EVERYWHERE:
                self.note(key, written)
            elif base != key and not self.has(base):
                self.note(base, written)

    def _entries(self, name: str) -> list[tuple[str, object]]:
        value = self.value.get(name)
        if isinstance(value, list) and value:
            return [(f"{name}[{index}]", entry) for index, entry in enumerate(value)]
        if self.has(name):
            self.note(name, value)
        return []

    def _typed(self, name: str, kind: "type[Plain]") -> "Plain | None":
        value = self.value.get(name)
        if isinstance(value, kind):
            return value
        if self.has(name):
            self.note(name, value)
        return None


Plain = TypeVar("Plain", str, bool)


def open_resource(raw: Raw, kind: str) -> tuple[Node, str]:
    """Give a cursor over a resource, and its id.

    Raises:
        ResourceUnreadable: it is no resource of this kind, or its id cannot be read.
    """
    written = raw.get("id")
    identity = written if isinstance(written, str) and _ID.fullmatch(written) else None
    if raw.get("resourceType") != kind:
        raise ResourceUnreadable(resource=kind, id=identity, path="resourceType")
    if identity is None:
        raise ResourceUnreadable(resource=kind, id=None, path="id")
    node = Node(raw)
    for modifier in ("modifierExtension", "implicitRules"):
        if node.has(modifier):
            node.note(modifier, raw[modifier])
    return node, identity


def refuse_problems(node: Node, kind: str, identity: str) -> None:
    """Refuse a resource of which anything could not be read.

    Raises:
        ResourceUnreadable: naming the first path.
    """
    if node.problems:
        raise ResourceUnreadable(resource=kind, id=identity, path=node.problems[0].path)


def is_id(text: str) -> bool:
    """Tell whether a text can be a logical id."""
    return bool(_ID.fullmatch(text))


def _is_plain(number: Decimal) -> bool:
    if not number.is_finite():
        return False
    _, digits, exponent = number.as_tuple()
    return (
        len(digits) <= _MOST_DIGITS and isinstance(exponent, int) and abs(exponent) <= _MOST_DIGITS
    )


def _shown(written: object) -> str:
    text = written if isinstance(written, str) else encode(written).decode()
    return text[:_SHOWN]
