"""Bands that this station does not know: their holders are asked of the EMR (fhir.md, census)."""

from zoneinfo import ZoneInfo

from bcma.barcode import SiteFormats, parse
from bcma.model.ports import Clock
from bcma.model.scan import Wristband
from bcma.store import Store
from bcma.sync import Sync


class Bands:
    """Tells bands that are not known here, and learns whose they are.

    Args:
        sync: asks the EMR.
        store: the station's store.
        clock: server-corrected time.
        formats: forms of the codes that the site prints itself.
        zone: of the ward.
    """

    def __init__(
        self, sync: Sync, store: Store, clock: Clock, formats: SiteFormats, zone: ZoneInfo
    ) -> None:
        self._sync = sync
        self._store = store
        self._clock = clock
        self._formats = formats
        self._zone = zone

    def is_unknown(self, text: str) -> bool:
        """Tell whether a scan is a band of nobody who is known here.

        Routing such a scan asks the EMR, and lasts as long as its answer.

        Raises:
            StoreError: the store cannot be read.
        """
        return self._unknown(text) is not None

    def learn(self, text: str) -> None:
        """Ask the EMR for the holder of a band that is not known here; other scans ask nothing.

        Raises:
            StoreError: the store cannot be read or written.
        """
        band = self._unknown(text)
        if band is not None:
            self._sync.lookup_band(band)

    def _unknown(self, text: str) -> Wristband | None:
        today = self._clock.now().astimezone(self._zone).date()
        code = parse(text, self._formats, zone=self._zone, today=today)
        if isinstance(code, Wristband) and self._store.charts.holder_of(code) is None:
            return code
        return None
