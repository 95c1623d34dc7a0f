"""What is no near miss: given after all, never a dose, or perhaps right."""

from dataclasses import replace

import pytest

from bcma.bedside import Phase
from bcma.bedside.acts import GiveFirst
from bcma.bedside.world import Proof
from bcma.model.order import DoseRange, Problem
from bcma.model.record import RecordStatus
from tests.bedside.ward import (
    BAND,
    DUE,
    OLD_BAND,
    OTHER_BAND,
    TABLET,
    UNORDERED,
    Bedside,
    badge_pin,
    code,
    held,
)
from tests.rules.builders import AS_NEEDED, HOUR, at, dosage, mg, order

#: Two tablets of 500 mg make the dose of mr1.
RIGHT, SECOND_TABLET, THIRD = code(1, "U1"), code(1, "U2"), code(1, "U3")
EXPIRED = code(1, "X1", expiry="260228")
WRONG_DRUG = code(5)

PAIN = {"reason": "Đau"}


@pytest.mark.hazard("H49")
@pytest.mark.parametrize("end, doses", [("CMD-GIVE", 2), ("CMD-BACK", 1)])
def test_what_was_let_pass_is_none_given_or_not(end: str, doses: int) -> None:
    as_needed = dosage(mg(1000), timing=AS_NEEDED, as_needed=True, as_needed_text="Đau")
    ward = Bedside(orders=(order("mr1", as_needed, medication=TABLET),)).opened()
    ward.scan(RIGHT, SECOND_TABLET)
    assert ward.pass_.answer("indication.prn-reason", PAIN).refused is None
    assert ward.pass_.give().record is RecordStatus.GIVEN
    ward.now += HOUR
    ward.signed_in().scan(BAND, THIRD, code(1, "U4"))
    ward.pass_.answer("indication.prn-reason", PAIN)
    assert "time.too-soon" in held(ward.pass_.state())
    in_person = Proof(reason="prescriber-decision", prescriber=badge_pin("NV-0003"))
    for found in sorted(held(ward.pass_.state())):
        ward.pass_.release(found, in_person)
    assert ward.scan(end, "CMD-BACK").dose is None
    assert len(ward.records) == doses
    assert ward.filed == []


@pytest.mark.hazard("H52")
def test_what_was_only_warned_about_is_none() -> None:
    ward = Bedside(now=at(18, 30)).opened()
    assert held(ward.scan(RIGHT, SECOND_TABLET)) == {"time.early"}
    ward.pass_.sign_out()
    assert ward.filed == []


def test_what_became_right_while_it_was_in_hand_is_none() -> None:
    ward = Bedside().opened()
    assert held(ward.scan(WRONG_DRUG)) == {"drug.not-ordered"}
    ward.orders = (
        *ward.orders,
        order("mr9", dosage(mg(1), timing=AS_NEEDED), medication=UNORDERED),
    )
    assert held(ward.pass_.state()) == set()
    assert ward.scan("CMD-BACK").filed is None
    assert ward.filed == []


@pytest.mark.hazard("H62")
def test_what_was_given_before_its_order_is_none() -> None:
    ward = Bedside().opened()
    ward.drugs = tuple(
        replace(drug, drug_codes=frozenset({"DIG"})) if drug == UNORDERED else drug
        for drug in ward.drugs
    )
    ward.scan(WRONG_DRUG)
    first = GiveFirst(
        drug="DIG", amount=mg(1), route="PO", witness=badge_pin("NV-0002"), read_back=True
    )
    assert ward.pass_.give_first(first).record is RecordStatus.GIVEN
    assert ward.filed == []


def test_another_order_withheld_leaves_the_dose_in_hand() -> None:
    ward = Bedside().opened()
    ward.scan(EXPIRED)
    state = ward.pass_.withhold(RecordStatus.HELD, "asleep", "mr2")
    assert (state.record, state.phase) == (RecordStatus.HELD, Phase.JUDGED)
    assert ward.filed == []


@pytest.mark.parametrize(
    "scans",
    [
        ("???",),
        (code(99),),
        (code(6),),
        ("=W00001234567800",),
        (OTHER_BAND, BAND),
        (OLD_BAND,),
        (RIGHT, SECOND_TABLET, "CMD-BACK", "CMD-BACK"),
        (RIGHT, SECOND_TABLET, RIGHT),
        (RIGHT, OLD_BAND),
    ],
    ids=repr,
)
def test_a_code_that_never_becomes_a_dose_and_a_right_dose_are_none(scans: tuple[str, ...]) -> None:
    ward = Bedside().opened()
    ward.scan(*scans)
    ward.pass_.sign_out()
    assert ward.filed == []


@pytest.mark.hazard("H42")
def test_where_the_scale_says_zero_there_was_no_dose_to_keep_away() -> None:
    by_scale = dosage(DoseRange(mg(0), mg(1000)), timing=DUE)
    ward = Bedside(orders=(order("mr1", by_scale, medication=TABLET),)).opened()
    ward.scan(EXPIRED)
    ward.pass_.answer("dose.choose", 0)
    assert ward.pass_.give().record is RecordStatus.NOT_GIVEN
    assert ward.filed == []


def test_an_order_opened_without_a_unit_is_none() -> None:
    ward = Bedside().opened()
    ward.scan(RIGHT, SECOND_TABLET)
    ward.pass_.give()
    assert "time.already-given" in held(ward.pass_.open_order("mr1"))
    ward.pass_.sign_out()
    assert ward.filed == []


def test_a_dose_whose_order_cannot_be_read_was_perhaps_right() -> None:
    ward = Bedside().opened()
    ward.orders = (replace(ward.orders[0], problems=(Problem("status", "?"),)), *ward.orders[1:])
    assert "drug.order-unreadable" in held(ward.scan(RIGHT, SECOND_TABLET))
    ward.pass_.sign_out()
    assert ward.filed == []
