"""Counts changes, so that what was read before is read again only where something changed.

Whatever writes what a chart is made of counts it here, in the same transaction: a reader sees
the change and its count together, or neither.
"""

from collections.abc import Collection, Mapping
from typing import Final

from sqlalchemy import ColumnElement, Connection, bindparam, insert, select, update

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


def of_types(connection: Connection) -> Mapping[str, int]:
    """Tell how often each type has changed."""
    return dict(connection.execute(_OF_TYPES).all())


def of_patient(connection: Connection, patient_id: str) -> Mapping[str, int]:
    """Tell how often what each type says about a patient has changed."""
    return dict(connection.execute(_OF_PATIENT, {"patient": patient_id}).all())


def count(connection: Connection, kind: str, patients: Collection[str] = ()) -> None:
    """Count a change of a type, and of what it says about some patients."""
    table = TypeRevision
    if not _counted(connection, table, table.type == kind):
        connection.execute(insert(table).values(type=kind, revision=1))
    for patient_id in patients:
        _count_patient(connection, kind, patient_id)


def _count_patient(connection: Connection, kind: str, patient_id: str) -> None:
    table = PatientRevision
    if not _counted(connection, table, (table.patient_id == patient_id) & (table.type == kind)):
        connection.execute(insert(table).values(patient_id=patient_id, type=kind, revision=1))


def _counted(
    connection: Connection,
    table: type[TypeRevision] | type[PatientRevision],
    condition: ColumnElement[bool],
) -> bool:
    """Count one up, where it was counted before."""
    counting = update(table).where(condition).values(revision=table.revision + 1)
    return bool(connection.execute(counting).rowcount)
