"""One patch at a time."""

from dataclasses import replace

import pytest

from bcma.model.drug import Form, Ingredient
from bcma.model.order import OrderStatus
from bcma.model.record import MedicationAdministration, RecordStatus
from bcma.model.verdict import Severity
from bcma.rules import Answers, Attempt
from tests.rules.builders import (
    HOUR,
    NOW,
    PARACETAMOL,
    Value,
    at,
    attempt,
    chart,
    claim_of,
    dosage,
    findings_of,
    found_in,
    order,
    per,
    product,
    record,
    unit,
)
from tests.rules.test_judge import lacking

ON = "route.patch-on"
PATCH = product("fentanyl", 25, Form.PATCH)
STRONGER = product("fentanyl", 50, Form.PATCH)
ORDER = order("mr1", dosage(routes=("TD",)), medication=PATCH)
FENTANYL = frozenset({"fentanyl"})


def worn(**changes: Value) -> MedicationAdministration:
    """Give the record of a patch that is on."""
    made = record(
        given_at=NOW - 72 * HOUR,
        event_id="ev9",
        order_id="before",
        medication_id=PATCH.id,
        medication_name=PATCH.name,
        ingredients=FENTANYL,
        route="TD",
        site="chest-left",
    )
    return replace(made, **changes)


def after(*records: MedicationAdministration, **changes: Value) -> Attempt:
    """Try a new patch after what was recorded."""
    known = chart(ORDER, administrations=records, medications=(PATCH, STRONGER))
    made = attempt(unit(PATCH), order=ORDER, chart=known, answers=Answers(site="chest-right"))
    return replace(made, **changes)


@pytest.mark.hazard("H63")
def test_a_new_patch_waits_until_the_old_one_is_off() -> None:
    found = found_in(after(worn()), ON)
    assert (found.severity, found.release) == (Severity.STOP, ())
    assert found.facts == {
        "drug": PATCH.name,
        "site": "chest-left",
        "given_at": NOW - 72 * HOUR,
        "given_by": "Lê Thu Hà",
    }
    assert found.subject == "ev9"
    assert lacking([found]) == []
    assert findings_of(after(), ON) == []


@pytest.mark.hazard("H63")
def test_every_patch_that_is_on_is_named() -> None:
    foreign = worn(event_id=None, resource_id="r7")
    assert [f.subject for f in findings_of(after(worn(), foreign), ON)] == ["ev9", "r7"]
    assert found_in(after(worn(event_id=None)), ON).subject == ""


@pytest.mark.hazard("H63")
@pytest.mark.parametrize(
    "status, is_on",
    [
        (RecordStatus.GIVEN, True),
        (RecordStatus.GIVEN_IN_PART, True),
        (RecordStatus.RUNNING, True),
        (RecordStatus.UNREADABLE, True),
        (RecordStatus.REMOVED, False),
        (RecordStatus.STOPPED, False),
        (RecordStatus.LOST, False),
        (RecordStatus.ENTERED_IN_ERROR, False),
        (RecordStatus.HELD, False),
        (RecordStatus.REFUSED, False),
        (RecordStatus.NOT_GIVEN, False),
    ],
)
def test_a_patch_is_on_until_its_record_says_otherwise(
    status: RecordStatus, *, is_on: bool
) -> None:
    assert bool(findings_of(after(worn(status=status)), ON)) == is_on


@pytest.mark.hazard("H63")
def test_a_patch_with_an_end_is_off_whoever_recorded_it() -> None:
    assert findings_of(after(worn(ended_at=at(7))), ON) == []


@pytest.mark.hazard("H63")
def test_another_strength_of_the_substance_counts_and_another_substance_does_not() -> None:
    assert findings_of(after(worn(medication_id=STRONGER.id)), ON)
    assert findings_of(after(worn(ingredients=frozenset({"nicotin"}))), ON) == []
    assert findings_of(after(worn(ingredients=frozenset())), ON) == []


@pytest.mark.hazard("H63")
def test_a_tablet_of_the_substance_is_no_patch_before_or_after() -> None:
    oral = product("fentanyl", 100, Form.TABLET)
    known = chart(ORDER, administrations=(worn(medication_id=oral.id),), medications=(oral,))
    assert findings_of(after(chart=known), ON) == []
    buccal = order("mr1", dosage(routes=("B",)), medication=oral)
    tried = attempt(
        unit(oral),
        order=buccal,
        chart=chart(buccal, administrations=(worn(),), medications=(PATCH,)),
    )
    assert findings_of(tried, ON) == []


def test_what_nobody_knows_the_form_of_is_a_patch_where_it_went_through_the_skin() -> None:
    unlisted = worn(medication_id="elsewhere")
    assert findings_of(after(unlisted), ON)
    assert findings_of(after(replace(unlisted, route="PO")), ON) == []
    assert findings_of(after(replace(unlisted, route=None, order_id=None)), ON) == []
    assert findings_of(after(replace(unlisted, order_id=None)), ON)


def test_the_order_tells_the_form_where_the_drug_file_does_not() -> None:
    gel = product("fentanyl", 5, Form.CREAM)
    for drug, is_on in ((PATCH, True), (gel, False)):
        before = order("before", dosage(routes=("TD",)), medication=drug)
        tried = after(worn(medication_id="elsewhere", route="TP"))
        known = replace(tried.chart or chart(), orders=(ORDER, before))
        assert bool(findings_of(replace(tried, chart=known), ON)) == is_on


def test_a_dose_of_two_patches_may_be_put_on_one_after_the_other() -> None:
    first = worn(status=RecordStatus.GIVEN_IN_PART, order_id="mr1")
    assert findings_of(after(first, claim=claim_of(record=first)), ON) == []
    other = claim_of(record=replace(first, event_id="ev8"))
    assert findings_of(after(first, claim=other), ON)
    assert findings_of(after(first, claim=None), ON)


def test_what_is_in_hand_counts_and_what_is_ordered_while_nothing_is() -> None:
    assert findings_of(after(worn(), units=()), ON)
    assert findings_of(after(worn(), units=(unit(None),)), ON) == []
    assert findings_of(after(worn(), units=(unit(PARACETAMOL),)), ON) == []
    mixed = product(
        "mix",
        form=Form.PATCH,
        ingredients=(
            Ingredient("nicotin", "Nicotin", per(1, "mg")),
            Ingredient("fentanyl", "Fentanyl", per(1, "mg")),
        ),
    )
    assert findings_of(after(worn(), units=(unit(mixed),)), ON)


def test_of_an_order_that_is_not_in_force_no_old_patch_matters() -> None:
    stopped = replace(ORDER, status=OrderStatus.STOPPED)
    assert findings_of(after(worn(), order=stopped), ON) == []
    assert findings_of(after(worn(), chart=None), ON) == []
    assert findings_of(after(worn(), units=(), order=None), ON) == []


def test_a_patch_of_another_drug_hides_none_of_this_one() -> None:
    other = worn(event_id="ev8", ingredients=frozenset({"nitroglycerin"}), site="arm-left")
    for records in ((other, worn()), (worn(), other)):
        assert [found.subject for found in findings_of(after(*records), ON)] == ["ev9"]
