"""A window on a hand-made station, drawn off screen."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractButton, QApplication
from pytestqt.qtbot import QtBot

from bcma.app import Health, Worklist
from bcma.bedside import PassState
from bcma.config import Language, Theme
from tests.ui.drawn_station import DrawnStation
from tests.ui.states import STATES
from tests.ui.work import FULL
from ui.look import load_fonts
from ui.main_window import MainWindow
from ui.pages.problems import ProblemsPage

Open = Callable[..., MainWindow]
NO_WORK = Worklist()


@pytest.fixture
def open_window(
    qtbot: QtBot, qapp: QApplication, tmp_path: Path
) -> Iterator[Callable[..., MainWindow]]:
    """Open a window on a state, or one by its name; it is closed again, with its threads."""
    qapp.setStyle("Fusion")
    load_fonts()
    opened = []

    def open_one(  # noqa: PLR0913 - whatever a test wants otherwise, by its name
        state: str | PassState,
        *,
        language: Language = Language.VI,
        theme: Theme = Theme.LIGHT,
        size: tuple[int, int] = (1366, 768),
        work: Worklist = NO_WORK,
        health: Health | None = None,
    ) -> MainWindow:
        shown = STATES[state]() if isinstance(state, str) else state
        station = DrawnStation(shown, tmp_path, work=work)
        station.healthy = health or station.healthy
        window = MainWindow(station, language=language, theme=theme)
        window.resize(*size)
        with qtbot.waitExposed(window):
            window.show()
        # what is laid out anew in a window that is shown becomes visible a turn of the loop later
        qtbot.waitUntil(lambda: any(b.isVisible() for b in window.findChildren(QAbstractButton)))
        qtbot.wait(30)
        opened.append(window)
        return window

    yield open_one
    for window in opened:
        window.close()
        window.deleteLater()
    qapp.processEvents()


@pytest.fixture
def open_problems(open_window: Open, qtbot: QtBot) -> Open:
    """Open a window on the page of what waits, by its key."""

    def open_one(work: Worklist = FULL, state: str = "need-drug", **how: object) -> MainWindow:
        window = open_window(state, work=work, **how)
        qtbot.waitUntil(lambda: window._work == work)  # noqa: SLF001 - looked for on the worker
        QTest.keyClick(window.windowHandle(), Qt.Key.Key_F4)
        qtbot.waitUntil(lambda: bool(window.findChildren(ProblemsPage)))
        qtbot.wait(30)
        return window

    return open_one
