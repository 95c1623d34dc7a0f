"""Entering what two people worked out: unseen, independent, once again and no more."""

from dataclasses import replace
from decimal import Decimal

import pytest

from bcma.bedside import Proof
from bcma.model.record import RecordStatus
from tests.bedside.test_amounts import VIAL, of
from tests.bedside.ward import DUE, PIN, Bedside, code, held
from tests.rules.builders import SECOND, dosage, mg, order, policy

CODE = "dose.recompute"
LISTED = replace(VIAL, drug_codes=frozenset({"FURO"}))


def in_hand() -> Bedside:
    ward = Bedside(
        site=policy(recompute=["FURO"]),
        drugs=(LISTED,),
        orders=(order("mr9", dosage(mg(15), timing=DUE), medication=LISTED),),
    ).opened()
    ward.scan(code(8))
    ward.now += 5 * SECOND
    assert held(ward.pass_.state()) == {CODE}
    return ward


def amount(value: object, measure: str = "mg") -> dict[str, object]:
    return {"value": Decimal(str(value)), "unit": measure}


def by_witness(value: object, badge: str = "NV-0002", pin: str = PIN) -> dict[str, object]:
    return {"badge": badge, "pin": pin, "amount": amount(value)}


def test_giver_and_witness_enter_one_after_the_other() -> None:
    ward = in_hand()
    assert held(ward.pass_.answer(CODE, mg(15))) == {CODE}
    assert ward.pass_.give().refused == CODE
    assert held(ward.pass_.answer(CODE, by_witness(15))) == set()
    assert ward.pass_.give().record is RecordStatus.GIVEN
    assert (ward.records[0].witness_id, ward.records[0].amount) == ("n2", mg(15))


def test_both_enter_at_once_in_mass_and_volume() -> None:
    ward = in_hand()
    both = {"giver": amount("1.5", "mL"), "witness": by_witness(15)}
    assert held(ward.pass_.answer(CODE, both)) == set()
    first = in_hand()
    first.pass_.answer(CODE, by_witness(15))
    assert held(first.pass_.answer(CODE, {"giver": amount(15)})) == set()


@pytest.mark.hazard("H34")
def test_after_a_difference_both_enter_once_again_and_then_it_stays() -> None:
    ward = in_hand()
    ward.pass_.answer(CODE, {"giver": amount(15), "witness": by_witness(150)})
    state = ward.pass_.state()
    assert state.standing_verdict is not None
    found = state.standing_verdict.open_finding(CODE)
    assert found is not None
    assert (found.facts["witness"], found.facts["left"]) == (mg(150), 1)
    ward.pass_.answer(CODE, mg(15))
    assert held(ward.pass_.state()) == {CODE}
    ward.pass_.answer(CODE, by_witness(150))
    assert ward.pass_.answer(CODE, mg(15)).refused == CODE
    doctor = Proof(reason="clinical-judgement")
    assert ward.pass_.release(CODE, doctor).refused == CODE
    assert ward.pass_.give().refused == CODE


def test_the_second_try_may_agree() -> None:
    ward = in_hand()
    ward.pass_.answer(CODE, {"giver": amount(150), "witness": by_witness(15)})
    both = {"giver": amount(15), "witness": by_witness(15)}
    assert held(ward.pass_.answer(CODE, both)) == set()


@pytest.mark.hazard("H81", "H82")
@pytest.mark.parametrize(
    "value",
    [
        None,
        {},
        "15 mg",
        {"count": 2},
        {"giver": None},
        {"witness": None},
        by_witness(15, "NV-0001"),
        by_witness(15, "NV-0005"),
        by_witness(15, pin="0000"),
        {"badge": "NV-0002", "pin": PIN},
        {"badge": "NV-0002", "pin": None, "amount": amount(15)},
        {"badge": 2, "pin": PIN, "amount": amount(15)},
    ],
)
def test_what_is_no_result_of_an_independent_person_has_no_effect(value: object) -> None:
    ward = in_hand()
    assert ward.pass_.answer(CODE, value).refused == CODE
    ward.pass_.answer(CODE, mg(15))
    assert held(ward.pass_.state()) == {CODE}


def test_an_amount_of_ours_and_one_of_a_shell_are_the_same() -> None:
    ward = in_hand()
    ward.pass_.answer(CODE, of("1.5", "mL"))
    assert held(ward.pass_.answer(CODE, by_witness(15))) == set()
