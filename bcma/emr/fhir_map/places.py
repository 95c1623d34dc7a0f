"""Location and Encounter → where a patient lies: bed, room, ward and beyond."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, tzinfo
from types import MappingProxyType
from typing import Final, Self

from bcma.emr.fhir_map.datatypes import Period, concept_at, identifiers, period_at, reference_at
from bcma.emr.fhir_map.dialect import LOCATION_TYPE, STANDARD, Dialect
from bcma.emr.fhir_map.document import Raw, ResourceUnreadable
from bcma.emr.fhir_map.extensions import last_updated
from bcma.emr.fhir_map.node import Node, open_resource
from bcma.model.people import Encounter, EncounterStatus

_BED: Final = "bd"
_WARD: Final = "wa"
#: Places where the patient has not been yet.
_NOT_YET: Final = frozenset({"planned", "reserved"})


@dataclass(frozen=True, slots=True)
class Place:
    """A Location: its name, what kind of place, its codes and what it is part of."""

    id: str
    name: str
    kind: str = ""
    values: frozenset[str] = frozenset()
    part_of: str | None = None

    @property
    def codes(self) -> frozenset[str]:
        """Give everything by which a station may name this place: identifier values and id."""
        return self.values | {self.id}


class Places:
    """The tree of Locations, as far as it is known."""

    def __init__(self, places: Iterable[Place] = ()) -> None:
        self._by_id = MappingProxyType({place.id: place for place in places})

    @classmethod
    def read(cls, raws: Iterable[Raw], dialect: Dialect = STANDARD) -> Self:
        """Read Locations; one without an id is left out, as nobody can lie there."""
        return cls(tuple(_readable(raws, dialect)))

    def chain(self, location_id: str) -> tuple[Place, ...]:
        """Give a place and what it is part of, innermost first; a circle ends the walk."""
        found: list[Place] = []
        place = self._by_id.get(location_id)
        while place is not None and place not in found:
            found.append(place)
            place = self._by_id.get(place.part_of or "")
        return tuple(found)

    def wards(self) -> tuple[Place, ...]:
        """Give every ward, by name."""
        return tuple(
            sorted((p for p in self._by_id.values() if p.kind == _WARD), key=lambda p: p.name)
        )

    def find(self, code: str) -> Place | None:
        """Give the place with this identifier value or id."""
        return next((p for p in self._by_id.values() if code in p.codes), None)


def read_place(raw: Raw, dialect: Dialect = STANDARD) -> Place:
    """Read a Location.

    Raises:
        ResourceUnreadable: it is no Location, or has no id.
    """
    node, identity = open_resource(raw, "Location")
    kind = concept_at(node, "physicalType")
    parent = reference_at(node, "partOf", "Location")
    return Place(
        id=identity,
        name=node.string("name") or identity,
        kind=(kind.code_in(LOCATION_TYPE) or "") if kind else "",
        values=frozenset(i.value for i in identifiers(node, dialect.wall_zone) if not i.void),
        part_of=None if parent is None else parent.id,
    )


def read_encounter(raw: Raw, places: Places, dialect: Dialect = STANDARD) -> Encounter:
    """Read a stay, with every place from the bed up to the ward and beyond.

    Raises:
        ResourceUnreadable: it has no id or names no patient.
    """
    node, identity = open_resource(raw, "Encounter")
    modified = bool(node.problems)
    patient = reference_at(node, "subject", "Patient")
    if patient is None:
        raise ResourceUnreadable(resource="Encounter", id=identity, path="subject")
    status = node.member("status", EncounterStatus)
    period = period_at(node, "period", dialect.wall_zone)
    entries = node.nodes("location")
    chains = [chain for entry in entries if (chain := _current(entry, places))]
    innermost = chains[-1] if chains else ()
    ward_id = _ward_of(innermost)
    return Encounter(
        id=identity,
        patient_id=patient.id,
        status=EncounterStatus.UNREADABLE if modified or status is None else status,
        starts=period.start if period else None,
        ends=period.end if period else None,
        wards=frozenset(code for chain in chains for place in chain for code in place.codes),
        ward_id=ward_id,
        ward_name=_ward_name(innermost),
        bed=_bed_name(innermost),
        moved_at=_moved_at(entries, ward_id, places, dialect.wall_zone),
        last_updated=last_updated(node),
    )


def _readable(raws: Iterable[Raw], dialect: Dialect) -> Iterator[Place]:
    for raw in raws:
        try:
            yield read_place(raw, dialect)
        except ResourceUnreadable:
            continue  # nothing can refer to a place that has no id


def _current(entry: Node, places: Places) -> tuple[Place, ...]:
    """Give the chain of a location whose status is active, or that says no status and no end."""
    period = entry.node("period")
    ended = period is not None and period.has("end")
    active = entry.string("status") == "active" if entry.has("status") else not ended
    return _places_of(entry, places) if active else ()


def _places_of(entry: Node, places: Places) -> tuple[Place, ...]:
    there = reference_at(entry, "location", "Location")
    if there is None:
        return ()
    return places.chain(there.id) or (Place(there.id, there.display or there.id),)


def _moved_at(
    entries: Sequence[Node], ward_id: str, places: Places, zone: tzinfo
) -> datetime | None:
    """Give when the stay went on in this ward after another one, as far as the periods say."""
    here: list[datetime] = []
    elsewhere: list[Period] = []
    for entry in entries:
        period = period_at(entry, "period", zone)
        if period is None or entry.string("status") in _NOT_YET:
            continue
        if _ward_of(_places_of(entry, places)) != ward_id:
            elsewhere.append(period)
        elif period.start is not None:
            here.append(period.start)
    starts = [period.start for period in elsewhere if period.start is not None]
    ends = [period.end for period in elsewhere if period.end is not None]
    came = [at for at in here if all(at >= start for start in starts)]
    return min(came, default=max(ends, default=None)) if elsewhere else None


def _ward(chain: tuple[Place, ...]) -> Place | None:
    """Give the ward; where no place says that it is one, the outermost."""
    ward = next((place for place in chain if place.kind == _WARD), None)
    return ward or (chain[-1] if chain else None)


def _ward_of(chain: tuple[Place, ...]) -> str:
    ward = _ward(chain)
    return "" if ward is None else ward.id


def _ward_name(chain: tuple[Place, ...]) -> str:
    ward = _ward(chain)
    return "" if ward is None else ward.name


def _bed_name(chain: tuple[Place, ...]) -> str:
    """Name the bed; where no place says that it is one, the innermost of several."""
    bed = next((place for place in chain if place.kind == _BED), None)
    if bed is not None:
        return bed.name
    untyped = len(chain) > 1 and not chain[0].kind
    return chain[0].name if untyped else ""
