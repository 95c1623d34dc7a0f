"""The right route, continued: one patch at a time."""

from collections.abc import Iterator

from bcma.model.drug import Form, Medication
from bcma.model.verdict import Right
from bcma.rules.attempt import Attempt
from bcma.rules.finding import Results, Rule, finding
from bcma.rules.in_force import why_not_in_force


def old_patch_is_off(attempt: Attempt) -> Results:
    """Stop a patch while another of the same substance is on, under any order (hazard H63)."""
    if attempt.chart is None or why_not_in_force(attempt) is not None:
        return
    keys = frozenset(
        key for drug in _drugs(attempt) if drug.form is Form.PATCH for key in drug.ingredient_keys
    )
    standing = None if attempt.claim is None else attempt.claim.standing
    same_dose = () if standing is None else standing.given
    for worn in attempt.chart.patches_on:
        if keys.isdisjoint(worn.ingredients) or worn in same_dose:
            continue  # another substance, or the first patch of a dose that is two of them
        yield finding(
            "route.patch-on",
            subject=worn.event_id or worn.resource_id or "",
            drug=worn.medication_name,
            site=worn.site,
            given_at=worn.known_at,
            given_by=worn.giver_name,
        )


def _drugs(attempt: Attempt) -> Iterator[Medication]:
    """Give what is in hand, and what is ordered while nothing is."""
    if not attempt.units and attempt.order is not None:
        yield attempt.order.medication
    for unit in attempt.units:
        if unit.product is not None:
            yield unit.product


RULES = (Rule(Right.ROUTE, old_patch_is_off, sees=("scanned", "scanned-forms", "patches-on")),)
