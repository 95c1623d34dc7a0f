"""The detail view: opened in place by a press or a key, in the words of ``bcma explain``."""

from collections.abc import Callable
from functools import cache
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractButton, QApplication, QWidget

from bcma.__main__ import main
from bcma.bedside import PassState
from bcma.config import Language
from bcma.model.verdict import Right
from bcma.simulate.play import state_after
from bcma.simulate.read import read_scenario
from tests.ui.test_window import clipped, controls
from ui.main_window import MainWindow
from ui.pages.bedside import BedsidePage
from ui.verdict_actions import Form
from ui.verdict_panel import VerdictPanel
from ui.why_view import RuleBlock, WhyView
from ui.widgets import Card, Scroll, Text

EXPIRED = Path(__file__).parents[1] / "scenarios" / "expired-lot.json"
SCANNED = 4
BLOOD = EXPIRED.with_name("blood-product.json")
Open = Callable[..., MainWindow]


@cache
def stopped() -> PassState:
    """Give the pass as the real product leaves it after the expired lot was scanned."""
    return state_after(read_scenario(EXPIRED), SCANNED)


def panel(window: MainWindow) -> VerdictPanel:
    page = window.findChild(BedsidePage)
    assert isinstance(page, BedsidePage)
    return page.panel


def key(window: MainWindow, pressed: Qt.Key) -> None:
    QTest.keyClick(QApplication.focusWidget() or window, pressed)
    QTest.qWait(10)


def tile(window: MainWindow, right: str) -> QAbstractButton:
    found = [
        button
        for button in window.findChildren(QAbstractButton)
        if button.isVisible() and str(button.property("role")).startswith("tile-")
    ]
    (named,) = (button for button in found if button.accessibleName().startswith(f"{right}:"))
    return named


def press(button: QAbstractButton) -> None:
    QTest.mouseClick(button, Qt.MouseButton.LeftButton)
    QTest.qWait(10)


def shown(window: MainWindow) -> list[str]:
    """Give the lines of the detail view: the heading, and what each rule says of itself."""
    view = window.findChild(WhyView)
    assert isinstance(view, WhyView)
    lines: list[str] = []
    for card in view.findChildren(Card):
        if card.property("role") != "card":
            continue
        lines.append(card.accessibleName())
        for block in card.findChildren(RuleBlock):
            lines += block.accessibleName().splitlines()
    return lines


def drawn(block: QWidget) -> list[str]:
    return [text.text() for text in block.findChildren(Text)]


@pytest.mark.parametrize("language", Language)
def test_the_screen_and_the_command_line_say_the_same(
    open_window: Open, capsys: pytest.CaptureFixture[str], language: Language
) -> None:
    window = open_window(stopped(), language=language)
    key(window, Qt.Key.Key_F3)
    wording = window._look.wording  # noqa: SLF001 - the test looks behind the window
    lines: list[str] = []
    for right in Right:
        press(tile(window, wording.word("right", right)))
        lines += shown(window)
    assert main(["explain", str(EXPIRED), str(SCANNED), "--lang", language]) == 0
    printed = capsys.readouterr().out.splitlines()[2:]
    assert [line.strip() for line in lines] == [line.strip() for line in printed if line]


def test_every_line_of_a_rule_is_drawn(open_window: Open) -> None:
    window = open_window(stopped())
    key(window, Qt.Key.Key_F3)
    view = window.findChild(WhyView)
    assert isinstance(view, WhyView)
    blocks = view.findChildren(RuleBlock)
    assert len(blocks) > 10
    for block in blocks:
        pieces = " ".join(drawn(block))
        for line in block.accessibleName().splitlines():
            for piece in line.strip().removeprefix("→ ").split(": "):
                assert piece in pieces


def test_a_key_opens_the_right_that_objects_and_closes_it_again(open_window: Open) -> None:
    window = open_window(stopped())
    key(window, Qt.Key.Key_F3)
    assert panel(window).form is Form.WHY
    assert shown(window)[0] == "Thuốc: Có vấn đề"
    assert shown(window)[1] == "Hạn dùng"
    key(window, Qt.Key.Key_F3)
    assert panel(window).form is None
    key(window, Qt.Key.Key_F3)
    key(window, Qt.Key.Key_Escape)
    assert panel(window).form is None


def test_the_keyboard_alone_reaches_every_right(open_window: Open) -> None:
    window = open_window(stopped())
    key(window, Qt.Key.Key_F3)
    assert QApplication.focusWidget() is tile(window, "Thuốc")
    key(window, Qt.Key.Key_Tab)
    key(window, Qt.Key.Key_Return)
    assert shown(window)[0].startswith("Liều:")
    assert QApplication.focusWidget() is tile(window, "Liều")


def test_closing_leaves_the_focus_to_the_window(open_window: Open) -> None:
    window = open_window(stopped())
    key(window, Qt.Key.Key_F3)
    key(window, Qt.Key.Key_Escape)
    assert QApplication.focusWidget() is window


def test_a_press_on_a_tile_tells_about_its_right(open_window: Open) -> None:
    window = open_window(stopped())
    press(tile(window, "Giờ"))
    assert panel(window).form is Form.WHY
    assert shown(window)[0] == "Giờ: Đạt"
    assert tile(window, "Giờ").property("chosen") is True
    assert tile(window, "Thuốc").property("chosen") is None


def test_the_way_back_is_the_next_act(open_window: Open) -> None:
    window = open_window(stopped())
    press(tile(window, "Giờ"))
    back = [c for c in controls(window) if c.accessibleName() == "Về kết quả"]
    assert len(back) == 1
    assert isinstance(back[0], QAbstractButton)
    press(back[0])
    assert panel(window).form is None


def test_an_open_finding_is_asked_why_on_its_card(open_window: Open) -> None:
    window = open_window("warn")
    why = [b for b in window.findChildren(QAbstractButton) if b.accessibleName() == "Vì sao?"]
    assert why
    press(why[0])
    assert panel(window).form is Form.WHY


@pytest.mark.hazard("H96")
def test_enter_gives_nothing_while_the_explanation_is_open(open_window: Open) -> None:
    window = open_window("pass")
    press(tile(window, "Giờ"))
    window.setFocus()
    key(window, Qt.Key.Key_Return)
    station = window._station  # noqa: SLF001 - the test looks behind the window
    assert not [verb for verb in getattr(station, "done", ()) if verb[0] == "give"]


def test_a_new_state_closes_it(open_window: Open) -> None:
    window = open_window(stopped())
    key(window, Qt.Key.Key_F3)
    window.show_state(stopped())
    assert panel(window).form is None


def test_a_code_without_effect_is_told_apart_from_the_rules(open_window: Open) -> None:
    scenario = read_scenario(BLOOD)
    states = (state_after(scenario, n) for n in range(1, len(scenario.steps) + 1))
    inert = next(s for s in states if s.verdict is not None and s.judged is None)
    window = open_window(inert)
    key(window, Qt.Key.Key_F3)
    assert shown(window)[0] == "Ngoài các quy tắc"


@pytest.mark.parametrize("state", ["need-patient", "need-drug", "recorded", "misread"])
def test_where_nothing_is_judged_the_key_does_nothing(open_window: Open, state: str) -> None:
    window = open_window(state)
    key(window, Qt.Key.Key_F3)
    assert panel(window).form is None
    assert window.findChild(WhyView) is None


def test_pages_scroll_by_key(open_window: Open) -> None:
    window = open_window(stopped())
    key(window, Qt.Key.Key_F3)
    bar = panel(window).findChildren(Scroll)[0].verticalScrollBar()
    window.setFocus()
    key(window, Qt.Key.Key_PageDown)
    assert bar.value() == bar.pageStep()
    key(window, Qt.Key.Key_PageUp)
    assert bar.value() == 0


@pytest.mark.parametrize("size", [(1366, 768), (1920, 1080)])
@pytest.mark.parametrize("language", Language)
def test_it_is_whole_named_and_wide_enough(
    open_window: Open, language: Language, size: tuple[int, int]
) -> None:
    window = open_window(stopped(), language=language, size=size)
    for right in Right:
        panel(window).tell_why(right)
        QTest.qWait(10)
        assert clipped(window) == []
        for control in controls(window):
            assert control.accessibleName()
            assert min(control.width(), control.height()) >= 44, control.accessibleName()
