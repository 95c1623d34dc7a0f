"""A record survives its way through bytes without loss."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta, timezone
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bcma.model.quantity import Quantity
from bcma.model.record import (
    MedicationAdministration,
    RecordedUnit,
    RecordStatus,
    ReleaseRecord,
)
from bcma.model.verdict import Fact, Finding, ReleaseBy, Severity
from bcma.store import StoreIsCorruptError
from bcma.store.codec import decode_record, encode_record

AT = datetime(2026, 3, 2, 8, 0, 20, 125, tzinfo=timezone(timedelta(hours=7)))
FULL = MedicationAdministration(
    status=RecordStatus.GIVEN_IN_PART,
    patient_id="p1",
    given_at=AT,
    event_id="e1",
    slot=AT,
    slot_id="s1",
    ingredients=frozenset({"C", "A", "B"}),
    amount=Quantity(Decimal("1.50"), "mg"),
    units=(
        RecordedUnit(
            medication_id="m1",
            expiry=date(2028, 2, 29),
            amount=Quantity(Decimal("0.5"), "{tablet}"),
        ),
    ),
    prn_score=Decimal("7.0"),
    measured=(("8867-4", Quantity(Decimal(48), "/min")),),
    findings=(
        Finding(
            code="drug.expired",
            severity=Severity.STOP,
            facts={"expiry": date(2025, 12, 31)},
            release=(ReleaseBy.PRESCRIBER, ReleaseBy.WITNESS),
        ),
    ),
    releases=(ReleaseRecord(code="time.late", reason="asleep", at=AT),),
)
INSTANTS = st.datetimes(timezones=st.sampled_from([UTC, timezone(timedelta(hours=7))]))
TEXT = st.text(st.characters(codec="utf-8"), max_size=20)
FACTS: st.SearchStrategy[Fact] = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-(2**53), 2**53),
    st.decimals(allow_nan=False, allow_infinity=False, places=3),
    st.dates(),
    INSTANTS,
    TEXT,
    st.lists(TEXT, max_size=3).map(tuple),
    st.builds(Quantity, st.decimals(-1000, 1000, places=2), st.just("mg")),
)


def test_a_full_record_survives() -> None:
    assert decode_record(encode_record(FULL)) == FULL


def test_decimals_keep_their_digits() -> None:
    amount = decode_record(encode_record(FULL)).amount
    assert amount is not None
    assert str(amount.value) == "1.50"


@given(st.dictionaries(TEXT, FACTS, max_size=4))
def test_every_fact_comes_back_as_the_type_that_it_was(facts: dict[str, Fact]) -> None:
    finding = Finding(code="drug.expired", severity=Severity.WARN, facts=facts, released=True)
    back = decode_record(encode_record(replace(FULL, findings=(finding,)))).findings[0]
    assert back == finding
    assert {k: type(v) for k, v in back.facts.items()} == {k: type(v) for k, v in facts.items()}


def test_equal_records_have_equal_bytes() -> None:
    other = replace(FULL, ingredients=frozenset({"B", "C", "A"}))
    assert encode_record(other) == encode_record(FULL)


@pytest.mark.parametrize(
    "old, new", [(b'"given-in-part"', b'"gvien"'), (b'"patient_id"', b'"p"'), (b"}", b"")]
)
def test_altered_bytes_are_refused(old: bytes, new: bytes) -> None:
    with pytest.raises(StoreIsCorruptError):
        decode_record(encode_record(FULL).replace(old, new))
