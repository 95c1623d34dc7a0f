"""The right route, continued: whether what is in hand can go there at all."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from bcma.model.drug import Form, Medication
from bcma.model.verdict import NEVER, NotChecked, ReleaseBy, Right
from bcma.rules.attempt import Attempt, UnitInHand
from bcma.rules.finding import Results, Rule, finding
from bcma.rules.in_force import why_not_in_force
from bcma.rules.matching import units_of_the_order
from bcma.rules.route_taken import (
    BY_MOUTH,
    INJECTED,
    TUBES,
    is_never_injected,
    routes_to_judge,
)

_SWALLOWED = TUBES | {BY_MOUTH}
_IN_THE_MOUTH = frozenset({"SL", "B", "TL", "MTH", "MM"})
_AIRWAY = frozenset({"IH", "ET", "NT", "TRA"})
#: Every form of the short list, and the routes of table 0162 that it may take. A tablet may go
#: down a tube (crushing is another question) and, as there is no form of their own, under the
#: tongue or into the vagina. ``other`` is missing: nothing is known of it.
MAY_TAKE: Final[Mapping[Form, frozenset[str]]] = MappingProxyType(
    {
        Form.TABLET: _SWALLOWED | {"SL", "B", "TL", "MTH", "VG"},
        Form.TABLET_MR: _SWALLOWED,
        Form.CAPSULE: _SWALLOWED | {"VG"},
        Form.CAPSULE_MR: _SWALLOWED,
        Form.ORAL_LIQUID: _SWALLOWED | _IN_THE_MOUTH,
        Form.POWDER_ORAL: _SWALLOWED | _IN_THE_MOUTH,
        Form.INJECTION: INJECTED | {"ET"},
        Form.POWDER_INJECTION: INJECTED | {"ET"},
        Form.CONCENTRATE: frozenset({"IV", "IA", "IHA", "IP", "EP", "PF"}),
        Form.INFUSION: frozenset({"IV", "IA", "IHA", "IP", "EP", "PF", "SC", "GU", "WND"}),
        Form.PATCH: frozenset({"TD", "TP", "AP"}),
        Form.SUPPOSITORY: frozenset({"PR", "VG"}),
        Form.INHALER: _AIRWAY,
        Form.NEBULISER: _AIRWAY | {"RM", "VM", "NP"},
        Form.DROPS_EYE: frozenset({"OP"}),
        Form.DROPS_EAR: frozenset({"OT"}),
        Form.CREAM: frozenset(
            {"TP", "AP", "TD", "WND", "SD", "MM", "MTH", "DT", "PR", "VG", "UR", "NS", "IN"}
        ),
    }
)
_SOLID: Final = frozenset({Form.TABLET, Form.TABLET_MR, Form.CAPSULE, Form.CAPSULE_MR})
_MODIFIED_RELEASE: Final = frozenset({Form.TABLET_MR, Form.CAPSULE_MR})
#: ATC group of antineoplastic agents: their dust harms whoever crushes them.
_CYTOTOXIC: Final = "L01"
#: A route that a drug file's list covers under another code of table 0162.
_ALSO: Final[Mapping[str, str]] = MappingProxyType(
    {"NG": "PO", "GTT": "PO", "IN": "NS", "NS": "IN", "AP": "TP", "TP": "AP"}
)
_PHARMACIST: Final = (ReleaseBy.PHARMACIST,)


def fits_the_route(attempt: Attempt) -> Results:
    """Stop what cannot go where it is to go: by form, container or label (hazard H31).

    What is swallowed or applied is never injected. Other misfits a pharmacist may let pass,
    and the drug file may list them as a route of the container.
    """
    if attempt.dosage is None or why_not_in_force(attempt) is not None:
        why = "no-order" if attempt.dosage is None else "inactive-order"
        yield NotChecked(Right.ROUTE, why)
        return
    routes, units = routes_to_judge(attempt), units_of_the_order(attempt)
    if not routes or not units:
        yield NotChecked(Right.ROUTE, "no-unit" if routes else "no-route")
    told: set[str] = set()
    for unit in units:
        for route in routes:
            if unit.product is None or _is_unknown(unit.product):
                yield NotChecked(Right.ROUTE, "unknown-form")
                continue
            subject = f"{unit.product.id}/{route}"
            release = _misfit(unit, unit.product, route, attempt)
            if release is not None and subject not in told:
                told.add(subject)
                yield finding(
                    "route.mismatch",
                    release=release,
                    subject=subject,
                    scanned=unit.description,
                    form=unit.product.form,
                    route=route,
                )


def may_be_crushed(attempt: Attempt) -> Results:
    """Stop a modified-release or cytotoxic solid by tube or crushed (hazard H115)."""
    if attempt.dosage is None or why_not_in_force(attempt) is not None:
        return
    tube = next((r for r in routes_to_judge(attempt) if r in TUBES), None)
    if tube is None and not attempt.dosage.crushed:
        return
    products = {u.product.id: u.product for u in units_of_the_order(attempt) if u.product}
    for product in products.values():
        solid = product.form in _SOLID
        if product.form in _MODIFIED_RELEASE or (solid and is_cytotoxic(product)):
            yield finding(
                "route.do-not-crush",
                subject=product.id,
                scanned=product.name,
                form=product.form,
                route=tube,
            )


def is_cytotoxic(product: Medication) -> bool:
    """Tell whether it is an antineoplastic agent."""
    return product.is_in_class(_CYTOTOXIC)


def label_routes(unit: UnitInHand, attempt: Attempt) -> frozenset[str]:
    """Give the routes of the order that a unit was labelled for; none where nothing says."""
    label, chart = unit.label, attempt.chart
    if label is None or chart is None:
        return frozenset()
    order = chart.order(label.order_id)
    return frozenset(() if order is None else (r for d in order.dosages for r in d.routes))


def _is_unknown(product: Medication) -> bool:
    return product.form in {None, Form.OTHER} and not product.container_routes


def _misfit(
    unit: UnitInHand, product: Medication, route: str, attempt: Attempt
) -> tuple[ReleaseBy, ...] | None:
    """Say who may let a misfit pass, ``None`` where the product can go there."""
    form, listed = product.form, product.container_routes
    if is_never_injected(product, route):
        return NEVER
    labelled = label_routes(unit, attempt)
    if labelled and route not in labelled:
        drawn_up_to_swallow = route in INJECTED and labelled.isdisjoint(INJECTED)
        return NEVER if drawn_up_to_swallow else _PHARMACIST
    if listed:
        fits = route in listed or _ALSO.get(route) in listed
    else:
        fits = form is not None and route in MAY_TAKE.get(form, frozenset())
    return None if fits else _PHARMACIST


RULES = (
    Rule(
        Right.ROUTE,
        fits_the_route,
        sees=("scanned", "scanned-forms", "container-routes", "label-routes", "route-taken"),
    ),
    Rule(
        Right.ROUTE,
        may_be_crushed,
        sees=("scanned", "scanned-forms", "cytotoxic", "route-taken", "ordered-crushed"),
    ),
)
