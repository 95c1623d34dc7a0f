"""Which releases let which findings pass."""

from dataclasses import replace

import pytest

from bcma.model.record import ReleaseRecord
from bcma.model.verdict import ReleaseBy, Severity
from bcma.rules import covers, finding, is_released

EARLY_WARN = finding("time.early", Severity.WARN, subject="slot")
EARLY_STOP = finding("time.early", Severity.STOP, subject="slot")
REASON = ReleaseRecord(code="time.early", subject="slot", reason="patient-request")
PRESCRIBER = ReleaseRecord(code="time.early", subject="slot", prescriber_id="d1")


def test_a_reason_covers_a_warning_of_the_same_subject_only() -> None:
    assert covers(REASON, EARLY_WARN)
    assert not covers(REASON, replace(EARLY_WARN, subject="next"))
    assert not covers(replace(REASON, code="time.late"), EARLY_WARN)
    assert not covers(replace(REASON, reason=None), EARLY_WARN)


def test_a_reason_does_not_cover_the_stop_that_the_warning_became() -> None:
    assert not covers(REASON, EARLY_STOP)
    assert covers(PRESCRIBER, EARLY_STOP)


@pytest.mark.hazard("H112")
def test_a_telephone_release_needs_its_read_back() -> None:
    by_telephone = replace(PRESCRIBER, by_telephone=True)
    assert not covers(by_telephone, EARLY_STOP)
    assert covers(replace(by_telephone, witness_id="n2"), EARLY_STOP)


def test_all_who_must_are_needed() -> None:
    both = finding("time.weekly-only", subject="s")
    assert both.release == (ReleaseBy.PRESCRIBER, ReleaseBy.PHARMACIST)
    one = ReleaseRecord(code=both.code, subject="s", prescriber_id="d1")
    assert not covers(one, both)
    assert covers(replace(one, pharmacist_id="ph1"), both)
    alone = replace(one, prescriber_id=None, pharmacist_id="ph1")
    assert not covers(alone, both)
    high = finding("dose.above-single-max")
    assert not covers(ReleaseRecord(code=high.code, prescriber_id="d1"), high)
    assert covers(ReleaseRecord(code=high.code, prescriber_id="d1", witness_id="n2"), high)


def test_nobody_releases_what_never_passes() -> None:
    never = finding("drug.expired", subject="u")
    full = ReleaseRecord(
        code="drug.expired",
        subject="u",
        reason="other",
        prescriber_id="d1",
        pharmacist_id="ph1",
        witness_id="n2",
    )
    assert not covers(full, never)


def test_an_ask_is_let_pass_by_cannot_and_its_reason() -> None:
    ask = finding("drug.order-unread", subject="v1")
    cannot = ReleaseRecord(code=ask.code, subject="v1", reason="cannot-ask", cannot=True)
    assert covers(cannot, ask)
    assert not covers(replace(cannot, cannot=False), ask)
    assert not covers(replace(cannot, reason=None), ask)
    must = finding("drug.choose-order", subject="v1")
    assert not covers(replace(cannot, code=must.code), must)


def test_information_passes_and_no_release_is_none() -> None:
    note = finding("drug.lot-unknown", Severity.INFO)
    assert covers(ReleaseRecord(code=note.code), note)
    assert not is_released(EARLY_WARN, ())
    assert is_released(EARLY_WARN, (PRESCRIBER, REASON))
