"""Reads the mirror: which resources the EMR holds, by patient, by type and by key."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from sqlalchemy import ColumnElement, Connection, Row, Select, bindparam, select

from bcma.store.tables import Resource, ResourceBody, ResourceKey

#: So many values fit any database's list of parameters.
CHUNK = 400
Refs = Select[str, str, str]


@dataclass(frozen=True, slots=True)
class Ref:
    """A mirrored resource without its body."""

    type: str
    id: str
    content_hash: str


def _current(*conditions: ColumnElement[bool]) -> Refs:
    return select(Resource.type, Resource.id, Resource.content_hash).where(
        *conditions, Resource.deleted.is_(False)
    )


# Written once: to build a statement takes longer than to run it.
_KIND: Final = Resource.type == bindparam("kind")
_OF_TYPE: Final = _current(_KIND)
_OF_PATIENT: Final = _current(_KIND, Resource.patient_id == bindparam("patient"))
_BY_ID: Final = _current(_KIND, Resource.id.in_(bindparam("ids", expanding=True)))
_BY_KEY: Final = _current(
    _KIND,
    Resource.id.in_(
        select(ResourceKey.id).where(
            ResourceKey.type == bindparam("kind"),
            ResourceKey.system == bindparam("system"),
            ResourceKey.value.in_(bindparam("values", expanding=True)),
        )
    ),
)


def find(
    connection: Connection, kind: str, system: str, values: Collection[str]
) -> tuple[Ref, ...]:
    """Find the current resources of a type by any of some keys, in order of id."""
    return _refs(connection, _BY_KEY, {"kind": kind, "system": system, "values": list(values)})


def held(connection: Connection, system: str, values: Collection[str]) -> frozenset[str]:
    """Tell which of some keys current resources have, of whatever type."""
    query = select(ResourceKey.value).where(
        ResourceKey.system == system, ResourceKey.value.in_(values)
    )
    return frozenset(connection.execute(query).scalars())


def of_patient(connection: Connection, patient_id: str, kind: str) -> tuple[Ref, ...]:
    """List the current resources of a type about a patient."""
    return _refs(connection, _OF_PATIENT, {"patient": patient_id, "kind": kind})


def of_type(connection: Connection, kind: str) -> tuple[Ref, ...]:
    """List the current resources of a type."""
    return _refs(connection, _OF_TYPE, {"kind": kind})


def get(connection: Connection, kind: str, ids: Collection[str]) -> tuple[Ref, ...]:
    """List those of some resources that are here."""
    return _refs(connection, _BY_ID, {"kind": kind, "ids": list(ids)})


def current_versions(connection: Connection, kind: str) -> dict[str, tuple[str, datetime | None]]:
    """Give version and time of every current resource of a type, by its id."""
    query = select(Resource.id, Resource.version_id, Resource.last_updated).where(
        Resource.type == kind, Resource.deleted.is_(False)
    )
    return {row.id: (row.version_id, row.last_updated) for row in connection.execute(query)}


def about(connection: Connection, patient_id: str, kinds: Sequence[str]) -> dict[str, list[str]]:
    """Give the ids of every current resource of some types about a patient, by type."""
    found: dict[str, list[str]] = {}
    for kind in kinds:
        found[kind] = [ref.id for ref in of_patient(connection, patient_id, kind)]
    return found


def versions(connection: Connection, kind: str, ids: Sequence[str]) -> tuple[Ref, ...]:
    """List every version of some resources that was ever mirrored, in no order."""
    found: list[Ref] = []
    for start in range(0, len(ids), CHUNK):
        query = select(ResourceBody.type, ResourceBody.id, ResourceBody.content_hash).where(
            ResourceBody.type == kind, ResourceBody.id.in_(ids[start : start + CHUNK])
        )
        found.extend(Ref(*row) for row in connection.execute(query))
    return tuple(found)


def bodies(connection: Connection, refs: Sequence[Ref]) -> dict[str, bytes]:
    """Load bodies, by content hash."""
    found = _of_ids(connection, select(ResourceBody.content_hash, ResourceBody.body), refs)
    wanted = {ref.content_hash for ref in refs}
    return {row.content_hash: row.body for row in found if row.content_hash in wanted}


def bodies_held(connection: Connection, refs: Sequence[Ref]) -> frozenset[str]:
    """Tell by content hash which versions of some resources are here, these and others."""
    found = _of_ids(connection, select(ResourceBody.content_hash), refs)
    return frozenset(row.content_hash for row in found)


def _of_ids(
    connection: Connection, query: Select[*tuple[Any, ...]], refs: Sequence[Ref]
) -> Iterator[Row[*tuple[Any, ...]]]:
    """Select from the bodies of some resources, all their versions.

    Not by content hash as well: of two lists SQLite tries every pair.
    """
    by_type: dict[str, list[str]] = {}
    for ref in refs:
        by_type.setdefault(ref.type, []).append(ref.id)
    for kind, ids in by_type.items():
        for start in range(0, len(ids), CHUNK):
            some = ResourceBody.id.in_(ids[start : start + CHUNK])
            yield from connection.execute(query.where(ResourceBody.type == kind, some))


def _refs(connection: Connection, query: Refs, values: Mapping[str, object]) -> tuple[Ref, ...]:
    """Give what a query finds in order of id; sorted here, as SQLite would take the wrong index."""
    found = [Ref(*row) for row in connection.execute(query, values)]
    return tuple(sorted(found, key=lambda ref: ref.id))
