"""Answers to ``dose.recompute``: what giver and witness each worked out, unseen by the other.

An answer is the giver's amount (``{"value", "unit"}``), the witness's with their proof
(``{"badge", "pin", "amount"}``), or both (``{"giver", "witness"}``).
"""

from collections.abc import Mapping
from dataclasses import replace

from bcma.bedside.question import Question
from bcma.bedside.releasing import second_person
from bcma.bedside.told import amount_from
from bcma.bedside.world import BadgePin
from bcma.rules import Second
from bcma.rules.attempt import Recomputation
from bcma.rules.dose_recompute import TRIES, agree
from bcma.rules.witness import is_independent


def worked_out(question: Question, value: object) -> bool:
    """Take one or both results; a difference is counted, and may be put right once."""
    before = question.dose.answers.recomputed
    if before.failed >= TRIES:
        return False
    after = Recomputation(failed=before.failed) if before.is_complete else before
    parts = _parts(value)
    taken = after
    for name, part in parts.items():
        entered = _by_giver(taken, part) if name == "giver" else _by_witness(question, taken, part)
        if entered is None:
            return False
        taken = entered
    if not parts:
        return False
    _keep(question, taken)
    return True


def _parts(value: object) -> Mapping[str, object]:
    """Tell the giver's result from the witness's by their form."""
    if not isinstance(value, Mapping):
        return {"giver": value}
    if set(value) <= {"giver", "witness"}:
        return value
    return {"witness": value} if "badge" in value else {"giver": value}


def _by_giver(entered: Recomputation, part: object) -> Recomputation | None:
    amount = amount_from(part)
    return None if amount is None else replace(entered, by_giver=amount)


def _by_witness(question: Question, entered: Recomputation, part: object) -> Recomputation | None:
    if not isinstance(part, Mapping):
        return None
    badge, pin, amount = part.get("badge"), part.get("pin"), amount_from(part.get("amount"))
    if not isinstance(badge, str) or not isinstance(pin, str) or amount is None:
        return None
    person = second_person(BadgePin(badge, pin), question.world)
    if person is None:
        return None
    second = Second(practitioner=person, proven=True, at=question.attempt.now)
    if not is_independent(question.attempt, second):
        return None
    return replace(entered, by_witness=amount, second=second)


def _keep(question: Question, entered: Recomputation) -> None:
    """Keep the results; the witness who worked it out is the dose's second person."""
    answers = replace(question.dose.answers, recomputed=entered)
    if entered.is_complete:
        if agree(replace(question.attempt, answers=answers)):
            answers = replace(answers, witness=answers.witness or entered.second)
        else:
            failed = replace(entered, failed=entered.failed + 1)
            answers = replace(answers, recomputed=failed)
    question.dose.answers = answers
