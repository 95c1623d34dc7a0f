"""The answer to "are you allergic to anything?"."""

import pytest

from bcma.bedside import Proof
from bcma.model.events import AllergyAsked
from bcma.model.ports import SaveOutcome
from tests.bedside.ward import BAND, OTHER_BAND, Bedside, code, held

CODE = "drug.allergies-unknown"


def never_asked() -> Bedside:
    ward = Bedside(allergies=()).opened()
    ward.scan(code(1, "U1"), code(1, "U2"))
    return ward


@pytest.mark.hazard("H70")
@pytest.mark.parametrize("value", ["none", "None", "Không", " không  dị ứng ", "không có", "no"])
def test_none_is_written_down_and_holds_from_then_on(value: str) -> None:
    ward = never_asked()
    assert held(ward.pass_.state()) == {CODE}
    assert held(ward.pass_.answer(CODE, value)) == set()
    (asked,) = ward.filed
    assert isinstance(asked, AllergyAsked)
    assert (asked.patient_id, asked.by_id, asked.substance) == ("p1", "n1", None)
    assert asked.at == ward.now
    ward.pass_.give()
    assert CODE not in held(ward.scan(BAND, code(2)))


@pytest.mark.hazard("H67", "H70")
def test_the_substance_is_written_down_and_held_against_the_dose() -> None:
    ward = never_asked()
    assert held(ward.pass_.answer(CODE, " Tôm,  cua ")) == set()
    (asked,) = ward.filed
    assert isinstance(asked, AllergyAsked)
    assert asked.substance == "Tôm, cua"
    other = never_asked()
    assert held(other.pass_.answer(CODE, "Paracetamol")) == {"drug.allergy"}


@pytest.mark.parametrize("value", ["", "  ", None, True, "x" * 201, "a\x00b", ["none"]])
def test_what_says_nothing_is_no_answer(value: object) -> None:
    ward = never_asked()
    assert ward.pass_.answer(CODE, value).refused == CODE
    assert ward.filed == []


def test_a_long_list_of_substances_is_taken() -> None:
    assert never_asked().pass_.answer(CODE, "x" * 200).refused is None


def test_an_answer_that_was_not_kept_is_none() -> None:
    ward = never_asked()
    ward.outcome = SaveOutcome.NOT_SAVED
    assert ward.pass_.answer(CODE, "none").refused == CODE
    assert CODE in held(ward.pass_.state())


@pytest.mark.hazard("H109")
def test_who_cannot_be_asked_is_not_asked_for_the_next_drug_either() -> None:
    ward = never_asked()
    state = ward.pass_.release(CODE, Proof(reason="cannot-ask"), cannot=True)
    assert (state.refused, held(state)) == (None, set())
    ward.pass_.give()
    assert CODE not in held(ward.scan(code(2)))
    assert [r.code for r in ward.records[0].releases] == [CODE]
    ward.scan(OTHER_BAND)
    assert CODE in held(ward.scan(BAND, code(2)))
