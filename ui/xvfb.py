"""A virtual display with a window manager, for a machine without a screen."""

import os
import shutil
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from bcma.errors import BcmaError

_PROGRAMS = ("Xvfb", "openbox", "xdotool")
_SECONDS = 30


class NoVirtualDisplayError(BcmaError):
    """A program that makes or drives a virtual display is missing. Facts: ``program``."""

    code = "display.program-missing"


@dataclass(frozen=True, slots=True)
class VirtualDisplay:
    """A display of its own, as the environment of a child process."""

    name: str

    @property
    def environment(self) -> dict[str, str]:
        """Give the environment in which a child opens its window there."""
        left_out = {"QT_QPA_PLATFORM", "WAYLAND_DISPLAY"}
        kept = {key: value for key, value in os.environ.items() if key not in left_out}
        return kept | {"DISPLAY": self.name, "QT_QPA_PLATFORM": "xcb", "QT_SCALE_FACTOR": "1"}

    def run(self, *command: str) -> str:
        """Run a program on this display and give its output."""
        done = subprocess.run(  # noqa: S603 - names and arguments of ours
            command,
            env=self.environment,
            capture_output=True,
            text=True,
            timeout=_SECONDS,
            check=True,
        )
        return done.stdout


@contextmanager
def virtual_display(width: int = 1920, height: int = 1080) -> Iterator[VirtualDisplay]:
    """Run a display and its window manager; both are gone afterwards.

    Raises:
        NoVirtualDisplayError: a program is not installed, or the display did not start.
    """
    for program in _PROGRAMS:
        if shutil.which(program) is None:
            raise NoVirtualDisplayError(program=program)
    reading, writing = os.pipe()
    server = subprocess.Popen(  # noqa: S603 - see above
        [  # noqa: S607 - found above
            "Xvfb",
            "-displayfd",
            str(writing),
            "-screen",
            "0",
            f"{width}x{height}x24",
            "-nolisten",
            "tcp",
        ],
        pass_fds=(writing,),
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    os.close(writing)
    try:
        with os.fdopen(reading) as numbers:
            number = numbers.readline().strip()
        if not number:
            raise NoVirtualDisplayError(program="Xvfb")
        display = VirtualDisplay(f":{number}")
        with _window_manager(display):
            yield display
    finally:
        _end(server)


@contextmanager
def _window_manager(display: VirtualDisplay) -> Iterator[None]:
    manager = subprocess.Popen(
        ["openbox", "--sm-disable"],  # noqa: S607 - found by virtual_display
        env=display.environment,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        _wait_for_manager(display)
        yield
    finally:
        _end(manager)


def _wait_for_manager(display: VirtualDisplay) -> None:
    """Wait until the manager answers: without one no window gets the focus."""
    deadline = time.monotonic() + _SECONDS
    while time.monotonic() < deadline:
        try:
            display.run("xdotool", "get_desktop")
        except subprocess.CalledProcessError:
            time.sleep(0.05)
        else:
            return
    raise NoVirtualDisplayError(program="openbox")


def _end(process: "subprocess.Popen[bytes]") -> None:
    process.terminate()
    try:
        process.wait(timeout=5)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
