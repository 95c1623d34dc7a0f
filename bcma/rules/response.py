"""The right response: what must be measured before, and watched after."""

from bcma.model.verdict import NotChecked, Right
from bcma.rules.attempt import Attempt
from bcma.rules.finding import Results, Rule


def values_are_fresh(_attempt: Attempt) -> Results:
    """Say that measurements, hold limits and follow-ups are not looked at yet."""
    yield NotChecked(Right.RESPONSE, "not-built")


RULES = (Rule(Right.RESPONSE, values_are_fresh, sees=("hold-values",)),)
