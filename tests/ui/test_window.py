"""What is drawn: whole words in every language, theme and size; names for every control."""

import re
from collections.abc import Callable

import pytest
from PySide6.QtCore import QRect, Qt
from PySide6.QtGui import QFontMetrics
from PySide6.QtWidgets import QAbstractButton, QLabel, QLineEdit, QWidget
from pytestqt.qtbot import QtBot

from bcma.config import Language, Theme
from tests.ui.states import STATES
from ui.main_window import MainWindow
from ui.pages.bedside import BedsidePage
from ui.verdict_actions import Form
from ui.verdict_banner import VerdictBanner

#: Themes differ in geometry by the width of their edges only: contrast is drawn in both sizes.
SHOWINGS = (
    (Theme.LIGHT, (1366, 768)),
    (Theme.LIGHT, (1920, 1080)),
    (Theme.DARK, (1366, 768)),
    (Theme.CONTRAST, (1366, 768)),
)
Open = Callable[..., MainWindow]


def clipped(window: QWidget) -> list[str]:
    """List the labels whose words do not fit into their place."""
    found = []
    for label in window.findChildren(QLabel):
        if not label.isVisible() or not label.text():
            continue
        room = label.contentsRect()
        flags = int(Qt.TextFlag.TextWordWrap) if label.wordWrap() else 0
        limit = QRect(0, 0, room.width(), 10_000)
        needed = QFontMetrics(label.font()).boundingRect(limit, flags, label.text())
        if needed.width() > room.width() + 1 or needed.height() > label.height() + 1:
            found.append(f"{label.text()!r}: {needed.size()} in {room.size()}")
    for button in window.findChildren(QAbstractButton):
        if button.isVisible() and button.text():
            width = QFontMetrics(button.font()).horizontalAdvance(button.text())
            icon = button.iconSize().width() if not button.icon().isNull() else 0
            if width + icon > button.width():
                found.append(f"button {button.text()!r}")
    return found


def test_a_cut_word_is_found(qtbot: QtBot) -> None:
    holder = QWidget()
    qtbot.addWidget(holder)
    label = QLabel("hydrALAzine 25 mg", holder)
    label.setFixedWidth(30)
    holder.show()
    assert len(clipped(holder)) == 1


def controls(window: QWidget) -> list[QWidget]:
    kinds = (*window.findChildren(QAbstractButton), *window.findChildren(QLineEdit))
    return [w for w in kinds if w.isVisible() and not w.objectName().startswith("qt_")]


@pytest.mark.parametrize("theme, size", SHOWINGS, ids=lambda value: str(value).split(",")[0])
@pytest.mark.parametrize("language", Language)
@pytest.mark.parametrize("state", STATES)
def test_nothing_is_cut_and_everything_is_named(
    open_window: Open, state: str, language: Language, theme: Theme, size: tuple[int, int]
) -> None:
    window = open_window(state, language=language, theme=theme, size=size)
    assert (window.width(), window.height()) == size
    assert clipped(window) == []
    nameless = [type(w).__name__ for w in controls(window) if not w.accessibleName()]
    assert nameless == []
    words = [label.text() for label in window.findChildren(QLabel) if label.isVisible()]
    assert [word for word in words if re.match(r"(screen|finding|not-checked)\.", word)] == []
    assert [word for word in words if "{" in word] == []


@pytest.mark.parametrize("state", STATES)
def test_targets_are_wide_enough_for_a_glove(open_window: Open, state: str) -> None:
    window = open_window(state)
    small = [
        f"{w.accessibleName()} {w.width()}x{w.height()}"
        for w in controls(window)
        if w.width() < 44 or w.height() < 44
    ]
    assert small == []


@pytest.mark.parametrize("form", Form)
@pytest.mark.parametrize("language", Language)
def test_forms_open_in_place_and_are_whole(
    open_window: Open, qtbot: QtBot, form: Form, language: Language
) -> None:
    window = open_window("stop" if form is Form.RELEASE else "incomplete", language=language)
    page = window.findChild(BedsidePage)
    assert isinstance(page, BedsidePage)
    page.panel.open_form(form)
    qtbot.wait(20)
    assert page.panel.form is form
    assert clipped(window) == []
    page.panel.close_form()
    assert page.panel.form is None


@pytest.mark.parametrize(
    "state, word",
    [
        ("pass", "ĐẠT"),
        ("info", "ĐẠT"),
        ("warn", "CẢNH BÁO"),
        ("ask", "HỎI"),
        ("stop", "DỪNG"),
        ("misread", "ĐỌC LỖI"),
    ],
)
def test_verdict_says_its_word(open_window: Open, state: str, word: str) -> None:
    banner = open_window(state).findChild(VerdictBanner)
    assert isinstance(banner, VerdictBanner)
    assert banner.accessibleName().startswith(word)


def buttons(window: MainWindow) -> dict[str, QAbstractButton]:
    visible = (b for b in window.findChildren(QAbstractButton) if b.isVisible())
    return {button.accessibleName(): button for button in visible}


@pytest.mark.hazard("H96")
@pytest.mark.parametrize("state", ["ask", "warn", "stop", "expired", "misread", "unknown-band"])
def test_give_is_offered_only_where_the_verdict_allows(open_window: Open, state: str) -> None:
    assert "CHO DÙNG" not in buttons(open_window(state))


def test_language_and_theme_change_while_a_dose_is_in_hand(open_window: Open, qtbot: QtBot) -> None:
    window = open_window("pass")
    window.switch_language()
    qtbot.waitUntil(lambda: "GIVE" in buttons(window), timeout=3000)
    window.switch_theme()
    qtbot.waitUntil(lambda: "GIVE" in buttons(window), timeout=3000)
    window.switch_language()
    qtbot.waitUntil(lambda: "CHO DÙNG" in buttons(window), timeout=3000)


def test_not_checked_is_never_green(open_window: Open) -> None:
    window = open_window("pass")
    tiles = [w for w in window.findChildren(QWidget) if w.property("role") == "tile-none"]
    assert [t.accessibleName().partition(":")[0] for t in tiles] == ["Đáp ứng"]


@pytest.mark.hazard("H77")
def test_effects_that_are_due_stand_above_the_doses(open_window: Open) -> None:
    window = open_window("effects-due")
    words = [label.text() for label in window.findChildren(QLabel) if label.isVisible()]
    expected = ["Cần đánh giá hiệu quả", "07:04 · Paracetamol 500 mg", "08:34 · Morphin 10 mg/mL"]
    assert [word for word in words if word in expected] == expected
