"""Who is signed in is looked up anew at every step: roles change and end."""

from dataclasses import replace

import pytest

from bcma.bedside import Phase
from bcma.model.people import Role
from tests.bedside.ward import Bedside, held
from tests.rules.builders import NURSE


@pytest.mark.hazard("H83")
def test_whose_role_ended_is_signed_out_with_nothing_in_hand() -> None:
    ward = Bedside().in_phase(Phase.JUDGED)
    del ward.people["NV-0001"]
    state = ward.pass_.give()
    assert (state.phase, state.refused) == (Phase.SIGNED_OUT, "documentation.signed-out")
    assert (state.patient, state.dose, ward.records) == (None, None, [])


def test_whose_role_changed_is_judged_by_the_new_one() -> None:
    ward = Bedside().in_phase(Phase.JUDGED)
    ward.people["NV-0001"] = replace(NURSE, roles=frozenset({Role.STUDENT}))
    assert held(ward.pass_.state()) == {"documentation.role"}
    assert ward.pass_.give().refused == "documentation.role"
    ward.people["NV-0001"] = NURSE
    assert held(ward.pass_.state()) == set()


def test_a_locked_station_waits_for_whoever_signs_in() -> None:
    ward = Bedside().in_phase(Phase.JUDGED)
    ward.pass_.lock()
    del ward.people["NV-0001"]
    state = ward.pass_.state()
    assert (state.phase, state.session) == (Phase.SIGNED_OUT, None)
