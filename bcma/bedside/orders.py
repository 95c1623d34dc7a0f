"""Which order a product is given from, and what that order plans now.

*Which order, which slot* of the eight rights: exact product, then ingredient and form, then
ingredient; active and due before others; of equal rank the nurse chooses. A chain of
renewals is one order.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from zoneinfo import ZoneInfo

from bcma.bedside.chained import Chain, ChainedOrders
from bcma.model.chart import Chart
from bcma.model.drug import Medication
from bcma.model.order import ORDERING_INTENTS, Dosage, MedicationRequest, OrderStatus, Problem
from bcma.model.quantity import Quantity
from bcma.model.record import MedicationAdministration, RecordStatus
from bcma.model.slot import Claim, ClaimKind, SlotStanding, SlotState
from bcma.policy import Policy
from bcma.rules.attempt import MatchRank
from bcma.rules.matching import RANKS, rank
from bcma.schedule import Schedule, claim, standings


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderInView:
    """An order (the copy of its chain that counts now) with its schedule around now."""

    order: MedicationRequest
    chain: tuple[MedicationRequest, ...]
    standings: tuple[SlotStanding, ...]
    claim: Claim
    problems: tuple[Problem, ...]
    is_running: bool
    last_given_at: datetime | None
    opens_at: datetime | None
    closes_at: datetime | None

    @property
    def dosage(self) -> Dosage | None:
        """Give the instruction of the claimed slot, else the as-needed one, else the first."""
        dosages = self.order.dosages
        if self.claim.standing is not None and self.claim.standing.slot.dosage < len(dosages):
            return dosages[self.claim.standing.slot.dosage]
        if self.claim.kind is ClaimKind.RUNS_ON:
            return next(d for d in dosages if self.order.runs_on(d))
        return next((d for d in dosages if d.as_needed), dosages[0] if dosages else None)

    @property
    def already_given(self) -> tuple[Quantity | None, ...]:
        """Give what part-doses of the claimed slot have given; ``None`` for an unknown amount."""
        standing = self.claim.standing
        if standing is None or standing.state is not SlotState.GIVEN_IN_PART:
            return ()
        return tuple(r.amount for r in standing.given if r.status is not RecordStatus.LOST)

    @property
    def is_active(self) -> bool:
        """Tell whether it is in force, as far as its status says."""
        order = self.order
        return (
            order.status is OrderStatus.ACTIVE
            and not order.prohibits
            and order.intent in ORDERING_INTENTS
        )

    def urgency(self, now: datetime) -> int:
        """Rank by time: a slot open now, then as needed, then everything else."""
        standing = self.claim.standing
        if self.claim.kind in {ClaimKind.AS_NEEDED, ClaimKind.RUNS_ON}:
            return 1
        if standing is None or self.claim.kind is ClaimKind.ALREADY_GIVEN:
            return 0
        opens = standing.slot.earliest or standing.slot.planned
        return 2 if now >= opens else 0


@dataclass(frozen=True, slots=True)
class _Planned:
    """A chain's slots around now, each as it stands, and its records."""

    standings: tuple[SlotStanding, ...]
    problems: tuple[Problem, ...]
    records: Sequence[MedicationAdministration]


@dataclass(frozen=True)
class OrderBook:
    """All orders of one chart, chained and scheduled for one instant."""

    chart: Chart
    now: datetime
    policy: Policy
    zone: ZoneInfo
    known: ChainedOrders | None = None

    @cached_property
    def chained(self) -> ChainedOrders:
        """Give the orders, chained; as it is known, if they are still the same."""
        if self.known is not None and self.known.orders == self.chart.orders:
            return self.known
        return ChainedOrders(self.chart.orders)

    def view(self, order_id: str, choice: str | None = None) -> OrderInView | None:
        """Give one order as it stands, named by any copy of its chain."""
        chain = self.chained.of(order_id)
        return None if chain is None else self._view(chain, choice, order_id)

    def since(self, earliest: datetime) -> tuple[OrderInView, ...]:
        """Give every chain that plans doses after an instant, as it stands."""
        return tuple(self._view(chain) for chain in self.chained.chains if chain.ends >= earliest)

    def fitting(
        self, product: Medication, labelled: str | None = None
    ) -> tuple[tuple[OrderInView, MatchRank], ...]:
        """Give the orders that fit a product best; several means that the nurse chooses.

        ``labelled`` is the order that pharmacy dispensed the unit for: among equals it is meant.
        """
        ranked = [
            (self._view(chain), best)
            for chain in self.chained.chains
            if (best := self._rank(product, chain.orders)) is not MatchRank.NONE
        ]
        if not ranked:
            return ()
        top = max(self._key(view, best) for view, best in ranked)
        equal = tuple((v, best) for v, best in ranked if self._key(v, best) == top)
        meant = tuple((v, best) for v, best in equal if any(o.id == labelled for o in v.chain))
        return meant or equal

    def _rank(self, product: Medication, chain: Sequence[MedicationRequest]) -> MatchRank:
        ranks = (rank(product, order, self.policy) for order in chain)
        return max(ranks, key=RANKS.index)

    def _key(self, view: OrderInView, best: MatchRank) -> tuple[bool, int, int]:
        return view.is_active, RANKS.index(best), view.urgency(self.now)

    @cached_property
    def _views(self) -> dict[tuple[frozenset[str], str | None, str | None], OrderInView]:
        """Keep what was worked out: at one instant an order stands one way only."""
        return {}

    def _view(
        self, chain: Chain, choice: str | None = None, named: str | None = None
    ) -> OrderInView:
        key = chain.ids, choice, named
        if key not in self._views:
            self._views[key] = self._worked_out(chain, choice, named)
        return self._views[key]

    def _worked_out(self, chain: Chain, choice: str | None, named: str | None) -> OrderInView:
        planned = self._planned(chain)
        states, records = planned.standings, planned.records
        order = _copy_that_counts(chain.orders, named)
        claimed = _claim(order, states, planned.problems, self.now, choice)
        if claimed.standing is not None and named is None:
            order = _owner(chain.orders, claimed.standing, order)
        opening = Schedule(self.policy, self.zone).opening(order)
        return OrderInView(
            order=order,
            chain=chain.orders,
            standings=states,
            claim=claimed,
            problems=(*order.problems, *planned.problems),
            is_running=any(r.status is RecordStatus.RUNNING for r in records),
            last_given_at=_last_given_at(records),
            opens_at=opening.opens,
            closes_at=_closes(opening.ends, claimed),
        )

    @cached_property
    def _plans(self) -> dict[frozenset[str], _Planned]:
        """Keep the schedules too: they hang neither on a choice nor on the copy that is named."""
        return {}

    def _planned(self, chain: Chain) -> _Planned:
        if chain.ids not in self._plans:
            plan = Schedule(self.policy, self.zone).slots(chain.orders, self.now)
            records = self.chart.history.of_orders(chain.ids)
            states = standings(plan.slots, records)
            self._plans[chain.ids] = _Planned(states, plan.problems, records)
        return self._plans[chain.ids]


def _last_given_at(records: Sequence[MedicationAdministration]) -> datetime | None:
    return max((r.known_at for r in records if r.went_in and r.known_at), default=None)


def _claim(
    order: MedicationRequest,
    states: tuple[SlotStanding, ...],
    problems: tuple[Problem, ...],
    now: datetime,
    choice: str | None,
) -> Claim:
    if order.as_needed:
        return Claim(kind=ClaimKind.AS_NEEDED)
    if problems and not states:
        return Claim(kind=ClaimKind.UNREADABLE)
    if not states and any(d.as_needed for d in order.dosages):
        return Claim(kind=ClaimKind.AS_NEEDED)
    claimed = claim(states, now, choice)
    nothing_due = claimed.kind in {ClaimKind.NOT_DUE, ClaimKind.ALREADY_GIVEN}
    if nothing_due and any(order.runs_on(d) for d in order.dosages):
        return Claim(kind=ClaimKind.RUNS_ON)  # after a loading dose, or from the beginning
    return claimed


def _copy_that_counts(chain: tuple[MedicationRequest, ...], named: str | None) -> MedicationRequest:
    """Give the newest active copy, else the newest; a copy chosen by hand stays chosen."""
    if named is not None:
        return next(o for o in chain if o.id == named)
    active = [o for o in chain if o.status is OrderStatus.ACTIVE]
    return (active or list(chain))[-1]


def _owner(
    chain: tuple[MedicationRequest, ...], standing: SlotStanding, fallback: MedicationRequest
) -> MedicationRequest:
    """Give the copy in whose period the claimed slot lies, if it is still in force."""
    owner = next((o for o in chain if o.id == standing.slot.order_id), fallback)
    return owner if owner.status is OrderStatus.ACTIVE else fallback


def _closes(ends: datetime | None, claimed: Claim) -> datetime | None:
    """Keep an open slot inside the period claimable for half an interval after the end."""
    standing = claimed.standing
    if ends is None or standing is None or standing.is_taken or standing.slot.planned > ends:
        return ends
    interval = standing.slot.interval
    return ends if interval is None else max(ends, standing.slot.planned + interval / 2)
