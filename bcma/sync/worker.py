"""The sync thread: one shape, operation → success or failure."""

import logging
from collections.abc import Callable
from pathlib import Path
from threading import Event, Thread
from traceback import extract_tb

from bcma.errors import BcmaError
from bcma.sync.report import SyncReport

_log = logging.getLogger(__name__)


class SyncBrokenError(BcmaError):
    """A mistake of ours ended one synchronisation; ``kind`` names the exception."""

    code = "sync.broken"


class SyncWorker:
    """Runs an operation every few seconds, and at once when woken, until it is stopped.

    Args:
        operation: one synchronisation, such as :meth:`Sync.poll`.
        on_success: gets its report; runs on the worker's thread.
        on_failure: gets what either raised (the station's own disk, or a mistake of ours); runs
            there too. The next run comes all the same.
        seconds: from the end of one to the beginning of the next.
    """

    def __init__(
        self,
        operation: Callable[[], SyncReport],
        on_success: Callable[[SyncReport], None],
        on_failure: Callable[[BcmaError], None],
        *,
        seconds: float = 10.0,
    ) -> None:
        self._operation = operation
        self._on_success = on_success
        self._on_failure = on_failure
        self._seconds = seconds
        self._woken = Event()
        self._stopping = False
        # no daemon: a write to the disk is finished before the program ends
        self._thread = Thread(target=self._run, name="bcma-sync", daemon=False)

    def start(self) -> None:
        """Begin with a first run at once."""
        self._woken.set()
        self._thread.start()

    def wake(self) -> None:
        """Run as soon as the present run is over."""
        self._woken.set()

    def stop(self) -> None:
        """End after the present run, and wait for it; may be called again, or without a start."""
        self._stopping = True
        self._woken.set()
        if self._thread.is_alive():
            self._thread.join()

    def _run(self) -> None:
        while True:
            self._woken.wait(self._seconds)
            self._woken.clear()
            if self._stopping:
                return
            self._run_once()

    def _run_once(self) -> None:
        try:
            self._on_success(self._operation())
        except BcmaError as failed:
            _log.warning("sync failed: %s", failed.code)
            self._on_failure(failed)
        except Exception as mistake:  # noqa: BLE001 - told below; delivery must not end for ever
            kind, place = type(mistake).__name__, _place_of(mistake)
            # not its message and no traceback: they may hold what is in a chart
            _log.error("sync broke: %s at %s", kind, place)
            self._on_failure(SyncBrokenError(kind=kind, place=place))


def _place_of(mistake: Exception) -> str:
    """Name the file and line that raised."""
    frames = extract_tb(mistake.__traceback__)
    return f"{Path(frames[-1].filename).name}:{frames[-1].lineno}" if frames else ""
