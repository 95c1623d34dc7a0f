"""The right documentation, continued: the independent second person."""

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Final

from bcma.model.drug import HighAlert
from bcma.model.people import Practitioner, Role
from bcma.model.verdict import NEVER, Finding, Right, Severity
from bcma.rules.alert import alert_level, needs_second_person, possible_routes
from bcma.rules.attempt import Attempt, Second
from bcma.rules.finding import Results, Rule, finding

#: What the "cannot" of a witness turns into (hazard H108).
WITNESS_UNAVAILABLE: Final = "documentation.witness-unavailable"
#: Who gives alone owes a second person's look within this time.
SECOND_LOOK: Final = timedelta(minutes=60)
#: ATC group of antineoplastic agents, and table 0162's code of the spinal route.
_CHEMOTHERAPY: Final = "L01"
_INTRATHECAL: Final = "IT"
_MAY_WITNESS: Final = frozenset({Role.NURSE, Role.PHARMACIST, Role.DOCTOR})


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
    elif witness is None or not witness.proven:
        yield _wanted(attempt)
    elif not is_independent(attempt, witness):
        yield finding("documentation.not-independent", Severity.STOP)
        yield _wanted(attempt)
    elif witness.at - _shown_at(attempt, witness.at) < attempt.policy.witness_min:
        yield finding("documentation.not-independent", Severity.WARN)


def may_witness(person: Practitioner) -> bool:
    """Tell whether a person's role lets them be the second one; students never are."""
    return person.active and bool(person.roles & _MAY_WITNESS) and Role.STUDENT not in person.roles


def is_independent(attempt: Attempt, witness: Second) -> bool:
    """Tell whether a second person may be one, and is not the one who gives."""
    giver = None if attempt.session is None else attempt.session.practitioner
    own = giver is not None and giver.id == witness.practitioner.id
    return may_witness(witness.practitioner) and not own


def _wanted(attempt: Attempt) -> Finding:
    """Ask for the second person; going on alone is no way out in pharmacy hours.

    Nor is it ever with chemotherapy or a spinal dose. Within pharmacy hours somebody can be
    found to look.
    """
    ask = finding("documentation.witness", Severity.ASK, drug=_drug(attempt))
    ward_time = attempt.now.astimezone(attempt.zone).time()
    if _never_alone(attempt) or attempt.policy.pharmacy_hours.contain(ward_time):
        return replace(ask, release=NEVER, cannot=None)
    return ask


def _never_alone(attempt: Attempt) -> bool:
    """Tell whether it is chemotherapy or a spinal dose, which nobody gives alone."""
    codes = (code for drug in attempt.drugs for code in drug.atc_codes)
    chemotherapy = any(code.startswith(_CHEMOTHERAPY) for code in codes)
    return chemotherapy or _INTRATHECAL in possible_routes(attempt)


def _shown_at(attempt: Attempt, otherwise: datetime) -> datetime:
    """Give when the dose that the witness confirmed was first complete in hand."""
    return max((u.at for u in attempt.units), default=otherwise - attempt.policy.witness_min)


def _drug(attempt: Attempt) -> str | None:
    return attempt.order.medication.name if attempt.order is not None else None


RULES = (
    Rule(
        Right.DOCUMENTATION,
        second_person,
        sees=(
            "high-alert",
            "route-taken",
            "band-by-hand",
            "scanned-by-hand",
            "signed-in",
            "witness",
            "witness-at",
        ),
    ),
)
