"""Which releases let which findings pass."""

from dataclasses import replace

import pytest

from bcma.model.record import ReleaseRecord
from bcma.model.verdict import ReleaseBy, Severity
from bcma.rules import covers, finding, is_released
from bcma.rules.releases import may_hold_for_pass

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


@pytest.mark.hazard("H100")
def test_a_reason_for_the_whole_pass_covers_the_warning_wherever_it_repeats() -> None:
    for_all = replace(REASON, whole_pass=True)
    repeated = replace(EARLY_WARN, subject="next")
    assert covers(for_all, repeated)
    assert not covers(replace(for_all, reason=None), repeated)
    assert not covers(replace(for_all, code="time.late"), repeated)
    assert not covers(for_all, replace(EARLY_STOP, subject="next"))
    as_a_stop = replace(repeated, severity=Severity.STOP)
    assert not covers(for_all, as_a_stop)
    with_witness = replace(repeated, release=(ReleaseBy.REASON, ReleaseBy.WITNESS))
    assert not covers(for_all, with_witness)


def test_only_plain_warnings_may_hold_for_a_pass() -> None:
    assert may_hold_for_pass(EARLY_WARN)
    assert not may_hold_for_pass(EARLY_STOP)
    assert not may_hold_for_pass(finding("drug.order-unread"))
    assert not may_hold_for_pass(finding("drug.lot-unknown", Severity.INFO))
    assert not may_hold_for_pass(finding("drug.allergy", Severity.WARN)), "guarded"


def test_the_cannot_of_an_ask_is_about_one_dose() -> None:
    ask = finding("dose.incomplete", subject="one")
    cannot = ReleaseRecord(
        code=ask.code, subject="one", reason="no-stock", cannot=True, whole_pass=True
    )
    assert covers(cannot, ask)
    assert not covers(cannot, replace(ask, subject="other"))
