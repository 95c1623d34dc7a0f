"""Limits over a period: all products, routes, orders and records of a substance."""

from dataclasses import replace
from datetime import datetime, timedelta
from decimal import Decimal

import pytest

from bcma.model.drug import Form, Ingredient, Medication
from bcma.model.order import (
    DoseRange,
    Intent,
    MedicationRequest,
    OrderStatus,
)
from bcma.model.quantity import Quantity, Ratio
from bcma.model.record import MedicationAdministration, RecordStatus
from bcma.model.verdict import Finding, NotChecked, Right, Severity
from bcma.rules import Answers, Attempt, explain, judge
from tests.rules.builders import (
    DAY,
    HOUR,
    MINUTE,
    NOW,
    Value,
    at,
    attempt,
    chart,
    claim_of,
    dosage,
    findings_of,
    found_in,
    mg,
    order,
    per,
    product,
    record,
    repeat,
    unit,
)

CODE = "dose.above-daily-max"


def of(value: object, measure: str) -> Quantity:
    return Quantity(Decimal(str(value)), measure)


def limit(value: object, measure: str = "mg", hours: object = 24, span: str = "h") -> Ratio:
    return Ratio(of(value, measure), of(hours, span))


TABLET = product("paracetamol", 500)
INFUSION = product(
    "paracetamol",
    10,
    Form.INFUSION,
    ingredients=(Ingredient("paracetamol", "Paracetamol", per(10, "mg", "mL")),),
    content=per(100, "mL", "{bottle}"),
)
WITH_CODEINE = product(
    "paracetamol-codein",
    500,
    ingredients=(
        Ingredient("paracetamol", "Paracetamol", per(500, "mg")),
        Ingredient("codein", "Codein", per(30, "mg")),
    ),
)
OTHER = product("metformin", 500)
DRUGS = (TABLET, INFUSION, WITH_CODEINE, OTHER)


def given(
    amount: Quantity | None = None,
    hours: object = 4,
    drug: Medication | None = TABLET,
    **changes: Value,
) -> MedicationAdministration:
    """Give another system's record of some hours ago."""
    made = record(
        given_at=NOW - timedelta(hours=float(str(hours))),
        event_id=None,
        resource_id="r1",
        order_id=None,
        amount=mg(1000) if amount is None else amount,
        medication_id=None if drug is None else drug.id,
        ingredients=frozenset() if drug is None else drug.ingredient_keys,
    )
    return replace(made, **changes)


def with_limit(
    *records: MedicationAdministration,
    most: Ratio | None = limit(4000),  # noqa: B008 - a frozen value
    dose: Value = None,
    drug: Medication = TABLET,
    others: tuple[MedicationRequest, ...] = (),
    **changes: Value,
) -> Attempt:
    """Try 1 g by an order that allows 4 g in 24 hours, after what the records gave."""
    fields = changes.pop("fields", {})
    instruction = dosage(mg(1000) if dose is None else dose, **({"max_per_period": most} | fields))
    known = order("mr1", instruction, medication=drug)
    weight = changes.pop("weight", None)
    return attempt(
        unit(drug),
        order=known,
        strengths=(drug,),
        chart=chart(
            known,
            *others,
            administrations=records,
            medications=DRUGS,
            weight=weight,
            weight_at=NOW,
            age_years=Decimal(40),
        ),
        **changes,
    )


def told(tried: Attempt) -> Finding | None:
    """Give the finding about a limit, if there is one."""
    return next(iter(findings_of(tried, CODE)), None)


def severity(tried: Attempt) -> Severity | None:
    found = told(tried)
    return None if found is None else found.severity


# --- boundaries ----------------------------------------------------------------------------


@pytest.mark.hazard("H38")
@pytest.mark.parametrize(
    "before,expected",
    [
        (0, None),
        (2199, None),
        (2200, Severity.WARN),
        (3000, Severity.WARN),
        (3001, Severity.STOP),
    ],
)
def test_from_four_fifths_of_the_limit_on_and_above_it(
    before: int, expected: Severity | None
) -> None:
    assert severity(with_limit(given(mg(before)))) is expected


@pytest.mark.hazard("H38")
def test_above_the_limit_the_prescriber_decides_and_sees_what_was_given() -> None:
    found = found_in(with_limit(given(mg(1500), 20), given(mg(2000), 5)), CODE)
    assert (found.severity, found.release) == (Severity.STOP, ("prescriber",))
    assert dict(found.facts) == {
        "drug": "paracetamol",
        "given": mg(3500),
        "amount": mg(1000),
        "total": mg(4500),
        "limit": mg(4000),
        "period": of(24, "h"),
        "next": NOW + 4 * HOUR,
    }


def test_near_the_limit_a_reason_is_enough() -> None:
    found = found_in(with_limit(given(mg(2500))), CODE)
    assert (found.severity, found.release) == (Severity.WARN, ("reason",))
    assert (found.facts["total"], found.facts["next"]) == (mg(3500), None)


@pytest.mark.parametrize(
    "hours,expected", [("23.99", Severity.STOP), (24, None), ("24.01", None), (-1, Severity.STOP)]
)
def test_the_period_rolls(hours: object, expected: Severity | None) -> None:
    assert severity(with_limit(given(mg(4000), hours))) is expected


@pytest.mark.parametrize(
    "parts,expected",
    [
        ([(2000, 20), (2000, 10)], NOW + 4 * HOUR),
        ([(500, 20), (3000, 10), (1000, 2)], NOW + 14 * HOUR),
        ([(1000, 20), (1000, 19), (1000, 18), (1000, 17)], NOW + 4 * HOUR),
    ],
)
def test_the_next_dose_is_possible_when_enough_lies_back(
    parts: list[tuple[int, int]], expected: datetime
) -> None:
    tried = with_limit(*(given(mg(amount), hours) for amount, hours in parts))
    assert found_in(tried, CODE).facts["next"] == expected


def test_a_dose_that_is_too_much_by_itself_is_never_possible() -> None:
    found = found_in(with_limit(given(mg(10)), most=limit(900)), CODE)
    assert (found.severity, found.facts["next"]) == (Severity.STOP, None)


@pytest.mark.parametrize(
    "most,hours,expected",
    [
        (limit(4, "g"), 4, Severity.STOP),
        (limit(4000, hours=1, span="d"), 23, Severity.STOP),
        (limit(4000, hours=1, span="wk"), 167, Severity.STOP),
        (limit(4000, hours=4, span="h"), 5, None),
    ],
)
def test_limits_in_other_units_and_periods(
    most: Ratio, hours: int, expected: Severity | None
) -> None:
    assert severity(with_limit(given(mg(4000), hours), most=most)) is expected


def test_a_count_of_doses_is_no_limit_by_amount() -> None:
    for counted in ("{dose}", "1"):
        assert told(with_limit(given(), most=limit(1, counted))) is None
    assert told(with_limit(given(mg(9000)), most=None)) is None


def test_a_limit_of_nothing_stops_every_dose() -> None:
    assert severity(with_limit(most=limit(0))) is Severity.STOP


# --- what counts ---------------------------------------------------------------------------


@pytest.mark.hazard("H38")
def test_paracetamol_from_three_products() -> None:
    codeine = given(of(2, "{tablet}"), 3, WITH_CODEINE)
    infusion = given(of(100, "mL"), 6, INFUSION)
    own = given(mg(1000), 9, TABLET, order_id="mr1", event_id="ev1")
    found = found_in(with_limit(codeine, infusion, own), CODE)
    assert (found.severity, found.facts["given"]) == (Severity.WARN, mg(3000))
    fourth = given(of(1, "{tablet}"), 12, TABLET)
    assert severity(with_limit(codeine, infusion, own, fourth)) is Severity.STOP


@pytest.mark.parametrize(
    "status,counts",
    [
        (RecordStatus.GIVEN, True),
        (RecordStatus.GIVEN_IN_PART, True),
        (RecordStatus.RUNNING, True),
        (RecordStatus.STOPPED, True),
        (RecordStatus.REMOVED, True),
        (RecordStatus.LOST, True),
        (RecordStatus.UNREADABLE, True),
        (RecordStatus.HELD, False),
        (RecordStatus.REFUSED, False),
        (RecordStatus.NOT_GIVEN, False),
        (RecordStatus.ENTERED_IN_ERROR, False),
    ],
)
def test_what_went_in_counts(status: RecordStatus, counts: bool) -> None:  # noqa: FBT001 - a row of the table
    assert (told(with_limit(given(mg(4000), status=status))) is not None) is counts


@pytest.mark.parametrize(
    "changes,expected",
    [
        ({"given_at": NOW - 30 * HOUR, "ended_at": NOW - HOUR}, Severity.STOP),
        ({"given_at": NOW - 30 * HOUR, "ended_at": NOW - 24 * HOUR}, None),
        ({"given_at": NOW - 30 * HOUR, "status": RecordStatus.RUNNING}, Severity.STOP),
        ({"given_at": None, "recorded_at": NOW - HOUR}, Severity.STOP),
        ({"given_at": None, "recorded_at": NOW - 25 * HOUR}, None),
        ({"given_at": None, "recorded_at": None}, Severity.STOP),
    ],
)
def test_what_lasted_or_has_no_instant(changes: Value, expected: Severity | None) -> None:
    assert severity(with_limit(given(mg(4000), **changes))) is expected


def test_another_substance_does_not_count() -> None:
    assert told(with_limit(given(mg(9000), drug=OTHER))) is None


@pytest.mark.parametrize(
    "changes",
    [
        {"medication_id": None},
        {"medication_id": "unknown"},
        {"ingredients": frozenset()},
        {"ingredients": frozenset(), "medication_id": None, "order_id": "mr1"},
        {"medication_id": None, "event_id": "ev", "order_id": "mr1"},
    ],
)
def test_the_substance_is_known_by_record_drug_file_or_order(changes: Value) -> None:
    found = found_in(with_limit(given(mg(4000), **changes)), CODE)
    assert found.facts["given"] == mg(4000)


def test_tablets_are_those_of_the_order_for_us_and_of_the_product_for_others() -> None:
    double = replace(
        product("paracetamol", 1000), ingredients=(Ingredient("paracetamol", "x", per(1000, "mg")),)
    )
    twice = given(of(2, "{tablet}"), drug=double, order_id="mr1")
    theirs, ours = with_limit(twice), with_limit(replace(twice, event_id="ev1"))
    for tried, expected in ((theirs, mg(2000)), (ours, mg(1000))):
        assert tried.chart is not None
        known = replace(tried.chart, medications=(*DRUGS, double))
        lower = replace(tried, chart=known, order=order_with(tried, limit(1500)))
        assert found_in(lower, CODE).facts["given"] == expected


def order_with(tried: Attempt, most: Ratio) -> MedicationRequest:
    """Give the order of an attempt with another limit."""
    assert tried.order is not None
    return replace(tried.order, dosages=(replace(tried.order.dosages[0], max_per_period=most),))


# --- amounts that nobody can tell ----------------------------------------------------------


UNTOLD = NotChecked(Right.DOSE, "amount-unknown")


@pytest.mark.hazard("H38")
@pytest.mark.parametrize(
    "changes,counted",
    [
        ({}, mg(1000)),
        ({"order_id": "mr1"}, mg(1000)),
        ({"order_id": "mr2"}, mg(650)),
        ({"order_id": "mr3"}, mg(1000)),
        ({"order_id": "mr4"}, mg(800)),
        ({"order_id": "none"}, mg(1000)),
    ],
)
@pytest.mark.parametrize("amount", [None, of(2, "mL")])
def test_an_amount_that_nobody_can_tell_counts_as_the_ordered_dose(
    amount: Quantity | None, changes: Value, counted: Quantity
) -> None:
    others = (
        order("mr2", dosage(mg(300)), dosage(mg(650)), dosage(mg(500)), medication=TABLET),
        order("mr3", replace(dosage(), dose=None), medication=TABLET),
        order("mr4", dosage(DoseRange(mg(400), mg(800))), medication=TABLET),
    )
    records = (given(mg(2000)), replace(given(**changes), amount=amount))
    tried = with_limit(*records, others=others)
    assert found_in(tried, CODE).facts["given"] == mg(2000 + counted.value)
    assert UNTOLD in judge(tried).not_checked


def test_known_amounts_are_no_estimate() -> None:
    assert UNTOLD not in judge(with_limit(given())).not_checked
    beyond = replace(given(hours=30), amount=None)
    assert UNTOLD not in judge(with_limit(beyond)).not_checked


def test_an_estimate_by_weight() -> None:
    by_weight = order("mr2", dosage(of(10, "mg/kg")), medication=TABLET)
    unknown = replace(given(order_id="mr2"), amount=None)
    tried = with_limit(given(mg(2500)), unknown, others=(by_weight,), weight=of(50, "kg"))
    assert found_in(tried, CODE).facts["given"] == mg(3000)
    without = with_limit(given(mg(2500)), unknown, others=(by_weight,))
    assert found_in(without, CODE).facts["given"] == mg(3500)


# --- whose limit ---------------------------------------------------------------------------


def strict(**changes: Value) -> MedicationRequest:
    """Give another order for the substance, with a stricter limit."""
    instruction = dosage(mg(500), max_per_period=limit(2000), **changes.pop("fields", {}))
    return order("mr2", instruction, **({"medication": WITH_CODEINE} | changes))


@pytest.mark.hazard("H38")
def test_the_strictest_limit_of_the_orders_in_force_holds() -> None:
    found = found_in(with_limit(given(mg(1500)), others=(strict(),)), CODE)
    assert (found.severity, found.facts["limit"]) == (Severity.STOP, mg(2000))
    unlimited = with_limit(given(mg(1500)), most=None, others=(strict(),))
    assert severity(unlimited) is Severity.STOP


@pytest.mark.parametrize(
    "other",
    [
        strict(status=OrderStatus.STOPPED),
        strict(status=OrderStatus.UNREADABLE),
        strict(intent=Intent.PROPOSAL),
        strict(prohibits=True),
        strict(medication=OTHER),
        strict(fields={"timing": repeat(bounds_end=NOW - MINUTE)}),
        strict(fields={"timing": repeat(bounds_start=NOW + MINUTE)}),
    ],
)
def test_an_order_that_is_not_in_force_limits_nothing(other: MedicationRequest) -> None:
    assert told(with_limit(given(mg(1500)), others=(other,))) is None


@pytest.mark.parametrize(
    "timing",
    [
        None,
        repeat(bounds_end=NOW),
        repeat(bounds_start=NOW),
        repeat(bounds_start=at(8, day=1)),
    ],
)
def test_an_order_is_in_force_from_its_first_to_its_last_instant(timing: Value) -> None:
    other = strict(fields={"timing": timing})
    assert severity(with_limit(given(mg(1500)), others=(other,))) is Severity.STOP


def test_an_order_is_in_force_while_one_of_its_instructions_is() -> None:
    over = dosage(mg(500), max_per_period=limit(2000), timing=repeat(bounds_end=NOW - DAY))
    ahead = replace(over, timing=repeat(bounds_start=NOW + DAY))
    both = order("mr2", over, replace(over, timing=None), medication=TABLET)
    neither = order("mr2", over, ahead, medication=TABLET)
    assert severity(with_limit(given(mg(1500)), others=(both,))) is Severity.STOP
    assert severity(with_limit(given(mg(1500)), others=(neither,))) is Severity.STOP


def test_the_dose_s_own_limit_holds_whatever_its_order_s_state() -> None:
    tried = with_limit(given(mg(4000)))
    assert tried.order is not None
    stopped = replace(tried, order=replace(tried.order, status=OrderStatus.STOPPED))
    assert severity(stopped) is Severity.STOP


def test_every_instruction_of_an_order_may_limit() -> None:
    tried = with_limit(given(mg(1500)), most=None)
    assert tried.order is not None
    second = dosage(mg(500), max_per_period=limit(2000))
    both = replace(tried.order, dosages=(*tried.order.dosages, second))
    assert severity(replace(tried, order=both)) is Severity.STOP


# --- combinations, pieces, volumes ---------------------------------------------------------


@pytest.mark.hazard("H38")
def test_a_limit_on_a_combination_means_its_first_substance() -> None:
    codeine = product("codein", 30)
    before = given(mg(200), drug=codeine)
    tried = with_limit(before, most=limit(4000), drug=WITH_CODEINE)
    known = None if tried.chart is None else replace(tried.chart, medications=(*DRUGS, codeine))
    assert told(replace(tried, chart=known)) is None


@pytest.mark.hazard("H38")
def test_a_limit_in_tablets_of_a_combination_holds_for_each_of_its_substances() -> None:
    codeine = product("codein", 30)
    paracetamol = given(mg(3000))
    tried = with_limit(paracetamol, most=limit(6, "{tablet}"), drug=WITH_CODEINE)
    found = found_in(tried, CODE)
    assert (found.facts["limit"], found.facts["total"]) == (mg(3000), mg(4000))
    other = with_limit(given(mg(130), drug=codeine), most=limit(6, "{tablet}"), drug=WITH_CODEINE)
    found = found_in(other, CODE)
    assert (found.facts["drug"], found.facts["total"]) == ("Codein", mg(190))


def test_a_limit_in_millilitres() -> None:
    tried = with_limit(given(mg(3000)), most=limit(300, "mL"), dose=of(100, "mL"), drug=INFUSION)
    assert found_in(tried, CODE).facts["limit"] == mg(3000)
    bare = replace(INFUSION, ingredients=(Ingredient("paracetamol", "x"),), content=None)
    unknown = given(of(250, "mL"), drug=None, ingredients=frozenset({"paracetamol"}))
    by_volume = with_limit(unknown, most=limit(300, "mL"), dose=of(100, "mL"), drug=bare)
    found = found_in(by_volume, CODE)
    assert (found.facts["given"], found.facts["limit"]) == (of(250, "mL"), of(300, "mL"))


def test_a_limit_in_ampoules_of_unknown_content_counts_ampoules() -> None:
    ampoule = replace(INFUSION, form=Form.INJECTION, content=per(100, "{drop}", "{ampoule}"))
    before = given(of(2, "{ampoule}"), drug=ampoule)
    tried = with_limit(before, most=limit(3, "{ampoule}"), dose=of(1, "{ampoule}"), drug=ampoule)
    assert found_in(tried, CODE).facts["total"] == of(3, "{ampoule}")


def test_the_dose_in_tablets_counts_by_its_strength() -> None:
    tried = with_limit(given(mg(3500)), dose=of(2, "{tablet}"))
    assert found_in(tried, CODE).facts["amount"] == mg(1000)


def test_a_nameless_order_counts_by_what_is_in_hand() -> None:
    nameless = replace(TABLET, id="", gtins=frozenset(), ingredients=())
    tried = with_limit(given(mg(3500)), dose=of(2, "{tablet}"), drug=nameless)
    assert told(tried) is None
    in_hand = replace(tried, units=(unit(TABLET),))
    assert found_in(in_hand, CODE).facts["total"] == mg(4500)


def test_a_limit_that_does_not_convert_stops_its_own_order() -> None:
    own = with_limit(given(), most=limit(100, "[iU]"))
    found = found_in(own, "dose.unit-unknown")
    assert (found.facts["ordered"], found.facts["scanned"]) == (of(100, "[iU]"), "mg")
    other = order("mr2", dosage(mg(500), max_per_period=limit(100, "[iU]")), medication=TABLET)
    others = with_limit(given(), others=(other,))
    assert findings_of(others, "dose.unit-unknown") == []
    assert NotChecked(Right.DOSE, "limit-unit") in judge(others).not_checked


# --- by weight, for a lifetime -------------------------------------------------------------


@pytest.mark.hazard("H35", "H38")
def test_a_limit_by_weight() -> None:
    heavy = with_limit(given(mg(1500)), most=limit(60, "mg/kg"), weight=of(50, "kg"))
    assert found_in(heavy, CODE).facts["limit"] == mg(3000)
    light = with_limit(given(mg(1500)), most=limit(60, "mg/kg"), weight=of(40, "kg"))
    assert severity(light) is Severity.STOP
    unknown = with_limit(given(mg(1500)), most=limit(60, "mg/kg"))
    assert told(unknown) is None
    assert found_in(unknown, "dose.weight-missing").severity is Severity.WARN


@pytest.mark.parametrize(
    "before,expected", [(3000, Severity.WARN), (3001, Severity.STOP), (2199, None)]
)
def test_a_limit_for_a_lifetime_never_rolls(before: int, expected: Severity | None) -> None:
    fields = {"max_per_lifetime": mg(4000)}
    tried = with_limit(given(mg(before), 24 * 300), most=None, fields=fields)
    assert severity(tried) is expected
    if expected is Severity.STOP:
        found = found_in(tried, CODE)
        assert (found.facts["period"], found.facts["next"]) == ("lifetime", None)


# --- how much is given ---------------------------------------------------------------------


def test_less_than_the_dose_uses_up_less() -> None:
    less = Answers(given_amount=mg(500), given_reason="patient-request")
    tried = with_limit(given(mg(3400)))
    assert severity(tried) is Severity.STOP
    part = replace(tried, answers=less)
    assert severity(part) is Severity.WARN
    assert found_in(part, CODE).facts["amount"] == mg(500)
    assert found_in(part, CODE).subject == found_in(tried, CODE).subject


@pytest.mark.hazard("H34")
def test_who_let_a_dose_pass_has_not_let_a_larger_one_pass() -> None:
    tried = with_limit(given(mg(3400)))
    more = replace(tried, answers=Answers(given_amount=mg(2000)))
    assert found_in(more, CODE).facts["total"] == mg(5400)
    assert found_in(more, CODE).subject != found_in(tried, CODE).subject


def test_the_explanation_names_limits_and_total_where_they_are_known() -> None:
    seen = {s.aspect: s.value for e in explain(with_limit(given(mg(2500)))) for s in e.seen}
    assert seen["dose-limits"] == (mg(4000),)
    assert seen["dose-limit-used"] == mg(3500)
    ranged = with_limit(given(), dose=DoseRange(mg(500), mg(1000)))
    assert {s.aspect: s.value for e in explain(ranged) for s in e.seen}["dose-limit-used"] is None


def test_a_dose_that_is_not_chosen_yet_is_not_added_up() -> None:
    ranged = with_limit(given(mg(3900)), dose=DoseRange(mg(500), mg(1000)))
    assert told(ranged) is None
    chosen = replace(ranged, answers=Answers(amount=mg(500)))
    assert severity(chosen) is Severity.STOP
    nothing = replace(ranged, answers=Answers(amount=mg(0)))
    assert told(nothing) is None


def test_the_rest_of_a_dose_counts_only_once() -> None:
    part = given(mg(400), 1, order_id="mr1", event_id="ev1")
    tried = with_limit(given(mg(3000)), part, already_given=(mg(400),), claim=claim_of())
    found = found_in(tried, CODE)
    assert (found.facts["amount"], found.facts["total"]) == (mg(600), mg(4000))


def test_without_an_order_nothing_is_limited() -> None:
    assert told(attempt(order=None)) is None
    assert told(replace(with_limit(given(mg(9000))), chart=None)) is None
