"""The right route, continued: what kills by this route, whoever wants it (H28, H32)."""

from collections.abc import Iterator
from enum import StrEnum
from typing import Final

from bcma.model.drug import Form, Medication
from bcma.model.verdict import Right
from bcma.rules.attempt import Attempt
from bcma.rules.finding import Results, Rule, finding
from bcma.rules.in_force import why_not_in_force
from bcma.rules.route_taken import SPINE, VESSELS, routes_to_judge

#: ATC: vinca alkaloids; potassium chloride by mouth and in solutions for the vein.
_VINCA: Final = "L01CA"
_POTASSIUM: Final = ("A12BA01", "B05XA01")
#: Of potassium for injection only a bag ready for infusion is no concentrate.
_UNDILUTED: Final = frozenset({Form.CONCENTRATE, Form.INJECTION})
_ENTERAL_LIQUID: Final = frozenset({Form.ORAL_LIQUID, Form.POWDER_ORAL})


class Lethal(StrEnum):
    """Why a combination kills."""

    VINCA_IN_SPINE = "vinca-in-spine"
    POTASSIUM_UNDILUTED = "potassium-undiluted"
    ENTERAL_INJECTED = "enteral-injected"
    WRONG_CONTAINER = "wrong-container"


def kills_by_this_route(attempt: Attempt) -> Results:
    """Stop a combination that kills; nobody may let it pass.

    Everything in hand is looked at, whether it is part of the dose or not, and the drug as
    ordered: a dose may be opened without a scan.
    """
    if attempt.dosage is None or why_not_in_force(attempt) is not None:
        return
    for route in routes_to_judge(attempt):
        for drug in _drugs(attempt):
            why = _why_lethal(drug, route, pushed=attempt.dosage.pushed)
            if why is not None:
                yield finding(
                    "route.lethal",
                    subject=f"{drug.id}/{route}",
                    scanned=drug.name,
                    route=route,
                    reason=why.value,
                )


def _drugs(attempt: Attempt) -> Iterator[Medication]:
    """Give each drug once: what is in hand, then what is ordered."""
    drugs = {u.product.id: u.product for u in attempt.units if u.product is not None}
    yield from drugs.values()
    if attempt.order is not None and attempt.order.medication.id not in drugs:
        yield attempt.order.medication


def _why_lethal(drug: Medication, route: str, *, pushed: bool) -> Lethal | None:
    """Say why a drug kills by a route, ``None`` where nothing of the kind is known."""
    if route in SPINE and drug.is_in_class(_VINCA):
        return Lethal.VINCA_IN_SPINE
    undiluted = drug.form in _UNDILUTED and drug.is_in_class(*_POTASSIUM)
    if undiluted and (route in SPINE or (route in VESSELS and pushed)):
        return Lethal.POTASSIUM_UNDILUTED
    if drug.form in _ENTERAL_LIQUID and route in VESSELS | SPINE:
        return Lethal.ENTERAL_INJECTED
    return Lethal.WRONG_CONTAINER if _is_crossed(drug.container_routes, route) else None


def _is_crossed(listed: frozenset[str], route: str) -> bool:
    """Tell whether a container made for the vein is to go to the spine, or the reverse.

    Spinal ones are listed as such; what lists neither way is another misfit.
    """
    if route == "IT":
        return bool(listed & VESSELS) and not listed & SPINE
    return route in VESSELS and bool(listed & SPINE) and not listed & VESSELS


RULES = (
    Rule(
        Right.ROUTE,
        kills_by_this_route,
        sees=(
            "ordered-drug",
            "scanned",
            "scanned-forms",
            "container-routes",
            "route-taken",
            "ordered-pushed",
        ),
    ),
)
