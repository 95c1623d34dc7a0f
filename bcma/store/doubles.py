"""Doses that were charted twice for one slot: found by every station that has both (hazard H47)."""

from collections import defaultdict
from collections.abc import Iterator
from datetime import datetime
from itertools import pairwise
from uuid import UUID, uuid5

from bcma.emr.fhir_map.unit_of_work import is_uuid
from bcma.model.events import DoubleDose
from bcma.model.record import MedicationAdministration, RecordStatus
from bcma.store.patient_file import PatientFile
from bcma.store.reader import Reader


def double_doses(reader: Reader, patient_id: str) -> Iterator[DoubleDose]:
    """Find whole doses of ours for one slot of an order or its renewals, two at a time."""
    file = PatientFile(reader, patient_id)
    renewals = file.renewals()
    by_slot: dict[tuple[frozenset[str], datetime], dict[str, MedicationAdministration]]
    by_slot = defaultdict(dict)
    for record in file.records():
        order_id, slot, event_id = record.order_id, record.slot, record.event_id
        if order_id is None or slot is None or event_id is None or not _is_whole(record):
            continue
        chain = frozenset({order_id}) | renewals.get(order_id, frozenset())
        by_slot[chain, slot][event_id] = record
    for doses in by_slot.values():
        for one, other in pairwise(sorted(doses)):
            times = [at for at in (doses[one].known_at, doses[other].known_at) if at is not None]
            if times and is_uuid(one):
                yield DoubleDose(
                    event_id=str(uuid5(UUID(one), other)),
                    patient_id=patient_id,
                    record_ids=(_name(doses[one]), _name(doses[other])),
                    at=max(times),
                )


def _is_whole(record: MedicationAdministration) -> bool:
    return record.went_in and not record.is_part and record.status is not RecordStatus.LOST


def _name(record: MedicationAdministration) -> str:
    return record.resource_id or record.event_id or ""
