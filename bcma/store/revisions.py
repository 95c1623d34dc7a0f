"""Counts changes, so that what was read before is read again only where something changed.

Whatever writes what a chart is made of counts it here, in the same transaction: a reader sees
the change and its count together, or neither.
"""

from collections.abc import Collection, Mapping, Sequence
from typing import Final

from sqlalchemy import Connection, bindparam, insert, select, update

from bcma.store.mirror import CHUNK
from bcma.store.tables import PatientRevision, TypeRevision

#: What a ward has read, beside the types of the EMR.
ACKNOWLEDGEMENT: Final = "our:acknowledgement"
#: What was told here beside the doses.
CARE: Final = "our:care"
#: The EMR's records of doses, and our own.
RECORDS: Final = "MedicationAdministration"
_OF_TYPES: Final = select(TypeRevision.type, TypeRevision.revision)
_OF_PATIENT: Final = select(PatientRevision.type, PatientRevision.revision).where(
    PatientRevision.patient_id == bindparam("patient")
)
_OF_THESE: Final = (PatientRevision.type == bindparam("kind")) & PatientRevision.patient_id.in_(
    bindparam("patients", expanding=True)
)
_COUNTED: Final = select(PatientRevision.patient_id).where(_OF_THESE)
_COUNT_ON: Final = (
    update(PatientRevision).where(_OF_THESE).values(revision=PatientRevision.revision + 1)
)


def of_types(connection: Connection) -> Mapping[str, int]:
    """Tell how often each type has changed."""
    return dict(connection.execute(_OF_TYPES).all())


def of_patient(connection: Connection, patient_id: str) -> Mapping[str, int]:
    """Tell how often what each type says about a patient has changed."""
    return dict(connection.execute(_OF_PATIENT, {"patient": patient_id}).all())


def count(connection: Connection, kind: str, patients: Collection[str] = ()) -> None:
    """Count a change of a type, and of what it says about some patients."""
    table = TypeRevision
    counting = update(table).where(table.type == kind).values(revision=table.revision + 1)
    if not connection.execute(counting).rowcount:
        connection.execute(insert(table).values(type=kind, revision=1))
    named = sorted(patients)
    for start in range(0, len(named), CHUNK):
        _count_patients(connection, kind, named[start : start + CHUNK])


def _count_patients(connection: Connection, kind: str, patients: Sequence[str]) -> None:
    """Count one up for patients who were counted before, and begin with the others."""
    these = {"kind": kind, "patients": patients}
    counted = set(connection.execute(_COUNTED, these).scalars())
    if counted:
        connection.execute(_COUNT_ON, these)
    rows = [{"patient_id": p, "type": kind, "revision": 1} for p in patients if p not in counted]
    if rows:
        connection.execute(insert(PatientRevision), rows)
