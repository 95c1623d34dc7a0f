"""What the nurse holds: the open patient, the units of one dose, and what was answered.

A small mutable holder behind :class:`bcma.bedside.medpass.MedPass`; everything judged from
it goes through :meth:`Hand.attempt`, which is a value.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime

from bcma.bedside.orders import OrderBook, OrderInView
from bcma.bedside.world import Ward
from bcma.model.drug import Medication
from bcma.model.people import BandScan, Session
from bcma.model.ports import DrugFile
from bcma.model.quantity import Quantity
from bcma.model.record import ReleaseRecord
from bcma.model.scan import Wristband
from bcma.rules.attempt import Answers, Attempt, BandInHand, MatchRank, UnitInHand
from bcma.rules.matching import RANKS, rank


@dataclass(slots=True)
class Dose:
    """The dose being prepared.

    Attributes:
        order_id: the order that it is given from, once one fits or was chosen.
        shown_version: that order's version when it was first shown.
        wanted: the amount of a give that was refused: what stood in its way may be answered or
            released, and then it is given.
    """

    units: list[UnitInHand] = field(default_factory=list)
    order_id: str | None = None
    shown_version: str = ""
    answers: Answers = field(default_factory=Answers)
    wanted: Quantity | None = None

    @property
    def products(self) -> tuple[Medication, ...]:
        """Give the products in hand, in the order of their scans."""
        return tuple(unit.product for unit in self.units if unit.product is not None)


@dataclass(slots=True)
class Hand:
    """Everything of a pass that changes from step to step.

    ``pass_releases`` hold for every dose of the pass: findings about patient and chart, and
    warnings whose reason was given once for all.
    """

    ward: Ward
    drug_file: DrugFile
    patient_id: str | None = None
    band: BandInHand | None = None
    dose: Dose | None = None
    pass_releases: tuple[ReleaseRecord, ...] = ()

    def open_patient(self, patient_id: str, band: BandInHand) -> None:
        """Open a patient; whatever was in hand for another is void."""
        if self.patient_id != patient_id:
            self.close_patient()
        self.patient_id, self.band = patient_id, band

    def close_patient(self) -> None:
        """Leave no patient open and nothing in hand."""
        self.patient_id = self.band = self.dose = None
        self.pass_releases = ()

    def attempt(
        self,
        book: OrderBook | None,
        session: Session | None,
        now: datetime,
        dose: Dose | None = None,
    ) -> Attempt:
        """Give what is in hand (or another dose) as a value to judge.

        The order that a dose is for is fixed as soon as exactly one fits.
        """
        dose = dose or self.dose
        blank = Attempt(
            now=now,
            zone=self.ward.zone,
            policy=self.ward.policy,
            ward=self.ward.code,
            station=self.ward.station,
            session=session,
            chart=None if book is None else book.chart,
            band=None if book is None else self._band_now(book),
            answers=Answers(releases=self.pass_releases),
            knowledge_absent=self.ward.knowledge_absent,
        )
        if book is None or dose is None:
            return blank
        return self._dose_attempt(blank, book, dose)

    def refresh_units(self) -> None:
        """Look every unit in hand up anew: a lot may have been recalled, a label reassigned."""
        dose = self.dose or Dose()
        for index, unit in enumerate(dose.units):
            facts = self.drug_file.unit_facts(unit.code)
            known = [p for p in facts.products if p.active and not p.problems]
            product = known[0] if len(known) == len(facts.products) == 1 else None
            dose.units[index] = replace(
                unit,
                product=product,
                label=facts.label,
                used_by=facts.used_by,
                uses=facts.uses,
            )

    def _band_now(self, book: OrderBook) -> BandInHand | None:
        """Give the band as it stands on the patient's record now: it may have been replaced."""
        band = self.band
        if band is None or band.code is None:
            return band
        required = self.ward.policy.band_instance_required
        prints = [
            b
            for b in book.chart.patient.bands
            if b.is_print_of(band.code, instance_required=required)
        ]
        # A print that is on nobody's record any more counts as replaced.
        return replace(
            band,
            void=all(b.is_void(book.now) for b in prints),
            elsewhere=self._scanned_elsewhere(book, band.code, band.at),
        )

    def _scanned_elsewhere(
        self, book: OrderBook, band: Wristband, before: datetime
    ) -> BandScan | None:
        """Give the last scan of this band before ours, on another station than this one."""
        scans = (
            scan
            for scan in book.chart.band_scans
            if scan.station != self.ward.station and scan.band in band.values and scan.at <= before
        )
        return max(scans, key=lambda scan: scan.at, default=None)

    def _dose_attempt(self, blank: Attempt, book: OrderBook, dose: Dose) -> Attempt:
        views = self._views(book, dose)
        answers = replace(dose.answers, releases=self.pass_releases + dose.answers.releases)
        base = replace(blank, units=tuple(dose.units), answers=answers)
        if len(views) != 1:
            return replace(base, candidates=tuple(v.order for v in views))
        view = views[0]
        if dose.order_id is None:
            dose.order_id, dose.shown_version = view.order.id, view.order.version
        return replace(
            base,
            order=view.order,
            rank=self._rank(dose, view),
            chain=view.chain,
            dosage=view.dosage,
            order_problems=view.problems,
            shown_version=dose.shown_version,
            claim=view.claim,
            opens_at=view.opens_at,
            closes_at=view.closes_at,
            strengths=tuple(self._strengths(dose, view)),
            already_given=view.already_given,
        )

    def _views(self, book: OrderBook, dose: Dose) -> tuple[OrderInView, ...]:
        if dose.order_id is not None:
            view = book.view(dose.order_id, dose.answers.slot_choice)
            return () if view is None else (view,)
        # A diluent may be scanned before the drug that it is for.
        fitting = (
            book.fitting(unit.product, None if unit.label is None else unit.label.order_id)
            for unit in dose.units
            if unit.product is not None
        )
        return tuple(view for view, _ in next(filter(None, fitting), ()))

    def _rank(self, dose: Dose, view: OrderInView) -> MatchRank:
        ranks = (rank(product, view.order, self.ward.policy) for product in dose.products)
        return max(ranks, key=RANKS.index, default=MatchRank.NONE)

    def _strengths(self, dose: Dose, view: OrderInView) -> Sequence[Medication]:
        own = (p for p in dose.products if self._fits(p, view))
        return self.drug_file.strengths_of(next(own, view.order.medication))

    def _fits(self, product: Medication, view: OrderInView) -> bool:
        return rank(product, view.order, self.ward.policy) is not MatchRank.NONE
