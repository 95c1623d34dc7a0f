"""Whether a window can be opened here; tried in a child process, for Qt aborts where it cannot."""

import os
import subprocess
import sys

_PROBE = "from PySide6.QtGui import QGuiApplication; QGuiApplication([])"
_SECONDS = 30
_HEADLESS = frozenset({"offscreen", "minimal"})


def can_open() -> bool:
    """Tell whether a child process can connect to a display."""
    if os.environ.get("QT_QPA_PLATFORM", "") in _HEADLESS:
        return True
    has_server = os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY")
    if sys.platform.startswith("linux") and not has_server:
        return False
    try:
        probe = subprocess.run(  # noqa: S603 - this interpreter, a text of ours
            [sys.executable, "-c", _PROBE], capture_output=True, timeout=_SECONDS, check=False
        )
    except subprocess.TimeoutExpired:
        return False
    return probe.returncode == 0
