"""The right route: known, never assumed, and open to this patient now."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from bcma.model.chart import NilByMouth
from bcma.model.verdict import Right, Severity
from bcma.rules.attempt import Attempt
from bcma.rules.finding import Results, Rule, finding
from bcma.rules.in_force import why_not_in_force
from bcma.rules.route_taken import BY_MOUTH, route_of, routes_to_judge

_SEVERITY: Final[Mapping[NilByMouth, Severity | None]] = MappingProxyType(
    {NilByMouth.NOTHING: Severity.STOP, NilByMouth.SIPS: Severity.INFO, NilByMouth.NO: None}
)


def route_is_known(attempt: Attempt) -> Results:
    """Stop without a readable route (hazard H94); ask where several fit and none is usual."""
    if attempt.dosage is None:
        return
    routes = attempt.dosage.routes
    if not routes:
        yield finding("route.missing", text=attempt.dosage.route_text or None)
    elif len(routes) > 1 and attempt.answers.route not in routes:
        if why_not_in_force(attempt) is not None:
            return
        usual = route_of(attempt)
        severity = Severity.ASK if usual is None else Severity.INFO
        yield finding("route.choose", severity, routes=routes, route=usual)


def nothing_by_mouth(attempt: Attempt) -> Results:
    """Stop an oral dose while the patient is nil by mouth (hazard H60); note where sips may be.

    Under the tongue and by tube is not by mouth.
    """
    if attempt.chart is None or why_not_in_force(attempt) is not None:
        return
    if BY_MOUTH not in routes_to_judge(attempt):
        return
    severity = _SEVERITY[attempt.chart.nil_by_mouth]
    if severity is not None:
        yield finding("route.nil-by-mouth", severity, subject=BY_MOUTH)


RULES = (
    Rule(
        Right.ROUTE,
        route_is_known,
        sees=("ordered-routes", "route-written", "route-taken", "nil-by-mouth", "feeding-route"),
    ),
    Rule(Right.ROUTE, nothing_by_mouth, sees=("route-taken", "nil-by-mouth")),
)
