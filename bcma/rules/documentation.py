"""The right documentation: who charts, with whom, and on how fresh a chart."""

from collections import Counter
from datetime import UTC, datetime

from bcma.model.drug import HighAlert
from bcma.model.people import Practitioner, Role
from bcma.model.record import RecordStatus
from bcma.model.verdict import Right, Severity
from bcma.rules.alert import alert_level, needs_second_person
from bcma.rules.attempt import Attempt
from bcma.rules.finding import Results, Rule, Scope, finding

#: What the "cannot" of a witness turns into (hazard H108).
WITNESS_UNAVAILABLE = "documentation.witness-unavailable"
#: Subject of the stop: a reason that was given for the warning does not let it pass.
_DOWNTIME = "downtime"
#: ATC group of antineoplastic agents, and table 0162's code of the spinal route.
_CHEMOTHERAPY, _INTRATHECAL = "L01", "IT"
_NOT_A_SECOND_DOSE = frozenset({RecordStatus.GIVEN_IN_PART, RecordStatus.LOST})
_MAY_GIVE = frozenset({Role.NURSE, Role.DOCTOR})
_MAY_WITNESS = frozenset({Role.NURSE, Role.PHARMACIST, Role.DOCTOR})


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


def second_person(attempt: Attempt) -> Results:
    """Ask for an independent second person where the drug requires one (hazard H81)."""
    if not needs_second_person(attempt):
        if alert_level(attempt) is HighAlert.RECOMMENDED:
            yield finding("documentation.witness", Severity.INFO, drug=_drug(attempt))
        return
    witness = attempt.answers.witness
    alone = any(r.code == WITNESS_UNAVAILABLE for r in attempt.answers.releases)
    if alone and not _never_alone(attempt):
        yield finding(WITNESS_UNAVAILABLE)
    elif witness is None or not witness.proven or not may_witness(witness.practitioner):
        yield finding("documentation.witness", Severity.ASK, drug=_drug(attempt))
    elif attempt.session is not None and witness.practitioner.id == (
        attempt.session.practitioner.id
    ):
        yield finding("documentation.not-independent", Severity.STOP)
        yield finding("documentation.witness", Severity.ASK, drug=_drug(attempt))
    elif witness.at - _shown_at(attempt, witness.at) < attempt.policy.witness_min:
        yield finding("documentation.not-independent", Severity.WARN)


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


def no_conflict(attempt: Attempt) -> Results:
    """Stop every next dose while two whole doses of one slot stand unresolved (hazard H47).

    The parts of a dose that was given in parts are no conflict, nor is one that was lost.
    """
    doses = Counter(
        record.slot
        for record in attempt.records_of_chain()
        if record.went_in and record.status not in _NOT_A_SECOND_DOSE
    )
    for planned, count in doses.items():
        if planned is not None and count > 1:
            yield finding(
                "documentation.conflict",
                subject=planned.astimezone(UTC).isoformat(),
                planned=planned,
                count=count,
            )


def _shown_at(attempt: Attempt, otherwise: datetime) -> datetime:
    """Give when the dose that the witness confirmed was first complete in hand."""
    return max((u.at for u in attempt.units), default=otherwise - attempt.policy.witness_min)


def _drug(attempt: Attempt) -> str | None:
    return attempt.order.medication.name if attempt.order is not None else None


def _never_alone(attempt: Attempt) -> bool:
    """Tell whether it is chemotherapy or a spinal dose, which nobody gives alone."""
    drugs = [u.product for u in attempt.units if u.product is not None]
    if attempt.order is not None:
        drugs.append(attempt.order.medication)
    routes = () if attempt.dosage is None else attempt.dosage.routes
    chemotherapy = any(c.code.startswith(_CHEMOTHERAPY) for d in drugs for c in d.codes)
    return chemotherapy or _INTRATHECAL in routes


def may_give(person: Practitioner) -> bool:
    """Tell whether a person's role lets them give drugs, and change what was charted."""
    return bool(person.roles & _MAY_GIVE)


def may_witness(person: Practitioner) -> bool:
    """Tell whether a person's role lets them be the second one; students never are."""
    return person.active and bool(person.roles & _MAY_WITNESS) and Role.STUDENT not in person.roles


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
        second_person,
        sees=(
            "high-alert",
            "band-by-hand",
            "scanned-by-hand",
            "signed-in",
            "witness",
            "witness-at",
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
    Rule(Right.DOCUMENTATION, no_conflict, sees=("doses-recorded",)),
)
