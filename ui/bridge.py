"""The only crossing between threads: work goes to a worker, its result comes back by one signal.

Background work has one shape: operation, success, failure. Callbacks of the station's own
threads (delivery) come through the same signal by :meth:`Bridge.post`.
"""

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import TypeVar

from PySide6.QtCore import QObject, Qt, Signal

_Result = TypeVar("_Result")


class Bridge(QObject):
    """Runs operations on one worker thread and calls back on the window's."""

    _arrived = Signal(object)

    def __init__(self) -> None:
        super().__init__()
        self._worker = ThreadPoolExecutor(max_workers=1, thread_name_prefix="bridge")
        self._home = threading.get_ident()
        self._open = True
        self._arrived.connect(self._call, Qt.ConnectionType.QueuedConnection)

    def run(
        self,
        operation: Callable[[], _Result],
        success: Callable[[_Result], None],
        failure: Callable[[Exception], None],
    ) -> None:
        """Run an operation off the window's thread; exactly one of the callbacks follows."""

        def work() -> None:
            try:
                result = operation()
            except Exception as error:  # noqa: BLE001 - handed to the failure callback, whatever it is
                self._send(partial(failure, error))
            else:
                self._send(lambda: success(result))

        self._worker.submit(work)

    def post(self, call: Callable[[], None]) -> None:
        """Have something called on the window's thread; may be called from any thread."""
        self._send(call)

    def close(self) -> None:
        """Wait for the running operation; results that come later are dropped with the window."""
        self._open = False
        self._worker.shutdown(wait=True, cancel_futures=True)

    def _send(self, call: Callable[[], None]) -> None:
        if self._open:
            self._arrived.emit(call)

    def _call(self, call: object) -> None:
        if self._open and callable(call):
            call()
