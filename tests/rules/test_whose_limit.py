"""Limits over a period: of which orders, in which units, on which amount of the dose."""

from dataclasses import replace

import pytest

from bcma.model.drug import Form, Ingredient
from bcma.model.order import (
    DoseRange,
    Intent,
    MedicationRequest,
    OrderStatus,
)
from bcma.model.verdict import NotChecked, Right, Severity
from bcma.rules import Answers, explain, judge
from bcma.rules.limit import is_limited_by_weight, limits_of
from tests.rules.builders import (
    DAY,
    MINUTE,
    NOW,
    Value,
    at,
    attempt,
    claim_of,
    dosage,
    findings_of,
    found_in,
    mg,
    order,
    per,
    product,
    repeat,
    unit,
)
from tests.rules.limiting import (
    CODE,
    DRUGS,
    INFUSION,
    OTHER,
    TABLET,
    WITH_CODEINE,
    given,
    limit,
    of,
    severity,
    told,
    with_limit,
)

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


def test_only_a_limit_on_a_substance_of_this_dose_wants_the_weight() -> None:
    per_weight = limit(75, "mg/kg")
    by_weight = dosage(mg(500), max_per_period=per_weight)
    for medication, wanted in ((WITH_CODEINE, True), (OTHER, False)):
        other = order("mr2", by_weight, medication=medication)
        assert is_limited_by_weight(with_limit(most=None, others=(other,))) is wanted


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


def test_a_limit_is_on_what_its_order_and_the_dose_have_in_common() -> None:
    in_mg = with_limit(most=limit(4000), drug=WITH_CODEINE)
    assert [one.substance for one in limits_of(in_mg)] == ["paracetamol"]
    in_tablets = with_limit(most=limit(6, "{tablet}"), drug=WITH_CODEINE)
    assert [one.substance for one in limits_of(in_tablets)] == ["codein", "paracetamol"]
    plain = order("mr2", dosage(mg(500), max_per_period=limit(2000)), medication=TABLET)
    beside = with_limit(most=None, drug=WITH_CODEINE, others=(plain,))
    assert [(one.substance, one.most) for one in limits_of(beside)] == [("paracetamol", mg(2000))]


def test_a_limit_in_millilitres_is_one_on_substance_by_any_strength_that_says_so() -> None:
    by_ampoule = Ingredient("paracetamol", "Paracetamol", per(400, "[iU]", "{ampoule}"))
    two = replace(INFUSION, ingredients=(by_ampoule, *INFUSION.ingredients))
    tried = with_limit(most=limit(300, "mL"), dose=of(100, "mL"), drug=two)
    assert [one.most for one in limits_of(tried)] == [mg(3000)]


def test_a_limit_in_millilitres_counts_bottles_by_their_content() -> None:
    bare = replace(INFUSION, ingredients=(Ingredient("paracetamol", "x"),))
    before = given(of(2, "{bottle}"), drug=bare)
    tried = with_limit(before, most=limit(300, "mL"), dose=of(100, "mL"), drug=bare)
    assert found_in(tried, CODE).facts["given"] == of(200, "mL")


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
