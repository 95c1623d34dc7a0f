"""What the next scans need, read before they come: on the sync thread, not while a nurse waits."""

import gc
from collections.abc import Callable

from bcma.model.order import OrderStatus
from bcma.model.ports import Clock
from bcma.model.quantity import warm_up
from bcma.store import Store
from bcma.sync import SyncReport


class ReadAhead:
    """Synchronises by ``exchange``, and has the ward's charts in memory before and after.

    A chart of two hundred records takes a tenth of a second to read for the first time, the
    units of measure a whole one; both are quick ever after, until something changes.
    """

    def __init__(self, exchange: Callable[[], SyncReport], store: Store, clock: Clock) -> None:
        self._exchange = exchange
        self._store = store
        self._clock = clock
        self._is_first = True

    def __call__(self) -> SyncReport:
        """Exchange once; read where that, or the start of the program, brought news."""
        if self._is_first:
            self._is_first = False  # what cannot be read once must not keep records from the EMR
            self._read()
        report = self._exchange()
        if report.pulled.news:
            self._read()
        return report

    def _read(self) -> None:
        warm_up()
        now = self._clock.now()
        charts, drugs = self._store.charts, self._store.drugs
        for patient in charts.inpatients():
            for order in charts.chart(patient.id, now).orders:
                if order.status is OrderStatus.ACTIVE:
                    drugs.strengths_of(order.medication)
        # charts stay for hours: looking through them for garbage again and again delays scans
        gc.freeze()
