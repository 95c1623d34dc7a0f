"""The right drug, continued: lot and expiry of each unit in hand."""

from datetime import date, datetime, time, timedelta

from bcma.model.verdict import Right, Severity
from bcma.rules.attempt import Attempt, UnitInHand
from bcma.rules.finding import Results, Rule, finding
from bcma.rules.infusion import ends_at

_DAY = timedelta(days=1)


def not_expired(attempt: Attempt) -> Results:
    """Stop after the expiry day, the expiry minute, or the label's beyond-use time (H17, H21)."""
    for unit in attempt.units:
        passed = _expiry_passed(unit, attempt)
        if passed is not None:
            yield finding("drug.expired", subject=unit.key, expiry=passed, lot=unit.lot)


def expiry_is_known(attempt: Attempt) -> Results:
    """Note a unit whose code does not say when it expires; ask where the site wants to know."""
    severity = Severity.ASK if attempt.policy.expiry_required else Severity.INFO
    for unit in attempt.units:
        if unit.last_day is None and unit.last_minute is None:
            yield finding(
                "drug.expiry-unknown", severity, subject=unit.key, scanned=unit.description
            )


def lasts_long_enough(attempt: Attempt) -> Results:
    """Warn within the site's days of the expiry, or when an infusion would outlast it (H18)."""
    end = ends_at(attempt)
    for unit in attempt.units:
        usable_until = _usable_until(unit, attempt)
        if usable_until is None or _expiry_passed(unit, attempt) is not None:
            continue
        outlasted = end is not None and end > usable_until
        if outlasted or _is_near(unit, attempt):
            yield finding(
                "drug.expires-soon",
                subject=unit.key,
                expiry=unit.last_minute or unit.last_day,
                lot=unit.lot,
                ends_at=end if outlasted else None,
            )


def lot_is_known(attempt: Attempt) -> Results:
    """Note a unit whose code does not say its lot (hazard H20)."""
    for unit in attempt.units:
        if unit.lot is None:
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
        recall = unit.product.recall_of(unit.code.gtin, unit.lot)
        if recall is not None:
            yield finding("drug.recalled", subject=unit.key, lot=unit.lot, reason=recall.reason)


def _expiry_passed(unit: UnitInHand, attempt: Attempt) -> date | None:
    day, minute = unit.last_day, unit.last_minute
    if minute is not None and attempt.now > minute:
        return minute
    return day if day is not None and _today(attempt) > day else None


def _today(attempt: Attempt) -> date:
    return attempt.now.astimezone(attempt.zone).date()


def _usable_until(unit: UnitInHand, attempt: Attempt) -> datetime | None:
    """Give the last instant of use: a minute, or the end of a day at the ward."""
    ends = [] if unit.last_minute is None else [unit.last_minute]
    if unit.last_day is not None:
        ends.append(datetime.combine(unit.last_day + _DAY, time(), attempt.zone))
    return min(ends, default=None)


def _is_near(unit: UnitInHand, attempt: Attempt) -> bool:
    """Tell whether the lot expires within the site's days.

    A beyond-use time is hours away by nature: it is near only to an infusion that outlasts it.
    """
    days = attempt.policy.expires_soon
    of_code = unit.code.expiry_time
    last = unit.last_day or (of_code and of_code.astimezone(attempt.zone).date())
    return days > timedelta(0) and last is not None and last - _today(attempt) <= days


RULES = (
    Rule(Right.DRUG, not_expired, sees=("now", "expiries")),
    Rule(Right.DRUG, expiry_is_known, sees=("scanned", "expiries", "expiry-required")),
    Rule(
        Right.DRUG,
        lasts_long_enough,
        sees=("now", "expiries", "expires-soon-limit", "infusion-end"),
    ),
    Rule(Right.DRUG, lot_is_known, sees=("lots", "lot-required", "recalled-lots")),
    Rule(Right.DRUG, not_recalled, sees=("lots", "recalled-lots")),
)
