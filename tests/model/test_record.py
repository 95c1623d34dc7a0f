"""Two versions of one record, and what differs between them."""

from datetime import UTC, datetime
from decimal import Decimal

import pytest

from bcma.model.quantity import Quantity
from bcma.model.record import MedicationAdministration, RecordStatus


def given(amount: Quantity | None) -> MedicationAdministration:
    return MedicationAdministration(
        status=RecordStatus.GIVEN,
        patient_id="p1",
        given_at=datetime(2026, 3, 2, 1, tzinfo=UTC),
        amount=amount,
    )


THIRD = Decimal(10) / Decimal(3)


@pytest.mark.parametrize(
    "one,other,differs",
    [
        (Quantity(Decimal(500), "mg"), Quantity(Decimal(250), "mg"), True),
        (Quantity(Decimal(250), "mg"), Quantity(Decimal(500), "mg"), True),
        (Quantity(Decimal(500), "mg"), Quantity(Decimal("500.0"), "mg"), False),
        (Quantity(THIRD, "mL"), Quantity(Decimal("3.3333333333333335"), "mL"), False),
        (Quantity(Decimal(1), "mg"), Quantity(Decimal("1.00000001"), "mg"), True),
        (Quantity(Decimal(500), "mg"), Quantity(Decimal(250), "mL"), False),
        (Quantity(Decimal(500), "mg"), None, False),
        (None, Quantity(Decimal(500), "mg"), False),
        (None, None, False),
    ],
)
def test_versions_differ_in_amount_where_both_name_one_and_not_the_same(
    one: Quantity | None, other: Quantity | None, *, differs: bool
) -> None:
    assert given(one).differs_in_amount(given(other)) is differs
