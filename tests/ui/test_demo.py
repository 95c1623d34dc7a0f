"""The sample ward comes up by itself, twice at once, on today's dates."""

from datetime import timedelta

import httpx

from bcma.bedside import Due, Phase
from ui.demo import demonstration


def test_demonstration_is_ready_for_a_pass() -> None:
    with demonstration() as demo:
        state = demo.station.sign_in("NV-0001", "4711")
        assert state.phase is Phase.NEED_PATIENT
        state = demo.station.scan("BN260001.2")
        assert state.phase is Phase.NEED_DRUG
        due = [row for row in state.due if row.due is Due.DUE]
        assert due
        for row in due:
            assert row.standing is not None
            assert abs(row.standing.slot.planned - state.now) < timedelta(hours=2)
        assert state.verdict is not None
        assert "drug.order-unread" not in {f.code for f in state.verdict.findings}


def test_two_demonstrations_share_nothing() -> None:
    with demonstration() as one, demonstration() as other:
        assert one.emr_url != other.emr_url
        assert one.station.config.data_folder != other.station.config.data_folder
        for demo in (one, other):
            found = httpx.get(f"{demo.emr_url}/Patient?_count=1").json()
            assert found["entry"]


def test_store_goes_with_the_demonstration() -> None:
    with demonstration() as demo:
        folder = demo.station.config.data_folder
        assert folder.exists()
    assert not folder.exists()
