"""The right drug, continued: the unit itself, its label, lot, expiry and past."""

from datetime import timedelta

from bcma.model.verdict import Right, Severity
from bcma.rules.attempt import Attempt
from bcma.rules.finding import Results, Rule, finding


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
        order = None
        if attempt.chart is not None and label.order_id is not None:
            order = attempt.chart.order(label.order_id)
        if reason is None and order is not None:
            if order.status.value in {"stopped", "cancelled", "entered-in-error"}:
                reason = order.status.value
            elif label.order_version not in (None, order.version):
                reason = "order-changed"
        if reason is not None:
            yield finding("drug.label-void", subject=unit.key, label=label.serial, reason=reason)


def not_expired(attempt: Attempt) -> Results:
    """Stop after the expiry day, the expiry minute, or the label's beyond-use time (H17, H21)."""
    today = attempt.now.astimezone(attempt.zone).date()
    for unit in attempt.units:
        code, label = unit.code, unit.label
        minutes = (code.expiry_time, label.beyond_use if label is not None else None)
        minute = min((m for m in minutes if m is not None), default=None)
        days = (code.expiry, label.expiry if label is not None else None)
        day = min((d for d in days if d is not None), default=None)
        if minute is not None and attempt.now > minute:
            yield finding("drug.expired", subject=unit.key, expiry=minute, lot=code.lot)
        elif day is not None and today > day:
            yield finding("drug.expired", subject=unit.key, expiry=day, lot=code.lot)
        elif day is not None and attempt.policy.expires_soon > timedelta(0):
            if day - today <= attempt.policy.expires_soon:
                yield finding("drug.expires-soon", subject=unit.key, expiry=day, lot=code.lot)
        elif day is None and minute is None:
            severity = Severity.ASK if attempt.policy.expiry_required else Severity.INFO
            yield finding(
                "drug.expiry-unknown", severity, subject=unit.key, scanned=unit.description
            )


def lot_is_known(attempt: Attempt) -> Results:
    """Note a unit whose code does not say its lot (hazard H20)."""
    for unit in attempt.units:
        if unit.code.lot is None and (unit.label is None or unit.label.lot is None):
            # A recalled lot may be the one in hand: only its number tells.
            recalled = unit.product is not None and unit.product.recalls_a_lot_of(unit.code.gtin)
            wanted = attempt.policy.lot_required or recalled
            severity = Severity.ASK if wanted else Severity.INFO
            yield finding("drug.lot-unknown", severity, subject=unit.key, scanned=unit.description)


def not_recalled(attempt: Attempt) -> Results:
    """Stop on a recalled or quarantined lot (hazard H19)."""
    for unit in attempt.units:
        if unit.product is None:
            continue
        lot = unit.code.lot or (unit.label.lot if unit.label is not None else None)
        recall = unit.product.recall_of(unit.code.gtin, lot)
        if recall is not None:
            yield finding("drug.recalled", subject=unit.key, lot=lot, reason=recall.reason)


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
        not_expired,
        sees=(
            "now",
            "expiries",
            "expires-soon-limit",
            "expiry-required",
        ),
    ),
    Rule(
        Right.DRUG,
        lot_is_known,
        sees=(
            "lots",
            "lot-required",
            "recalled-lots",
        ),
    ),
    Rule(
        Right.DRUG,
        not_recalled,
        sees=(
            "lots",
            "recalled-lots",
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
