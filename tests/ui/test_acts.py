"""Keys, presses and scans become verbs of the station, and nothing else does."""

import time
from collections.abc import Callable
from threading import Event
from typing import cast

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractButton, QLineEdit
from pytestqt.qtbot import QtBot

from bcma.bedside import PassState
from bcma.errors import DataError
from bcma.scanner.keystroke import RejectReason
from tests.ui.drawn_station import DrawnStation
from ui.main_window import MainWindow
from ui.message_bar import MessageBar

Open = Callable[..., MainWindow]


def station(window: MainWindow) -> DrawnStation:
    return cast("DrawnStation", window._station)  # noqa: SLF001 - the test looks behind the window


def verbs(window: MainWindow) -> list[tuple[object, ...]]:
    return [verb for verb in station(window).done if verb[0] != "start_sync"]


def press(window: MainWindow, name: str) -> None:
    QTest.qWait(10)  # what was just laid out is shown by the next turn of the loop
    found = [
        b
        for b in window.findChildren(QAbstractButton)
        if b.isVisible() and b.accessibleName() == name
    ]
    assert len(found) == 1, name
    QTest.mouseClick(found[0], Qt.MouseButton.LeftButton)


def message(window: MainWindow) -> str:
    bar = window.findChild(MessageBar)
    assert isinstance(bar, MessageBar)
    return bar.text


def settle() -> None:
    """Let the keys that the wedge holds go on."""
    QTest.qWait(150)


@pytest.mark.hazard("H96")
@pytest.mark.parametrize(
    "state", ["stop", "expired", "ask", "warn", "misread", "unknown-band", "band", "recorded"]
)
def test_enter_gives_nothing_that_may_not_be_given(open_window: Open, state: str) -> None:
    window = open_window(state)
    QTest.keyClick(window.windowHandle(), Qt.Key.Key_Return)
    settle()
    assert verbs(window) == []


@pytest.mark.parametrize("state", ["pass", "info"])
def test_enter_gives_what_passed(open_window: Open, state: str) -> None:
    window = open_window(state)
    QTest.keyClick(window.windowHandle(), Qt.Key.Key_Return)
    settle()
    assert verbs(window) == [("give", None, None)]


def test_press_on_give(open_window: Open) -> None:
    window = open_window("pass")
    press(window, "CHO DÙNG")
    assert verbs(window) == [("give", None, None)]


def test_hold_takes_one_tap_on_a_reason(open_window: Open) -> None:
    window = open_window("pass")
    press(window, "Tạm giữ")
    press(window, "Bác sĩ quyết định")
    assert verbs(window) == [("hold", None, "prescriber-decision")]


def test_hold_by_keys_alone(open_window: Open) -> None:
    window = open_window("pass")
    for key in (Qt.Key.Key_F6, Qt.Key.Key_Return):
        QTest.keyClick(window.windowHandle(), key)
        settle()
    assert verbs(window) == [("hold", None, "prescriber-decision")]


@pytest.mark.parametrize("command, verb", [("CMD-HOLD", "hold"), ("CMD-REFUSE", "refuse")])
def test_command_codes_open_their_form(open_window: Open, command: str, verb: str) -> None:
    window = open_window("pass")
    window.scanned(command)
    assert verbs(window) == []
    QTest.keyClick(window.windowHandle(), Qt.Key.Key_Return)
    settle()
    assert [v[0] for v in verbs(window)] == [verb]


def test_warning_is_released_by_its_reason(open_window: Open) -> None:
    window = open_window("warn")
    press(window, "Hết thuốc")
    assert verbs(window) == [
        (
            "release",
            "time.late",
            {"reason": "no-stock", "prescriber": None, "pharmacist": None, "witness": None},
        )
    ]


def test_all_reasons_are_one_tap_away(open_window: Open) -> None:
    window = open_window("warn")
    press(window, "Xem thêm lý do")
    press(window, "Người bệnh nôn")
    assert verbs(window)[0][1] == "time.late"


def test_ask_is_answered_in_place(open_window: Open) -> None:
    window = open_window("ask")
    press(window, "Bụng trái")
    assert verbs(window)[0][:3] == ("answer", "route.site-needed", "abdomen-left")


def test_ask_that_cannot_be_answered(open_window: Open) -> None:
    window = open_window("ask")
    press(window, "Không trả lời được")
    reasons = [b for b in window.findChildren(QAbstractButton) if b.text().strip() == "Cấp cứu"]
    QTest.mouseClick(next(b for b in reasons if b.isVisible()), Qt.MouseButton.LeftButton)
    assert [v[0] for v in verbs(window)] in (["answer"], ["release"])


def test_stop_names_its_way_out(open_window: Open) -> None:
    window = open_window("stop")
    press(window, "Đã trả thuốc lại")
    assert verbs(window) == [("take_back",)]


def test_scan_goes_to_the_station_from_any_field(open_window: Open, qtbot: QtBot) -> None:
    window = open_window("incomplete")

    def shown() -> list[QLineEdit]:
        return [field for field in window.findChildren(QLineEdit) if field.isVisible()]

    qtbot.waitUntil(lambda: bool(shown()))
    field = shown()[0]
    field.setFocus()
    before = field.text()
    window.scanned("THPARA500")
    assert verbs(window) == [("scan", "THPARA500")]
    assert field.text() == before


def test_a_band_that_the_emr_is_asked_about_does_not_hold_up_the_window(
    open_window: Open, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    window, asked, answered = open_window("need-drug"), Event(), Event()
    station(window).unknown_bands = {"BN9.1"}
    scan = station(window).scan

    def slow_scan(text: str) -> PassState:
        if text == "BN9.1":
            asked.set()
            assert answered.wait(10)
        return scan(text)

    monkeypatch.setattr(station(window), "scan", slow_scan)
    began = time.monotonic()
    window.scanned("BN9.1")
    assert asked.wait(3)
    assert "Đang hỏi EMR" in message(window)
    window.scanned("THPARA500")
    window.scanned("CMD-GIVE")
    window._tick()  # noqa: SLF001 - time moves on
    assert time.monotonic() - began < 3
    assert verbs(window) == [], "what is scanned meanwhile is the next patient's"
    answered.set()
    in_order = [("scan", "BN9.1"), ("scan", "THPARA500"), ("scan", "CMD-GIVE")]
    qtbot.waitUntil(lambda: verbs(window) == in_order)
    assert message(window) == ""


def test_badge_goes_to_the_sign_in_form(open_window: Open, qtbot: QtBot) -> None:
    window = open_window("signed-out")
    window.scanned("NV-0001")
    assert verbs(window) == []
    for key in (Qt.Key.Key_4, Qt.Key.Key_7, Qt.Key.Key_1, Qt.Key.Key_1):
        QTest.keyClick(window.windowHandle(), key)
        settle()
    QTest.keyClick(window.windowHandle(), Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: bool(verbs(window)), timeout=3000)
    assert verbs(window) == [("sign_in", "NV-0001", "4711")]


def test_keypad_enters_the_pin(open_window: Open, qtbot: QtBot) -> None:
    window = open_window("signed-out")
    window.scanned("NV-0001")
    for key in ("4", "7", "1", "1", "Vào"):
        found = [
            b
            for b in window.findChildren(QAbstractButton)
            if b.isVisible() and b.accessibleName() == key
        ]
        QTest.mouseClick(found[0], Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: bool(verbs(window)), timeout=3000)
    assert verbs(window) == [("sign_in", "NV-0001", "4711")]


@pytest.mark.hazard("H88")
def test_rejected_burst_tells_to_turn_vietnamese_typing_off(open_window: Open) -> None:
    window = open_window("need-drug")
    window.rejected(RejectReason.NON_ASCII)
    assert "tiếng Việt" in message(window)


def test_failure_is_a_sentence(open_window: Open) -> None:
    window = open_window("pass")
    window.show_error(DataError(path="x"))
    assert message(window)
    assert "Traceback" not in message(window)
    assert "DataError" not in message(window)


@pytest.mark.expected_errors("ui.window: failed: ZeroDivisionError")
def test_surprise_is_a_calm_sentence_too(open_window: Open) -> None:
    window = open_window("pass")
    window.show_error(ZeroDivisionError("division"))
    assert "Lỗi ngoài dự kiến" in message(window)


def test_slow_work_keeps_scans_waiting(open_window: Open, qtbot: QtBot) -> None:
    window = open_window("signed-out")
    mine = station(window)
    quick = mine.sign_in

    def slow(badge: str, pin: str) -> object:
        time.sleep(0.3)
        return quick(badge, pin)

    mine.sign_in = slow  # type: ignore[method-assign, assignment] # this station only
    window.scanned("NV-0001")
    for key in (Qt.Key.Key_4, Qt.Key.Key_7, Qt.Key.Key_1, Qt.Key.Key_1):
        QTest.keyClick(window.windowHandle(), key)
        settle()
    QTest.keyClick(window.windowHandle(), Qt.Key.Key_Return)
    settle()
    window.scanned("BN260001.2")
    assert ("scan", "BN260001.2") not in verbs(window)
    qtbot.waitUntil(lambda: len(verbs(window)) == 2, timeout=3000)
    assert [v[0] for v in verbs(window)] == ["sign_in", "scan"]
