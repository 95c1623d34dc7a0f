"""What a scanned text is, for the little that the window itself must know: badges, commands."""

from dataclasses import fields
from datetime import datetime

from bcma.barcode import SiteFormats, parse
from bcma.config import Config, Wedge
from bcma.model.scan import Barcode
from bcma.scanner.keystroke import WedgeSettings


class CodeReader:
    """Reads texts by the formats of this site."""

    def __init__(self, config: Config) -> None:
        self._zone = config.zone
        known = {f.name for f in fields(SiteFormats)}
        written = {name: getattr(config.formats, name) for name in known}
        self._formats = SiteFormats(**written)

    def parse(self, text: str, now: datetime) -> Barcode:
        """Give what a text is; every text is something."""
        today = now.astimezone(self._zone).date()
        return parse(text, self._formats, zone=self._zone, today=today)


def wedge_settings(config: Wedge) -> WedgeSettings:
    """Give the wedge's settings as configured."""
    return WedgeSettings(
        threshold_ms=config.threshold_ms,
        prefix=config.prefix,
        suffix_required=config.suffix_required,
        caps_lock_compensated=config.caps_lock_compensated,
    )
