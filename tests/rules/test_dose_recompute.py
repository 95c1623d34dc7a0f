"""Drugs whose dose or rate two people work out, unseen by one another."""

from dataclasses import replace
from decimal import Decimal

import pytest

from bcma.model.drug import Form, Ingredient, Medication
from bcma.model.order import DoseRange
from bcma.model.quantity import Quantity, Ratio
from bcma.model.verdict import Severity
from bcma.rules import Answers, Attempt
from bcma.rules.attempt import Recomputation
from bcma.rules.dose_recompute import agree
from tests.rules.builders import (
    Value,
    attempt,
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

CODE = "dose.recompute"
VIAL = product(
    "digoxin",
    1,
    Form.INJECTION,
    drug_codes=frozenset({"DIG"}),
    ingredients=(Ingredient("digoxin", "Digoxin", per("0.25", "mg", "mL")),),
    content=per(2, "mL", "{ampoule}"),
)
TABLET = product("digoxin", 1, drug_codes=frozenset({"DIG"}))


def of(value: object, measure: str) -> Quantity:
    return Quantity(Decimal(str(value)), measure)


def entered(giver: Value = None, witness: Value = None, failed: int = 0) -> Answers:
    return Answers(recomputed=Recomputation(by_giver=giver, by_witness=witness, failed=failed))


def listed(
    dose: Value = None, drug: Medication = VIAL, rate: Value = None, **changes: Value
) -> Attempt:
    instruction = replace(dosage(mg("0.25") if dose is None else dose), rate=rate)
    known = order("mr1", instruction, medication=drug)
    return attempt(
        unit(drug),
        order=known,
        strengths=(drug,),
        policy=policy(recompute=["DIG"]),
        **changes,
    )


def test_a_listed_drug_is_stopped_until_two_have_worked_it_out() -> None:
    found = found_in(listed(), CODE)
    assert (found.severity, found.release) == (Severity.STOP, ())
    assert dict(found.facts) == {"giver": None, "witness": None, "left": 2}
    assert findings_of(replace(listed(), policy=policy()), CODE) == []
    assert findings_of(replace(listed(), policy=policy(recompute=["X"])), CODE) == []


def test_what_one_has_entered_is_shown_to_nobody_before_the_other_has() -> None:
    for answers in (entered(giver=mg(1)), entered(witness=mg(1))):
        found = found_in(listed(answers=answers), CODE)
        assert (found.facts["giver"], found.facts["witness"]) == (None, None)
    both = found_in(listed(answers=entered(mg(1), mg(2), failed=1)), CODE)
    assert dict(both.facts) == {"giver": mg(1), "witness": mg(2), "left": 1}


@pytest.mark.hazard("H34")
@pytest.mark.parametrize(
    "giver,witness,alike",
    [
        (mg("0.25"), mg("0.25"), True),
        (mg("0.25"), of(250, "ug"), True),
        (mg("0.25"), of(1, "mL"), True),
        (of(1, "mL"), of("1.1", "mL"), True),
        (of(1, "mL"), of("1.2", "mL"), False),
        (of("0.99", "mL"), of(1, "mL"), True),
        (of("0.98", "mL"), of(1, "mL"), False),
        (mg("2.5"), mg("2.5"), False),
        (mg("0.25"), mg("2.5"), False),
        (of(1, "{tablet}"), of(1, "{tablet}"), False),
        (mg("0.25"), of(1, "{tablet}"), False),
    ],
)
def test_both_results_are_alike_and_as_ordered(
    giver: Quantity,
    witness: Quantity,
    alike: bool,  # noqa: FBT001 - a row of the table
) -> None:
    tried = listed(answers=entered(giver, witness))
    assert agree(tried) is alike
    assert (findings_of(tried, CODE) == []) is alike


@pytest.mark.parametrize(
    "giver,witness,alike",
    [
        (mg(1), of(1, "{tablet}"), True),
        (mg(1), mg("0.5"), False),
        (mg("1.01"), mg("1.01"), False),
    ],
)
def test_tablets_have_no_step(giver: Quantity, witness: Quantity, alike: bool) -> None:  # noqa: FBT001 - a row of the table
    assert agree(listed(mg(1), TABLET, answers=entered(giver, witness))) is alike


@pytest.mark.parametrize(
    "rate,giver,witness,alike",
    [
        (of(80, "mL/h"), of(80, "mL/h"), of("80.1", "mL/h"), True),
        (of(80, "mL/h"), of(80, "mL/h"), of("80.2", "mL/h"), False),
        (of(80, "mL/h"), of(8, "mL/h"), of(8, "mL/h"), False),
        (Ratio(of(80, "mL"), of(1, "h")), of(80, "mL/h"), of(80, "mL/h"), True),
        (DoseRange(of(1, "mg/h"), of(2, "mg/h")), mg(1), mg(1), False),
    ],
)
def test_a_rate_is_worked_out_like_a_dose(
    rate: Value,
    giver: Quantity,
    witness: Quantity,
    alike: bool,  # noqa: FBT001 - a row of the table
) -> None:
    tried = listed(rate=rate, answers=entered(giver, witness))
    unknown = replace(tried, dosage=replace(tried.dosage or dosage(), dose=None))
    assert agree(tried) is alike
    assert agree(unknown) is alike


def test_one_result_alone_agrees_with_nothing() -> None:
    assert not agree(listed(answers=entered(giver=mg("0.25"))))
    assert not agree(listed(answers=entered(witness=mg("0.25"))))


def test_zero_by_scale_is_worked_out_by_nobody() -> None:
    ranged = listed(DoseRange(mg(0), mg(1)), answers=Answers(amount=mg(0)))
    assert findings_of(ranged, CODE) == []


def test_a_dose_and_a_rate_are_no_two_results_of_one_thing() -> None:
    by_volume, by_pump = of(1, "mL"), of(80, "mL/h")
    assert agree(listed(answers=entered(by_volume, by_volume)))
    assert agree(listed(answers=entered(by_pump, by_pump)))
    assert not agree(listed(answers=entered(by_volume, by_pump)))


def test_a_rate_of_substance_is_held_against_the_ordered_one() -> None:
    ordered = of(5, "ug/min")
    assert agree(listed(rate=ordered, answers=entered(ordered, ordered)))
    other = of(6, "ug/min")
    assert not agree(listed(rate=ordered, answers=entered(other, other)))


def test_without_an_instruction_only_a_pump_s_rate_can_be_right() -> None:
    for result, right in ((mg(1), False), (of(80, "mL/h"), True)):
        tried = replace(listed(answers=entered(result, result)), dosage=None)
        assert agree(tried) is right


def test_a_volume_is_one_of_what_is_in_hand() -> None:
    twice = replace(
        VIAL,
        id="twice",
        gtins=frozenset(),
        drug_codes=frozenset({"DIG2"}),
        ingredients=(Ingredient("digoxin", "Digoxin", per("0.5", "mg", "mL")),),
    )
    for volume, right in ((of("0.5", "mL"), True), (of(1, "mL"), False)):
        tried = replace(listed(answers=entered(volume, volume)), units=(unit(twice),))
        assert agree(tried) is right
