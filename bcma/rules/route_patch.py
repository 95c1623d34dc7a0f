"""The right route, continued: one patch at a time."""

from collections.abc import Iterator
from typing import Final

from bcma.model.chart import Chart
from bcma.model.drug import Form, Medication
from bcma.model.record import MedicationAdministration, RecordStatus
from bcma.model.verdict import Right
from bcma.rules.attempt import Attempt
from bcma.rules.finding import Results, Rule, finding
from bcma.rules.in_force import why_not_in_force

_WORN: Final = frozenset(
    {RecordStatus.GIVEN, RecordStatus.GIVEN_IN_PART, RecordStatus.RUNNING, RecordStatus.UNREADABLE}
)
_TRANSDERMAL: Final = "TD"


def old_patch_is_off(attempt: Attempt) -> Results:
    """Stop a patch while another of the same substance is on, under any order (hazard H63)."""
    if attempt.chart is None or why_not_in_force(attempt) is not None:
        return
    keys = frozenset(
        key for drug in _drugs(attempt) if drug.form is Form.PATCH for key in drug.ingredient_keys
    )
    standing = None if attempt.claim is None else attempt.claim.standing
    same_dose = () if standing is None else standing.given
    for worn in patches_on(attempt.chart):
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


def patches_on(chart: Chart) -> Iterator[MedicationAdministration]:
    """Give the patches that nobody has recorded as removed, oldest first.

    Of a drug whose form nobody knows, what goes through the skin counts as a patch.
    """
    for record in chart.administrations:
        if record.status in _WORN and record.ended_at is None and _is_patch(record, chart):
            yield record


def _is_patch(record: MedicationAdministration, chart: Chart) -> bool:
    form = next((m.form for m in chart.medications if m.id == record.medication_id), None)
    if form is None and record.order_id is not None:
        order = chart.order(record.order_id)
        form = None if order is None else order.medication.form
    return form is Form.PATCH if form is not None else record.route == _TRANSDERMAL


def _drugs(attempt: Attempt) -> Iterator[Medication]:
    """Give what is in hand, and what is ordered while nothing is."""
    if not attempt.units and attempt.order is not None:
        yield attempt.order.medication
    for unit in attempt.units:
        if unit.product is not None:
            yield unit.product


RULES = (Rule(Right.ROUTE, old_patch_is_off, sees=("scanned", "scanned-forms", "patches-on")),)
