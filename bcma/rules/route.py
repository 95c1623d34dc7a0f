"""The right route: known, never assumed."""

from bcma.model.verdict import NotChecked, Right
from bcma.rules.attempt import Attempt
from bcma.rules.finding import Results, Rule, finding


def route_is_known(attempt: Attempt) -> Results:
    """Stop without a readable route (hazard H94); ask where several are allowed."""
    if attempt.dosage is None:
        return
    routes = attempt.dosage.routes
    if not routes:
        yield finding("route.missing", text=attempt.dosage.route_text or None)
    elif len(routes) > 1 and attempt.answers.route not in routes:
        yield finding("route.choose", routes=routes)


def route_fits_the_product(_attempt: Attempt) -> Results:
    """Say that form, container and site are not held against the route yet."""
    yield NotChecked(Right.ROUTE, "not-built")


RULES = (Rule(Right.ROUTE, route_is_known), Rule(Right.ROUTE, route_fits_the_product))
