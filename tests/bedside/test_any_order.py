"""Verbs in any order: none raises, and nothing is written while anything holds the dose back."""

from datetime import timedelta

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from bcma.bedside import PassState, Phase, Proof
from bcma.model.findings import BY_CODE
from bcma.model.ports import SaveOutcome
from bcma.model.quantity import Quantity
from bcma.model.record import RecordStatus
from tests.bedside.ward import (
    BAND,
    GONE_BAND,
    OLD_BAND,
    OTHER_BAND,
    STAFF,
    Bedside,
    badge_pin,
    code,
    held,
)
from tests.rules.builders import mg, policy

TEXTS = st.one_of(
    st.sampled_from(
        [
            *(BAND, BAND, OLD_BAND, OTHER_BAND, GONE_BAND, "HS26001", "CMD-GIVE", "CMD-BACK"),
            *(code(number, serial) for number in range(1, 7) for serial in ("U1", "U2", None)),
            *(code(2, lot="L2"), code(1, "U3", expiry="251231"), "CMD-HOLD", "NV-0002"),
        ]
    ),
    st.text(max_size=20),
)
REASONS = st.sampled_from(["other", "clinical-judgement", "no-second-person", "lười"])
BADGES = st.sampled_from([*STAFF, "NV-9999"]).map(badge_pin)
PROOFS = st.builds(
    Proof,
    reason=st.none() | REASONS,
    prescriber=st.none() | BADGES | st.just("NV-0003"),
    pharmacist=st.none() | BADGES,
    witness=st.none() | BADGES,
)
VALUES = st.one_of(
    st.sampled_from([True, None, "late", "next", "PO", {"count": 2}, mg(5), mg(10), mg(20)]),
    BADGES,
)
CODES = st.sampled_from(sorted(BY_CODE))
ORDERS = st.sampled_from(["mr1", "mr2", "MedicationRequest/mr3", "mr4", "gone"])
WITHHELD = st.sampled_from([RecordStatus.HELD, RecordStatus.REFUSED, RecordStatus.NOT_GIVEN])
GIVEN = frozenset({RecordStatus.GIVEN, RecordStatus.GIVEN_IN_PART})


class AnyOrder(RuleBasedStateMachine):
    """Does what hands may do, in any order."""

    def __init__(self) -> None:
        super().__init__()
        self.ward = Bedside()
        self.state: PassState = self.ward.pass_.state()
        self.written = 0

    @initialize(phase=st.sampled_from(Phase), strict=st.booleans())
    def begin(self, phase: Phase, *, strict: bool) -> None:
        """Start anywhere; at a strict site orders are unread and unverified."""
        site = policy(acknowledge_orders=strict, verification="hours" if strict else "off")
        self.ward = Bedside(site=site).in_phase(phase)
        self.state = self.ward.pass_.state()
        self.written = len(self.ward.records)

    @precondition(lambda self: self.state.phase in {Phase.NEED_DRUG, Phase.RECORDED})
    @rule(number=st.integers(1, 4), serial=st.integers(0, 99))
    def take_units(self, number: int, serial: int) -> None:
        self.state = self.ward.scan(BAND, code(number, f"A{serial}"), code(number, f"B{serial}"))

    @rule(texts=st.lists(TEXTS, max_size=4))
    def scan(self, texts: list[str]) -> None:
        for text in texts:
            self.state = self.ward.scan(text)
            self._check()

    @rule(badge=st.sampled_from([*STAFF, "NV-9999"]), pin=st.sampled_from(["4711", "4711", "0"]))
    def sign_in(self, badge: str, pin: str) -> None:
        self.state = self.ward.pass_.sign_in(badge, pin)

    @precondition(lambda self: self.state.phase is Phase.SIGNED_OUT)
    @rule()
    def come_back(self) -> None:
        self.state = self.ward.pass_.sign_in("NV-0001", "4711")

    @rule(lock=st.booleans())
    def leave(self, *, lock: bool) -> None:
        self.state = self.ward.pass_.lock() if lock else self.ward.pass_.sign_out()

    @rule(what=st.sampled_from(["band", "unit"]), reason=REASONS, typed=st.booleans())
    def by_hand(self, what: str, reason: str, *, typed: bool) -> None:
        known = {"mrn": "26001", "name": "Nguyễn Văn An", "drug": "ZN", "lot": "L1"}
        self.state = self.ward.pass_.unable_to_scan(what, reason, known if typed else {})

    @rule(order=ORDERS)
    def open_order(self, order: str) -> None:
        self.state = self.ward.pass_.open_order(order)

    @rule(value=VALUES, code_=CODES, index=st.integers(0, 5))
    def answer(self, value: object, code_: str, index: int) -> None:
        open_ones = [*sorted(held(self.state)), code_]
        self.state = self.ward.pass_.answer(open_ones[index % len(open_ones)], value)

    @rule(proof=PROOFS, code_=CODES, index=st.integers(0, 5), cannot=st.booleans())
    def release(self, proof: Proof, code_: str, index: int, *, cannot: bool) -> None:
        open_ones = [*sorted(held(self.state)), code_]
        chosen = open_ones[index % len(open_ones)]
        self.state = self.ward.pass_.release(chosen, proof, cannot=cannot)

    @rule(amount=st.sampled_from([None, None, mg(5), mg(500)]), reason=st.none() | REASONS)
    def give(self, amount: Quantity | None, reason: str | None) -> None:
        self.state = self.ward.pass_.give(amount, reason)
        self._check()

    @rule(status=WITHHELD, reason=REASONS, order=st.none() | ORDERS)
    def withhold(self, status: RecordStatus, reason: str, order: str | None) -> None:
        self.state = self.ward.pass_.withhold(status, reason, order)
        assert self.state.record in (None, status)
        self.written = len(self.ward.records)

    @rule()
    def take_back(self) -> None:
        self.state = self.ward.pass_.take_back()

    @rule(minutes=st.integers(1, 400))
    def wait(self, minutes: int) -> None:
        self.ward.now += timedelta(minutes=minutes)
        self.state = self.ward.pass_.state()

    @rule(outcome=st.sampled_from(SaveOutcome))
    def disk(self, outcome: SaveOutcome) -> None:
        self.ward.outcome = outcome

    def _check(self) -> None:
        """Hold the newest record against the verdict under which it was written."""
        for kept in self.ward.records[self.written :]:
            assert kept.status in GIVEN
            assert self.state.phase is Phase.RECORDED
            assert not [f.code for f in kept.findings if f.holds_back]
            assert kept.amount is not None
            assert kept.patient_id == "p1"
            assert kept.giver_id
        self.written = len(self.ward.records)

    @invariant()
    def nothing_else_is_written(self) -> None:
        assert len(self.ward.records) == self.written

    @invariant()
    def nobody_acts_signed_out(self) -> None:
        assert (self.state.session is None) == (self.state.phase is Phase.SIGNED_OUT)


AnyOrder.TestCase.settings = settings(max_examples=60, stateful_step_count=30, deadline=None)
TestAnyOrder = AnyOrder.TestCase
