"""Draws docs/screens from the demonstration: ``python -m tests.ui.draw_screens``.

Not a test: run it when a change touches a page, and look at what it drew.
"""

import os
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

from PIL import Image
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from bcma.app import Progress, Stage
from bcma.config import Language, Theme
from bcma.model.people import Practitioner, Role, Session
from tests.ui.drawn_station import DrawnStation
from tests.ui.states import NOW, STATES
from tests.ui.work import FULL, SHRUNK
from ui.book import PROBLEMS
from ui.demo import Demo, demonstration
from ui.look import load_fonts
from ui.main_window import MainWindow

SCREENS = Path(__file__).parents[2] / "docs" / "screens"
BAND = "BN260004.1"
TABLET = "]d201089360000000351729123110A103\x1d21A00{}"
LOOK_ALIKE = "]d201089360000000591729123110A105\x1d21H002"
LATE = "]d201089360000000421729123110A104\x1d21H001"
STEPS: tuple[tuple[str, tuple[str, ...]], ...] = (
    ("due-list", (BAND,)),
    ("ask", (TABLET.format(1),)),
    ("pass", (TABLET.format(2),)),
    ("stop", ("CMD-BACK", "CMD-BACK", LOOK_ALIKE)),
    ("warn", ("CMD-BACK", LATE)),
    ("misread", ("]d20108936000000035172912",)),
)
MANAGER = Practitioner(id="n5", name="Bùi Thị Quyên", roles=frozenset({Role.WARD_MANAGER}))
COMPARING = Progress(
    stage=Stage.RECONCILE, kind="MedicationAdministration", count=4500, total=11_280
)
SHOWINGS = (
    (Language.VI, Theme.LIGHT, (1366, 768)),
    (Language.VI, Theme.DARK, (1920, 1080)),
    (Language.EN, Theme.LIGHT, (1366, 768)),
    (Language.EN, Theme.DARK, (1366, 768)),
    (Language.VI, Theme.CONTRAST, (1366, 768)),
)


def main() -> None:
    """Draw every showing; pictures have 256 colours to stay small."""
    application = QApplication([])
    application.setStyle("Fusion")
    load_fonts()
    SCREENS.mkdir(parents=True, exist_ok=True)

    def settle(seconds: float = 0.3) -> None:
        until = time.monotonic() + seconds
        while time.monotonic() < until:
            application.processEvents()

    for language, theme, size in SHOWINGS:
        with demonstration() as demo:
            window = MainWindow(demo.station, language=language, theme=theme, demo_hint=demo.hint)
            window.resize(*size)
            window.show()
            draw(demo, window, f"{language}-{theme}-{size[0]}", settle)
            window.close()
        draw_problems(language, theme, size, settle)


def draw(demo: Demo, window: MainWindow, name: str, settle: Callable[..., None]) -> None:
    """Draw each step of a pass."""

    def keep(what: str) -> None:
        settle()
        save(window, f"{name}-{what}")

    keep("sign-in")
    window.show_state(demo.station.sign_in("NV-0001", "4711"))
    for what, scans in STEPS:
        for scan in scans:
            window.scanned(scan)
        keep(what)
        if what == "warn":
            QTest.keyClick(window, Qt.Key.Key_F3)
            keep("why")


def draw_problems(
    language: Language, theme: Theme, size: tuple[int, int], settle: Callable[..., None]
) -> None:
    """Draw the page of what waits, on work made by hand: the demonstration has no trouble."""
    with TemporaryDirectory() as folder:
        work = replace(FULL, shrinkage=SHRUNK, others=0)
        state = replace(STATES["need-drug"](), session=Session(MANAGER, NOW))
        station = DrawnStation(state, Path(folder), work=work)
        window = MainWindow(station, language=language, theme=theme)
        window.resize(*size)
        window.show()
        settle()
        window.go(PROBLEMS)
        window.show_progress(COMPARING)
        settle()
        save(window, f"{language}-{theme}-{size[0]}-problems")
        window.close()


def save(window: MainWindow, name: str) -> None:
    """Keep a picture of 256 colours."""
    file = SCREENS / f"{name}.png"
    window.grab().save(str(file))
    with Image.open(file) as picture:
        picture.convert("RGB").quantize(256, dither=Image.Dither.NONE).save(file, optimize=True)


if __name__ == "__main__":
    main()
