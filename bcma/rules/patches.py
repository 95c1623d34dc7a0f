"""Which patches are on: those that nobody has recorded as removed."""

from collections.abc import Iterator
from typing import Final

from bcma.model.chart import Chart
from bcma.model.drug import Form
from bcma.model.record import MedicationAdministration, RecordStatus

_WORN: Final = frozenset(
    {RecordStatus.GIVEN, RecordStatus.GIVEN_IN_PART, RecordStatus.RUNNING, RecordStatus.UNREADABLE}
)
_TRANSDERMAL: Final = "TD"


def patches_on(chart: Chart) -> Iterator[MedicationAdministration]:
    """Give the patches that nobody has recorded as removed, oldest first.

    Of a drug whose form nobody knows, what goes through the skin counts as a patch.
    """
    for record in chart.administrations:
        if record.status in _WORN and record.ended_at is None and _is_patch(record, chart):
            yield record


def _is_patch(record: MedicationAdministration, chart: Chart) -> bool:
    form = next((m.form for m in chart.medications if m.id == record.medication_id), None)
    if form is None:
        order = chart.order(record.order_id)
        form = None if order is None else order.medication.form
    return form is Form.PATCH if form is not None else record.route == _TRANSDERMAL
