"""The right drug, continued: the unit itself, its label, its past and where it comes from."""

from typing import Final

from bcma.model.verdict import ReleaseBy, Right
from bcma.rules.attempt import Attempt
from bcma.rules.finding import Results, Rule, finding

#: The coded reason of a unit that the patient brought along or that was bought outside.
OWN_SUPPLY: Final = "own-supply"
_AT_NIGHT: Final = (ReleaseBy.PRESCRIBER, ReleaseBy.WITNESS)


def dispensed_for_this_patient(attempt: Attempt) -> Results:
    """Stop on a unit that was dispensed for another patient (hazards H05, H114)."""
    if attempt.chart is None:
        return
    for unit in attempt.units:
        label = unit.label
        if label is not None and label.patient_id not in (None, attempt.chart.patient.id):
            yield finding("drug.other-patient", subject=unit.key, label=label.serial)


def not_used_before(attempt: Attempt) -> Results:
    """Stop on a single-use unit that a record has used up already (hazard H23)."""
    for unit in attempt.units:
        if unit.used_by is not None:
            yield finding(
                "drug.unit-used",
                subject=unit.key,
                serial=unit.code.serial,
                given_at=unit.used_by.given_at,
                given_by=unit.used_by.giver_name,
            )


def label_is_valid(attempt: Attempt) -> Results:
    """Stop on a label that was reprinted, or whose order was stopped or edited (H22, H45)."""
    for unit in attempt.units:
        label = unit.label
        if label is None:
            continue
        reason = label.void_reason or "reprinted" if label.void else None
        order = None if attempt.chart is None else attempt.chart.order(label.order_id)
        if reason is None and order is not None:
            if order.status.value in {"stopped", "cancelled", "entered-in-error"}:
                reason = order.status.value
            elif label.order_version not in (None, order.version):
                reason = "order-changed"
        if reason is not None:
            yield finding("drug.label-void", subject=unit.key, label=label.serial, reason=reason)


def comes_from_pharmacy(attempt: Attempt) -> Results:
    """Stop on the patient's own or bought drug until pharmacy has labelled it (hazard H27).

    While pharmacy is closed the prescriber decides, with a second person.
    """
    ward_time = attempt.now.astimezone(attempt.zone).time()
    by_day = attempt.policy.pharmacy_hours.contain(ward_time)
    for unit in attempt.units:
        if unit.reason == OWN_SUPPLY and unit.label is None:
            yield finding(
                "drug.own-supply",
                release=None if by_day else _AT_NIGHT,
                subject=unit.key,
                scanned=unit.description,
            )


def identified_by_hand(attempt: Attempt) -> Results:
    """Warn about a unit without a scan; its coded reason was given then."""
    for unit in attempt.units:
        if not unit.scanned:
            yield finding("drug.unscannable", subject=unit.key, reason=unit.reason)


RULES = (
    Rule(
        Right.DRUG,
        dispensed_for_this_patient,
        sees=(
            "patient",
            "labels",
            "label-patients",
        ),
    ),
    Rule(
        Right.DRUG,
        not_used_before,
        sees=(
            "serials",
            "units-used-at",
        ),
    ),
    Rule(
        Right.DRUG,
        label_is_valid,
        sees=(
            "labels",
            "labels-void",
            "label-orders",
        ),
    ),
    Rule(
        Right.DRUG,
        comes_from_pharmacy,
        sees=(
            "scanned",
            "scanned-by-hand",
            "labels",
            "pharmacy-hours",
            "now",
        ),
    ),
    Rule(
        Right.DRUG,
        identified_by_hand,
        sees=(
            "scanned",
            "scanned-by-hand",
        ),
    ),
)
