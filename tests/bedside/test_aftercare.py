"""What is told after a dose: its effect and suspected reactions, each an event of its own."""

from dataclasses import replace
from decimal import Decimal
from uuid import UUID

import pytest

from bcma.bedside import PassState, Phase
from bcma.bedside.acts import Act, FollowUp, Suspect
from bcma.model.drug import Coding
from bcma.model.events import EffectCheck, Reaction
from bcma.model.order import HoldLimit
from bcma.model.ports import SaveOutcome
from bcma.model.quantity import Quantity
from bcma.model.record import RecordStatus
from bcma.model.verdict import Severity
from tests.bedside.ward import BAND, ORDERS, PIN, TABLET, Bedside, code, held
from tests.rules.builders import AS_NEEDED, HOUR, MINUTE, SECOND, STUDENT, dosage, mg, order

BETTER = FollowUp("Đỡ đau", Decimal(2))
HIVES = Suspect((" Mày đay ", ""), " moderate ", 1)
NEEDED = order("mr1", dosage(mg(1000), timing=AS_NEEDED, as_needed=True), medication=TABLET)


def given() -> tuple[Bedside, str]:
    ward = Bedside().in_phase(Phase.RECORDED)
    return ward, ward.records[0].event_id or ""


def told(ward: Bedside, event: str | None, act: Act) -> PassState:
    ward.now += MINUTE
    return ward.pass_.act_on(event, act)


@pytest.mark.hazard("H77")
def test_an_effect_is_kept_by_who_looked_and_when() -> None:
    ward, event = given()
    state = told(ward, event, BETTER)
    (check,) = ward.filed
    assert isinstance(check, EffectCheck)
    assert check == EffectCheck(
        event_id=check.event_id,
        patient_id="p1",
        record_id=event,
        at=ward.now,
        by_id="n1",
        text="Đỡ đau",
        score=Decimal(2),
    )
    assert str(UUID(check.event_id)) == check.event_id
    assert (state.filed, state.refused, state.record, state.verdict) == (check, None, None, None)
    assert state.phase is Phase.RECORDED
    assert len(ward.records) == 1, "the record of the dose stays as it is"


@pytest.mark.hazard("H78")
def test_a_reaction_is_kept_and_stops_the_next_dose_at_once() -> None:
    ward, event = given()
    assert held(ward.scan(code(1, "U3"), code(1, "U4"))).isdisjoint({"response.prior-reaction"})
    state = told(ward, event, HIVES)
    (reaction,) = ward.filed
    assert isinstance(reaction, Reaction)
    assert reaction == Reaction(
        event_id=reaction.event_id,
        patient_id="p1",
        record_id=event,
        at=ward.now,
        by_id="n1",
        signs=("Mày đay",),
        severity="moderate",
        grade=1,
    )
    assert "response.prior-reaction" in held(state), "what is in hand is judged anew"


def test_the_record_is_named_as_the_emr_names_it() -> None:
    ward, event = given()
    ward.records = [replace(ward.records[0], resource_id="ma1")]
    told(ward, event, BETTER)
    told(ward, event, HIVES)
    named = [f.record_id for f in ward.filed if isinstance(f, EffectCheck | Reaction)]
    assert named == ["ma1", "ma1"]


def test_one_tap_says_enough_of_a_reaction_and_a_score_of_an_effect() -> None:
    ward, event = given()
    assert told(ward, event, Suspect()).refused is None
    assert told(ward, event, FollowUp(score=Decimal(0))).refused is None
    assert told(ward, event, FollowUp("tốt")).refused is None
    assert len(ward.filed) == 3


def test_whoever_sees_a_reaction_may_report_it() -> None:
    ward, event = given()
    ward.people["SV-1"] = STUDENT
    ward.pass_.sign_in("SV-1", PIN)
    assert told(ward, event, HIVES).refused is None
    assert ward.filed[0].by_id == STUDENT.id


@pytest.mark.parametrize("act", [FollowUp(), FollowUp("  "), BETTER, HIVES], ids=str)
def test_what_did_not_go_in_has_neither_effect_nor_reaction(act: Act) -> None:
    ward = Bedside().opened()
    ward.pass_.withhold(RecordStatus.HELD, "asleep", "mr1")
    state = told(ward, ward.records[0].event_id, act)
    assert (state.refused, state.filed, ward.filed) == ("documentation.incomplete", None, [])


def test_an_effect_without_a_word_is_none() -> None:
    ward, event = given()
    assert told(ward, event, FollowUp(" ")).refused == "documentation.incomplete"
    assert told(ward, "no-such-event", BETTER).refused == "documentation.incomplete"
    assert told(ward, None, HIVES).refused == "documentation.incomplete"
    assert ward.filed == []


@pytest.mark.hazard("H86")
@pytest.mark.parametrize("act", [BETTER, HIVES], ids=str)
def test_only_what_is_durable_is_called_told(act: Act) -> None:
    ward, event = given()
    ward.outcome = SaveOutcome.NOT_SAVED
    state = told(ward, event, act)
    assert (state.refused, state.filed) == ("documentation.not-saved", None)


def test_nobody_tells_anything_without_signing_in() -> None:
    ward, event = given()
    ward.pass_.sign_out()
    assert told(ward, event, HIVES).refused == "documentation.signed-out"
    assert ward.filed == []


# --- as-needed doses -----------------------------------------------------------------------


@pytest.mark.hazard("H51", "H77")
def test_an_as_needed_dose_is_recorded_with_its_need_and_its_effect_is_a_task() -> None:
    ward = Bedside(orders=(NEEDED,)).opened()
    assert held(ward.scan(code(1, "U1"), code(1, "U2"))) == {"indication.prn-reason"}
    value = {"reason": "Theo chẩn đoán", "score": 6}
    assert ward.pass_.answer("indication.prn-reason", {"reason": "Buồn"}).refused
    assert ward.pass_.answer("indication.prn-reason", value).refused is None
    state = ward.pass_.give()
    (made,) = ward.records
    assert (made.prn_reason, made.prn_score) == ("Theo chẩn đoán", Decimal(6))
    (task,) = state.effects_due
    assert (task.record.event_id, task.due) == (made.event_id, ward.now + HOUR)
    after = told(ward, made.event_id, BETTER)
    assert after.effects_due == ()


def test_without_an_open_patient_there_are_no_tasks() -> None:
    assert Bedside().signed_in().pass_.state().effects_due == ()


# --- measured values -----------------------------------------------------------------------

HEART_RATE = "8867-4"
SLOW = Quantity(Decimal(60), "/min")
LIMIT = HoldLimit(code=Coding("http://loinc.org", HEART_RATE), low=SLOW, high=None)
WATCHED = replace(ORDERS[0], holds=(LIMIT,))


def measured(value: object) -> tuple[Bedside, PassState]:
    ward = Bedside(orders=(WATCHED,)).opened()
    assert held(ward.scan(code(1, "U1"), code(1, "U2"))) == {"response.measure"}
    ward.now += SECOND
    return ward, ward.pass_.answer("response.measure", {HEART_RATE: value})


@pytest.mark.hazard("H76")
def test_the_measured_value_is_in_the_record() -> None:
    ward, state = measured(72)
    assert (held(state), state.refused) == (set(), None)
    assert ward.pass_.give().record is RecordStatus.GIVEN
    assert ward.records[0].measured == ((HEART_RATE, Quantity(Decimal(72), "/min")),)


@pytest.mark.hazard("H76")
def test_a_dose_that_is_held_for_its_value_keeps_it() -> None:
    ward, state = measured(48)
    assert held(state) == {"response.hold"}
    assert ward.pass_.give().refused == "response.hold"
    ward.pass_.withhold(RecordStatus.HELD, "value-out-of-range", "mr1")
    (made,) = ward.records
    assert made.measured == ((HEART_RATE, Quantity(Decimal(48), "/min")),)
    assert "response.hold" in {found.code for found in made.findings}


@pytest.mark.hazard("H76")
def test_without_a_unit_in_hand_the_value_is_what_is_told() -> None:
    ward = Bedside(orders=(WATCHED,)).opened()
    ward.pass_.open_order("mr1")
    ward.pass_.answer("response.measure", {HEART_RATE: 48})
    ward.pass_.withhold(RecordStatus.HELD, "value-out-of-range", None)
    (made,) = ward.records
    assert [(f.code, f.severity) for f in made.findings] == [("response.hold", Severity.STOP)]


def test_an_answer_that_is_none_leaves_the_value_open() -> None:
    _, state = measured("nhanh")
    assert (state.refused, held(state)) == ("response.measure", {"response.measure"})


def test_a_second_value_leaves_the_first_where_it_is() -> None:
    other = replace(LIMIT, code=Coding("http://loinc.org", "9279-1"))
    ward = Bedside(orders=(replace(WATCHED, holds=(LIMIT, other)),)).opened()
    ward.scan(code(1, "U1"), code(1, "U2"))
    ward.pass_.answer("response.measure", {"9279-1": 62})
    assert held(ward.pass_.answer("response.measure", {HEART_RATE: 72})) == set()
    ward.pass_.give()
    assert dict(ward.records[0].measured).keys() == {HEART_RATE, "9279-1"}


def test_another_patient_starts_without_values() -> None:
    ward, _ = measured(72)
    ward.pass_.take_back()
    ward.pass_.take_back()
    state = ward.scan(BAND, code(1, "U1"), code(1, "U2"))
    assert held(state) == {"response.measure"}
