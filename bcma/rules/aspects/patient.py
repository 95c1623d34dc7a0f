"""Aspects of the patient: who, where, and how they were identified."""

from collections.abc import Mapping
from datetime import datetime
from decimal import ROUND_FLOOR, Decimal
from typing import Final

from bcma.model.people import Encounter, EncounterStatus
from bcma.model.quantity import Quantity
from bcma.rules.aspects.look import Look, length
from bcma.rules.attempt import Attempt
from bcma.rules.patient import current_stay, last_stay
from bcma.rules.weight import age_group, weight_before, weight_of

_YOUNGEST = 2
_TENTH = Decimal("0.1")


def _band(attempt: Attempt) -> str | None:
    band = attempt.band
    return None if band is None or band.code is None else band.code.value


def _band_age(attempt: Attempt) -> Quantity | None:
    return None if attempt.band is None else length(attempt.now - attempt.band.at)


def _band_elsewhere(attempt: Attempt) -> datetime | None:
    band = attempt.band
    return None if band is None or band.elsewhere is None else band.elsewhere.at


def _stay(attempt: Attempt) -> Encounter | None:
    return current_stay(attempt) or last_stay(attempt)


def _stay_status(attempt: Attempt) -> EncounterStatus | None:
    stay = _stay(attempt)
    return None if stay is None else stay.status


def _stay_ward(attempt: Attempt) -> str | None:
    stay = current_stay(attempt)
    return None if stay is None else stay.ward_name


def _age(attempt: Attempt) -> Decimal | None:
    """Give whole years, of the youngest also the tenths."""
    age = None if attempt.chart is None else attempt.chart.age_years
    if age is None:
        return None
    return age.quantize(_TENTH if age < _YOUNGEST else Decimal(1), ROUND_FLOOR)


def _weight_age(attempt: Attempt) -> Quantity | None:
    at = None if attempt.chart is None else attempt.chart.weight_at
    return None if at is None else length(attempt.now - at)


def _weight_age_limit(attempt: Attempt) -> Quantity | None:
    if attempt.chart is None:
        return None
    return length(attempt.policy.weight_age[age_group(attempt.chart.age_years)])


def _weight_before(attempt: Attempt) -> Quantity | None:
    before = None if attempt.chart is None else weight_before(attempt.chart)
    return None if before is None else before.value


ASPECTS: Final[Mapping[str, Look]] = {
    "patient": lambda a: None if a.chart is None else a.chart.patient.name,
    "band": _band,
    "band-void": lambda a: None if a.band is None else a.band.void,
    "band-by-hand": lambda a: None if a.band is None else a.band.reason,
    "band-age": _band_age,
    "band-age-limit": lambda a: length(a.policy.patient_scan),
    "band-elsewhere": _band_elsewhere,
    "band-elsewhere-limit": lambda a: length(a.policy.band_elsewhere),
    "record-merged": lambda a: None if a.chart is None else a.chart.patient.replaced_by is not None,
    "record-in-use": lambda a: None if a.chart is None else a.chart.patient.active,
    "deceased": lambda a: None if a.chart is None else a.chart.patient.deceased,
    "stay": _stay_status,
    "stay-ward": _stay_ward,
    "station-ward": lambda a: a.ward,
    "name-alikes": lambda a: () if a.chart is None else tuple(n.name for n in a.chart.name_alikes),
    "age": _age,
    "weight": weight_of,
    "weight-age": _weight_age,
    "weight-age-limit": _weight_age_limit,
    "weight-before": _weight_before,
}
