"""The right drug: the order it is given from, and the product it is to be."""

from bcma.errors import BcmaError
from bcma.model.order import MedicationRequest
from bcma.model.verdict import Finding, NotChecked, Right, Severity
from bcma.rules.attempt import Attempt, MatchRank
from bcma.rules.finding import Results, Rule, finding
from bcma.rules.matching import is_ordered, rank
from bcma.rules.strength import unit_amount
from bcma.rules.tally import Fit, Tally, tally
from bcma.rules.target import TargetGap, target_amount


def ordered(attempt: Attempt) -> Results:
    """Stop on a drug that no order of this patient is for; ask where several fit equally."""
    if attempt.candidates:
        written = tuple(o.reference for o in attempt.candidates)
        yield finding("drug.choose-order", subject="|".join(written), orders=written)
        return
    for unit in attempt.units:
        if not is_ordered(unit, attempt):
            yield finding("drug.not-ordered", subject=unit.key, scanned=unit.description)
            return


def form_agrees(attempt: Attempt) -> Results:
    """Stop on the same ingredient in a form that may not stand for the ordered one (H13)."""
    if attempt.order is None:
        return
    for index, unit in enumerate(attempt.units):
        if unit.product is None:
            continue
        ordered = attempt.order.medication
        if rank(unit.product, attempt.order, attempt.policy) is MatchRank.INGREDIENT:
            # Insulins of one form differ by what their names say.
            by_name = ordered.form is unit.product.form
            yield finding(
                "drug.form-differs",
                subject=_unit_key(attempt, index),
                ordered=ordered.name if by_name else ordered.form,
                scanned=unit.product.name if by_name else unit.product.form,
                drug=unit.product.name,
            )


def strength_serves(attempt: Attempt) -> Results:
    """Stop on strengths that cannot make the dose; show the sum where another one can (H14)."""
    sums = _tally(attempt)
    if sums is None or attempt.order is None:
        return
    if sums.fit is Fit.UNUSABLE:
        yield finding(
            "drug.strength-unusable",
            subject=_unit_key(attempt, len(attempt.units) - 1),
            ordered=sums.target,
            scanned=sums.total,
        )
        return
    other = _other_strength(attempt, attempt.order, sums)
    if other is not None:
        yield other


def _other_strength(attempt: Attempt, order: MedicationRequest, sums: Tally) -> Finding | None:
    """Tell of the first unit in another strength than ordered, and what all units make."""
    ordered = order.medication
    for product in (u.product for u in attempt.units if u.product is not None):
        if rank(product, order, attempt.policy) is not MatchRank.FORM:
            continue
        try:
            strength = unit_amount(ordered, sums.target.unit, ordered)
            scanned = unit_amount(product, sums.target.unit, ordered)
        except BcmaError:
            continue  # the order names no strength: none can differ
        if strength and scanned and strength != scanned:
            return finding(
                "drug.other-strength",
                ordered=strength,
                scanned=scanned,
                amount=sums.total,
                total=sums.target,
            )
    return None


def substitution_allowed(attempt: Attempt) -> Results:
    """Note an equivalent product; stop where the order forbids substitution."""
    order = attempt.order
    if order is None or not order.medication.gtins:
        return
    for index, unit in enumerate(attempt.units):
        if unit.product is None:
            continue
        if rank(unit.product, order, attempt.policy) is not MatchRank.FORM:
            continue
        refused = order.substitution_allowed is False
        yield finding(
            "drug.substitution-refused" if refused else "drug.substitute",
            subject=_unit_key(attempt, index) if refused else "",
            ordered=order.medication.name,
            scanned=unit.product.name,
        )
        return


def not_looked_up(attempt: Attempt) -> Results:
    """Say that allergies, interactions and duplicates are not looked up yet."""
    yield NotChecked(Right.DRUG, "no-pack")
    if attempt.knowledge_absent:
        yield finding("drug.not-checked", Severity.INFO, reason="no-pack")


def _tally(attempt: Attempt) -> Tally | None:
    target = target_amount(attempt)
    if isinstance(target, TargetGap):
        return None
    try:
        return tally(attempt, target)
    except BcmaError:
        return None  # the dose rules stop on units that cannot be converted


def _unit_key(attempt: Attempt, index: int) -> str:
    return attempt.units[index].key


RULES = (
    Rule(
        Right.DRUG,
        ordered,
        sees=(
            "scanned",
            "order",
            "orders-fitting",
        ),
    ),
    Rule(
        Right.DRUG,
        form_agrees,
        sees=(
            "ordered-form",
            "scanned-forms",
        ),
    ),
    Rule(
        Right.DRUG,
        strength_serves,
        sees=(
            "ordered-strengths",
            "scanned-strengths",
            "dose-target",
            "dose-sum",
        ),
    ),
    Rule(
        Right.DRUG,
        substitution_allowed,
        sees=(
            "ordered-drug",
            "scanned",
            "substitution-allowed",
        ),
    ),
    Rule(Right.DRUG, not_looked_up, sees=("knowledge-absent",)),
)
