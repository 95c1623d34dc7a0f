"""Plays a person with a reader at the real window: real keys by xdotool, pictures of the screen."""

import os
import re
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

import httpx

from ui.xvfb import VirtualDisplay

#: Gaps between keys: a wired reader's, and a person's.
_READER_MS: Final = 8
_PERSON_MS: Final = 120
_SECONDS: Final = 60
_EMR = re.compile(r"EMR: (\S+)")
_ENDED: Final = "the program ended early"
_NO_WINDOW: Final = "the program showed no window"
_PICTURE: Final = """
import sys
from PySide6.QtGui import QGuiApplication
application = QGuiApplication(sys.argv[:1])
sys.exit(0 if application.primaryScreen().grabWindow(0).save(sys.argv[1]) else 1)
"""


class RobotError(RuntimeError):
    """The window did not do what was waited for: ``what``."""


class Robot:
    """Types into the window that has the focus on a display."""

    def __init__(self, display: VirtualDisplay, emr_url: str) -> None:
        self._display, self.emr_url = display, emr_url

    def scan(self, text: str) -> None:
        """Type a code as a reader does: fast, ended by Enter; separators as Ctrl and ]."""
        parts = text.split("\x1d")
        for number, part in enumerate(parts):
            if number:
                self._display.run("xdotool", "key", "--delay", str(_READER_MS), "ctrl+bracketright")
            self._type(part, _READER_MS)
        self.key("Return")

    def type(self, text: str) -> None:
        """Type as a person does."""
        self._type(text, _PERSON_MS)

    def key(self, name: str) -> None:
        """Press one key."""
        self._display.run("xdotool", "key", name)

    def pause(self, seconds: float = 0.6) -> None:
        """Wait until the window has settled, as a person does."""
        time.sleep(seconds)

    def picture(self, file: Path) -> None:
        """Keep what the screen shows."""
        file.parent.mkdir(parents=True, exist_ok=True)
        self._display.run(sys.executable, "-c", _PICTURE, str(file))

    def search(self, query: str) -> list[dict[str, object]]:
        """Ask the EMR over HTTP, and give the resources found."""
        answer = httpx.get(f"{self.emr_url}/{query}", timeout=10)
        answer.raise_for_status()
        entries = answer.json().get("entry", [])
        return [entry["resource"] for entry in entries]

    def wait_for(self, what: str, found: Callable[[], bool]) -> None:
        """Wait until something is so.

        Raises:
            RobotError: it did not become so in time.
        """
        deadline = time.monotonic() + _SECONDS
        while time.monotonic() < deadline:
            if found():
                return
            time.sleep(0.1)
        raise RobotError(what)

    def _type(self, text: str, delay: int) -> None:
        self._display.run("xdotool", "type", "--delay", str(delay), text)


@contextmanager
def window(display: VirtualDisplay, *options: str) -> Iterator[Robot]:
    """Run ``python -m ui --demo`` on a display until the block ends.

    Raises:
        RobotError: the program ended, or showed no window.
    """
    child = subprocess.Popen(  # noqa: S603 - this interpreter, arguments of ours
        [sys.executable, "-m", "ui", "--demo", *options],
        env=display.environment | {"PYTHONUNBUFFERED": "1"},
        stdout=subprocess.PIPE,
        text=True,
    )
    try:
        yield Robot(display, _started(child, display))
    finally:
        child.terminate()
        try:
            child.wait(timeout=20)
        except subprocess.TimeoutExpired:
            child.kill()
            child.wait()
        if child.stdout is not None:
            child.stdout.close()


def _started(child: "subprocess.Popen[str]", display: VirtualDisplay) -> str:
    """Wait for the address of the EMR and for a window with the focus."""
    line = child.stdout.readline() if child.stdout is not None else ""
    found = _EMR.search(line)
    if found is None:
        raise RobotError(line or _ENDED)
    deadline = time.monotonic() + _SECONDS
    while time.monotonic() < deadline:
        visible = subprocess.run(  # noqa: S603 - see above
            ["xdotool", "search", "--onlyvisible", "--pid", str(child.pid)],  # noqa: S607 - found by ui.xvfb
            env=os.environ | display.environment,
            capture_output=True,
            text=True,
            check=False,
        ).stdout.split()
        if visible:
            display.run("xdotool", "windowfocus", "--sync", visible[-1])
            return found[1]
        time.sleep(0.1)
    raise RobotError(_NO_WINDOW)
