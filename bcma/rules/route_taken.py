"""The route of a dose: chosen, the only one ordered, or the one that the patient is on.

Shared by the rules of the route, and by the bedside, which records it.
"""

from collections.abc import Iterator
from typing import Final

from bcma.model.chart import NilByMouth
from bcma.model.drug import Form, Medication
from bcma.model.people import EncounterStatus
from bcma.model.record import MedicationAdministration
from bcma.rules.attempt import Attempt

#: HL7 table 0162: by mouth, and through a tube into the stomach.
BY_MOUTH: Final = "PO"
TUBES: Final = frozenset({"NG", "GTT"})
_ENTERAL: Final = TUBES | {BY_MOUTH}
#: Into a blood vessel or the heart, and into the space around the spinal cord.
VESSELS: Final = frozenset({"IV", "IA", "IHA", "IC", "PF"})
SPINE: Final = frozenset({"IT", "EP"})
#: Everything that goes in through a needle or a line: a product has to be made for it.
INJECTED: Final = VESSELS | SPINE | {"IM", "SC", "ID", "IP", "IS", "IB", "IO"}
#: Made for a needle or a line; every other form that is known never goes through one.
MADE_TO_INJECT: Final = frozenset(
    {Form.INJECTION, Form.POWDER_INJECTION, Form.CONCENTRATE, Form.INFUSION}
)
_CHOOSE: Final = "route.choose"


def route_of(attempt: Attempt) -> str | None:
    """Give the route of this dose; ``None`` where it is unreadable or still to be chosen.

    Of several it is the one that was answered, else the last one used under this order, else
    the one that fits how the patient is fed.
    """
    routes = () if attempt.dosage is None else attempt.dosage.routes
    if attempt.answers.route in routes:
        return attempt.answers.route
    if len(routes) == 1:
        return routes[0]
    return _last_used(attempt, routes) or _as_fed(attempt, routes)


def routes_to_judge(attempt: Attempt) -> tuple[str, ...]:
    """Give the routes that this dose may take now: one, or none while it is to be chosen.

    Where nobody could say which, all that are ordered are judged: any of them may be taken.
    """
    route = route_of(attempt)
    if route is not None:
        return (route,)
    given_up = any(r.code == _CHOOSE and r.cannot for r in attempt.answers.releases)
    return attempt.dosage.routes if attempt.dosage is not None and given_up else ()


def is_never_injected(product: Medication, route: str) -> bool:
    """Tell whether a route is through a needle or a line, and a product of another kind."""
    is_known = product.form is not None and product.form is not Form.OTHER
    return route in INJECTED and is_known and product.form not in MADE_TO_INJECT


def records_of_stay(attempt: Attempt) -> Iterator[MedicationAdministration]:
    """Give what went into the patient in this stay, under any order, newest first.

    A record without an instant counts: it may be of today.
    """
    chart = attempt.chart
    if chart is None:
        return
    stays = (e for e in chart.encounters if e.status is EncounterStatus.IN_PROGRESS)
    since = next((stay.starts for stay in stays), None)
    for record in sorted(
        chart.administrations, key=lambda r: r.known_at or attempt.now, reverse=True
    ):
        at = record.known_at
        if record.went_in and (since is None or at is None or at >= since):
            yield record


def feeding_route(attempt: Attempt) -> str | None:
    """Give the way into the stomach that the patient's last dose took: by mouth or by tube."""
    enteral = (r.route for r in records_of_stay(attempt) if r.route in _ENTERAL)
    return next(enteral, None)


def _last_used(attempt: Attempt, routes: tuple[str, ...]) -> str | None:
    used = [r for r in attempt.records_of_chain() if r.went_in and r.route in routes]
    last = max(used, key=lambda r: r.known_at or attempt.now, default=None)
    return None if last is None else last.route


def _as_fed(attempt: Attempt, routes: tuple[str, ...]) -> str | None:
    """Give the route that fits how the patient is fed: nil by mouth, by tube, by mouth."""
    chart = attempt.chart
    if chart is not None and chart.nil_by_mouth is NilByMouth.NOTHING:
        routes = tuple(route for route in routes if route != BY_MOUTH)
        if len(routes) == 1:
            return routes[0]
    fed = feeding_route(attempt)
    return fed if fed in routes else None
