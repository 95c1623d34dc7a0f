"""What a FHIR server says it can do, and the way of writing that follows from it."""

from collections.abc import Iterable
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
    def keeps_audit(self) -> bool:
        """Tell whether accesses can be told it; one that lists no types at all is tried."""
        return not self.resources or "AuditEvent" in self.resources

    @property
    def has_last_updated(self) -> bool:
        """Tell whether changes can be pulled by server time."""
        return "_lastUpdated" in self.of("MedicationRequest").search_params


class WayOfWriting(StrEnum):
    """How one event gets into the EMR, best first.

    The first three write to ids of our own or all at once; with the others the server chooses
    ids one by one, and what is there is found by the event.
    """

    TRANSACTION = "transaction"
    TRANSACTION_OF_CREATES = "transaction-of-creates"
    PUT = "put"
    CONDITIONAL_CREATE = "conditional-create"
    SEARCH_FIRST = "search-first"
    NONE = "none"


def ways_of_writing(capabilities: Capabilities, kinds: Iterable[str]) -> tuple[WayOfWriting, ...]:
    """List the ways that a server's own words leave open for events of these types, best first.

    A server that updates and is silent about creating so is tried: one that does not, says it.
    """
    able = [capabilities.of(kind) for kind in kinds]
    to_own_id = all(a.update_create is not False and "update" in a.interactions for a in able)
    creates = all({"create", "search-type"} <= a.interactions for a in able)
    at_once = "transaction" in capabilities.interactions
    open_ways = {
        WayOfWriting.TRANSACTION: to_own_id and at_once,
        WayOfWriting.TRANSACTION_OF_CREATES: creates and at_once,
        WayOfWriting.PUT: to_own_id,
        WayOfWriting.CONDITIONAL_CREATE: creates and all(a.conditional_create for a in able),
        WayOfWriting.SEARCH_FIRST: creates,
    }
    return tuple(way for way, is_open in open_ways.items() if is_open)


def choose_writer(
    capabilities: Capabilities, kind: str = "MedicationAdministration"
) -> WayOfWriting:
    """Choose the best way of writing one type."""
    return next(iter(ways_of_writing(capabilities, [kind])), WayOfWriting.NONE)


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
