"""The right dose: what the units in hand make, against what was ordered."""

from typing import assert_never

from bcma.model.order import DoseRange
from bcma.model.quantity import Quantity, UnitError
from bcma.model.verdict import Finding, NotChecked, Right, Severity
from bcma.rules.attempt import Attempt
from bcma.rules.finding import Results, Rule, finding
from bcma.rules.infusion import rates, runs_unmeasured
from bcma.rules.matching import (
    is_diluent_of_the_dose,
    is_mixed,
    is_ordered,
    units_of_the_order,
)
from bcma.rules.tally import Fit, Tally, tally
from bcma.rules.target import (
    TargetGap,
    cap,
    dose_unit,
    ordered_dose,
    planned_amount,
    target_amount,
)
from bcma.rules.volume import measurable
from bcma.rules.waste import waste_of, wastes_a_controlled_drug


def amount_is_known(attempt: Attempt) -> Results:
    """Want a target: chosen where the order leaves it open."""
    target = target_amount(attempt)
    match target:
        case TargetGap.NO_ORDER:
            yield NotChecked(Right.DOSE, "no-order")
        case TargetGap.NO_DOSE if attempt.order_problems:
            yield NotChecked(Right.DOSE, "unreadable-order")
        case TargetGap.NO_DOSE if runs_unmeasured(attempt):
            return
        case TargetGap.NO_DOSE:
            # A rate beside something that does not run: how much is meant?
            yield finding("dose.unit-unknown", ordered=_rate(attempt), scanned=None)
        case TargetGap.TO_CHOOSE | TargetGap.NO_WEIGHT:
            low, high = _to_choose_from(attempt)
            yield finding("dose.choose", low=low, high=high)
        case TargetGap.PART_UNREADABLE | TargetGap.CAP_UNREADABLE:
            written = None if attempt.dosage is None else attempt.dosage.dose
            ordered = written if isinstance(written, Quantity) else None
            yield finding("dose.unit-unknown", ordered=ordered, scanned=None)
        case _:
            return  # an amount


def _rate(attempt: Attempt) -> Quantity | None:
    ordered = rates(attempt.dosage)
    return None if ordered is None else ordered[1]


def amount_is_ordered(attempt: Attempt) -> Results:
    """Stop on an amount outside the order: its range, its dose, its most per administration."""
    planned, target = planned_amount(attempt), target_amount(attempt)
    if isinstance(planned, TargetGap) or isinstance(target, TargetGap):
        return
    try:
        low, high = _bounds(attempt, planned)
        below = low is not None and target.to(low.unit).value < low.value
        above = high is not None and target.to(high.unit).value > high.value
    except UnitError:
        yield finding("dose.unit-unknown", ordered=planned, scanned=dose_unit(attempt))
        return
    if below or above:
        yield finding("dose.out-of-order", subject=str(target), amount=target, low=low, high=high)


def units_make_the_dose(attempt: Attempt) -> Results:
    """Count the units in hand: too few, too many, a part of one, or units that do not convert."""
    target = target_amount(attempt)
    if isinstance(target, TargetGap) or attempt.gives_nothing or is_mixed(attempt):
        return
    try:
        sums = tally(attempt, target)
    except UnitError:
        last = units_of_the_order(attempt)[-1]
        yield finding("dose.unit-unknown", ordered=target, scanned=last.description)
        return
    if sums is not None:
        yield from _judge_sums(attempt, sums)
    elif attempt.order is not None and not attempt.order.medication.scan_exempt:
        yield finding("dose.incomplete", count=0, total=target)


def units_are_of_one_order(attempt: Attempt) -> Results:
    """Stop on a unit of another order's drug while this dose is open: take it back first."""
    own = units_of_the_order(attempt)
    others = [u for u in attempt.units if u not in own and is_ordered(u, attempt)]
    fluid = next((u for u in others if is_diluent_of_the_dose(u, attempt)), None)
    for unit in others:
        if unit is not fluid:
            yield finding("dose.excess", subject=unit.key, scanned=unit.description)


def _judge_sums(attempt: Attempt, sums: Tally) -> Results:
    last = units_of_the_order(attempt)[-1]
    match sums.fit:
        case Fit.UNUSABLE:
            return  # the drug rules stop it
        case Fit.EXACT:
            if sums.volume is not None:
                yield _volume_to_draw(sums)
        case Fit.SHORT:
            if attempt.answers.given_amount is None:
                yield finding(
                    "dose.incomplete",
                    count=sums.counted,
                    needed=max(sums.needed, sums.counted + 1),
                    amount=sums.total,
                    total=sums.target,
                )
        case Fit.PART_OF_UNIT:
            yield from _confirmed(attempt, sums)
        case Fit.PART_VOLUME if wastes_a_controlled_drug(attempt):
            yield from _confirmed(attempt, sums)
        case Fit.PART_VOLUME:
            yield _volume_to_draw(sums)
        case Fit.EXCESS:
            yield finding(
                "dose.excess",
                subject=f"{last.key}#{sums.counted}",
                count=sums.counted,
                amount=sums.total,
                total=sums.target,
                scanned=last.description,
            )
        case _:
            assert_never(sums.fit)


def _confirmed(attempt: Attempt, sums: Tally) -> Results:
    """Ask for the amount of a dose that is a part of a unit; the rest of it is waste."""
    confirmed = attempt.answers.part
    volume = None if sums.volume is None else measurable(sums.volume)
    if confirmed is not None and confirmed.same_as(sums.target):
        if volume is not None:
            yield _volume_to_draw(sums)
        return
    yield finding(
        "dose.part-unit",
        Severity.ASK,
        subject=units_of_the_order(attempt)[-1].key,
        amount=sums.target,
        volume=volume,
        total=sums.total,
        wasted=waste_of(attempt, sums),
    )


def _volume_to_draw(sums: Tally) -> Finding:
    """Show the volume as a syringe shows it, and the exact one where that is another."""
    exact = sums.volume or sums.target
    shown = measurable(exact)
    return finding(
        "dose.part-unit",
        Severity.INFO,
        amount=shown,
        exact=None if shown.same_as(exact) else exact,
        total=sums.target,
    )


def _bounds(attempt: Attempt, planned: Quantity) -> tuple[Quantity | None, Quantity | None]:
    """Give the least and the most that the order lets be given.

    Raises:
        UnitError: the order's cap cannot be expressed in the unit of its dose.
    """
    ordered = ordered_dose(attempt)
    if isinstance(ordered, DoseRange):
        return ordered.low, ordered.high
    most = cap(attempt)
    if isinstance(ordered, TargetGap):
        return None, most  # without a weight: chosen by the nurse
    is_above = most is not None and planned.to(most.unit).value > most.value
    return None, most if is_above else planned


def _to_choose_from(attempt: Attempt) -> tuple[Quantity | None, Quantity | None]:
    """Give the range for this patient; per kilogram, as it is written, without a weight."""
    ordered = ordered_dose(attempt)
    if not isinstance(ordered, DoseRange):
        written = None if attempt.dosage is None else attempt.dosage.dose
        if isinstance(written, Quantity):
            return written, written
        return (None, None) if written is None else (written.low, written.high)
    return ordered.low, ordered.high


RULES = (
    Rule(
        Right.DOSE,
        amount_is_known,
        sees=(
            "ordered-dose",
            "weight",
            "given-before",
            "dose-chosen",
            "dose-target",
        ),
    ),
    Rule(
        Right.DOSE,
        amount_is_ordered,
        sees=(
            "ordered-dose",
            "most-at-once",
            "dose-computed",
            "given-before",
            "dose-chosen",
            "less-given",
            "dose-target",
        ),
    ),
    Rule(
        Right.DOSE,
        units_make_the_dose,
        sees=(
            "dose-target",
            "units-counted",
            "units-needed",
            "dose-sum",
            "dose-volume",
            "part-confirmed",
            "less-given",
        ),
    ),
    Rule(
        Right.DOSE,
        units_are_of_one_order,
        sees=(
            "ordered-drug",
            "scanned",
        ),
    ),
)
