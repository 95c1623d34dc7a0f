"""The right patient: who wears the band, and whether they are here to be treated."""

from bcma.model.people import Encounter, EncounterStatus
from bcma.model.verdict import NEVER, NotChecked, ReleaseBy, Right
from bcma.rules.attempt import Attempt
from bcma.rules.finding import Results, Rule, Scope, finding


def band_is_valid(attempt: Attempt) -> Results:
    """Stop on a band that was replaced by a newer print (hazard H03)."""
    band = attempt.band
    if band is not None and band.void and band.code is not None:
        yield finding("patient.band-void", band=band.code.value)


def band_is_here_alone(attempt: Attempt) -> Results:
    """Warn when the same band was scanned on another station minutes before (hazard H03).

    One patient is treated in one place: perhaps a copy of the band is on a cart.
    """
    band = attempt.band
    if band is None or band.elsewhere is None:
        return
    if band.at - band.elsewhere.at <= attempt.policy.band_elsewhere:
        yield finding(
            "patient.band-elsewhere",
            subject=band.elsewhere.station,
            station=band.elsewhere.station,
            at=band.elsewhere.at,
        )


def identified_by_hand(attempt: Attempt) -> Results:
    """Warn when the patient was identified without a band; its reason was given then."""
    band = attempt.band
    if band is not None and band.code is None:
        yield finding("patient.band-unreadable", reason=band.reason)


def admitted(attempt: Attempt) -> Results:
    """Stop unless the patient has a stay in progress, is alive, and the record is in use."""
    chart = attempt.chart
    if chart is None:
        yield NotChecked(Right.PATIENT, "no-patient")
        return
    patient = chart.patient
    if patient.replaced_by is not None:
        yield finding("patient.not-admitted", release=NEVER, status="merged")
    elif patient.deceased:
        yield finding("patient.not-admitted", release=NEVER, status="deceased")
    elif not patient.active:
        yield finding("patient.not-admitted", release=NEVER, status="inactive")
    elif current_stay(attempt) is None:
        last = last_stay(attempt)
        release = (ReleaseBy.PRESCRIBER,) if _left_today(last, attempt) else NEVER
        status = "no-encounter" if last is None else last.status.value
        yield finding("patient.not-admitted", release=release, status=status)


def on_this_ward(attempt: Attempt) -> Results:
    """Warn when the patient lies on another ward than this station's (hazard H09)."""
    stay = current_stay(attempt)
    if stay is None or not stay.wards or not attempt.ward:
        return
    if attempt.ward in attempt.policy.other_ward_exempt:
        return
    if attempt.ward not in stay.wards:
        yield finding("patient.other-ward", ward=stay.ward_name, bed=stay.bed)


def scan_is_fresh(attempt: Attempt) -> Results:
    """Ask for the band again when its scan is older than the policy allows."""
    if attempt.band is None:
        yield finding("patient.rescan") if attempt.is_dose else NotChecked(Right.PATIENT, "no-band")
    elif attempt.now - attempt.band.at > attempt.policy.patient_scan:
        minutes = int((attempt.now - attempt.band.at).total_seconds() // 60)
        yield finding("patient.rescan", minutes=minutes)


def name_alike(attempt: Attempt) -> Results:
    """Point at other inpatients who could be mistaken for this one (hazard H02)."""
    for other in () if attempt.chart is None else attempt.chart.name_alikes:
        yield finding(
            "patient.name-alike",
            subject=other.patient_id,
            other_patient=other.name,
            mrn=other.mrn,
            birth_date=other.birth_date,
            bed=other.bed,
        )


def current_stay(attempt: Attempt) -> Encounter | None:
    """Give the stay in progress, if the patient has one."""
    return None if attempt.chart is None else attempt.chart.stay


def last_stay(attempt: Attempt) -> Encounter | None:
    """Give the stay that ended, or began, last."""
    encounters = () if attempt.chart is None else attempt.chart.encounters
    return max(encounters, key=_last_known, default=None)


def _last_known(encounter: Encounter) -> float:
    at = encounter.ends or encounter.starts
    return 0.0 if at is None else at.timestamp()


def _left_today(stay: Encounter | None, attempt: Attempt) -> bool:
    """Tell whether the stay was ended administratively today while an order still runs."""
    if stay is None or stay.status is not EncounterStatus.FINISHED or stay.ends is None:
        return False
    today = attempt.now.astimezone(attempt.zone).date()
    has_order = attempt.chart is not None and any(
        o.status.value == "active" for o in attempt.chart.orders
    )
    return has_order and stay.ends.astimezone(attempt.zone).date() == today


RULES = (
    Rule(Right.PATIENT, band_is_valid, Scope.ALWAYS, sees=("band", "band-void")),
    Rule(
        Right.PATIENT,
        band_is_here_alone,
        Scope.ALWAYS,
        sees=("band", "band-age", "band-elsewhere", "band-elsewhere-limit"),
    ),
    Rule(Right.PATIENT, identified_by_hand, Scope.ALWAYS, sees=("band", "band-by-hand")),
    Rule(
        Right.PATIENT,
        admitted,
        Scope.ALWAYS,
        sees=("patient", "record-merged", "record-in-use", "deceased", "stay"),
    ),
    Rule(Right.PATIENT, on_this_ward, Scope.ALWAYS, sees=("stay-ward", "station-ward")),
    Rule(Right.PATIENT, scan_is_fresh, Scope.ALWAYS, sees=("band-age", "band-age-limit")),
    Rule(Right.PATIENT, name_alike, Scope.ALWAYS, sees=("patient", "name-alikes")),
)
