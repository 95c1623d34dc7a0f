"""Aspects of the route: where it may go, where it goes, and what is there already."""

from collections.abc import Mapping
from typing import Final

from bcma.rules.aspects.look import Look
from bcma.rules.attempt import Attempt
from bcma.rules.route_fit import is_cytotoxic, label_routes
from bcma.rules.route_site import last_with_site, site_of
from bcma.rules.route_taken import feeding_route


def _container_routes(attempt: Attempt) -> tuple[str, ...]:
    products = (u.product for u in attempt.units if u.product is not None)
    return tuple(sorted({route for product in products for route in product.container_routes}))


def _label_routes(attempt: Attempt) -> tuple[str, ...]:
    return tuple(sorted({r for u in attempt.units for r in label_routes(u, attempt)}))


def _cytotoxic(attempt: Attempt) -> bool:
    return any(u.product is not None and is_cytotoxic(u.product) for u in attempt.units)


def _site_ordered(attempt: Attempt) -> str | None:
    site = None if attempt.dosage is None else attempt.dosage.site
    return None if site is None else site.display or site.code


def _site_before(attempt: Attempt) -> str | None:
    last = last_with_site(attempt)
    return None if last is None else last.site


def _patches_on(attempt: Attempt) -> tuple[str, ...]:
    worn = () if attempt.chart is None else attempt.chart.patches_on
    return tuple(record.medication_name for record in worn)


ASPECTS: Final[Mapping[str, Look]] = {
    "container-routes": _container_routes,
    "label-routes": _label_routes,
    "cytotoxic": _cytotoxic,
    "ordered-crushed": lambda a: None if a.dosage is None else a.dosage.crushed,
    "ordered-pushed": lambda a: None if a.dosage is None else a.dosage.pushed,
    "nil-by-mouth": lambda a: None if a.chart is None else a.chart.nil_by_mouth.value,
    "feeding-route": feeding_route,
    "site-ordered": _site_ordered,
    "site-taken": site_of,
    "site-before": _site_before,
    "patches-on": _patches_on,
}
