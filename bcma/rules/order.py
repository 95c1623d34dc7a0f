"""The right drug, continued: the order that it is given from."""

from bcma.model.drug import HighAlert
from bcma.model.order import MedicationRequest, Priority
from bcma.model.verdict import Finding, ReleaseBy, Right, Severity
from bcma.policy import Verification
from bcma.rules.alert import alert_level, needs_second_person
from bcma.rules.attempt import Attempt
from bcma.rules.finding import Results, Rule, finding
from bcma.rules.in_force import has_unreadable_status, why_not_in_force
from bcma.rules.order_approval import Standing, approval_of

_UNVERIFIED = "drug.order-unverified"


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


def order_is_in_force(attempt: Attempt) -> Results:
    """Stop on an order that is not in force: its status, its kind, or its period."""
    order = attempt.order
    if order is None:
        return
    if has_unreadable_status(attempt):
        yield finding(
            "drug.order-unreadable", order=order.reference, reference="status", text=order.status
        )
    why = why_not_in_force(attempt)
    if why is not None:
        yield finding(
            "drug.order-inactive", order=order.reference, drug=order.medication.name, status=why
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
    if why_not_in_force(attempt) is not None:
        return
    if order.version in chart.acknowledged:
        return
    yield finding(
        "drug.order-unread", subject=order.version, order=order.as_written or order.reference
    )


def order_is_approved(attempt: Attempt) -> Results:
    """Want the pharmacist's approval of this version, as strictly as the hour allows."""
    order, chart, policy = attempt.order, attempt.chart, attempt.policy
    if order is None or chart is None or why_not_in_force(attempt) is not None:
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
    in_hours = policy.pharmacy_hours.contain(ward_time) and order.priority is not Priority.STAT
    if policy.verification is Verification.REQUIRED or in_hours:
        yield finding(_UNVERIFIED, Severity.STOP, subject=order.version, order=order.reference)
    elif not _was_warned(attempt, order.version):
        yield _night_warning(attempt, order)


def _night_warning(attempt: Attempt, order: MedicationRequest) -> Finding:
    """Warn once per order outside pharmacy hours; high-alert wants a second person too (H107).

    A dose that requires a witness has its second person already.
    """
    is_alert = alert_level(attempt) is not HighAlert.NONE
    wanted = is_alert and not needs_second_person(attempt)
    release = (ReleaseBy.REASON, ReleaseBy.WITNESS) if wanted else None
    return finding(
        _UNVERIFIED,
        Severity.WARN,
        release=release,
        subject=order.version,
        order=order.reference,
    )


def _was_warned(attempt: Attempt, version: str) -> bool:
    """Tell whether a dose of this version was charted over the same warning, on any station.

    Another station's record says what was let pass by its code alone, and which version of the
    order it was judged by.
    """
    return any(
        release.code == _UNVERIFIED and (release.subject or record.order_version) == version
        for record in attempt.records_of_chain()
        if record.went_in
        for release in record.releases
    )


RULES = (
    Rule(
        Right.DRUG,
        order_is_readable,
        sees=(
            "order",
            "order-problems",
        ),
    ),
    # Before its state: an order that was stopped under the nurse's hands has changed first.
    Rule(
        Right.DRUG,
        order_is_unchanged,
        sees=(
            "order-version-shown",
            "order-version",
        ),
    ),
    Rule(
        Right.DRUG,
        order_is_in_force,
        sees=(
            "order-status",
            "order-orders",
            "order-prohibits",
            "now",
            "order-opens",
            "order-closes",
        ),
    ),
    Rule(
        Right.DRUG,
        order_is_read,
        sees=(
            "order-version",
            "acknowledgement-wanted",
            "order-acknowledged",
        ),
    ),
    Rule(
        Right.DRUG,
        order_is_approved,
        sees=(
            "approval",
            "approval-wanted",
            "pharmacy-hours",
            "now",
            "order-priority",
            "high-alert",
        ),
    ),
)
