"""The right route, continued: the site of the body."""

from typing import Final

from bcma.model.drug import Form
from bcma.model.record import MedicationAdministration
from bcma.model.verdict import Right, Severity
from bcma.rules.attempt import Attempt
from bcma.rules.finding import Results, Rule, finding
from bcma.rules.in_force import why_not_in_force
from bcma.rules.route_taken import is_never_injected, records_of_stay, route_of

_LINE, _PATCH = "IV", "TD"
#: Routes where the next dose goes elsewhere, lest the tissue hardens or the skin breaks.
_ROTATED: Final = frozenset({"SC", "IM", _PATCH})


def site_is_known(attempt: Attempt) -> Results:
    """Ask for the site where the route needs one; show the one that is taken unasked.

    That is the site on the order or, for the vein, the line of the last dose in this stay. What
    is never injected needs no place to inject it.
    """
    route = site_route(attempt)
    if route is None or _answered(attempt, route) is not None:
        return
    products = (u.product for u in attempt.units if u.product is not None)
    if any(is_never_injected(product, route) for product in products):
        return
    if why_not_in_force(attempt) is not None:
        return
    site = _ordered(attempt, route) or _line(attempt, route)
    severity = Severity.ASK if site is None else Severity.INFO
    written = None if attempt.dosage is None else attempt.dosage.site
    yield finding(
        "route.site-needed",
        severity,
        subject=route,
        route=route,
        site=site,
        ordered=None if written is None else written.display or written.code,
    )


def site_is_rotated(attempt: Attempt) -> Results:
    """Warn about the site of the last dose of this drug, where rotation matters.

    Not where the order itself names the site.
    """
    route = site_route(attempt)
    site = None if route is None else _answered(attempt, route)
    if route not in _ROTATED or site is None or site == _ordered(attempt, route):
        return
    last = last_with_site(attempt)
    if last is not None and last.site == site:
        yield finding("route.site-repeated", subject=site, site=site, given_at=last.known_at)


def site_of(attempt: Attempt) -> str | None:
    """Give the site of this dose: answered, on the order, or the line; ``None`` if unknown."""
    route = site_route(attempt)
    if route is None:
        return None
    return _answered(attempt, route) or _ordered(attempt, route) or _line(attempt, route)


def site_route(attempt: Attempt) -> str | None:
    """Give the route by which the site is chosen; ``None`` where none is needed.

    A patch has its site whatever route is written for it.
    """
    route = route_of(attempt)
    if route is None:
        return None
    if any(u.product is not None and u.product.form is Form.PATCH for u in attempt.units):
        route = _PATCH
    return route if attempt.policy.needs_site(route) else None


def _answered(attempt: Attempt, route: str) -> str | None:
    site = attempt.answers.site
    return site if site in attempt.policy.sites_for(route) else None


def _ordered(attempt: Attempt, route: str) -> str | None:
    """Give the site on the order, where it is one that this route may use."""
    written = None if attempt.dosage is None else attempt.dosage.site
    known = written is not None and written.code in attempt.policy.sites_for(route)
    return written.code if written is not None and known else None


def _line(attempt: Attempt, route: str) -> str | None:
    """Give the line in the vein that is in use: the site of the last dose by this route."""
    if route != _LINE:
        return None
    sites = attempt.policy.sites_for(route)
    used = (r.site for r in records_of_stay(attempt) if r.route == route and r.site in sites)
    return next(used, None)


def last_with_site(attempt: Attempt) -> MedicationAdministration | None:
    """Give the last dose of the same substance that went to a site which is rotated."""
    drugs = [u.product for u in attempt.units if u.product is not None]
    if attempt.order is not None:
        drugs.append(attempt.order.medication)
    keys = frozenset(key for drug in drugs for key in drug.ingredient_keys)
    rotated = (r for r in records_of_stay(attempt) if r.site and r.route in _ROTATED)
    return next((r for r in rotated if not keys.isdisjoint(r.ingredients)), None)


RULES = (
    Rule(Right.ROUTE, site_is_known, sees=("route-taken", "site-ordered", "site-taken")),
    Rule(Right.ROUTE, site_is_rotated, sees=("route-taken", "site-taken", "site-before")),
)
