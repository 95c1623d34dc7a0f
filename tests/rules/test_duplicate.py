"""The right drug, continued: the same substance by another order or another way."""

from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from bcma.model.drug import Form, Ingredient, Medication
from bcma.model.record import MedicationAdministration, RecordStatus
from bcma.model.verdict import ReleaseBy, Severity
from bcma.rules import Answers, Attempt
from tests.rules.builders import (
    DAY,
    HOUR,
    MINUTE,
    NOW,
    ORDER,
    SECOND,
    Value,
    attempt,
    chart,
    codes,
    dosage,
    findings_of,
    found_in,
    order,
    policy,
    product,
    record,
    unit,
)

CODE = "drug.duplicate"
TWO_HOURS = 2 * HOUR
PARACETAMOL_IV = replace(product(), id="iv", form=Form.INFUSION)


def earlier(
    at: datetime | None = NOW - HOUR,
    status: RecordStatus = RecordStatus.GIVEN,
    *substances: str,
    **changes: Value,
) -> MedicationAdministration:
    """Give a record of paracetamol under another order."""
    made = record(status, at, order_id="other", event_id="ev9", medication_name="PARACETAMOL IV")
    made = replace(made, ingredients=frozenset(substances or ("paracetamol",)))
    changes.setdefault("route", "IV")
    return replace(made, **changes)


def after(*records: MedicationAdministration, **changes: Value) -> Attempt:
    return attempt(chart=chart(ORDER, administrations=records), **changes)


@pytest.mark.hazard("H48")
@pytest.mark.parametrize(
    "ago,warned",
    [
        (TWO_HOURS, False),
        (TWO_HOURS - SECOND, True),
        (MINUTE, True),
        (-MINUTE, True),
        (DAY, False),
    ],
)
def test_the_look_back_ends_where_the_policy_says(ago: timedelta, *, warned: bool) -> None:
    assert (CODE in codes(after(earlier(NOW - ago)))) == warned
    wider = after(earlier(NOW - ago), policy=policy(duplicate_minutes=180))
    assert (CODE in codes(wider)) == (warned or ago == TWO_HOURS)


@pytest.mark.hazard("H48")
def test_the_warning_says_what_was_given_when_by_whom_and_how() -> None:
    older = earlier(NOW - HOUR - MINUTE, event_id=None, resource_id="ma1", giver_name="x")
    found = found_in(after(older, earlier(giver_name="Lê Thu Hà")), CODE)
    assert (found.severity, found.release) == (Severity.WARN, (ReleaseBy.REASON,))
    assert found.subject == "ev9|ma1"
    assert found.facts == {
        "drug": "PARACETAMOL IV",
        "given_at": NOW - HOUR,
        "given_by": "Lê Thu Hà",
        "route": "IV",
        "count": 2,
    }


def test_a_dose_without_a_name_of_its_own_is_told_all_the_same() -> None:
    assert found_in(after(earlier(event_id=None, resource_id=None)), CODE).subject == ""


@pytest.mark.parametrize(
    "other",
    [
        earlier(NOW - HOUR, RecordStatus.HELD),
        earlier(NOW - HOUR, RecordStatus.ENTERED_IN_ERROR),
        earlier(NOW - HOUR, RecordStatus.GIVEN, "ibuprofen"),
        earlier(None),
    ],
)
def test_what_did_not_go_in_or_is_another_drug_is_no_duplicate(
    other: MedicationAdministration,
) -> None:
    assert CODE not in codes(after(other))
    assert CODE not in codes(attempt(chart=None))


def test_a_dose_that_was_held_hides_none_that_went_in() -> None:
    held = earlier(NOW - MINUTE, RecordStatus.HELD, event_id="ev8")
    assert found_in(after(held, earlier()), CODE).subject == "ev9"


@pytest.mark.parametrize("status", [RecordStatus.UNREADABLE, RecordStatus.LOST])
def test_what_may_have_gone_in_counts(status: RecordStatus) -> None:
    assert CODE in codes(after(earlier(NOW - HOUR, status)))


@pytest.mark.hazard("H48")
def test_another_route_of_the_same_order_is_a_duplicate_and_a_renewal_is_not() -> None:
    renewal = order("mr0")
    for given, warned in (("IV", True), ("PO", False), (None, False)):
        same = earlier(order_id="mr1", route=given)
        assert (CODE in codes(after(same))) == warned
        renewed = earlier(order_id="mr0", route=given)
        assert (CODE in codes(after(renewed, chain=(renewal, ORDER)))) == warned


def test_of_several_routes_the_chosen_one_counts() -> None:
    either = dosage(routes=("PO", "IV"))
    given = earlier(order_id="mr1", route="IV")
    for chosen, warned in (("PO", True), ("IV", False)):
        tried = after(given, dosage=either, answers=Answers(route=chosen))
        assert (CODE in codes(tried)) == warned


@pytest.mark.hazard("H38", "H48")
def test_one_substance_of_a_combination_is_enough() -> None:
    assert CODE in codes(after(earlier(NOW - HOUR, RecordStatus.GIVEN, "paracetamol", "codein")))


def test_the_fluid_that_carries_a_drug_is_no_duplicate() -> None:
    saline = product("natri clorid", 9, Form.INFUSION)
    ordered = order(medication=saline)
    before = earlier(NOW - HOUR, RecordStatus.GIVEN, "natri clorid", "B05BA03")
    tried = attempt(unit(saline), order=ordered, chart=chart(ordered, administrations=(before,)))
    assert CODE not in codes(tried)


@pytest.mark.parametrize(
    "status,ended,warned",
    [
        (RecordStatus.RUNNING, None, True),
        (RecordStatus.RUNNING, NOW - TWO_HOURS, False),
        (RecordStatus.STOPPED, NOW - HOUR, True),
        (RecordStatus.STOPPED, NOW - TWO_HOURS, False),
        (RecordStatus.GIVEN, None, False),
    ],
)
def test_an_infusion_counts_until_it_ended(
    status: RecordStatus, ended: datetime | None, *, warned: bool
) -> None:
    assert (CODE in codes(after(earlier(NOW - DAY, status, ended_at=ended)))) == warned


# --- classes, and patches (H39) ----------------------------------------------------------------

MORPHINE = replace(product("morphin", 10), ingredients=(Ingredient("N02AA01", "Morphin"),))


def stacked(in_hand: Medication, *before: MedicationAdministration) -> Attempt:
    ordered = order(medication=in_hand)
    return attempt(unit(in_hand), order=ordered, chart=chart(ordered, administrations=before))


@pytest.mark.hazard("H39")
@pytest.mark.parametrize(
    "one,other,warned",
    [
        ("N02AA01", "N02AB03", True),
        ("N02AA01", "R05DA04", True),
        ("N02AA01", "N01AH01", True),
        ("N02AA01", "N07BC02", True),
        ("N02AA01", "N02BE01", False),
        ("B01AA03", "B01AB05", True),
        ("B01AF01", "B01AE07", True),
        ("B01AX05", "B01AB05", True),
        ("B01AC06", "B01AC04", False),
        ("B01AC06", "B01AB05", False),
        ("M01AE01", "M01AB05", True),
        ("M01AC06", "M01AH01", True),
        ("M01AA01", "M01AG01", True),
        ("N05BA01", "N05CD08", True),
        ("N05BA01", "N02AA01", False),
        ("J01CA04", "J01CA01", False),
    ],
)
def test_two_drugs_of_some_classes_count_as_one(one: str, other: str, *, warned: bool) -> None:
    in_hand = replace(MORPHINE, ingredients=(Ingredient(one, one),))
    before = earlier(NOW - HOUR, RecordStatus.GIVEN, other)
    assert (CODE in codes(stacked(in_hand, before))) == warned
    same_order = replace(before, order_id="mr1")
    assert CODE not in codes(stacked(in_hand, same_order))


@pytest.mark.hazard("H39")
def test_a_patch_that_is_on_goes_in_now() -> None:
    patch = earlier(NOW - DAY, RecordStatus.GIVEN, "N02AB03", route="TD")
    assert CODE in codes(stacked(MORPHINE, patch))
    off = replace(patch, status=RecordStatus.REMOVED, ended_at=NOW - TWO_HOURS)
    assert CODE not in codes(stacked(MORPHINE, off))
    new_patch = replace(MORPHINE, form=Form.PATCH)
    assert findings_of(stacked(new_patch, patch), CODE) == []
