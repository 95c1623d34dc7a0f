"""For which version of its order a label was printed (hazards H22, H45)."""

from pathlib import Path

import pytest

from bcma.store import Store
from tests.store import ward

pytestmark = pytest.mark.hazard("H22", "H45")
BEFORE, PRINTED, AFTER = 10, 20, 30
EDITED: ward.Json = {"dosageInstruction": [{"text": "2 viên"}]}


def edit(store: Store, at: int, version: int, changes: ward.Json | None = None) -> None:
    store.take_page([ward.incoming(ward.order() | (changes or {}), version, at)])


def holds(store: Store) -> bool:
    """Tell whether the label is one of the order as it is now, in chart and drug file alike."""
    chart = ward.chart(store)
    (label,) = chart.labels
    order = chart.order("mr1")
    assert order is not None
    return label.order_version in (None, order.version)


def test_a_label_of_an_order_that_was_not_edited_holds(store: Store) -> None:
    ward.take(store, ward.dispense(), at=PRINTED)
    assert holds(store)


def test_a_label_printed_before_the_order_was_edited_does_not_hold(
    store: Store, path: Path
) -> None:
    ward.take(store, ward.dispense(), at=PRINTED)
    edit(store, AFTER, 500, EDITED)
    assert not holds(store)
    store.close()
    with Store.open(path, ward=ward.WARD) as again:
        assert not holds(again)


def test_a_label_printed_after_the_order_was_edited_holds(store: Store) -> None:
    edit(store, BEFORE, 500, EDITED)
    ward.take(store, ward.dispense(), at=PRINTED)
    assert holds(store)


def test_an_order_written_anew_without_a_change_keeps_its_labels(store: Store) -> None:
    ward.take(store, ward.dispense(), at=PRINTED)
    edit(store, AFTER, 500, {"note": [{"text": "chép lại"}]})
    assert holds(store)


def test_a_fill_touched_after_the_edit_was_still_prepared_before(store: Store) -> None:
    prepared = (ward.NOW.replace(hour=0, second=PRINTED)).isoformat()
    edit(store, AFTER, 500, EDITED)
    ward.take(store, ward.dispense(whenPrepared=prepared), at=AFTER + 10)
    assert not holds(store)


def test_a_fill_that_names_the_version_of_its_order_is_held_to_it(store: Store) -> None:
    edit(store, BEFORE, 500)
    named = [ward.reference("MedicationRequest/mr1/_history/500")]
    ward.take(store, ward.dispense(authorizingPrescription=named), at=AFTER)
    assert holds(store)
    unseen = [ward.reference("MedicationRequest/mr1/_history/499")]
    ward.take(store, ward.dispense(authorizingPrescription=unseen), at=AFTER + 10)
    assert not holds(store)


@pytest.mark.parametrize("first, kept", [(1, True), (7, False)])
def test_an_order_first_seen_after_the_label_holds_only_in_its_first_version(
    path: Path, *, first: int, kept: bool
) -> None:
    with Store.open(path.with_name("fresh.db"), ward=ward.WARD) as fresh:
        ward.take(fresh, ward.location(), ward.patient(), ward.encounter(), ward.medication())
        ward.take(fresh, ward.dispense(), at=PRINTED)
        edit(fresh, AFTER, first)
        assert holds(fresh) is kept
