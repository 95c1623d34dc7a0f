"""Takes resources into the mirror: byte for byte, once per version, never backwards."""

import hashlib
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Final

from sqlalchemy import Connection, Row, delete, insert, select, update

from bcma.emr.fhir_map import Dialect, Raw, parse
from bcma.errors import DataError
from bcma.store import revisions
from bcma.store.keys import Key, keys_of, patient_of
from bcma.store.mirror import CHUNK, Ref, bodies_held
from bcma.store.tables import Resource, ResourceBody, ResourceKey

#: What claims to be older was written by a server that was never told the time.
_EARLIEST: Final = datetime(1970, 1, 1, tzinfo=UTC)


class NoResourceError(DataError):
    """Text from the EMR that is no resource: it has no place in the mirror."""

    code = "store.no-resource"


@dataclass(frozen=True, slots=True, kw_only=True)
class Incoming:
    """One version of a resource as it came from the EMR."""

    type: str
    id: str
    version_id: str
    last_updated: datetime | None
    body: bytes
    content_hash: str
    patient_id: str | None
    keys: frozenset[Key]
    deleted: bool = False

    @property
    def name(self) -> tuple[str, str]:
        """Give type and id."""
        return self.type, self.id


def read_incoming(body: bytes, dialect: Dialect, resource: Raw | None = None) -> Incoming:
    """Read the envelope of a resource; the rest stays as it is.

    ``resource`` is what the bytes say, where they were parsed before.

    Raises:
        NotJson: no JSON object.
        NoResourceError: a JSON object without a type or an id.
    """
    resource = parse(body) if resource is None else resource
    kind, resource_id = resource.get("resourceType"), resource.get("id")
    if not isinstance(kind, str) or not isinstance(resource_id, str):
        raise NoResourceError(cause="type or id", type=str(kind))
    meta = resource.get("meta")
    meta = meta if isinstance(meta, dict) else {}
    return Incoming(
        type=kind,
        id=resource_id,
        version_id=str(meta.get("versionId", "")),
        last_updated=_instant(meta.get("lastUpdated")),
        body=body,
        content_hash=hashlib.sha256(body).hexdigest(),
        patient_id=patient_of(resource),
        keys=keys_of(resource, dialect),
    )


def put_page(
    connection: Connection, page: Iterable[Incoming], *, as_truth: bool = False
) -> tuple[Incoming, ...]:
    """Mirror a page of resources; give those that were news.

    A resource that comes again, or an older version than the one here, changes nothing;
    ``as_truth`` takes older versions too: it is what the EMR holds now.
    """
    latest: dict[tuple[str, str], Incoming] = {}
    for incoming in page:
        held = latest.get(incoming.name)
        if held is None or _is_news(incoming, held):
            latest[incoming.name] = incoming
    current = _current(connection, latest)
    news = tuple(
        incoming
        for name, incoming in latest.items()
        if name not in current or (_is_other if as_truth else _is_news)(incoming, current[name])
    )
    if news:
        _replace(connection, news, current)
    return news


def mark_deleted(connection: Connection, names: Collection[tuple[str, str]]) -> None:
    """Mark resources that the EMR holds no more; their bodies stay."""
    current = _current(connection, names)
    for kind, ids in _by_type(name for name, row in current.items() if not row.deleted).items():
        for start in range(0, len(ids), CHUNK):
            these = Resource.id.in_(ids[start : start + CHUNK])
            gone = update(Resource).where(Resource.type == kind, these).values(deleted=True)
            connection.execute(gone)
        about = {current[kind, name].patient_id for name in ids}
        revisions.count(connection, kind, [patient for patient in about if patient])


def holds_other(connection: Connection, resources: Sequence[Incoming]) -> bool:
    """Tell whether one of some resources is here with another content."""
    held = _current(connection, {resource.name for resource in resources})
    return any(r.name in held and held[r.name].content_hash != r.content_hash for r in resources)


def _patients(
    news: Sequence[Incoming], current: Mapping[tuple[str, str], Row[Any]]
) -> dict[str, set[str]]:
    """Name the patients whom news are about, and whom they were about before, by type."""
    found: dict[str, set[str]] = {}
    for incoming in news:
        held = current.get(incoming.name)
        about = {incoming.patient_id, None if held is None else held.patient_id} - {None}
        found.setdefault(incoming.type, set()).update(name for name in about if name)
    return found


def _is_other(incoming: Incoming, held: Incoming | Row[Any]) -> bool:
    return incoming.content_hash != held.content_hash or incoming.deleted != held.deleted


def _is_news(incoming: Incoming, held: Incoming | Row[Any]) -> bool:
    """Tell whether a version is another one than the one held, and not an older one.

    Older is what neither time nor number puts later: a server whose clock was put back, or
    that began to count again, is believed.
    """
    if not _is_other(incoming, held):
        return False
    if incoming.last_updated is None or held.last_updated is None:
        return True
    if incoming.last_updated > held.last_updated:
        return True
    # versions count upwards where they are numbers; else, in one instant, the later reading wins
    if incoming.version_id.isdecimal() and held.version_id.isdecimal():
        step = int(incoming.version_id) - int(held.version_id)
        return step > 0 or (step == 0 and incoming.last_updated == held.last_updated)
    return incoming.last_updated == held.last_updated


def _current(
    connection: Connection, names: Collection[tuple[str, str]]
) -> dict[tuple[str, str], Row[Any]]:
    found: dict[tuple[str, str], Row[Any]] = {}
    for kind, ids in _by_type(names).items():
        for start in range(0, len(ids), CHUNK):
            query = select(
                Resource.type,
                Resource.id,
                Resource.content_hash,
                Resource.version_id,
                Resource.last_updated,
                Resource.patient_id,
                Resource.deleted,
            ).where(Resource.type == kind, Resource.id.in_(ids[start : start + CHUNK]))
            found.update({(row.type, row.id): row for row in connection.execute(query)})
    return found


def _replace(
    connection: Connection, news: Sequence[Incoming], current: Mapping[tuple[str, str], Row[Any]]
) -> None:
    """Point the current rows at new bodies; bodies that are here already stay as they are."""
    changed = [incoming for incoming in news if incoming.name in current]
    for kind, ids in _by_type(incoming.name for incoming in changed).items():
        for start in range(0, len(ids), CHUNK):
            some = ids[start : start + CHUNK]
            for table in (ResourceKey, Resource):
                connection.execute(delete(table).where(table.type == kind, table.id.in_(some)))
    for kind, patients in _patients(news, current).items():
        revisions.count(connection, kind, patients)
    held = bodies_held(connection, [Ref(i.type, i.id, i.content_hash) for i in changed])
    unseen = [_body_row(incoming) for incoming in news if incoming.content_hash not in held]
    if unseen:
        connection.execute(insert(ResourceBody), unseen)
    connection.execute(insert(Resource), [_row(incoming) for incoming in news])
    keys = [
        {"type": incoming.type, "id": incoming.id, "system": system, "value": value}
        for incoming in news
        for system, value in sorted(incoming.keys)
    ]
    if keys:
        connection.execute(insert(ResourceKey), keys)


def _row(incoming: Incoming) -> dict[str, Any]:
    names = ("type", "id", "content_hash", "version_id", "last_updated", "patient_id", "deleted")
    return {name: getattr(incoming, name) for name in names}


def _body_row(incoming: Incoming) -> dict[str, Any]:
    names = ("type", "id", "content_hash", "version_id", "body")
    return {name: getattr(incoming, name) for name in names}


def _by_type(names: Iterable[tuple[str, str]]) -> dict[str, list[str]]:
    by_type: dict[str, list[str]] = {}
    for kind, name in sorted(names):
        by_type.setdefault(kind, []).append(name)
    return by_type


def _instant(written: object) -> datetime | None:
    """Read ``meta.lastUpdated``; what is no instant with a zone, or before all time, is none."""
    if not isinstance(written, str):
        return None
    try:
        at = datetime.fromisoformat(written)
        known = at.tzinfo is not None and at.astimezone(UTC) >= _EARLIEST
    except (ValueError, OverflowError):
        return None
    return at if known else None
