"""The rate of an infusion: ordered where one is needed, chosen within the order, never above."""

from dataclasses import replace
from decimal import Decimal

import pytest

from bcma.model.drug import Form, HighAlert, Medication
from bcma.model.order import DoseRange, PeriodUnit, Priority, Span, Timing
from bcma.model.quantity import Quantity, Ratio
from bcma.model.verdict import ReleaseBy, Severity
from bcma.rules import Answers, Attempt, judge
from bcma.rules.infusion import rate_of, rates, running_before, runs, runs_unmeasured
from tests.rules.builders import (
    NOW,
    TWICE_DAILY,
    Value,
    attempt,
    chart,
    dosage,
    findings_of,
    found_in,
    mg,
    order,
    per,
    policy,
    product,
    unit,
)

TIMED = Timing(code="QD", duration=Span(Decimal(30), PeriodUnit.MINUTE))


def ml(value: object) -> Quantity:
    return Quantity(Decimal(str(value)), "mL")


def rate(value: object, unit_: str = "mL/h") -> Quantity:
    return Quantity(Decimal(str(value)), unit_)


SALINE = replace(
    product("natri clorid", 9, form=Form.INFUSION),
    ingredients=(replace(product("natri clorid", 9).ingredients[0], strength=per(9, "g", "L")),),
    content=Ratio(ml(500), Quantity(Decimal(1), "{bag}")),
)
#: Nothing in these tests hangs on who else has to look at heparin.
ALONE = policy(witness_required={})


def infusion(drug: Medication = SALINE, **changes: Value) -> Attempt:
    """Try a bag of saline, 500 mL at 100 mL/h."""
    instruction: dict[str, Value] = {
        "routes": ("IV",),
        "timing": TWICE_DAILY,
        "rate": rate(100),
        "dose": ml(500),
    }
    instruction |= changes
    answers = instruction.pop("answers", Answers())
    priority = instruction.pop("priority", Priority.ROUTINE)
    written = replace(dosage(), **instruction)
    ordered = order("mr1", written, medication=drug, priority=priority)
    return attempt(unit(drug), order=ordered, chart=chart(ordered), answers=answers, policy=ALONE)


def held(tried: Attempt, code: str) -> list[Severity]:
    return [found.severity for found in findings_of(tried, code)]


# --- whether it runs ----------------------------------------------------------------------------


@pytest.mark.parametrize("form", list(Form))
def test_what_has_a_rate_runs_unless_its_form_gives_the_drug_off_by_itself(form: Form) -> None:
    flowing = {
        Form.INJECTION,
        Form.CONCENTRATE,
        Form.POWDER_INJECTION,
        Form.INFUSION,
        Form.ORAL_LIQUID,
        Form.POWDER_ORAL,
        Form.OTHER,
    }
    tried = infusion(replace(SALINE, form=form))
    assert runs(tried) is (form in flowing)
    assert not runs(infusion(replace(SALINE, form=form), rate=None))


def test_without_an_ordered_amount_the_bag_is_what_there_is() -> None:
    assert runs_unmeasured(infusion(dose=None))
    assert not runs_unmeasured(infusion())
    assert not runs_unmeasured(infusion(dose=None, rate=None))
    nothing = attempt(order=None, dosage=None, claim=None, chain=())
    assert (runs(nothing), runs_unmeasured(nothing), rate_of(nothing)) == (False, False, None)
    assert running_before(nothing) == ()


def test_a_rate_beside_a_patch_tells_no_amount() -> None:
    patch = replace(product("fentanyl", 25), form=Form.PATCH)
    tried = infusion(patch, dose=None, rate=rate(25, "ug/h"))
    found = found_in(tried, "dose.unit-unknown")
    assert (found.facts["ordered"], found.facts["scanned"]) == (rate(25, "ug/h"), None)
    assert found_in(infusion(dose=None, rate=None), "dose.unit-unknown").facts["ordered"] is None
    span = DoseRange(rate(12, "ug/h"), rate(25, "ug/h"))
    assert findings_of(infusion(patch, dose=mg(25), rate=span), "dose.choose") == []


# --- rates as ordered ---------------------------------------------------------------------------


@pytest.mark.parametrize(
    "written,low,high",
    [
        (rate(100), rate(100), rate(100)),
        (DoseRange(rate(50), rate(100)), rate(50), rate(100)),
        (Ratio(ml(1000), Quantity(Decimal(8), "h")), rate(125), rate(125)),
        (Ratio(ml(1000), Quantity(Decimal(7), "h")), rate("142.9"), rate("142.9")),
        (Ratio(ml(1000), Quantity(Decimal(9), "h")), rate("111.2"), rate("111.2")),
        (Ratio(mg(10), Quantity(Decimal(4), "h")), rate("2.5", "mg/h"), rate("2.5", "mg/h")),
        (
            Ratio(ml(30), Quantity(Decimal(20), "min")),
            rate("1.5", "mL/min"),
            rate("1.5", "mL/min"),
        ),
    ],
)
def test_a_rate_is_read_in_whatever_way_it_is_ordered(
    written: Value, low: Quantity, high: Quantity
) -> None:
    found = rates(infusion(rate=written).dosage)
    assert found is not None
    assert found[0].same_as(low)
    assert found[1].same_as(high)
    assert found[1].unit == high.unit


def test_a_fixed_rate_is_the_one_that_runs_and_a_range_leaves_it_open() -> None:
    assert rate_of(infusion()) == rate(100)
    span = DoseRange(rate(50), rate(100))
    assert rate_of(infusion(rate=span)) is None
    assert rate_of(infusion(rate=span, answers=Answers(rate=rate(60)))) == rate(60)
    assert rate_of(infusion(rate=None)) is None


# --- dose.choose, dose.rate ---------------------------------------------------------------------


@pytest.mark.hazard("H44")
def test_a_rate_out_of_a_range_is_chosen() -> None:
    found = found_in(infusion(rate=DoseRange(rate(50), rate(100))), "dose.choose")
    assert (found.severity, found.subject) == (Severity.ASK, "rate")
    assert (found.facts["low"], found.facts["high"]) == (rate(50), rate(100))
    assert findings_of(infusion(), "dose.choose") == []
    assert findings_of(infusion(rate=None), "dose.choose") == []


@pytest.mark.hazard("H43")
@pytest.mark.parametrize(
    "chosen,code",
    [
        (rate("49.9"), "dose.out-of-order"),
        (rate(50), None),
        (rate(100), None),
        (rate("100.1"), "dose.rate"),
        (rate(1, "L/h"), "dose.rate"),
        (rate(60, "[iU]/h"), "dose.unit-unknown"),
        (rate(900, "mg/h"), None),
        (rate("900.1", "mg/h"), "dose.rate"),
    ],
)
def test_a_rate_above_the_order_is_the_prescribers(chosen: Quantity, code: str | None) -> None:
    tried = infusion(rate=DoseRange(rate(50), rate(100)), answers=Answers(rate=chosen))
    codes = {"dose.out-of-order", "dose.rate", "dose.unit-unknown", "dose.choose"}
    found = [f for f in judge(tried).findings if f.code in codes]
    assert [f.code for f in found] == ([] if code is None else [code])


@pytest.mark.hazard("H35", "H43")
@pytest.mark.parametrize("chosen,code", [(10, None), ("10.1", "dose.rate")])
def test_a_rate_by_weight_is_compared_for_this_weight(chosen: object, code: str | None) -> None:
    span = DoseRange(rate("0.1", "mL/kg/h"), rate("0.2", "mL/kg/h"))
    tried = infusion(rate=span, answers=Answers(rate=rate(chosen)))
    assert tried.chart is not None
    weighed = replace(tried.chart, weight=Quantity(Decimal(50), "kg"), weight_at=NOW)
    found = judge(replace(tried, chart=weighed)).findings
    about_dose = [f.code for f in found if f.holds_back and f.code.startswith("dose.")]
    assert about_dose == ([] if code is None else [code])


def test_the_stops_about_a_rate_say_what_was_compared() -> None:
    span = DoseRange(rate(50), rate(100))
    above = found_in(infusion(rate=span, answers=Answers(rate=rate(120))), "dose.rate")
    assert (above.severity, above.release) == (Severity.STOP, (ReleaseBy.PRESCRIBER,))
    assert (above.facts["value"], above.facts["limit"]) == (rate(120), rate(100))
    assert above.subject == str(rate(120))
    below = found_in(infusion(rate=span, answers=Answers(rate=rate(9))), "dose.out-of-order")
    assert below.facts == {"amount": rate(9), "low": rate(50), "high": rate(100)}
    assert below.subject == str(rate(9))
    other = found_in(infusion(rate=span, answers=Answers(rate=mg(9))), "dose.unit-unknown")
    assert other.subject == "rate"
    assert (other.facts["ordered"], other.facts["scanned"]) == (rate(100), mg(9))


# --- dose.rate-unordered ------------------------------------------------------------------------


@pytest.mark.hazard("H43")
def test_a_bag_of_fluid_without_a_rate_is_stopped() -> None:
    found = found_in(infusion(rate=None), "dose.rate-unordered")
    assert (found.severity, found.release) == (Severity.STOP, (ReleaseBy.PRESCRIBER,))
    written = infusion(rate=None).order
    assert written is not None
    assert found.subject == written.version


HEPARIN = replace(SALINE, high_alert=HighAlert.RECOMMENDED)


@pytest.mark.hazard("H43")
@pytest.mark.parametrize(
    "changes,stopped",
    [
        ({}, True),
        ({"rate": rate(100)}, False),
        ({"timing": TIMED}, False),
        ({"dose": DoseRange(ml(250), ml(500))}, True),
        ({"dose": mg(1000)}, False),  # a plain dose out of a bottle: a short infusion
        ({"dose": mg(1000), "drug": HEPARIN}, True),
        ({"dose": mg(1000), "drug": HEPARIN, "priority": Priority.STAT}, True),
        ({"priority": Priority.STAT}, False),  # runs in freely
        ({"priority": Priority.URGENT}, True),
        ({"routes": ("PO",)}, False),
        ({"routes": ("SC",)}, True),
        ({"drug": replace(SALINE, form=Form.INJECTION)}, False),  # a push
        ({"drug": replace(SALINE, scan_exempt=True)}, False),
    ],
)
def test_only_what_is_meant_to_run_on_needs_a_rate(
    changes: dict[str, Value], *, stopped: bool
) -> None:
    drug = changes.get("drug", SALINE)
    rest = {name: value for name, value in changes.items() if name != "drug"}
    tried = infusion(drug, **({"rate": None} | rest))
    assert bool(findings_of(tried, "dose.rate-unordered")) is stopped


def test_a_bag_that_dilutes_another_drug_is_not_what_was_ordered() -> None:
    ampoule = product("kali clorid", 1000, form=Form.CONCENTRATE)
    alone = infusion(ampoule, rate=None, dose=ml(10))
    mixed = replace(alone, units=(*alone.units, unit(SALINE)))
    assert findings_of(mixed, "dose.rate-unordered") == []


def test_nothing_is_said_about_the_rate_of_nothing() -> None:
    assert findings_of(attempt(order=None, dosage=None, claim=None, chain=()), "dose.rate") == []
    assert findings_of(replace(infusion(rate=None), dosage=None), "dose.rate-unordered") == []


# --- the bag ------------------------------------------------------------------------------------


def test_an_infusion_by_its_rate_alone_wants_its_bag() -> None:
    assert held(infusion(dose=None), "dose.incomplete") == []
    assert findings_of(infusion(dose=None), "dose.unit-unknown") == []
    empty = replace(infusion(dose=None), units=())
    found = found_in(empty, "dose.incomplete")
    assert (found.severity, found.facts["count"], found.facts["total"]) == (Severity.ASK, 0, None)
    unknown = replace(infusion(dose=None), units=(unit(None),))
    assert held(unknown, "dose.incomplete") == [Severity.ASK]
    line_lock = replace(SALINE, scan_exempt=True)
    assert held(replace(infusion(line_lock, dose=None), units=()), "dose.incomplete") == []
    assert "drug.not-checked" not in {f.code for f in judge(infusion(dose=None)).findings}
