"""What the audit trail of a station tells: the kinds of its entries, and one as others learn it."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class AuditKind(StrEnum):
    """What an entry of the audit trail is about; no other is written.

    ``RECORD``: a version of a dose's record. ``CARE``: an event beside the doses. ``REPLAYED``:
    one of these came back from the journal. ``RECORD_REFUSED``: a record that the store did not
    take. ``LOCK``: a person's session was locked, by hand or as nobody did anything.
    ``ACKNOWLEDGE``: orders read, as an earlier version of the program wrote it.
    """

    RECORD = "record"
    CARE = "file"
    REPLAYED = "replayed"
    RECORD_REFUSED = "record-refused"
    BAND_SCAN = "band-scan"
    ORDERS_READ = "orders-read"
    ACKNOWLEDGE = "acknowledge"
    ENROL = "enrol"
    SIGN_IN = "sign-in"
    SIGN_IN_REFUSED = "sign-in-refused"
    LOCKED_OUT = "locked-out"
    LOCK = "lock"
    SIGN_OUT = "sign-out"
    DELIVERY_RETRIED = "delivery-retried"
    DELIVERY_HANDLED = "delivery-handled"
    DELETIONS_ACCEPTED = "deletions-accepted"
    SETBACK_SEEN = "setback-seen"
    STORE_RESTORED = "store-restored"
    STORE_COPIED = "store-copied"


@dataclass(frozen=True, slots=True, kw_only=True)
class AuditedEvent:
    """The event that an entry is about.

    Attributes:
        event_id: names it everywhere.
        is_dose: it is a record of a dose, else an event beside the doses.
        version: 1 for a new one.
        is_told: the EMR has it.
    """

    event_id: str
    is_dose: bool
    version: int = 1
    is_told: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Audited:
    """An access or a change at a station, by ids only: no name, no reason, no value.

    Attributes:
        by_id: id of the person; empty for the program itself.
        person_id: id of the member of staff whom it is about.
        patient_id: id of the patient whom it is about.
    """

    kind: AuditKind
    station: str
    at: datetime
    by_id: str = ""
    person_id: str = ""
    patient_id: str = ""
    event: AuditedEvent | None = None
