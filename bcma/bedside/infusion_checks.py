"""What an infusion that runs is judged by, when more of it is to go in than runs already."""

from typing import Final

from bcma.bedside.course import Course
from bcma.bedside.hand import Dose
from bcma.bedside.orders import OrderBook
from bcma.model.chart import Chart
from bcma.model.order import Dosage, DoseRange, MedicationRequest, OrderStatus
from bcma.model.people import Session
from bcma.model.quantity import Quantity
from bcma.model.record import MedicationAdministration
from bcma.model.verdict import Finding
from bcma.rules import Attempt, judge
from bcma.rules.infusion import rates

#: Why no more of a drug may go in, whatever was let pass when its bag was hung.
_AGAINST_MORE: Final = frozenset(
    {
        "patient.not-admitted",
        "drug.order-inactive",
        "drug.order-unreadable",
        "drug.order-rejected",
        "response.hold",
        "response.prior-reaction",
    }
)


class StandingOrder:
    """The order that an infusion runs by, as it stands now.

    Where it was renewed, the copy that is in force counts.
    """

    def __init__(self, course: Course, session: Session, record: MedicationAdministration) -> None:
        self._course, self._session = course, session
        self._now = course.world.clock.now()
        self.chart: Chart = course.world.charts.chart(record.patient_id, self._now)
        ward = course.ward
        self._book = OrderBook(self.chart, self._now, ward.policy, ward.zone)
        self.order = self._copy_in_force(record)

    @property
    def dosage(self) -> Dosage | None:
        """Give the instruction with the rate."""
        return next((d for d in self._dosages if d.rate is not None), None)

    @property
    def rates(self) -> tuple[Quantity, Quantity] | None:
        """Give the lowest and the highest rate as ordered."""
        return rates(self.dosage)

    @property
    def most_at_once(self) -> Quantity | None:
        """Give the largest bolus that is ordered: as a limit, or as a dose of its own."""
        dosage = self.dosage
        if dosage is None:
            return None
        own = (_largest(d) for d in self._dosages if d.rate is None)
        return dosage.max_per_administration or next(filter(None, own), None)

    @property
    def attempt(self) -> Attempt:
        """Give what is to be judged: this order, with no unit in hand."""
        order = None if self.order is None else self.order.id
        dose = Dose(order_id=order or "")
        return self._course.hand.attempt(self._book, self._session, self._now, dose)

    def against_more(self, besides: frozenset[str] = frozenset()) -> tuple[Finding, ...]:
        """Give the findings for which no more of it may go in; ``besides`` these, too."""
        if self.order is None:
            return ()
        return tuple(
            found
            for found in judge(self.attempt).findings
            if found.code in _AGAINST_MORE | besides and found.holds_back
        )

    @property
    def _dosages(self) -> tuple[Dosage, ...]:
        return () if self.order is None else self.order.dosages

    def _copy_in_force(self, record: MedicationAdministration) -> MedicationRequest | None:
        view = self._book.view(record.order_id or "")
        if view is None:
            return None
        active = [copy for copy in view.chain if copy.status is OrderStatus.ACTIVE]
        return active[-1] if active else view.order


def _largest(dosage: Dosage) -> Quantity | None:
    match dosage.dose:
        case Quantity() as fixed:
            return fixed
        case DoseRange(high=high):
            return high
        case _:
            return None
