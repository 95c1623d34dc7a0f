"""Texts that stand for scans."""

from datetime import UTC, datetime, timedelta

from bcma.model.scan import Scan, ScanSource
from bcma.scanner.playback import playback


def test_each_text_is_a_scan_of_the_instant_it_is_asked_for() -> None:
    start = datetime(2026, 3, 2, 1, tzinfo=UTC)
    instants = iter([start, start + timedelta(seconds=5)])
    assert list(playback(["BN240001.1", "]E08935001700111"], lambda: next(instants))) == [
        Scan("BN240001.1", start, ScanSource.PLAYBACK),
        Scan("]E08935001700111", start + timedelta(seconds=5), ScanSource.PLAYBACK),
    ]
