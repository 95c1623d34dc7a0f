"""The tables, private to the store.

Three kinds: the *mirror* of what the EMR said (bodies never change, the current one is
pointed at), our own *events* with their audit chain (appended, never changed) and outbox,
and the station's own small things.
"""

from datetime import UTC, datetime

from sqlalchemy import (
    DateTime,
    Dialect,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    MetaData,
    String,
    Text,
    TypeDecorator,
    UniqueConstraint,
)
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column


class Instant(TypeDecorator[datetime]):
    """An aware instant, kept in UTC without zone so that every database sorts it alike."""

    impl = DateTime
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Turn into UTC; a naive time is a mistake of ours and raises."""
        del dialect
        if value is None:
            return None
        if value.tzinfo is None:
            message = "a time without zone cannot be stored"
            raise ValueError(message)
        return value.astimezone(UTC).replace(tzinfo=None)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Give the instant back as UTC."""
        del dialect
        return None if value is None else value.replace(tzinfo=UTC)


class Base(DeclarativeBase):
    """Every table, with predictable names of constraints for migrations."""

    metadata = MetaData(
        naming_convention={
            "ix": "ix_%(table_name)s_%(column_0_N_name)s",
            "uq": "uq_%(table_name)s_%(column_0_N_name)s",
            "fk": "fk_%(table_name)s_%(column_0_N_name)s",
            "pk": "pk_%(table_name)s",
        }
    )
    type_annotation_map = {datetime: Instant, str: Text}  # noqa: RUF012 - SQLAlchemy's own pattern


# --- the mirror --------------------------------------------------------------------------


class Resource(Base):
    """The version of a resource that the EMR holds now, as far as this station knows."""

    __tablename__ = "resource"
    __table_args__ = (
        ForeignKeyConstraint(
            ["type", "id", "content_hash"],
            ["resource_body.type", "resource_body.id", "resource_body.content_hash"],
        ),
        Index(None, "patient_id", "type"),
    )

    type: Mapped[str] = mapped_column(String(64), primary_key=True)
    id: Mapped[str] = mapped_column(String(64), primary_key=True)
    content_hash: Mapped[str] = mapped_column(String(64))
    version_id: Mapped[str]
    last_updated: Mapped[datetime | None]
    patient_id: Mapped[str | None] = mapped_column(String(64))
    deleted: Mapped[bool]


class ResourceBody(Base):
    """The bytes of one version, as they came; decisions name the version that they used."""

    __tablename__ = "resource_body"

    type: Mapped[str] = mapped_column(String(64), primary_key=True)
    id: Mapped[str] = mapped_column(String(64), primary_key=True)
    content_hash: Mapped[str] = mapped_column(String(64), primary_key=True)
    version_id: Mapped[str]
    body: Mapped[bytes]


class ResourceKey(Base):
    """What a current resource can be found by: identifiers, and whom it refers to."""

    __tablename__ = "resource_key"
    __table_args__ = (Index(None, "type", "id"),)

    system: Mapped[str] = mapped_column(String(255), primary_key=True)
    value: Mapped[str] = mapped_column(String(255), primary_key=True)
    type: Mapped[str] = mapped_column(String(64), primary_key=True)
    id: Mapped[str] = mapped_column(String(64), primary_key=True)


class TypeRevision(Base):
    """How often anything of a resource type, or of a table of ours, has changed.

    What is kept in memory depends on it.
    """

    __tablename__ = "type_revision"

    type: Mapped[str] = mapped_column(String(64), primary_key=True)
    revision: Mapped[int]


class PatientRevision(Base):
    """How often anything of a resource type about one patient has changed, our own included."""

    __tablename__ = "patient_revision"

    patient_id: Mapped[str] = mapped_column(String(64), primary_key=True)
    type: Mapped[str] = mapped_column(String(64), primary_key=True)
    revision: Mapped[int]


class SyncCursor(Base):
    """How far one resource type has been pulled, in the server's time."""

    __tablename__ = "sync_cursor"

    type: Mapped[str] = mapped_column(String(64), primary_key=True)
    last_updated: Mapped[datetime | None]


class PatientCursor(Base):
    """The server's time of the last whole answer about a patient, where each is read alone.

    ``as_of`` is empty for a patient who is in the house and was never read to the end.
    """

    __tablename__ = "patient_cursor"

    patient_id: Mapped[str] = mapped_column(String(64), primary_key=True)
    as_of: Mapped[datetime | None]


# --- our own events ----------------------------------------------------------------------


class Event(Base):
    """One version of one record of ours; a correction is a further version.

    ``kind`` is ``dose``, or what else was told about the patient (:mod:`bcma.store.codec`);
    ``status`` and ``slot_id`` are those of a dose.
    """

    __tablename__ = "event"
    __table_args__ = (UniqueConstraint("event_id", "version"),)

    sequence: Mapped[int] = mapped_column(primary_key=True, autoincrement=True)
    event_id: Mapped[str] = mapped_column(String(64))
    version: Mapped[int]
    patient_id: Mapped[str] = mapped_column(String(64), index=True)
    slot_id: Mapped[str | None] = mapped_column(String(64), index=True)
    status: Mapped[str] = mapped_column(String(32))
    kind: Mapped[str] = mapped_column(String(16), server_default="dose")
    recorded_at: Mapped[datetime]
    payload: Mapped[bytes]
    order_hash: Mapped[str | None] = mapped_column(String(64))
    #: the author's, over the administration that is sent; none where no person or key signed
    signature: Mapped[bytes | None]


class UnitUse(Base):
    """A unit, known by a serial of its own, that a version of a record names."""

    __tablename__ = "unit_use"

    event_sequence: Mapped[int] = mapped_column(ForeignKey("event.sequence"), primary_key=True)
    unit: Mapped[str] = mapped_column(String(255), primary_key=True, index=True)


class AuditEntry(Base):
    """One link of the hash chain (:mod:`bcma.audit`)."""

    __tablename__ = "audit"

    sequence: Mapped[int] = mapped_column(primary_key=True, autoincrement=True)
    body: Mapped[bytes]
    seal: Mapped[str] = mapped_column(String(64))


class Delivery(Base):
    """The way of one event version to the EMR; ``lane`` keeps a patient's events in order."""

    __tablename__ = "outbox"
    __table_args__ = (Index(None, "lane", "sequence"), Index(None, "state"))

    sequence: Mapped[int] = mapped_column(ForeignKey("event.sequence"), primary_key=True)
    lane: Mapped[str] = mapped_column(String(64))
    state: Mapped[str] = mapped_column(String(16))
    attempts: Mapped[int] = mapped_column(default=0)
    not_before: Mapped[datetime | None]
    outcome: Mapped[str] = mapped_column(default="")
    refused_at: Mapped[datetime | None]
    #: what the server said in words: for the screen only
    said: Mapped[str] = mapped_column(default="", server_default="")


# --- the station's own -------------------------------------------------------------------


class Acknowledgement(Base):
    """A ward has read this version of a patient's order, on this station."""

    __tablename__ = "acknowledgement"

    ward: Mapped[str] = mapped_column(String(64), primary_key=True)
    patient_id: Mapped[str] = mapped_column(String(64), primary_key=True)
    order_version: Mapped[str] = mapped_column(String(64), primary_key=True)
    by: Mapped[str] = mapped_column(String(64))
    at: Mapped[datetime]


class StaffPin(Base):
    """A member of staff who may sign in here; of the PIN only a salted, slow hash is kept."""

    __tablename__ = "staff_pin"

    practitioner_id: Mapped[str] = mapped_column(String(64), primary_key=True)
    pin_hash: Mapped[str]
    enrolled_at: Mapped[datetime]
    failures: Mapped[int] = mapped_column(default=0)
    locked_until: Mapped[datetime | None]


class Setting(Base):
    """A value of this station that must outlive a restart."""

    __tablename__ = "setting"

    key: Mapped[str] = mapped_column(String(64), primary_key=True)
    value: Mapped[str]
