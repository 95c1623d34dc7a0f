"""The installed PySide6 does not lose references.

6.12.0 on Python 3.10 and 3.11 drops one reference to ``True`` at every ``Signal.emit()``
and aborts after about 570 of them: in the middle of a shift.
"""

import subprocess
import sys

EMITS = 500
NOISE = 20
"""References that unrelated code may take or drop meanwhile."""

COUNT = f"""
import sys
from PySide6.QtCore import QObject, Signal
class Bell(QObject):
    rung = Signal(object)
bell = Bell()
bell.rung.connect(lambda value: None)
before = sys.getrefcount(True)
for _ in range({EMITS}):
    bell.rung.emit(1)
print(before - sys.getrefcount(True))
"""


def test_five_hundred_signals_lose_no_reference_to_true() -> None:
    child = subprocess.run(
        [sys.executable, "-c", COUNT], capture_output=True, text=True, check=True
    )
    assert abs(int(child.stdout)) < NOISE
