"""Charts from the mirror and our own records."""

import logging
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from datetime import date, datetime
from decimal import Decimal
from typing import Final, NamedTuple

from bcma.emr.fhir_map import latest_weight
from bcma.errors import DataError
from bcma.model.chart import Chart, NilByMouth
from bcma.model.people import Patient
from bcma.model.ports import TypedIdentity
from bcma.model.record import MedicationAdministration
from bcma.model.scan import Wristband
from bcma.store import census, history, keys, mirror
from bcma.store.cursors import patient_as_of
from bcma.store.patient_file import PatientFile
from bcma.store.reader import Reader

_log = logging.getLogger(__name__)
_DAYS_OF_A_YEAR: Final = Decimal("365.2425")


class NoPatientError(DataError):
    """No such patient is known at this station, or the record cannot be read."""

    code = "store.no-patient"


class StoreCharts:
    """Fills :class:`bcma.model.ports.Charts`."""

    def __init__(self, reading: Callable[[], AbstractContextManager[Reader]], ward: str) -> None:
        self._reading = reading
        self._ward = ward

    def holder_of(self, band: Wristband) -> Patient | None:
        """Give the patient on whose record this band (any print of it) stands.

        A band on two records identifies nobody, unless one of them was merged away.
        """
        with self._reading() as reader:
            refs = mirror.find(reader.connection, "Patient", keys.BAND, sorted(band.bands))
            holders = reader.patients(refs)
        exact = [p for p in holders if any(b.value in band.values for b in p.bands)]
        candidates = exact or list(holders)
        living = [p for p in candidates if p.replaced_by is None] or candidates
        if len(living) > 1:
            _log.warning("one band on %d records", len(living))
            return None
        return living[0] if living else None

    def find_inpatients(self, typed: TypedIdentity) -> Sequence[Patient]:
        """Give the inpatients with whom every typed identifier agrees."""
        with self._reading() as reader:
            return census.agree(reader, typed)

    def inpatients(self, ward: str | None = None) -> tuple[Patient, ...]:
        """Give the inpatients of a ward (code or id), of this station's where none is named."""
        wanted = self._ward if ward is None else ward
        with self._reading() as reader:
            return tuple(
                who.patient for who in census.inpatients(reader) if wanted in who.stay.wards
            )

    def chart(self, patient_id: str, now: datetime) -> Chart:
        """Give the whole chart of a patient.

        Raises:
            NoPatientError: there is no such patient here, or the record cannot be read.
        """
        with self._reading() as reader:
            file = PatientFile(reader, patient_id)
            patient = file.patient()
            if patient is None:
                raise NoPatientError(patient=patient_id)
            moment = _Moment(
                patient_as_of(reader.connection, patient_id),
                reader.nil_by_mouth(*file.fasting(), now),
                _age(patient.birth_date, now),
            )
            return file.whole(
                f"chart for {self._ward}", moment, lambda: _chart(file, patient, moment, self._ward)
            )

    def recorded(self, event_id: str) -> MedicationAdministration | None:
        """Give the latest version of one of our records, of this station or another."""
        with self._reading() as reader:
            return history.recorded(reader, event_id)


class _Moment(NamedTuple):
    """What a chart says that changes by the clock alone."""

    orders_as_of: datetime | None
    nil_by_mouth: NilByMouth
    age_years: Decimal | None


def _chart(file: PatientFile, patient: Patient, moment: _Moment, ward: str) -> Chart:
    observations = file.observations()
    weight, weight_at = latest_weight(observations) or (None, None)
    return Chart(
        patient=patient,
        encounters=file.stays(),
        orders=file.orders(),
        administrations=file.records(),
        approvals=file.approvals(),
        labels=file.labels(),
        allergies=file.allergies(),
        observations=observations,
        reactions=file.reactions(),
        effect_checks=file.effect_checks(),
        nil_by_mouth=moment.nil_by_mouth,
        name_alikes=file.name_alikes(patient),
        medications=file.medications(),
        acknowledged=file.acknowledged(ward),
        band_scans=file.band_scans(),
        settled_doubles=file.settled_doubles(),
        orders_as_of=moment.orders_as_of,
        weight=weight,
        weight_at=weight_at,
        age_years=moment.age_years,
    )


def _age(born: date | None, now: datetime) -> Decimal | None:
    if born is None:
        return None
    return Decimal((now.date() - born).days) / _DAYS_OF_A_YEAR
