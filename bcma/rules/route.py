"""The right route: known, never assumed."""

from bcma.model.verdict import NotChecked, Right, Severity
from bcma.rules.attempt import Attempt
from bcma.rules.finding import Results, Rule, finding


def route_is_known(attempt: Attempt) -> Results:
    """Stop without a readable route (hazard H94); ask where several fit and none is usual."""
    if attempt.dosage is None:
        return
    routes = attempt.dosage.routes
    if not routes:
        yield finding("route.missing", text=attempt.dosage.route_text or None)
    elif len(routes) > 1 and attempt.answers.route not in routes:
        usual = route_of(attempt)
        severity = Severity.ASK if usual is None else Severity.INFO
        yield finding("route.choose", severity, routes=routes, route=usual)


def route_fits_the_product(_attempt: Attempt) -> Results:
    """Say that form, container and site are not held against the route yet."""
    yield NotChecked(Right.ROUTE, "not-built")


def route_of(attempt: Attempt) -> str | None:
    """Give the route of this dose: chosen, the only one ordered, or the last one used."""
    routes = () if attempt.dosage is None else attempt.dosage.routes
    if attempt.answers.route in routes:
        return attempt.answers.route
    if len(routes) == 1:
        return routes[0]
    used = [r for r in attempt.records_of_chain() if r.went_in and r.route in routes]
    last = max(used, key=lambda r: r.given_at or attempt.now, default=None)
    return None if last is None else last.route


RULES = (
    Rule(
        Right.ROUTE,
        route_is_known,
        sees=(
            "ordered-routes",
            "route-written",
            "route-taken",
        ),
    ),
    Rule(
        Right.ROUTE,
        route_fits_the_product,
        sees=(
            "scanned-forms",
            "route-taken",
        ),
    ),
)
