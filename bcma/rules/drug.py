"""The right drug: the order it is given from, and the product it is to be."""

from bcma.errors import BcmaError
from bcma.model.order import ORDERING_INTENTS, OrderStatus
from bcma.model.verdict import NotChecked, Right, Severity
from bcma.policy import Verification
from bcma.rules.attempt import Attempt, MatchRank
from bcma.rules.finding import Results, Rule, finding
from bcma.rules.matching import rank
from bcma.rules.order_approval import Standing, approval_of
from bcma.rules.tally import Fit, Tally, TargetGap, tally, target_amount, unit_amount


def ordered(attempt: Attempt) -> Results:
    """Stop on a drug that no order of this patient is for; ask where several fit equally."""
    if attempt.candidates:
        written = tuple(o.reference for o in attempt.candidates)
        yield finding("drug.choose-order", subject="|".join(written), orders=written)
        return
    if attempt.order is not None:
        return
    for unit in attempt.units[:1]:
        yield finding("drug.not-ordered", subject=_unit_key(attempt, 0), scanned=unit.description)


def order_is_readable(attempt: Attempt) -> Results:
    """Stop on an order of which anything could not be understood (rule 1)."""
    if attempt.order is None:
        return
    for problem in attempt.order_problems:
        yield finding(
            "drug.order-unreadable",
            order=attempt.order.reference,
            reference=problem.path,
            text=problem.written,
        )


def order_is_active(attempt: Attempt) -> Results:
    """Stop on an order that is not in force: its status, its kind, or its period."""
    order = attempt.order
    if order is None:
        return
    status: str | None = None
    if order.prohibits:
        status = "prohibited"
    elif order.status is OrderStatus.UNREADABLE or order.status is OrderStatus.UNKNOWN:
        yield finding(
            "drug.order-unreadable", order=order.reference, reference="status", text=order.status
        )
        return
    elif order.status is not OrderStatus.ACTIVE:
        status = order.status.value
    elif order.intent not in ORDERING_INTENTS:
        status = order.intent.value
    elif attempt.opens_at is not None and attempt.now <= attempt.opens_at:
        status = "not-started"
    elif attempt.closes_at is not None and attempt.now > attempt.closes_at:
        status = "ended"
    if status is not None:
        yield finding(
            "drug.order-inactive",
            order=order.reference,
            drug=order.medication.name,
            status=status,
        )


def order_is_unchanged(attempt: Attempt) -> Results:
    """Stop when the order was changed after it was shown or scanned for (hazard H59)."""
    order = attempt.order
    if order is not None and attempt.shown_version and attempt.shown_version != order.version:
        yield finding("drug.order-changed", order=order.reference, subject=order.version)


def order_is_read(attempt: Attempt) -> Results:
    """Ask this ward to acknowledge a new or changed order once."""
    order, chart = attempt.order, attempt.chart
    if order is None or chart is None or not attempt.policy.acknowledge_orders:
        return
    if order.version in chart.acknowledged or attempt.answers.acknowledged:
        return
    yield finding(
        "drug.order-unread", subject=order.version, order=order.as_written or order.reference
    )


def order_is_approved(attempt: Attempt) -> Results:
    """Want the pharmacist's approval of this version, as strictly as the hour allows."""
    order, chart, policy = attempt.order, attempt.chart, attempt.policy
    if order is None or chart is None:
        return
    approval = approval_of(order, chart)
    if approval.standing is Standing.REJECTED:
        yield finding(
            "drug.order-rejected",
            subject=order.version,
            order=order.reference,
            reason=approval.reason,
        )
        return
    if approval.standing is Standing.APPROVED or policy.verification is Verification.OFF:
        return
    ward_time = attempt.now.astimezone(attempt.zone).time()
    in_hours = policy.pharmacy_hours.contain(ward_time)
    urgent = order.priority.value == "stat"
    required = policy.verification is Verification.REQUIRED
    severity = Severity.STOP if required or (in_hours and not urgent) else Severity.WARN
    yield finding("drug.order-unverified", severity, subject=order.version, order=order.reference)


def form_agrees(attempt: Attempt) -> Results:
    """Stop on the same ingredient in a form that may not stand for the ordered one (H13)."""
    if attempt.order is None:
        return
    for index, unit in enumerate(attempt.units):
        if unit.product is None:
            continue
        if rank(unit.product, attempt.order, attempt.policy) is MatchRank.INGREDIENT:
            yield finding(
                "drug.form-differs",
                subject=_unit_key(attempt, index),
                ordered=attempt.order.medication.form,
                scanned=unit.product.form,
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
    product = next((u.product for u in attempt.units if u.product is not None), None)
    if product is None or rank(product, attempt.order, attempt.policy) is not MatchRank.FORM:
        return
    try:
        ordered_strength = unit_amount(attempt.order.medication, sums.target.unit)
        scanned_strength = unit_amount(product, sums.target.unit)
    except BcmaError:
        return  # the order names no strength: none can differ
    if ordered_strength and scanned_strength and ordered_strength != scanned_strength:
        yield finding("drug.other-strength", ordered=ordered_strength, scanned=scanned_strength)


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


RULES = tuple(
    Rule(Right.DRUG, check)
    for check in (
        ordered,
        order_is_readable,
        # Before its state: an order that was stopped under the nurse's hands has changed first.
        order_is_unchanged,
        order_is_active,
        order_is_read,
        order_is_approved,
        form_agrees,
        strength_serves,
        substitution_allowed,
        not_looked_up,
    )
)
