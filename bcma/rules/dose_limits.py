"""The right dose, continued: with all that was given before, is it too much?"""

from decimal import Decimal
from typing import Final

from bcma.model.quantity import Quantity, UnitError
from bcma.model.verdict import Finding, NotChecked, Right, Severity
from bcma.rules.attempt import Attempt
from bcma.rules.finding import Results, Rule, finding
from bcma.rules.limit import Limit, limits_of
from bcma.rules.target import TargetGap, target_amount
from bcma.rules.usage import Use, use_of

#: From this share of a limit on, the nurse is warned.
_NEARLY: Final = Decimal("0.8")
_LIFETIME: Final = "lifetime"


def stays_within_limits(attempt: Attempt) -> Results:
    """Stop where a limit of an order would be passed; warn from 80 % of it on (hazard H38).

    What was given in an amount that nobody can tell counts as the dose of its order, and the
    check is told to be incomplete.
    """
    target = target_amount(attempt)
    if isinstance(target, TargetGap) or not target.value:
        return
    uses: list[Use] = []
    for limit in limits_of(attempt):
        try:
            uses.append(use_of(limit, attempt))
        except UnitError:
            yield _cannot_compare(limit, target)
    if not all(use.is_told for use in uses):
        yield NotChecked(Right.DOSE, "amount-unknown")
    worst = max(uses, key=lambda use: use.share, default=None)
    if worst is not None and worst.share >= _NEARLY:
        yield _nearly_or_above(worst)


def limits(_attempt: Attempt) -> Results:
    """Say that the limits of the drug itself are not looked up: they need the pack."""
    yield NotChecked(Right.DOSE, "no-pack")


def _cannot_compare(limit: Limit, target: Quantity) -> Finding | NotChecked:
    """Stop on a limit of the order itself that its dose cannot be compared with."""
    if limit.own:
        return finding("dose.unit-unknown", ordered=limit.most, scanned=target.unit)
    return NotChecked(Right.DOSE, "limit-unit")


def _nearly_or_above(use: Use) -> Finding:
    limit = use.limit
    above = use.total > limit.most.value
    whole = use.given + max(use.dose, use.planned)
    unit = limit.most.unit
    return finding(
        "dose.above-daily-max",
        Severity.STOP if above else Severity.WARN,
        # who let a dose pass has not let a larger one pass
        subject=f"{limit.substance} {whole:f} {unit}",
        drug=_name(limit),
        given=Quantity(use.given, unit),
        amount=Quantity(use.dose, unit),
        total=Quantity(use.total, unit),
        limit=limit.most,
        period=_LIFETIME if limit.period is None else limit.period,
        next=use.possible_at if above else None,
    )


def _name(limit: Limit) -> str:
    named = (i.name for i in limit.drug.ingredients if i.key == limit.substance)
    return next(filter(None, named), limit.drug.name)


RULES = (
    Rule(
        Right.DOSE,
        stays_within_limits,
        sees=("dose-target", "dose-limits", "dose-limit-used", "now"),
    ),
    Rule(Right.DOSE, limits, sees=("knowledge-absent",)),
)
