"""The right indication: why this dose, and why now."""

from bcma.model.verdict import NotChecked, Right
from bcma.rules.attempt import Attempt
from bcma.rules.finding import Results, Rule


def reason_is_given(_attempt: Attempt) -> Results:
    """Say that reasons, scores and contraindications are not looked at yet."""
    yield NotChecked(Right.INDICATION, "not-built")


RULES = (
    Rule(
        Right.INDICATION,
        reason_is_given,
        sees=(
            "order-reasons",
            "as-needed",
        ),
    ),
)
