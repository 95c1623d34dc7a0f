"""The right documentation: who charts, and on how fresh a chart."""

from bcma.model.double import Double
from bcma.model.people import Practitioner, Role
from bcma.model.record import MedicationAdministration
from bcma.model.verdict import Right, Severity
from bcma.rules.attempt import Attempt
from bcma.rules.doubles import doubles
from bcma.rules.finding import Results, Rule, Scope, finding

#: Subject of the stop: a reason that was given for the warning does not let it pass.
_DOWNTIME = "downtime"
_CONFLICT = "documentation.conflict"
_MAY_GIVE = frozenset({Role.NURSE, Role.DOCTOR})


def somebody_signed_in(attempt: Attempt) -> Results:
    """Stop without a session: a record needs its author."""
    if attempt.session is None:
        yield finding("documentation.signed-out")


def role_may_give(attempt: Attempt) -> Results:
    """Stop those who may not give: managers, pharmacists, students without their instructor."""
    session = attempt.session
    if session is not None and not may_give(session.practitioner):
        roles = tuple(sorted(role.value for role in session.practitioner.roles))
        yield finding("documentation.role", roles=roles)


def orders_are_fresh(attempt: Attempt) -> Results:
    """Warn on a chart that is older than the policy allows; stop beyond the downtime limit."""
    chart, policy = attempt.chart, attempt.policy
    if chart is None:
        return
    if chart.orders_as_of is None:
        yield finding("documentation.orders-stale", Severity.STOP, subject=_DOWNTIME, as_of=None)
        return
    age = attempt.now - chart.orders_as_of
    minutes = int(age.total_seconds() // 60)
    as_of = chart.orders_as_of
    if age > policy.orders_downtime:
        yield finding(
            "documentation.orders-stale",
            Severity.STOP,
            subject=_DOWNTIME,
            minutes=minutes,
            as_of=as_of,
        )
    elif age > policy.orders_stale:
        yield finding("documentation.orders-stale", Severity.WARN, minutes=minutes, as_of=as_of)


def pinned_here(attempt: Attempt) -> Results:
    """Warn in downtime where the patient is pinned to another station (hazard H110).

    All stations agree without a network: a patient stays with the one that, as far as the EMR
    had told everybody, scanned the band last before the news ended.
    """
    pin = pinned_to(attempt)
    if pin is not None and pin != attempt.station:
        yield finding("documentation.other-station", subject=pin, station=pin)


def pinned_to(attempt: Attempt) -> str | None:
    """Give the station of the patient in downtime, where one is known."""
    as_of = None if attempt.chart is None else attempt.chart.orders_as_of
    if attempt.chart is None or as_of is None:
        return None
    if attempt.now - as_of <= attempt.policy.orders_downtime:
        return None
    known = [scan for scan in attempt.chart.band_scans if scan.at <= as_of]
    last = max(known, key=lambda scan: scan.at, default=None)
    return None if last is None else last.station


def no_conflict(attempt: Attempt) -> Results:
    """Stop every next dose while two that did not know of one another are unresolved (H47).

    Resolved is what a person has settled, on whatever station; a conflict that a prescriber let
    pass once is theirs.
    """
    settled = () if attempt.chart is None else attempt.chart.settled_doubles
    for double in doubles(attempt.chain, attempt.records_of_chain()):
        if not double.is_settled(settled) and not _was_let_pass(double, attempt):
            yield finding(
                _CONFLICT,
                subject=double.subject,
                planned=double.planned or double.since,
                count=len(double.records),
                given_by=tuple(r.giver_name for r in double.records if r.giver_name),
            )


def _was_let_pass(double: Double, attempt: Attempt) -> bool:
    """Tell whether a later dose was given over it; the EMR keeps no more than that."""
    return any(
        release.code == _CONFLICT and release.subject in {"", double.subject}
        for record in attempt.records_of_chain()
        if _is_after(record, double)
        for release in record.releases
    )


def _is_after(record: MedicationAdministration, double: Double) -> bool:
    since, at = double.since, record.known_at
    return record not in double.records and (since is None or at is None or at >= since)


def may_give(person: Practitioner) -> bool:
    """Tell whether a person's role lets them give drugs, and change what was charted."""
    return bool(person.roles & _MAY_GIVE)


RULES = (
    Rule(Right.DOCUMENTATION, somebody_signed_in, Scope.ALWAYS, sees=("signed-in",)),
    Rule(
        Right.DOCUMENTATION,
        role_may_give,
        sees=(
            "signed-in",
            "roles",
        ),
    ),
    Rule(
        Right.DOCUMENTATION,
        orders_are_fresh,
        sees=(
            "orders-as-of",
            "orders-age",
            "orders-stale-limit",
            "orders-downtime-limit",
        ),
    ),
    Rule(
        Right.DOCUMENTATION,
        pinned_here,
        sees=("orders-age", "orders-downtime-limit", "pinned-station"),
    ),
    Rule(Right.DOCUMENTATION, no_conflict, sees=("doses-recorded",)),
)
