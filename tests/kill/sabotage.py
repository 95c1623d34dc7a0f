"""Ways to spoil the program, to see that its killing notices (``--spoil NAME``)."""

from collections.abc import Callable, Mapping, Sequence
from itertools import count
from types import MappingProxyType
from typing import Final
from uuid import uuid4

import msgspec
from sqlalchemy import Connection, delete

from bcma.audit import seal as seal_truly
from bcma.emr.deliver import Writer
from bcma.emr.fhir_map import Raw
from bcma.emr.fhir_map.unit_of_work import reference_to
from bcma.model.ports import SaveOutcome, SaveResult
from bcma.model.record import MedicationAdministration
from bcma.store import append as appending
from bcma.store import record as recording
from bcma.store import trail
from bcma.store.record import StoreRecorder
from bcma.store.tables import AuditEntry, Delivery
from tests.kill.ward import Json

#: Every so-and-so-many-th time it goes wrong: the program works on, and nobody sees it.
_NOW_AND_THEN: Final = 4


def _no_delivery() -> None:
    """Leave the outbox row of an event out."""
    _after_append(lambda c, event: c.execute(delete(Delivery).where(Delivery.sequence == event)))


def _no_audit() -> None:
    """Leave the audit entry of an event out: the last one, which no seal follows yet."""
    last = AuditEntry.sequence.desc()

    def leave_out(connection: Connection, _event: int) -> None:
        number = connection.execute(
            AuditEntry.__table__.select().order_by(last).limit(1)
        ).scalar_one()
        connection.execute(delete(AuditEntry).where(AuditEntry.sequence == number))

    _after_append(leave_out)


def _not_written() -> None:
    """Say that it is saved, and write nothing."""
    true, times = StoreRecorder.record, count()

    def record(
        self: StoreRecorder,
        administration: MedicationAdministration,
        closes: Sequence[MedicationAdministration] = (),
    ) -> SaveResult:
        if next(times) % _NOW_AND_THEN == 1:
            return SaveResult(SaveOutcome.SAVED, administration)
        return true(self, administration, closes)

    StoreRecorder.record = record  # type: ignore[method-assign]


def _sent_blindly() -> None:
    """Send each record twice, under an id that the server did not see before."""
    true = Writer.write

    def write(self: Writer, bundle: Raw) -> None:
        written = msgspec.json.decode(msgspec.json.encode(bundle), type=Json)
        twin = msgspec.json.decode(msgspec.json.encode(written["entry"][0]), type=Json)
        twin["resource"]["id"] = str(uuid4())
        twin["request"] = {"method": "PUT", "url": reference_to(twin["resource"])}
        written["entry"].append(twin)
        true(self, written)

    Writer.write = write  # type: ignore[method-assign]


def _other_seal() -> None:
    """Seal an entry onto something else than the one before."""
    true, times = seal_truly, count()

    def seal(previous: str, body: bytes) -> str:
        return true("" if next(times) % _NOW_AND_THEN == 1 else previous, body)

    trail.seal = seal  # type: ignore[attr-defined]


SPOILS: Final[Mapping[str, Callable[[], None]]] = MappingProxyType(
    {
        "no-delivery": _no_delivery,
        "no-audit": _no_audit,
        "not-written": _not_written,
        "sent-twice": _sent_blindly,
        "other-seal": _other_seal,
    }
)


def _after_append(spoil: Callable[[Connection, int], object]) -> None:
    true, times = appending.append, count()

    def append(connection: Connection, row: appending.Row) -> int:
        sequence = true(connection, row)
        if next(times) % _NOW_AND_THEN == 1:
            spoil(connection, sequence)
        return sequence

    recording.append = append  # type: ignore[attr-defined,assignment]
