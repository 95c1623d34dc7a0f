"""What a FHIR server says it can do, and the way of writing that follows from it."""

from dataclasses import dataclass, field
from enum import StrEnum

from bcma.emr.fhir_map import Raw
from bcma.emr.fhir_map.node import Node


@dataclass(frozen=True, slots=True, kw_only=True)
class Abilities:
    """What it can do with one type of resource.

    Attributes:
        update_create: whether a PUT may create at an id of ours; ``None`` where the server does
            not say, as HAPI does not although it can.
    """

    interactions: frozenset[str] = frozenset()
    search_params: frozenset[str] = frozenset()
    update_create: bool | None = None
    conditional_create: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Capabilities:
    """What a server says of itself."""

    fhir_version: str = ""
    software: str = ""
    interactions: frozenset[str] = frozenset()
    resources: dict[str, Abilities] = field(default_factory=dict)

    def of(self, kind: str) -> Abilities:
        """Give the abilities for a type of resource; none where it is not listed."""
        return self.resources.get(kind, Abilities())

    @property
    def has_batch(self) -> bool:
        """Tell whether several searches may be asked at once.

        Who takes transactions takes batches too, though not every server says so.
        """
        return not self.interactions.isdisjoint({"batch", "transaction"})

    @property
    def has_last_updated(self) -> bool:
        """Tell whether changes can be pulled by server time."""
        return "_lastUpdated" in self.of("MedicationRequest").search_params


class WayOfWriting(StrEnum):
    """How one event gets into the EMR, best first."""

    TRANSACTION = "transaction"
    PUT = "put"
    CONDITIONAL_CREATE = "conditional-create"
    SEARCH_FIRST = "search-first"
    NONE = "none"


def choose_writer(
    capabilities: Capabilities, kind: str = "MedicationAdministration"
) -> WayOfWriting:
    """Choose the way of writing; a transaction of ours PUTs to client ids, so it needs both.

    A server that updates and is silent about creating so is tried: one that does not, says it.
    """
    able = capabilities.of(kind)
    to_own_id = able.update_create is not False and "update" in able.interactions
    if to_own_id and "transaction" in capabilities.interactions:
        return WayOfWriting.TRANSACTION
    if to_own_id:
        return WayOfWriting.PUT
    if "create" in able.interactions and able.conditional_create:
        return WayOfWriting.CONDITIONAL_CREATE
    if {"create", "search-type"} <= able.interactions:
        return WayOfWriting.SEARCH_FIRST
    return WayOfWriting.NONE


def read_capabilities(statement: Raw) -> Capabilities:
    """Read a CapabilityStatement; an unreadable part of it is an ability that is not there."""
    node = Node(statement)
    server = next((r for r in node.nodes("rest") if r.string("mode") == "server"), None)
    software = node.node("software")
    everywhere = _names(server, "searchParam", "name") if server else frozenset[str]()
    kinds = server.nodes("resource") if server else ()
    return Capabilities(
        fhir_version=node.string("fhirVersion") or "",
        software=(software.string("name") or "") if software else "",
        interactions=_names(server, "interaction", "code") if server else frozenset(),
        resources={
            kind.string("type") or "": Abilities(
                interactions=_names(kind, "interaction", "code"),
                search_params=_names(kind, "searchParam", "name") | everywhere,
                update_create=kind.flag("updateCreate"),
                conditional_create=kind.flag("conditionalCreate") is True,
            )
            for kind in kinds
        },
    )


def _names(node: Node, children: str, name: str) -> frozenset[str]:
    return frozenset(text for child in node.nodes(children) if (text := child.string(name)))
