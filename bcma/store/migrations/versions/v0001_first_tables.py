"""The first tables."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Create the mirror, the events with audit and outbox, and the station's own tables."""
    op.create_table(
        "acknowledgement",
        sa.Column("ward", sa.String(length=64), nullable=False),
        sa.Column("order_version", sa.String(length=64), nullable=False),
        sa.Column("by", sa.String(length=64), nullable=False),
        sa.Column("at", sa.DateTime(), nullable=False),
        sa.PrimaryKeyConstraint("ward", "order_version", name=op.f("pk_acknowledgement")),
    )
    op.create_table(
        "audit",
        sa.Column("sequence", sa.Integer(), autoincrement=True, nullable=False),
        sa.Column("body", sa.LargeBinary(), nullable=False),
        sa.Column("seal", sa.String(length=64), nullable=False),
        sa.PrimaryKeyConstraint("sequence", name=op.f("pk_audit")),
    )
    op.create_table(
        "event",
        sa.Column("sequence", sa.Integer(), autoincrement=True, nullable=False),
        sa.Column("event_id", sa.String(length=64), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("patient_id", sa.String(length=64), nullable=False),
        sa.Column("slot_id", sa.String(length=64), nullable=True),
        sa.Column("status", sa.String(length=32), nullable=False),
        sa.Column("recorded_at", sa.DateTime(), nullable=False),
        sa.Column("payload", sa.LargeBinary(), nullable=False),
        sa.Column("order_hash", sa.String(length=64), nullable=True),
        sa.PrimaryKeyConstraint("sequence", name=op.f("pk_event")),
        sa.UniqueConstraint("event_id", "version", name=op.f("uq_event_event_id_version")),
    )
    op.create_index(op.f("ix_event_patient_id"), "event", ["patient_id"], unique=False)
    op.create_index(op.f("ix_event_slot_id"), "event", ["slot_id"], unique=False)
    op.create_table(
        "resource_body",
        sa.Column("type", sa.String(length=64), nullable=False),
        sa.Column("id", sa.String(length=64), nullable=False),
        sa.Column("content_hash", sa.String(length=64), nullable=False),
        sa.Column("version_id", sa.Text(), nullable=False),
        sa.Column("body", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("type", "id", "content_hash", name=op.f("pk_resource_body")),
    )
    op.create_table(
        "resource_key",
        sa.Column("system", sa.String(length=255), nullable=False),
        sa.Column("value", sa.String(length=255), nullable=False),
        sa.Column("type", sa.String(length=64), nullable=False),
        sa.Column("id", sa.String(length=64), nullable=False),
        sa.PrimaryKeyConstraint("system", "value", "type", "id", name=op.f("pk_resource_key")),
    )
    op.create_index(op.f("ix_resource_key_type_id"), "resource_key", ["type", "id"], unique=False)
    op.create_table(
        "setting",
        sa.Column("key", sa.String(length=64), nullable=False),
        sa.Column("value", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_setting")),
    )
    op.create_table(
        "staff_pin",
        sa.Column("practitioner_id", sa.String(length=64), nullable=False),
        sa.Column("pin_hash", sa.Text(), nullable=False),
        sa.Column("enrolled_at", sa.DateTime(), nullable=False),
        sa.Column("failures", sa.Integer(), nullable=False),
        sa.Column("locked_until", sa.DateTime(), nullable=True),
        sa.PrimaryKeyConstraint("practitioner_id", name=op.f("pk_staff_pin")),
    )
    op.create_table(
        "sync_cursor",
        sa.Column("type", sa.String(length=64), nullable=False),
        sa.Column("last_updated", sa.DateTime(), nullable=True),
        sa.PrimaryKeyConstraint("type", name=op.f("pk_sync_cursor")),
    )
    op.create_table(
        "type_revision",
        sa.Column("type", sa.String(length=64), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("type", name=op.f("pk_type_revision")),
    )
    op.create_table(
        "outbox",
        sa.Column("sequence", sa.Integer(), nullable=False),
        sa.Column("lane", sa.String(length=64), nullable=False),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("not_before", sa.DateTime(), nullable=True),
        sa.Column("outcome", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["sequence"], ["event.sequence"], name=op.f("fk_outbox_sequence")),
        sa.PrimaryKeyConstraint("sequence", name=op.f("pk_outbox")),
    )
    op.create_index(op.f("ix_outbox_lane_sequence"), "outbox", ["lane", "sequence"], unique=False)
    op.create_index(op.f("ix_outbox_state"), "outbox", ["state"], unique=False)
    op.create_table(
        "resource",
        sa.Column("type", sa.String(length=64), nullable=False),
        sa.Column("id", sa.String(length=64), nullable=False),
        sa.Column("content_hash", sa.String(length=64), nullable=False),
        sa.Column("version_id", sa.Text(), nullable=False),
        sa.Column("last_updated", sa.DateTime(), nullable=True),
        sa.Column("patient_id", sa.String(length=64), nullable=True),
        sa.Column("deleted", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(
            ["type", "id", "content_hash"],
            ["resource_body.type", "resource_body.id", "resource_body.content_hash"],
            name=op.f("fk_resource_type_id_content_hash"),
        ),
        sa.PrimaryKeyConstraint("type", "id", name=op.f("pk_resource")),
    )
    op.create_index(
        op.f("ix_resource_patient_id_type"), "resource", ["patient_id", "type"], unique=False
    )
    op.create_table(
        "unit_use",
        sa.Column("event_sequence", sa.Integer(), nullable=False),
        sa.Column("unit", sa.String(length=255), nullable=False),
        sa.ForeignKeyConstraint(
            ["event_sequence"], ["event.sequence"], name=op.f("fk_unit_use_event_sequence")
        ),
        sa.PrimaryKeyConstraint("event_sequence", "unit", name=op.f("pk_unit_use")),
    )
    op.create_index(op.f("ix_unit_use_unit"), "unit_use", ["unit"], unique=False)
