"""The right time, continued: what is still running in."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Final

from bcma.model.record import Infusion, MedicationAdministration
from bcma.model.slot import ClaimKind
from bcma.model.verdict import Right
from bcma.rules.attempt import Attempt
from bcma.rules.finding import Results, Rule, Scope, finding
from bcma.rules.in_force import why_not_in_force
from bcma.rules.infusion import running_before

#: Nobody's shift lasts longer: who comes back after that takes over anew.
_LONGEST_SHIFT: Final = timedelta(hours=12)


def previous_bag_is_closed(attempt: Attempt) -> Results:
    """Ask for the volume of the bag that still runs under this order (hazard H65)."""
    claim = attempt.claim
    taken = claim is not None and claim.kind is ClaimKind.ALREADY_GIVEN
    if taken or why_not_in_force(attempt) is not None:
        return  # no further bag is due
    for record in running_before(attempt):
        if record.event_id not in attempt.answers.closing:
            yield finding(
                "time.infusion-running",
                subject=record.event_id or "",
                drug=record.medication_name,
                given_at=record.given_at,
                amount=record.amount,
                rate=None if record.infusion is None else record.infusion.rate,
            )


def infusions_are_accepted(attempt: Attempt) -> Results:
    """Tell of infusions to be taken over, at a change of shift or ward (hazard H116).

    Bag, rate and rest are compared at the bed and accepted; until then nobody here has seen
    what is running.
    """
    for record in _running(attempt):
        infusion = record.infusion or Infusion()
        if _is_known_here(record, infusion, attempt):
            continue
        yield finding(
            "time.infusion-check",
            subject=record.event_id or "",
            drug=record.medication_name,
            given_at=record.given_at,
            given_by=record.giver_name,
            rate=infusion.rate,
            rest=infusion.rest,
        )


def _running(attempt: Attempt) -> Iterator[MedicationAdministration]:
    records = () if attempt.chart is None else attempt.chart.history.running
    yield from (record for record in records if record.event_id is not None)


def _is_known_here(record: MedicationAdministration, infusion: Infusion, attempt: Attempt) -> bool:
    """Tell whether who is signed in answers for it: accepted by them, here, in this shift."""
    session = attempt.session
    at = infusion.accepted_at or record.given_at
    if session is None or at is None or attempt.now - at > _LONGEST_SHIFT:
        return False
    if (infusion.accepted_by or record.giver_id) != session.practitioner.id:
        return False
    return not _moved_since(at, attempt) and infusion.ward in {"", attempt.ward}


def _moved_since(at: datetime, attempt: Attempt) -> bool:
    stay = None if attempt.chart is None else attempt.chart.stay
    return stay is not None and stay.moved_at is not None and at < stay.moved_at


RULES = (
    Rule(Right.TIME, previous_bag_is_closed, sees=("bags-running", "claim")),
    Rule(
        Right.TIME,
        infusions_are_accepted,
        Scope.ALWAYS,
        sees=("infusions-running", "signed-in", "station-ward", "ward-since"),
    ),
)
