"""Whatever is not known about a dose, every rule still gives its answer."""

from dataclasses import replace
from decimal import Decimal

import pytest

from bcma.model.chart import Observation
from bcma.model.drug import Coding, Form
from bcma.model.order import HoldLimit
from bcma.model.quantity import Quantity
from bcma.model.record import Infusion, RecordStatus
from bcma.model.slot import ClaimKind
from bcma.rules import CRASHED, Answers, Attempt, explain, judge
from tests.rules.builders import (
    AS_NEEDED,
    HOUR,
    NOW,
    NURSE,
    attempt,
    chart,
    claim_of,
    dosage,
    mg,
    order,
    policy,
    product,
    record,
    unit,
)
from tests.rules.test_components import KCL, SALINE, mL
from tests.rules.test_dose_recompute import VIAL, entered
from tests.rules.test_mixture import KCL_IN_SALINE

PATCH = product("fentanyl", 25, Form.PATCH)
PULSE = HoldLimit(code=Coding("http://loinc.org", "8867-4"), low=Quantity.of(60, "/min"))


def held_by_value() -> Attempt:
    ordered = order(holds=(PULSE,))
    seen = Observation(id="o1", code="8867-4", at=NOW, value=Quantity.of(72, "/min"))
    return attempt(order=ordered, chart=chart(ordered, observations=(seen,)))


def as_needed() -> Attempt:
    needed = order("mr1", dosage(timing=AS_NEEDED, as_needed=True, as_needed_text="Đau"))
    before = record(given_at=NOW - 7 * HOUR, prn_reason="Đau")
    return attempt(order=needed, chart=chart(needed, administrations=(before,)))


def weekly() -> Attempt:
    listed = product("methotrexat", 2.5, drug_codes=frozenset({"MTX"}))
    ordered = order("mr1", dosage(mg(2.5)), medication=listed)
    return attempt(unit(listed), order=ordered, policy=policy(weekly_only=["MTX"]))


def running() -> Attempt:
    rate = Quantity.of(80, "mL/h")
    ordered = order("mr1", dosage(mL(500), rate=rate, routes=("IV",)), medication=SALINE)
    infusion = Infusion(rate=rate, ward="NOI", accepted_by=NURSE.id, accepted_at=NOW - HOUR)
    bag = record(RecordStatus.RUNNING, NOW - HOUR, infusion=infusion, giver_id=NURSE.id)
    known = chart(ordered, administrations=(bag,))
    return attempt(unit(SALINE), order=ordered, chart=known, claim=claim_of(kind=ClaimKind.RUNS_ON))


def worked_out() -> Attempt:
    ordered = order("mr1", dosage(mg("0.25")), medication=VIAL)
    return attempt(
        unit(VIAL),
        order=ordered,
        policy=policy(recompute=["DIG"]),
        answers=entered(mg("0.25"), mg("0.25")),
    )


def mixed() -> Attempt:
    bag = Quantity(Decimal(1), "{bag}")
    ordered = order("mr1", dosage(bag, routes=("IV",)), medication=KCL_IN_SALINE)
    return attempt(unit(KCL), unit(SALINE), order=ordered)


def patched() -> Attempt:
    ordered = order("mr1", dosage(routes=("TD",)), medication=PATCH)
    worn = record(medication_id=PATCH.id, route="TD", order_id=None)
    known = chart(ordered, administrations=(worn,), medications=(PATCH,))
    return attempt(unit(PATCH), order=ordered, chart=known, answers=Answers(site="chest-left"))


DOSES = [attempt, held_by_value, as_needed, weekly, running, worked_out, mixed, patched]


@pytest.mark.hazard("H73")
@pytest.mark.parametrize("lacks", ["chart", "order", "dosage", "claim", "session", "band"])
@pytest.mark.parametrize("made", DOSES)
def test_no_rule_and_no_aspect_fails_where_something_is_not_known(
    made: type[Attempt], lacks: str
) -> None:
    tried = replace(made(), **{lacks: None})  # type: ignore[arg-type,call-arg] # any field by name
    assert CRASHED not in {told.why for told in judge(tried).not_checked}
    assert all(seen.readable for told in explain(tried) for seen in told.seen)
