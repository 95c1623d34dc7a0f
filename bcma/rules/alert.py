"""Whether a dose wants a second person: the strictest high-alert level of all its drugs.

The level is that of the drug file, the site's, or that of the kind of drug by its route.
"""

from bcma.model.drug import HighAlert
from bcma.rules.attempt import Attempt
from bcma.rules.route_taken import route_of
from bcma.rules.waste import wastes_a_controlled_drug

_LEVELS = tuple(HighAlert)


def alert_level(attempt: Attempt) -> HighAlert:
    """Give the strictest level among the units in hand and the drug as ordered."""
    routes = possible_routes(attempt)
    levels = (attempt.policy.high_alert_level(drug, routes) for drug in attempt.drugs)
    return max(levels, key=_LEVELS.index, default=HighAlert.NONE)


def possible_routes(attempt: Attempt) -> tuple[str, ...]:
    """Give the route of this dose, or all that it may still take."""
    route = route_of(attempt)
    ordered = () if attempt.dosage is None else attempt.dosage.routes
    return ordered if route is None else (route,)


def needs_second_person(attempt: Attempt) -> bool:
    """Tell whether a second person is required.

    So it is, too, for the waste of a controlled drug, and for a drug that only recommends one
    while somebody's check is missing: the patient or a unit was identified by hand.
    """
    if attempt.gives_nothing:
        return False
    if wastes_a_controlled_drug(attempt):
        return True
    level = alert_level(attempt)
    if level is not HighAlert.RECOMMENDED:
        return level is HighAlert.REQUIRED
    by_hand = attempt.band is not None and attempt.band.code is None
    return by_hand or any(not u.scanned for u in attempt.units)
