"""A patient's orders, chained: worked out once, for as long as the orders are the same."""

from dataclasses import dataclass
from datetime import datetime
from functools import cached_property

from bcma.model.order import MedicationRequest
from bcma.schedule import chains, period_of


@dataclass(frozen=True)
class Chain:
    """The renewals of one order, oldest copy first."""

    orders: tuple[MedicationRequest, ...]

    @cached_property
    def ids(self) -> frozenset[str]:
        """Give the ids of all copies."""
        return frozenset(order.id for order in self.orders)

    @cached_property
    def ends(self) -> datetime:
        """Give the instant after which none of them plans a dose."""
        return max(period_of(order).end for order in self.orders)


@dataclass(frozen=True)
class ChainedOrders:
    """All orders of a patient."""

    orders: tuple[MedicationRequest, ...]

    @cached_property
    def chains(self) -> tuple[Chain, ...]:
        """Give the renewal chains."""
        return tuple(Chain(orders) for orders in chains(self.orders))

    def of(self, order_id: str) -> Chain | None:
        """Give the chain to which an order belongs."""
        return self._by_id.get(order_id)

    @cached_property
    def _by_id(self) -> dict[str, Chain]:
        return {order_id: chain for chain in self.chains for order_id in chain.ids}
