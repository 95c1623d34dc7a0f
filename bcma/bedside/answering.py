"""Answers to asks: each is checked for form here, and for sense by the rules afterwards.

One function per code in :data:`ANSWERS`; it changes the dose in hand and tells whether the
value was one that answers the question. An answer that does not has no effect.
"""

from collections.abc import Callable, Mapping
from dataclasses import replace
from types import MappingProxyType
from typing import Final

from bcma.bedside.allergies import ALLERGIES, allergies
from bcma.bedside.amounts import chosen_amount, confirmed_part
from bcma.bedside.infusions import volume_refused
from bcma.bedside.question import Question
from bcma.bedside.reading_the_pack import EXPIRY, LOT, expiry, lot
from bcma.bedside.recompute import worked_out
from bcma.bedside.releasing import second_person
from bcma.bedside.told import measured_from, need_from
from bcma.bedside.world import BadgePin
from bcma.model.order import OrdersRead
from bcma.model.ports import SaveOutcome
from bcma.model.quantity import Quantity, UnitError
from bcma.model.verdict import Finding, Severity, Verdict
from bcma.rules import Second
from bcma.rules.infusion import rates
from bcma.rules.rate import RATE
from bcma.rules.rate_units import rate_in
from bcma.rules.route_site import site_route
from bcma.rules.weight import weight_of
from bcma.rules.witness import is_independent

_MOST_UNITS = 100
_ROUTE, _SITE, _REPEATED = "route.choose", "route.site-needed", "route.site-repeated"
#: A stop that two people's answers lift, and nobody's release.
_RECOMPUTE = "dose.recompute"
_CHOOSE, _OUTSIDE = "dose.choose", "dose.out-of-order"
#: What is shown and not asked where it is known: it may be put right all the same.
_TAKEN_UNASKED = frozenset({_ROUTE, _SITE})
_CHOICES = frozenset({"late", "next"})


def open_question(code: str, verdict: Verdict) -> Finding | None:
    """Give the open ask of a code, or what was taken unasked and may be put right.

    A site that was used the last time, too, may be answered anew.
    """
    found = verdict.open_finding(code)
    if found is not None:
        return found if found.severity is Severity.ASK or code == _RECOMPUTE else None
    if code == _CHOOSE and (outside := verdict.open_finding(_OUTSIDE)) is not None:
        return outside  # a slip of the finger is put right by choosing again
    if code == _SITE and (repeated := verdict.open_finding(_REPEATED)) is not None:
        return repeated
    shown = (f for f in verdict.findings if f.code == code and not f.released)
    return next(shown, None) if code in _TAKEN_UNASKED else None


def take_answer(question: Question, value: object) -> bool:
    """Take the answer to an open ask; tell whether it was one."""
    taker = ANSWERS.get(question.found.code)
    return taker is not None and taker(question, value)


def _count(question: Question, value: object) -> bool:
    """Enter how many units were taken from one pack or of one serial-less code."""
    units = question.dose.units
    count = value.get("count") if isinstance(value, Mapping) else None
    if type(count) is not int or not 1 <= count <= _MOST_UNITS or not units:
        return False
    last = units[-1]
    if last.own_serial is not None:
        return False
    # Other lots stay: a unit that stops the dose leaves it only by being taken back.
    others = [u for u in units if u.key != last.key]
    question.dose.units = [*others, replace(last, count=count)]
    return True


def _rate(question: Question, value: object) -> bool:
    """Take a rate, and keep it in the order's unit: that is how it is recorded."""
    ordered = rates(question.attempt.dosage)
    if ordered is None or not isinstance(value, Quantity) or value.value <= 0:
        return False
    attempt = question.attempt
    try:
        rate = rate_in(value, ordered[0].unit, attempt.drugs, weight_of(attempt))
    except UnitError:
        return False
    question.dose.answers = replace(question.dose.answers, rate=rate)
    return True


def _chosen(question: Question, value: object) -> bool:
    """Take what the order leaves open: the amount, or the rate of an infusion."""
    return (_rate if question.found.subject == RATE else chosen_amount)(question, value)


def _closing_volume(question: Question, value: object) -> bool:
    """Take how much of the bag before went in; it is closed when the next one is started."""
    if not isinstance(value, Quantity) or value.value < 0:
        return False
    record = question.attempt.record(question.found.subject)
    if record is None or volume_refused(record, value, question.attempt.drugs):
        return False
    closing = {**question.dose.answers.closing, question.found.subject: value}
    answers = replace(question.dose.answers, closing=MappingProxyType(closing))
    question.dose.answers = answers
    return True


def _route(question: Question, value: object) -> bool:
    dosage = question.attempt.dosage
    if dosage is None or value not in dosage.routes or not isinstance(value, str):
        return False
    question.dose.answers = replace(question.dose.answers, route=value)
    return True


def _not_empty(question: Question, value: object) -> bool:
    """Confirm that a container holds the dose, whatever its records add up to."""
    if value is not True:
        return False
    seen = question.dose.answers.not_empty | {question.found.subject}
    question.dose.answers = replace(question.dose.answers, not_empty=seen)
    return True


def _site(question: Question, value: object) -> bool:
    """Take a site of the body that the policy lists for this route; it holds for this dose."""
    route = site_route(question.attempt)
    if not isinstance(value, str) or route is None:
        return False
    if value not in question.attempt.policy.sites_for(route):
        return False
    question.dose.answers = replace(question.dose.answers, site=value)
    return True


def _drawn(question: Question, value: object) -> bool:
    """Confirm the amount of a component that was measured out of a larger bag."""
    found = question.found
    wanted = found.facts.get("amount")
    if found.facts.get("larger") is not True or not isinstance(wanted, Quantity):
        return False
    if not isinstance(value, Quantity) or not value.same_as(wanted):
        return False
    drawn = question.dose.answers.drawn | {found.subject}
    question.dose.answers = replace(question.dose.answers, drawn=drawn)
    return True


def _acknowledge(question: Question, value: object) -> bool:
    """Keep that this ward has read the order; only a kept acknowledgement counts."""
    attempt = question.attempt
    if value is not True or attempt.order is None:
        return False
    read = OrdersRead(
        patient_id=attempt.order.patient_id,
        versions=(question.found.subject,),
        ward=attempt.ward,
        station=attempt.station,
        at=attempt.now,
        by_id=question.giver.practitioner.id,
    )
    return question.world.recorder.acknowledge([read]).outcome is SaveOutcome.SAVED


def _choice(question: Question, value: object) -> bool:
    if not isinstance(value, str) or value not in _CHOICES:
        return False
    question.dose.answers = replace(question.dose.answers, missed_choice=value)
    return True


def _reopen(question: Question, value: object) -> bool:
    if value is not True:
        return False
    question.dose.answers = replace(question.dose.answers, reopened_slot=question.found.subject)
    return True


def _need(question: Question, value: object) -> bool:
    need = need_from(question.attempt, value)
    if need is None:
        return False
    question.dose.answers = replace(
        question.dose.answers, prn_reason=need.reason, prn_score=need.score
    )
    return True


def _measured(question: Question, value: object) -> bool:
    """Take one value or several; those that were told before stay."""
    told = measured_from(question.attempt, value)
    if told is None:
        return False
    measured = MappingProxyType({**question.dose.answers.measured, **told})
    question.dose.answers = replace(question.dose.answers, measured=measured)
    return True


def _witness(question: Question, value: object) -> bool:
    """Take the second person; one who may not be it is told so, and answers nothing."""
    if not isinstance(value, BadgePin):
        return False
    person = second_person(value, question.world)
    if person is None:
        return False
    second = Second(practitioner=person, proven=True, at=question.attempt.now)
    question.dose.answers = replace(question.dose.answers, witness=second)
    return is_independent(question.attempt, second)


ANSWERS: Final[Mapping[str, Callable[[Question, object], bool]]] = MappingProxyType(
    {
        "dose.incomplete": _count,
        "dose.choose": _chosen,
        "dose.out-of-order": chosen_amount,
        "dose.part-unit": confirmed_part,
        "dose.recompute": worked_out,
        _ROUTE: _route,
        _SITE: _site,
        _REPEATED: _site,
        "drug.order-unread": _acknowledge,
        "drug.container-empty": _not_empty,
        LOT: lot,
        EXPIRY: expiry,
        ALLERGIES: allergies,
        "drug.component-missing": _drawn,
        "time.missed-choice": _choice,
        "time.reopen": _reopen,
        "indication.prn-reason": _need,
        "response.measure": _measured,
        "time.infusion-running": _closing_volume,
        "documentation.witness": _witness,
    }
)
