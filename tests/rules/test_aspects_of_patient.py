"""What rules look at, continued: the patient, what was measured, route, and time."""

from dataclasses import replace
from decimal import Decimal

import pytest

from bcma.model.chart import Observation, SuspectedReaction
from bcma.model.drug import Coding, Form
from bcma.model.order import HoldLimit
from bcma.model.people import BandScan
from bcma.model.quantity import Quantity
from bcma.model.record import RecordStatus
from bcma.rules import Answers, BandInHand
from tests.rules.builders import (
    AS_NEEDED,
    DAY,
    HOUR,
    MINUTE,
    NOW,
    ORDER,
    PARACETAMOL,
    STAY,
    attempt,
    chart,
    dosage,
    order,
    policy,
    product,
    record,
    unit,
)
from tests.rules.test_aspects import hours, look, minutes


def of(value: object, measure: str) -> Quantity:
    return Quantity(Decimal(str(value)), measure)


# --- the patient ---------------------------------------------------------------------------


def test_a_band_scanned_elsewhere_shows_when() -> None:
    elsewhere = BandScan(
        patient_id="p1", band="BN0001.2", station="B", at=NOW - 3 * MINUTE, by_id="n2"
    )
    tried = attempt(band=BandInHand(at=NOW, elsewhere=elsewhere))
    assert look("band-elsewhere", tried) == NOW - 3 * MINUTE
    assert look("band-elsewhere", attempt()) is None
    assert look("band-elsewhere", attempt(band=None)) is None


@pytest.mark.parametrize("age, shown", [("67.889", "67"), ("2", "2"), ("1.99", "1.9")])
def test_from_two_years_on_an_age_has_no_tenths(age: str, shown: str) -> None:
    assert str(look("age", attempt(chart=chart(age_years=Decimal(age))))) == shown


def weighed(ago: object, kilograms: object) -> Observation:
    days = Decimal(str(ago))
    return Observation(
        id=f"w{ago}", code="29463-7", at=NOW - int(days) * DAY, value=of(kilograms, "kg")
    )


@pytest.mark.parametrize(
    "aspect, shown",
    [
        ("weight", of(12, "kg")),
        ("weight-age", hours(48)),
        ("weight-age-limit", hours(24 * 30)),
        ("weight-before", of(11, "kg")),
    ],
)
def test_a_weight_shows_its_age_its_limit_and_the_one_before(aspect: str, shown: object) -> None:
    child = chart(
        observations=(weighed(30, 10), weighed(9, 11), weighed(2, 12)),
        weight=of(12, "kg"),
        weight_at=NOW - 2 * DAY,
        age_years=Decimal(3),
    )
    tried = attempt(chart=child)
    assert look(aspect, tried) == shown
    if aspect != "weight-age-limit":
        assert look(aspect, attempt()) is None
    assert look(aspect, attempt(chart=None)) is None


def test_how_old_a_weight_may_be_depends_on_the_age() -> None:
    shown = [
        look("weight-age-limit", attempt(chart=chart(age_years=years)))
        for years in (Decimal(40), Decimal(3), Decimal("0.5"), Decimal("0.01"), None)
    ]
    assert len(set(map(str, shown))) == 4
    assert shown[3] == shown[4], "an unknown age is the strictest"


# --- what was measured ---------------------------------------------------------------------

PULSE = Coding("http://loinc.org", "8867-4")
PRESSURE = Coding("http://loinc.org", "8480-6")
HELD = order(
    holds=(
        HoldLimit(code=PULSE, low=of(60, "/min"), max_age=30 * MINUTE),
        HoldLimit(code=PRESSURE, high=of(180, "mm[Hg]"), max_age=2 * HOUR),
        HoldLimit(code=Coding("http://loinc.org", "2339-0")),
    )
)
MEASURED = chart(
    HELD,
    observations=(
        Observation(id="o1", code="8867-4", at=NOW - 5 * MINUTE, value=of(72, "/min")),
        Observation(id="o2", code="8480-6", at=NOW - HOUR, value=of(130, "mm[Hg]")),
    ),
)


@pytest.mark.parametrize(
    "aspect, shown",
    [
        ("hold-values", ("8867-4", "8480-6", "2339-0")),
        ("hold-below", (of(60, "/min"),)),
        ("hold-above", (of(180, "mm[Hg]"),)),
        ("value-age-limit", (minutes(30), hours(2))),
        ("values", (of(72, "/min"), of(130, "mm[Hg]"))),
        ("values-at", (NOW - 5 * MINUTE, NOW - HOUR)),
    ],
)
def test_the_limits_of_an_order_are_shown_beside_the_patient_s_values(
    aspect: str, shown: object
) -> None:
    assert look(aspect, attempt(order=HELD, chart=MEASURED)) == shown
    assert look(aspect, attempt(order=None, chart=MEASURED)) == ()


def test_a_value_entered_for_this_dose_is_shown_for_its_limit_alone() -> None:
    answers = Answers(measured={"8867-4": of(66, "/min")})
    tried = attempt(order=HELD, chart=MEASURED, answers=answers)
    assert look("values", tried) == (of(66, "/min"), of(130, "mm[Hg]"))
    assert look("values-at", tried) == (NOW, NOW - HOUR)


def test_only_open_reactions_show_what_is_suspected() -> None:
    listed = (
        SuspectedReaction(id="r1", names=("Amoxicillin", "Ibuprofen")),
        SuspectedReaction(id="r2", names=("Morphin",), open=False),
    )
    assert look("reactions-to", attempt(chart=chart(reactions=listed))) == (
        "Amoxicillin",
        "Ibuprofen",
    )


def test_effects_still_to_be_looked_at_show_when_by_the_site_s_minutes() -> None:
    needed = order("mr1", dosage(timing=AS_NEEDED, as_needed=True))
    given = record(given_at=NOW - HOUR, route="PO")
    lapsed = record(given_at=NOW - 25 * HOUR, route="PO", event_id="ev0")
    known = chart(needed, administrations=(lapsed, given))
    site = policy(effect_check_minutes={"PO": 90})
    assert look("effects-due", attempt(chart=known, policy=site)) == (NOW + 30 * MINUTE,)
    assert look("effects-due", attempt(chart=None)) == ()


# --- route ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "site, shown",
    [
        (None, None),
        (Coding("urn:site", "LA", "Cánh tay trái"), "Cánh tay trái"),
        (Coding("urn:site", "LA"), "LA"),
    ],
)
def test_the_site_on_the_order_shows_its_words_or_else_its_code(
    site: Coding | None, shown: str | None
) -> None:
    assert look("site-ordered", attempt(dosage=dosage(site=site))) == shown
    assert look("site-ordered", attempt(dosage=None)) is None


def test_the_site_of_the_last_dose_is_shown() -> None:
    given = record(
        given_at=NOW - 12 * HOUR,
        route="SC",
        site="LLQ",
        ingredients=PARACETAMOL.ingredient_keys,
        encounter_id=STAY.id,
    )
    assert look("site-before", attempt(chart=chart(administrations=(given,)))) == "LLQ"
    assert look("site-before", attempt()) is None


def test_the_patches_that_are_on_are_shown() -> None:
    patch = product("fentanyl", 25, Form.PATCH)
    worn = record(medication_id=patch.id, medication_name="Fentanyl 25", given_at=NOW - DAY)
    taken_off = replace(worn, status=RecordStatus.REMOVED, medication_name="Fentanyl 12")
    known = chart(administrations=(taken_off, worn), medications=(patch,))
    assert look("patches-on", attempt(unit(patch), chart=known)) == ("Fentanyl 25",)


# --- time ----------------------------------------------------------------------------------


def test_a_transfer_shows_since_when_the_patient_is_here() -> None:
    moved = chart(encounters=(replace(STAY, moved_at=NOW - 3 * HOUR),))
    assert look("ward-since", attempt(chart=moved)) == NOW - 3 * HOUR
    assert look("ward-since", attempt(chart=chart(encounters=()))) is None
    assert look("ward-since", attempt(chart=None)) is None


def test_a_drug_of_the_site_s_weekly_list_shows_as_weekly() -> None:
    listed = replace(PARACETAMOL, drug_codes=frozenset({"MTX"}))
    site = policy(weekly_only=["MTX"])
    assert look("weekly-drug", attempt(order=order(medication=listed), policy=site)) is True
    assert look("weekly-drug", attempt(policy=site)) is False
    assert look("weekly-drug", attempt(order=None)) is None


def test_what_runs_is_shown_of_this_order_as_bags_and_of_all_by_name() -> None:
    bag = record(RecordStatus.RUNNING, given_at=NOW - HOUR, medication_name="Natri clorid")
    undated = replace(bag, event_id="ev2", given_at=None)
    other = replace(bag, event_id="ev3", order_id="mr2", medication_name="Insulin")
    over = record(event_id="ev4", medication_name="Paracetamol")
    tried = attempt(chart=chart(ORDER, administrations=(bag, undated, other, over)))
    assert look("bags-running", tried) == (NOW - HOUR,)
    assert look("infusions-running", tried) == ("Natri clorid", "Natri clorid", "Insulin")
    assert look("infusions-running", attempt(chart=None)) == ()
