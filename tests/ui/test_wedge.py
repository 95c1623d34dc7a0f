"""The event filter: a scan never reaches a field, a typed key is never lost.

Events carry their own times, as from a display server: the filter judges by these alone.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field

import pytest
from PySide6.QtCore import QCoreApplication, QEvent, Qt
from PySide6.QtGui import QInputMethodEvent, QKeyEvent, QWindow
from PySide6.QtWidgets import QLineEdit, QPushButton, QVBoxLayout, QWidget
from pytestqt.qtbot import QtBot

from bcma.scanner.keystroke import RejectReason
from ui.wedge import WedgeFilter

NOTHING = Qt.KeyboardModifier.NoModifier


@dataclass
class Desk:
    """A window with a focused field and a button, and what the filter told."""

    widget: QWidget
    line: QLineEdit
    button: QPushButton
    scans: list[str] = field(default_factory=list)
    rejected: list[RejectReason] = field(default_factory=list)
    now: int = 1_000_000

    @property
    def window(self) -> QWindow:
        handle = self.widget.windowHandle()
        assert handle is not None
        return handle

    def press(
        self, key: int, text: str, after: int, modifiers: Qt.KeyboardModifier = NOTHING
    ) -> None:
        """Send press and release with an event time ``after`` ms later than the last."""
        self.now += after
        for kind in (QEvent.Type.KeyPress, QEvent.Type.KeyRelease):
            event = QKeyEvent(kind, key, modifiers, text)
            event.setTimestamp(self.now)
            QCoreApplication.sendEvent(self.window, event)

    def type(self, text: str, gap: int) -> None:
        for letter in text:
            if letter == "\x1d":
                control = Qt.KeyboardModifier.ControlModifier
                self.press(Qt.Key.Key_BracketRight, letter, gap, control)
            else:
                shift = Qt.KeyboardModifier.ShiftModifier if letter.isupper() else NOTHING
                self.press(ord(letter.upper()), letter, gap, shift)

    def enter(self, gap: int) -> None:
        self.press(Qt.Key.Key_Return, "\r", gap)


@pytest.fixture
def desk(qtbot: QtBot) -> Iterator[Desk]:
    widget = QWidget()
    line, button = QLineEdit(), QPushButton("x")
    layout = QVBoxLayout(widget)
    layout.addWidget(line)
    layout.addWidget(button)
    qtbot.addWidget(widget)
    widget.show()
    qtbot.waitExposed(widget)
    desk = Desk(widget, line, button)
    WedgeFilter(desk.window, desk.scans.append, desk.rejected.append)
    line.setFocus()
    yield desk
    widget.hide()


@pytest.mark.hazard("H89")
@pytest.mark.parametrize("gap", [2, 7, 16, 30])
def test_scan_never_reaches_a_focused_field(desk: Desk, gap: int) -> None:
    desk.type("]d20108935001700111\x1d21P001", gap)
    desk.enter(gap)
    assert desk.scans == ["]d20108935001700111\x1d21P001"]
    assert desk.line.text() == ""


@pytest.mark.hazard("H89")
@pytest.mark.parametrize("gap", [70, 120, 400])
def test_typing_is_never_swallowed(desk: Desk, qtbot: QtBot, gap: int) -> None:
    desk.type("Paracetamol 500", gap)
    qtbot.waitUntil(lambda: desk.line.text() == "Paracetamol 500", timeout=3000)
    assert desk.scans == []


def test_typing_before_and_after_a_scan_arrives_in_order(desk: Desk, qtbot: QtBot) -> None:
    desk.type("ab", 150)
    desk.now += 300
    desk.type("NV-0001", 8)
    desk.enter(8)
    desk.now += 300
    desk.type("cd", 150)
    qtbot.waitUntil(lambda: desk.line.text() == "abcd", timeout=3000)
    assert desk.scans == ["NV-0001"]


def test_scan_ended_by_silence(desk: Desk, qtbot: QtBot) -> None:
    desk.type("BN260001.2", 8)
    qtbot.waitUntil(lambda: desk.scans == ["BN260001.2"], timeout=3000)
    assert desk.line.text() == ""


def test_enter_of_a_scan_presses_nothing(desk: Desk, qtbot: QtBot) -> None:
    pressed: list[bool] = []
    desk.button.clicked.connect(lambda: pressed.append(True))
    desk.button.setDefault(True)
    desk.button.setFocus()
    desk.type("THPARA500", 8)
    desk.enter(8)
    qtbot.wait(150)
    assert desk.scans == ["THPARA500"]
    assert pressed == []


def test_space_presses_a_button_though_its_release_comes_early(desk: Desk, qtbot: QtBot) -> None:
    pressed: list[bool] = []
    desk.button.clicked.connect(lambda: pressed.append(True))
    desk.button.setFocus()
    desk.press(Qt.Key.Key_Space, " ", 200)
    qtbot.waitUntil(lambda: len(pressed) == 1, timeout=3000)


@pytest.mark.hazard("H88")
def test_vietnamese_typing_inside_a_scan_is_rejected(desk: Desk) -> None:
    desk.type("aaBB0012", 8)
    desk.press(Qt.Key.Key_Backspace, "\b", 8)
    desk.type("đ", 8)
    desk.type("wsEE", 8)
    desk.enter(8)
    assert desk.scans == []
    assert len(desk.rejected) == 1
    assert desk.line.text() == ""


def test_what_an_input_method_commits_for_a_person_arrives(desk: Desk, qtbot: QtBot) -> None:
    event = QInputMethodEvent()
    event.setCommitString("ạ")
    QCoreApplication.sendEvent(desk.line, event)
    qtbot.waitUntil(lambda: desk.line.text() == "ạ", timeout=3000)
    assert desk.rejected == []


@pytest.mark.hazard("H89")
def test_many_bursts_amid_typing(desk: Desk, qtbot: QtBot) -> None:
    scanned, typed = [], ""
    for number in range(300):
        code = f"THDRUG{number:04}"
        desk.now += 250
        desk.type(code, 3 + number % 28)
        desk.enter(5)
        scanned.append(code)
        if number % 3 == 0:
            desk.now += 250
            letter = "abcdefgh"[number % 8]
            desk.type(letter, 100)
            typed += letter
    qtbot.waitUntil(lambda: desk.line.text() == typed, timeout=5000)
    assert desk.scans == scanned
    assert desk.rejected == []
