"""Lot and expiry that a person reads off the pack, where the code does not say."""

from dataclasses import replace
from datetime import date

import pytest

from bcma.bedside import Proof
from bcma.model.drug import Recall
from tests.bedside.ward import TABLET, Bedside, code, gtin, held
from tests.rules.builders import policy

LOT, EXPIRY = "drug.lot-unknown", "drug.expiry-unknown"


def bare(serial: str) -> str:
    """Write a code with neither lot nor expiry."""
    return f"]d201{gtin(1)}21{serial}"


def strict() -> Bedside:
    """Open the patient at a site that wants to know lot and expiry."""
    return Bedside(site=policy(lot_required=True, expiry_required=True)).opened()


def test_what_was_read_is_recorded_with_the_unit() -> None:
    ward = strict()
    state = ward.scan(code(1, "U1"), bare("U2"))
    assert held(state) == {LOT, EXPIRY}
    assert held(ward.pass_.answer(LOT, " L77 ")) == {EXPIRY}
    assert held(ward.pass_.answer(EXPIRY, "2027-12-31")) == set()
    ward.pass_.give()
    (kept,) = ward.records
    assert [(u.lot, u.expiry) for u in kept.units] == [
        ("L1", date(2027, 12, 31)),
        ("L77", date(2027, 12, 31)),
    ]


@pytest.mark.parametrize("lot", ["", "  ", None, 7, "L" * 31, "L\n1", {"lot": "L1"}])
def test_what_is_no_lot_is_not_taken(lot: object) -> None:
    ward = strict()
    ward.scan(bare("U1"))
    assert ward.pass_.answer(LOT, lot).refused == LOT


def test_a_lot_may_be_as_long_as_it_is() -> None:
    ward = strict()
    ward.scan(bare("U1"))
    assert ward.pass_.answer(LOT, "L" * 30).refused is None


@pytest.mark.parametrize(
    "written,day",
    [
        ("2027-12-31", date(2027, 12, 31)),
        ("2028-02", date(2028, 2, 29)),
        ("31/12/2027", date(2027, 12, 31)),
        ("1/6/2027", date(2027, 6, 1)),
        ("02/2027", date(2027, 2, 28)),
        (" 12/2027 ", date(2027, 12, 31)),
        (date(2027, 5, 4), date(2027, 5, 4)),
    ],
)
def test_an_expiry_is_read_as_packs_write_it(written: object, day: date) -> None:
    ward = strict()
    ward.scan(code(1, "U1"), bare("U2"))
    ward.pass_.answer(LOT, "L1")
    assert ward.pass_.answer(EXPIRY, written).refused is None
    ward.pass_.give()
    assert ward.records[0].units[1].expiry == day


@pytest.mark.parametrize(
    "written",
    ["", "soon", "2027", "2027-13", "00/2027", "31/02/2027", "2027-02-30", "12/27", 12, None],
)
def test_what_is_no_expiry_is_not_taken(written: object) -> None:
    ward = strict()
    ward.scan(bare("U1"))
    assert ward.pass_.answer(EXPIRY, written).refused == EXPIRY


@pytest.mark.hazard("H17", "H19")
def test_what_was_read_is_judged_like_a_scan() -> None:
    drug = replace(TABLET, recalls=(Recall(None, "L9", "x"),))
    ward = Bedside(site=policy(expiry_required=True), drugs=(drug,)).opened()
    ward.scan(bare("U1"))
    assert "drug.recalled" in held(ward.pass_.answer(LOT, "L9"))
    assert "drug.expired" in held(ward.pass_.answer(EXPIRY, "2026-02-28"))


def test_what_cannot_be_read_passes_with_a_reason() -> None:
    ward = strict()
    ward.scan(code(1, "U1"), bare("U2"))
    for asked in (LOT, EXPIRY):
        state = ward.pass_.release(asked, Proof(reason="damaged-label"), cannot=True)
        assert state.refused is None
    assert held(ward.pass_.state()) == set()


@pytest.mark.hazard("H27")
def test_the_patients_own_drug_comes_in_by_hand_and_stops() -> None:
    ward = Bedside().opened()
    typed = {"drug": "PARA", "lot": "L5", "expiry": "2027-12-31"}
    state = ward.pass_.unable_to_scan("unit", "own-supply", typed)
    assert "drug.own-supply" in held(state)
    assert "drug.unscannable" not in held(state)
