"""Who is in the house, and who could be mistaken for whom (hazard H02)."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from rapidfuzz.fuzz import ratio

from bcma.model.chart import NameAlike
from bcma.model.people import Encounter, EncounterStatus, Patient
from bcma.model.ports import TypedIdentity
from bcma.model.words import fold
from bcma.store import mirror
from bcma.store.reader import Reader

#: The types of which the census is made.
DEPENDS_ON: Final = ("Patient", "Encounter", "Location")
#: Two names as like as this, of 100, differ by one or two letters.
_NEARLY_SAME: Final = 90


@dataclass(frozen=True, slots=True)
class Inpatient:
    """A patient with the stay that is in progress; a newborn goes by the mother's number too."""

    patient: Patient
    stay: Encounter
    name_key: str
    family_key: str
    mother_mrn: str | None


def inpatients(reader: Reader) -> tuple[Inpatient, ...]:
    """Give every patient of the site with a stay in progress."""
    state = reader.revision(*DEPENDS_ON)
    return reader.kept("census", state, lambda: _admitted(reader))


def name_alikes(reader: Reader, patient: Patient, stay: Encounter) -> tuple[NameAlike, ...]:
    """Give the inpatients of the same ward whose name or birth date and family are alike."""
    name, family = _name_key(patient.name), fold(patient.family)
    return tuple(
        NameAlike(
            other.patient.id,
            other.patient.name,
            other.patient.mrn,
            other.patient.birth_date,
            other.stay.bed,
        )
        for other in inpatients(reader)
        if other.patient.id != patient.id
        and _same_ward(stay, other.stay)
        and (
            _alike(name, other.name_key)
            or (_same_birth(patient, other.patient) and bool(family) and family == other.family_key)
        )
    )


def agree(reader: Reader, typed: TypedIdentity) -> tuple[Patient, ...]:
    """Give the inpatients with whom everything that was typed agrees; nothing typed: nobody."""
    if not (typed.mrn or typed.birth_date or typed.name):
        return ()
    return tuple(who.patient for who in inpatients(reader) if _agrees(who, typed))


def stays(reader: Reader) -> tuple[Encounter, ...]:
    """Give every stay in progress, also of patients whose own record is not here."""
    found = reader.encounters(mirror.of_type(reader.connection, "Encounter"))
    return tuple(stay for stay in found if stay.status is EncounterStatus.IN_PROGRESS)


def _admitted(reader: Reader) -> tuple[Inpatient, ...]:
    staying = {stay.patient_id: stay for stay in stays(reader)}
    found = reader.patients(mirror.get(reader.connection, "Patient", sorted(staying)))
    mothers = sorted({p.mother_id for p in found if p.mother_id is not None})
    numbers = {
        mother.id: mother.mrn
        for mother in reader.patients(mirror.get(reader.connection, "Patient", mothers))
    }
    return tuple(
        Inpatient(
            patient=p,
            stay=staying[p.id],
            name_key=_name_key(p.name),
            family_key=fold(p.family),
            mother_mrn=numbers.get(p.mother_id or ""),
        )
        for p in found
    )


def _same_ward(one: Encounter, other: Encounter) -> bool:
    """Compare wards by name where both have one: places further up are shared by all."""
    if one.ward_name and other.ward_name:
        return one.ward_name == other.ward_name
    return bool(one.wards & other.wards)


def _name_key(name: str) -> str:
    """Give a name without case, diacritics and order of its words."""
    return " ".join(sorted(fold(name).split()))


def _alike(one: str, other: str) -> bool:
    return bool(one and other) and ratio(one, other) >= _NEARLY_SAME


def _same_birth(one: Patient, other: Patient) -> bool:
    return one.birth_date is not None and one.birth_date == other.birth_date


def _agrees(who: Inpatient, typed: TypedIdentity) -> bool:
    patient = who.patient
    born = patient.birth_date
    birth_dates: Sequence[str] = (born.isoformat(), f"{born:%d/%m/%Y}") if born else ()
    return (
        (not typed.mrn or typed.mrn.strip() in {patient.mrn, who.mother_mrn})
        and (not typed.birth_date or typed.birth_date.strip() in birth_dates)
        and (not typed.name or _name_key(typed.name) == who.name_key)
    )
