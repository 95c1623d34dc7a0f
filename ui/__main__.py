"""``python -m ui``: opens the window; ``--demo`` on the sample ward.

Where no display can be opened, ``--demo`` plays a scripted pass on a virtual one.
"""

import argparse
import logging
import os
import signal
import sys
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path

from PySide6.QtCore import Qt, QTimer
from PySide6.QtWidgets import QApplication

from bcma.app import Station, SystemClock
from bcma.config import Config, Language, Theme, load_config
from bcma.errors import BcmaError
from bcma.policy import SettingsError
from bcma.wording import Wording
from ui import display, faults
from ui.demo import demonstration
from ui.look import load_fonts
from ui.main_window import MainWindow

_FAILED = 2
_SIGNAL_MS = 300
_DEFAULT_SIZE = (1366, 768)


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the window until it is closed.

    Returns:
        0, or 2 where it could not start; the reason stands on standard error.
    """
    args = _parser().parse_args(arguments)
    logging.basicConfig(level=logging.WARNING, format="%(levelname)s %(name)s: %(message)s")
    if args.demo and not display.can_open():
        from ui.scripted import play  # noqa: PLC0415 - only where there is no screen

        return play(Path("build") / "demo")
    try:
        return _run(args)
    except SettingsError as error:
        sys.stderr.write(f"{error}\n")
        return _FAILED
    except BcmaError as error:
        sys.stderr.write(f"{_sentence(error, args)}\n")
        return _FAILED


def _run(args: argparse.Namespace) -> int:
    with ExitStack() as closing:
        if args.demo:
            demo = closing.enter_context(demonstration(port=args.port))
            station, hint = demo.station, demo.hint
            sys.stdout.write(f"EMR: {demo.emr_url}\n")
            sys.stdout.flush()
        else:
            config = load_config(args.config, os.environ)
            station, hint = closing.enter_context(Station(config, SystemClock())), ""
        return _show(station, args, hint)


def _show(station: Station, args: argparse.Namespace, hint: str) -> int:
    application = QApplication(sys.argv[:1])
    application.setStyle("Fusion")
    application.setApplicationName("bcma")
    load_fonts()
    window = MainWindow(
        station,
        language=Language(args.language) if args.language else None,
        theme=Theme(args.theme) if args.theme else None,
        demo_hint=hint,
    )
    faults.install(window.show_error)
    if args.size:
        window.setWindowFlag(Qt.WindowType.FramelessWindowHint)
        window.resize(*args.size)
        window.show()
    else:
        window.resize(*_DEFAULT_SIZE)
        window.showMaximized()
    with _ended_by_signals(application):
        return application.exec()


@contextmanager
def _ended_by_signals(application: QApplication) -> Iterator[None]:
    """Close the window, and all behind it, when the program is interrupted or terminated."""
    numbers = (signal.SIGINT, signal.SIGTERM)
    before = {number: signal.signal(number, lambda *_: application.quit()) for number in numbers}
    waking = QTimer()  # Python sees a signal only between two of its own steps
    waking.timeout.connect(lambda: None)
    waking.start(_SIGNAL_MS)
    try:
        yield
    finally:
        waking.stop()
        for number, handler in before.items():
            signal.signal(number, handler)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m ui", description=__doc__.partition(":")[2])
    parser.add_argument("--demo", action="store_true", help="the sample ward on a sandbox EMR")
    parser.add_argument("--config", type=Path, metavar="FILE", help="settings of this workstation")
    parser.add_argument("--language", choices=[str(one) for one in Language])
    parser.add_argument("--theme", choices=[str(one) for one in Theme])
    parser.add_argument(
        "--port", type=int, default=0, metavar="N", help="port of the demo's EMR; 0: a free one"
    )
    parser.add_argument("--size", type=_size, metavar="WxH", help="fixed size of the window")
    return parser


def _size(text: str) -> tuple[int, int]:
    width, height = text.lower().split("x")
    return int(width), int(height)


def _sentence(error: BcmaError, args: argparse.Namespace) -> str:
    config: Config = load_config(None, {})
    language = Language(args.language) if args.language else config.language
    return Wording(language, config.zone).error(error)


if __name__ == "__main__":
    sys.exit(main())
