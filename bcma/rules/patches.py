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
    products = {drug.id: drug.form for drug in chart.medications}
    ordered = {order.id: order.medication.form for order in chart.orders}
    for record in chart.administrations:
        form = products.get(record.medication_id or "") or ordered.get(record.order_id or "")
        is_patch = form is Form.PATCH or (form is None and record.route == _TRANSDERMAL)
        if is_patch and record.status in _WORN and record.ended_at is None:
            yield record
