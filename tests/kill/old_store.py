"""A file as the first version of the program left it, with a dose that was not yet delivered."""

from datetime import timedelta
from decimal import Decimal
from pathlib import Path
from typing import Final

import msgspec
from alembic import command
from alembic.config import Config
from sqlalchemy import Connection, text

from bcma.audit import GENESIS, seal
from bcma.model.audited import AuditKind
from bcma.model.quantity import Quantity
from bcma.model.record import MedicationAdministration, RecordStatus
from bcma.store import trail
from bcma.store.codec import encode_record
from bcma.store.engine import make_durable, sqlite_database, sqlite_file
from bcma.store.schema import MIGRATIONS
from tests.kill.ward import NOW

#: The dose that waited in the old file.
OLD_EVENT: Final = "0f5d2a5e-7f0c-4f6e-8f5e-3b1a70c0a001"
_FIRST: Final = "0001"


def make_old_store(path: Path) -> None:
    """Make the file."""
    database = sqlite_database(sqlite_file(path))
    make_durable(database)
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    with database.write() as connection:
        config.attributes["connection"] = connection
        command.upgrade(config, _FIRST)
        _put_dose(connection)
    database.close()


def _put_dose(connection: Connection) -> None:
    at = NOW - timedelta(days=2)
    record = MedicationAdministration(
        status=RecordStatus.GIVEN,
        patient_id="p1",
        given_at=at,
        recorded_at=at,
        event_id=OLD_EVENT,
        medication_id="para500",
        amount=Quantity(Decimal(500), "mg"),
        route="PO",
        giver_id="s1",
    )
    payload = encode_record(record)
    connection.execute(
        text(
            "INSERT INTO event (sequence, event_id, version, patient_id, status, recorded_at,"
            " payload) VALUES (1, :event, 1, 'p1', 'given', :at, :payload)"
        ),
        {"event": OLD_EVENT, "at": at.replace(tzinfo=None).isoformat(" "), "payload": payload},
    )
    entry = trail.Entry(
        at=at,
        what=AuditKind.RECORD,
        who="s1",
        subject=OLD_EVENT,
        event=1,
        digest=trail.digest_of(payload),
    )
    body = msgspec.json.encode(entry, order="deterministic")
    connection.execute(
        text("INSERT INTO audit (body, seal) VALUES (:body, :seal)"),
        {"body": body, "seal": seal(GENESIS, body)},
    )
    connection.execute(
        text(
            "INSERT INTO outbox (sequence, lane, state, attempts, outcome)"
            " VALUES (1, 'p1', 'pending', 0, '')"
        )
    )
