"""What rules look at, continued: the units in hand, their containers, the dose and the order."""

from dataclasses import replace
from datetime import timedelta

import pytest

from bcma.model.chart import AllergyIntolerance, AllergyKind, UnitLabel
from bcma.model.drug import Form, Ingredient
from bcma.model.order import DoseRange, OrderStatus
from bcma.model.quantity import Ratio
from bcma.rules import Answers, BandInHand
from tests.rules.builders import (
    DAY,
    HOUR,
    MINUTE,
    NOW,
    ORDER,
    PARACETAMOL,
    attempt,
    chart,
    dosage,
    mg,
    order,
    per,
    product,
    record,
    unit,
)
from tests.rules.limiting import TABLET, limit, of, with_limit
from tests.rules.limiting import given as given_before
from tests.rules.test_aspects import hours, look, minutes

PEN = product(
    "insulin",
    100,
    Form.INJECTION,
    ingredients=(Ingredient("insulin", "Insulin", per(100, "[iU]", "mL")),),
    content=per(3, "mL", "{pen}"),
    in_use_life=timedelta(days=28),
)
VIAL = product(
    "furosemid",
    10,
    Form.INJECTION,
    ingredients=(Ingredient("furosemid", "Furosemid", per(10, "mg", "mL")),),
    content=per(2, "mL", "{ampoule}"),
)
FIRST_USE = record(given_at=NOW - 3 * DAY, patient_id="p1")
SECOND_USE = record(given_at=NOW - 2 * DAY, patient_id="p2")
UNDATED = record(given_at=None, recorded_at=None, patient_id="p3")
OPENED = unit(PEN, uses=(FIRST_USE, SECOND_USE))
ONE_USE_AT_NO_TIME = unit(PEN, uses=(UNDATED,))
FRESH = unit(PEN)
LABEL = UnitLabel(serial="L1", dispense_id="d1", patient_id="p1", order_id="mr1")


# --- containers ----------------------------------------------------------------------------


@pytest.mark.parametrize(
    "aspect, shown",
    [
        ("container-patients", ("p1", "p3")),
        ("container-opened", (NOW - 3 * DAY,)),
        ("in-use-life", (hours(28 * 24),) * 3),
        ("container-content", (of(3, "mL"),) * 2),
        ("container-doses", 3),
    ],
)
def test_an_opened_container_shows_its_first_use(aspect: str, shown: object) -> None:
    tried = attempt(FRESH, OPENED, unit(None), unit(), ONE_USE_AT_NO_TIME)
    assert look(aspect, tried) == shown


def test_a_container_of_unknown_content_shows_none() -> None:
    tried = attempt(unit(replace(PEN, content=None), uses=(FIRST_USE,)), OPENED)
    assert look("container-content", tried) == (of(3, "mL"),)


# --- what was scanned ----------------------------------------------------------------------


def test_only_known_strengths_of_the_units_are_shown() -> None:
    plain = replace(PARACETAMOL, ingredients=(Ingredient("paracetamol", "Paracetamol"),))
    tried = attempt(unit(plain), unit(None), unit(VIAL))
    assert look("scanned-strengths", tried) == (per(10, "mg", "mL"),)


def test_units_without_a_label_do_not_hide_the_order_of_those_with_one() -> None:
    tried = attempt(unit(), unit(label=replace(LABEL, order_id=None)), unit(label=LABEL))
    assert look("label-orders", tried) == (OrderStatus.ACTIVE,)


def test_an_allergy_shows_its_words_or_else_its_kind() -> None:
    listed = (
        AllergyIntolerance(id="a1", kind=AllergyKind.FREE_TEXT, text="Penicillin"),
        AllergyIntolerance(id="a2", kind=AllergyKind.CODED, text="Tôm", active=False),
        AllergyIntolerance(id="a3", kind=AllergyKind.NONE_KNOWN, text=""),
    )
    tried = attempt(chart=chart(allergies=listed))
    assert look("allergies", tried) == ("Penicillin", "none-known")


# --- the order -----------------------------------------------------------------------------


def test_the_ordered_drugs_are_shown_once_each_by_name() -> None:
    other = order("mr2", medication=VIAL)
    tried = attempt(chart=chart(ORDER, other, order("mr3")))
    assert look("ordered-drugs", tried) == ("FUROSEMID 10 mg", "PARACETAMOL 500 mg")


@pytest.mark.parametrize("aspect", ["order-acknowledged", "approval"])
def test_without_order_or_chart_its_standing_is_unknown(aspect: str) -> None:
    assert look(aspect, attempt(chart=None)) is None
    assert look(aspect, attempt(order=None)) is None


def test_only_known_strengths_of_the_order_are_shown() -> None:
    bare = Ingredient("codein", "Codein")
    drug = replace(PARACETAMOL, ingredients=(*PARACETAMOL.ingredients, bare))
    assert look("ordered-strengths", attempt(order=order(medication=drug))) == (per(500, "mg"),)


# --- the dose ------------------------------------------------------------------------------


def test_a_measured_dose_shows_its_volume_and_a_tablet_none() -> None:
    by_vein = order("mr1", dosage(mg(15)), medication=VIAL)
    assert look("dose-volume", attempt(unit(VIAL), order=by_vein)) == of("1.5", "mL")
    assert look("dose-volume", attempt()) is None
    assert look("dose-volume", attempt(dosage=None)) is None


def test_the_limit_shown_as_used_is_the_one_that_is_used_up_most() -> None:
    day, half_day = limit(4000), limit(2000, hours=12)
    own = order("mr1", dosage(mg(1000), max_per_period=day), medication=TABLET)
    other = order("mr2", dosage(mg(1000), max_per_period=half_day), medication=TABLET)
    tried = with_limit(given_before(), most=day, others=(other,))
    assert look("dose-limits", tried) == (day.numerator, half_day.numerator)
    assert look("dose-limit-used", tried) == mg(2000)
    stricter_own = replace(tried, order=own, chart=chart(own, other))
    assert look("dose-limit-used", stricter_own) == mg(1000)


def test_a_limit_that_cannot_be_compared_is_not_shown_as_used() -> None:
    in_moles = with_limit(most=limit(4, "mmol"))
    assert look("dose-limits", in_moles) == (of(4, "mmol"),)
    assert look("dose-limit-used", in_moles) is None


@pytest.mark.parametrize(
    "rate, shown",
    [
        (None, None),
        (of(80, "mL/h"), of(80, "mL/h")),
        (Ratio(of(1000, "mL"), of(10, "h")), of(100, "mL/h")),
        (
            DoseRange(of(5, "mL/h"), of(10, "mL/h")),
            DoseRange(of(5, "mL/h"), of(10, "mL/h")),
        ),
    ],
)
def test_the_ordered_rate_is_one_or_a_range(rate: object, shown: object) -> None:
    assert look("ordered-rate", attempt(dosage=dosage(rate=rate))) == shown


def test_what_was_entered_for_the_dose_is_shown_as_entered() -> None:
    answers = Answers(rate=of(5, "mL/h"))
    assert look("rate-chosen", attempt(answers=answers)) == of(5, "mL/h")
    assert look("most-at-once", attempt(dosage=dosage(max_per_administration=mg(1000)))) == mg(1000)


def test_lengths_of_time_are_shown_in_hours_only_where_they_are_whole() -> None:
    tried = attempt(band=BandInHand(at=NOW - 90 * MINUTE))
    assert look("band-age", tried) == minutes(90)
    assert look("band-age", replace(tried, now=NOW + HOUR / 2)) == hours(2)
