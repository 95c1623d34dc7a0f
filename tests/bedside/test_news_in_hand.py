"""News that arrive while a dose is in hand count at the next step, above all at giving."""

from dataclasses import replace

import pytest

from bcma.bedside import Phase, Proof
from bcma.model.drug import Recall
from bcma.model.people import Role
from bcma.model.record import RecordStatus
from bcma.model.verdict import Severity
from tests.bedside.ward import (
    TABLET,
    UNORDERED,
    ZINC,
    Bedside,
    badge_pin,
    code,
    held,
)

RECALLED = replace(TABLET, recalls=(Recall(gtin=None, lot="L1", reason="particles"),))


def in_hand() -> Bedside:
    return Bedside().in_phase(Phase.JUDGED)


@pytest.mark.hazard("H19", "H59")
def test_a_lot_that_is_recalled_meanwhile_is_not_given() -> None:
    ward = in_hand()
    ward.drugs = (RECALLED, ZINC)
    state = ward.pass_.give()
    assert (state.record, state.refused) == (None, "drug.recalled")
    assert ward.records == []


def test_a_product_that_is_taken_out_of_the_drug_file_no_longer_makes_the_dose() -> None:
    ward = in_hand()
    ward.drugs = (replace(TABLET, problems=("strength",)), ZINC)
    assert ward.pass_.give().record is None
    assert "dose.incomplete" in held(ward.pass_.state())


@pytest.mark.hazard("H19", "H20")
def test_a_unit_without_lot_is_asked_for_it_while_a_lot_is_recalled() -> None:
    ward = Bedside().opened()
    ward.drugs = (RECALLED, ZINC)
    state = ward.scan(f"]d201{min(TABLET.gtins)}17271231")
    assert state.verdict is not None
    found = state.verdict.open_finding("drug.lot-unknown")
    assert found is not None
    assert found.severity is Severity.ASK


@pytest.mark.hazard("H112")
def test_the_prescriber_on_the_telephone_is_not_his_own_second_person() -> None:
    ward = Bedside().opened()
    ward.scan(code(5))
    alone = Proof(prescriber="NV-0003", witness=badge_pin("NV-0003"))
    assert ward.pass_.release("drug.not-ordered", alone).refused == "drug.not-ordered"
    heard = Proof(prescriber="NV-0003", witness=badge_pin("NV-0002"))
    assert ward.pass_.release("drug.not-ordered", heard).refused is None


def test_nobody_releases_a_stop_for_themselves() -> None:
    ward = Bedside()
    doctor = replace(ward.people["NV-0001"], roles=frozenset({Role.NURSE, Role.DOCTOR}))
    ward.people["NV-0001"] = doctor
    ward.opened().scan(code(5))
    own = Proof(prescriber=badge_pin("NV-0001"))
    assert ward.pass_.release("drug.not-ordered", own).refused == "drug.not-ordered"


def test_what_stopped_a_dose_is_part_of_the_record_that_holds_it() -> None:
    ward = in_hand()
    ward.drugs = (RECALLED, ZINC, UNORDERED)
    state = ward.pass_.withhold(RecordStatus.HELD, "no-stock", None)
    assert state.record is RecordStatus.HELD
    assert "drug.recalled" in {f.code for f in ward.records[0].findings}
