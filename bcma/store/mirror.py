"""Reads the mirror: which resources the EMR holds, by patient, by type and by key."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from sqlalchemy import ColumnElement, Connection, and_, select

from bcma.store.tables import Resource, ResourceBody, ResourceKey

#: So many values fit any database's list of parameters.
CHUNK = 400


@dataclass(frozen=True, slots=True)
class Ref:
    """A mirrored resource without its body."""

    type: str
    id: str
    content_hash: str


def find(
    connection: Connection, kind: str, system: str, values: Collection[str]
) -> tuple[Ref, ...]:
    """Find the current resources of a type by any of some keys, in order of id."""
    named = select(ResourceKey.id).where(
        ResourceKey.type == kind, ResourceKey.system == system, ResourceKey.value.in_(values)
    )
    return _refs(connection, and_(Resource.type == kind, Resource.id.in_(named)))


def held(connection: Connection, system: str, values: Collection[str]) -> frozenset[str]:
    """Tell which of some keys current resources have, of whatever type."""
    query = select(ResourceKey.value).where(
        ResourceKey.system == system, ResourceKey.value.in_(values)
    )
    return frozenset(connection.execute(query).scalars())


def of_patient(connection: Connection, patient_id: str, kind: str) -> tuple[Ref, ...]:
    """List the current resources of a type about a patient."""
    return _refs(connection, and_(Resource.patient_id == patient_id, Resource.type == kind))


def of_type(connection: Connection, kind: str) -> tuple[Ref, ...]:
    """List the current resources of a type."""
    return _refs(connection, Resource.type == kind)


def get(connection: Connection, kind: str, ids: Collection[str]) -> tuple[Ref, ...]:
    """List those of some resources that are here."""
    return _refs(connection, and_(Resource.type == kind, Resource.id.in_(ids)))


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
    found: dict[str, bytes] = {}
    hashes = [ref.content_hash for ref in refs]
    types, ids = {ref.type for ref in refs}, [ref.id for ref in refs]
    for start in range(0, len(refs), CHUNK):
        query = select(ResourceBody.content_hash, ResourceBody.body).where(
            ResourceBody.type.in_(types),
            ResourceBody.id.in_(ids[start : start + CHUNK]),
            ResourceBody.content_hash.in_(hashes[start : start + CHUNK]),
        )
        found.update(connection.execute(query).all())
    return found


def _refs(connection: Connection, condition: ColumnElement[bool]) -> tuple[Ref, ...]:
    query = (
        select(Resource.type, Resource.id, Resource.content_hash)
        .where(condition, Resource.deleted.is_(False))
        .order_by(Resource.type, Resource.id)
    )
    return tuple(Ref(kind, name, digest) for kind, name, digest in connection.execute(query))
