"""Texts that stand for scans: scenarios, tests and training."""

from collections.abc import Callable, Iterable, Iterator
from datetime import datetime

from bcma.model.scan import Scan, ScanSource


def playback(texts: Iterable[str], clock: Callable[[], datetime]) -> Iterator[Scan]:
    """Give one scan per text, each at the instant that ``clock`` shows when it is asked for.

    Args:
        texts: as a reader delivers them, group separators as character 29.
        clock: gives aware instants.
    """
    for text in texts:
        yield Scan(text, clock(), ScanSource.PLAYBACK)
