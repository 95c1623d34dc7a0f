"""The right dose, continued: giver and witness each work dose or rate out, unseen by the other."""

from decimal import Decimal
from typing import Final

from bcma.model.quantity import Quantity, UnitError
from bcma.model.verdict import Right
from bcma.rules.attempt import Attempt
from bcma.rules.content import VOLUME, converted_by, is_volume
from bcma.rules.finding import Results, Rule, finding
from bcma.rules.target import dose_unit, target_amount
from bcma.rules.volume import device_step, volume_of

#: Both may enter once, and after a difference once again.
TRIES: Final = 2
_PUMP: Final = "mL/h"


def worked_out_alike(attempt: Attempt) -> Results:
    """Stop a drug of the site's list until two people have worked out the same, and as ordered."""
    if attempt.gives_nothing or not _is_listed(attempt):
        return
    entered = attempt.answers.recomputed
    if entered.is_complete and agree(attempt):
        return
    yield finding(
        "dose.recompute",
        # what one has entered is shown to nobody before the other has
        giver=entered.by_giver if entered.is_complete else None,
        witness=entered.by_witness if entered.is_complete else None,
        left=TRIES - entered.failed,
    )


def agree(attempt: Attempt) -> bool:
    """Tell whether both results differ by no more than a device step, and are as ordered."""
    entered = attempt.answers.recomputed
    if entered.by_giver is None or entered.by_witness is None:
        return False
    alike = _alike(entered.by_giver, entered.by_witness, attempt)
    return alike and all(_as_ordered(e, attempt) for e in (entered.by_giver, entered.by_witness))


def _is_listed(attempt: Attempt) -> bool:
    listed = attempt.policy.recompute
    return any(not listed.isdisjoint(drug.drug_codes) for drug in attempt.drugs)


def _as_ordered(entry: Quantity, attempt: Attempt) -> bool:
    """Compare a result with the dose or the rate of the order; a pump's rate may be left open."""
    target = target_amount(attempt)
    if isinstance(target, Quantity) and _comparable(entry, target, attempt):
        return _alike(entry, target, attempt)
    rate = None if attempt.dosage is None else attempt.dosage.rate
    if isinstance(rate, Quantity) and entry.convertible_to(rate.unit):
        return _alike(entry, rate, attempt)
    return entry.convertible_to(_PUMP)


def _comparable(one: Quantity, other: Quantity, attempt: Attempt) -> bool:
    return _as_measured(one, attempt).convertible_to(_as_measured(other, attempt).unit)


def _alike(one: Quantity, other: Quantity, attempt: Attempt) -> bool:
    first, second = _as_measured(one, attempt), _as_measured(other, attempt)
    if not second.convertible_to(first.unit):
        return False
    step = device_step(first)
    most = Decimal(0) if step is None else step.to(first.unit).value
    return abs(first.value - second.to(first.unit).value) <= most


def _as_measured(amount: Quantity, attempt: Attempt) -> Quantity:
    """Give an amount as a syringe measures it; else in the unit of the dose."""
    if is_volume(amount.unit) or amount.convertible_to(_PUMP):
        return amount
    for drug in reversed(attempt.drugs):
        volume = volume_of(amount, drug, ordered=drug)
        if volume is not None and volume.convertible_to(VOLUME):
            return volume
    try:
        return converted_by(amount, dose_unit(attempt) or amount.unit, attempt.drugs)
    except UnitError:
        return amount


RULES = (
    Rule(
        Right.DOSE,
        worked_out_alike,
        sees=("ordered-drug", "dose-target", "worked-out-by-giver", "worked-out-by-witness"),
    ),
)
