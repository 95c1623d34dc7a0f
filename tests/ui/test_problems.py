"""The page of what waits: reached by those signed in, whole, named, and every press one errand."""

from collections.abc import Callable
from dataclasses import replace
from typing import cast

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QAccessible
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractButton, QLabel, QWidget
from pytestqt.qtbot import QtBot

from bcma.app import Worklist
from bcma.config import Language, Theme
from bcma.store import Backlog
from tests.ui.drawn_station import DrawnStation
from tests.ui.states import NOW
from tests.ui.test_window import clipped, controls
from tests.ui.work import ASKED, BACKLOG, EMPTY, FULL, REFUSED, STOPPED, TWICE
from ui.book import BEDSIDE, PROBLEMS
from ui.main_window import MainWindow
from ui.notice_card import NoticeCard
from ui.pages.bedside import BedsidePage
from ui.pages.problems import ProblemsPage
from ui.refused_card import RefusedCard
from ui.strip import StatusStrip

Open = Callable[..., MainWindow]
BAND = "BN260004.1"


def on(window: MainWindow, page: type[QWidget]) -> bool:
    return any(found.isVisible() for found in window.findChildren(page))


def errands(window: MainWindow) -> list[tuple[object, ...]]:
    station = cast("DrawnStation", window._station)  # noqa: SLF001 - the test looks behind it
    return [verb for verb in station.done if verb[0] != "start_sync"]


def press(window: QWidget, name: str) -> None:
    QTest.qWait(20)
    found = [b for b in buttons(window) if b.accessibleName() == name]
    assert found, name
    QTest.mouseClick(found[0], Qt.MouseButton.LeftButton)


def buttons(window: QWidget) -> list[QAbstractButton]:
    return [b for b in window.findChildren(QAbstractButton) if b.isVisible()]


def words(window: QWidget) -> str:
    return " | ".join(label.text() for label in window.findChildren(QLabel) if label.isVisible())


def rail_button(window: MainWindow) -> QAbstractButton:
    return next(b for b in buttons(window) if b.accessibleName().startswith("Vướng mắc"))


# --- whole words, names, targets -----------------------------------------------------------


@pytest.mark.parametrize(
    "theme, size",
    [(Theme.LIGHT, (1366, 768)), (Theme.DARK, (1920, 1080)), (Theme.CONTRAST, (1366, 768))],
    ids=str,
)
@pytest.mark.parametrize("language", Language)
@pytest.mark.parametrize("work", [FULL, EMPTY], ids=["full", "empty"])
def test_nothing_is_cut_and_everything_is_named(
    open_problems: Open, work: Worklist, language: Language, theme: Theme, size: tuple[int, int]
) -> None:
    window = open_problems(work, language=language, theme=theme, size=size)
    assert (window.width(), window.height()) == size
    assert clipped(window) == []
    assert [type(w).__name__ for w in controls(window) if not w.accessibleName()] == []
    shown = words(window)
    assert "problems." not in shown
    assert "screen." not in shown
    assert "{" not in shown


def test_cards_are_read_aloud_with_bed_name_and_cause(open_problems: Open) -> None:
    window = open_problems()
    card = window.findChildren(NoticeCard)[0]
    assert card.accessibleName().startswith("12A Nguyễn Thị Ánh Nguyệt: metFORMIN 500 mg")
    assert "07:00" in card.accessibleName()
    refused = window.findChildren(RefusedCard)[0]
    assert "Thiếu phần bắt buộc" in refused.accessibleName()
    interface = QAccessible.queryAccessibleInterface(refused)
    assert interface.text(QAccessible.Text.Name) == refused.accessibleName()


@pytest.mark.hazard("H87")
def test_what_was_refused_tells_whose_what_why_and_what_waits_behind(open_problems: Open) -> None:
    shown = words(open_problems(Worklist(backlog=BACKLOG, refused=(REFUSED, ASKED), others=1)))
    for word in (
        "TRẦN VĂN ẨN",
        "3B",
        "bị từ chối 07:52",
        "Người ghi: Phạm Thị Thu Ngân · 2 bản ghi sau",
        "Thiếu phần bắt buộc.",
        "minimum required = 1",
        "Không rõ người bệnh",
        "Hỏi dị ứng",
        "1 bản ghi bị từ chối là của người khác",
    ):
        assert word in shown, word


@pytest.mark.hazard("H86")
def test_what_is_not_sent_tells_since_when_and_when_it_is_tried_again(open_problems: Open) -> None:
    shown = words(open_problems(Worklist(backlog=BACKLOG)))
    assert "Cũ nhất từ | 07:41 | Lần gửi kế tiếp | 08:06" in shown
    assert "1, sẽ tra lại trước khi gửi" in shown


@pytest.mark.hazard("H87")
@pytest.mark.parametrize("language", Language)
def test_what_waits_behind_a_refused_record_is_not_promised_to_go_by_itself(
    open_problems: Open, language: Language
) -> None:
    blocked = replace(BACKLOG, blocked=BACKLOG.waiting, next_try=None)
    window = open_problems(Worklist(backlog=blocked), language=language)
    shown = words(window)
    if language is Language.VI:
        assert "Chờ sau bản ghi bị EMR từ chối | 4" in shown
        assert "ngay khi có kết nối" not in shown
        assert "bạn không cần làm gì" not in shown
    assert clipped(window) == []


@pytest.mark.hazard("H87")
def test_all_is_not_called_sent_while_something_is_refused(open_problems: Open) -> None:
    refused = Backlog(refused=1, refused_since=NOW)
    shown = words(open_problems(Worklist(backlog=refused, others=1)))
    assert "Đã gửi hết" not in shown
    assert "Không có bản ghi nào chờ gửi" in shown
    assert "EMR từ chối | 1 | 1 bản ghi bị từ chối là của người khác" in shown


def test_nothing_to_do_is_said_calmly(open_problems: Open) -> None:
    shown = words(open_problems(EMPTY))
    assert "Không có việc nào chờ bạn" in shown
    assert "Đã gửi hết" in shown


# --- every press is one errand -------------------------------------------------------------


def test_send_again(open_problems: Open, qtbot: QtBot) -> None:
    window = open_problems(Worklist(refused=(REFUSED,)))
    press(window, "Gửi lại")
    qtbot.waitUntil(lambda: errands(window) == [("retry", 7)])


def test_seen_to_needs_to_say_how(open_problems: Open, qtbot: QtBot) -> None:
    window = open_problems(Worklist(refused=(REFUSED,)))
    press(window, "Đã xử lý cách khác")
    assert errands(window) == []
    press(window, "Đã ghi vào hồ sơ giấy")
    qtbot.waitUntil(lambda: errands(window) == [("handled", 7, "charted-on-paper")])


@pytest.mark.hazard("H59")
def test_a_dose_under_a_stopped_order_is_told_to_the_prescriber(
    open_problems: Open, qtbot: QtBot
) -> None:
    window = open_problems(Worklist(notices=(STOPPED,), names=FULL.names))
    assert "đã cho sau khi y lệnh ngừng lúc 06:49" in words(window)
    press(window, "Đã báo bác sĩ")
    qtbot.waitUntil(lambda: errands(window) == [("prescriber_told", "stopped")])


def test_what_is_nobody_s_problem_any_more_does_not_stay_under_way(
    open_problems: Open, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    window = open_problems(Worklist(refused=(REFUSED,)))
    monkeypatch.setattr(DrawnStation, "retry", lambda *_: False)
    press(window, "Gửi lại")
    qtbot.waitUntil(lambda: "Gửi lại" in [b.accessibleName() for b in buttons(window)])
    assert "Đang thực hiện" not in words(window)


def test_escape_closes_the_question_first_and_then_the_page(
    open_problems: Open, qtbot: QtBot
) -> None:
    window = open_problems()
    press(window, "Đã cho cả hai lần")
    QTest.keyClick(window.windowHandle(), Qt.Key.Key_Escape)
    QTest.qWait(100)
    assert "báo bác sĩ ngay" not in words(window)
    assert on(window, ProblemsPage)
    QTest.keyClick(window.windowHandle(), Qt.Key.Key_Escape)
    qtbot.waitUntil(lambda: on(window, BedsidePage))


def test_everything_is_done_by_keys_alone(open_problems: Open, qtbot: QtBot) -> None:
    window = open_problems(Worklist(refused=(REFUSED,)))
    for _ in range(20):
        QTest.keyClick(window.windowHandle(), Qt.Key.Key_Tab)
        QTest.qWait(80)
        focused = window.focusWidget()
        if isinstance(focused, QAbstractButton) and focused.accessibleName() == "Gửi lại":
            break
    QTest.keyClick(window.windowHandle(), Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: errands(window) == [("retry", 7)])


def test_a_question_stays_open_while_other_work_comes(open_problems: Open, qtbot: QtBot) -> None:
    window = open_problems(Worklist(notices=(TWICE,), names=FULL.names))
    press(window, "Đã cho cả hai lần")
    station = cast("DrawnStation", window._station)  # noqa: SLF001 - something is refused meanwhile
    station.work = replace(station.work, refused=(REFUSED,))
    window._tick()  # noqa: SLF001 - ten seconds are over
    qtbot.waitUntil(lambda: len(window.findChildren(RefusedCard)) == 1)
    assert "báo bác sĩ ngay" in words(window)


# --- the window ----------------------------------------------------------------------------


def test_the_rail_and_the_strip_lead_there_with_the_number(open_window: Open, qtbot: QtBot) -> None:
    window = open_window("need-drug", work=FULL)
    qtbot.waitUntil(lambda: rail_button(window).accessibleName() == "Vướng mắc, 4")
    assert "4 cần xử lý" in words(window)
    rail_button(window).click()
    qtbot.waitUntil(lambda: on(window, ProblemsPage))
    window.go(BEDSIDE)
    qtbot.waitUntil(lambda: on(window, BedsidePage))
    QTest.qWait(30)
    strip = window.findChild(StatusStrip)
    assert isinstance(strip, StatusStrip)
    (button,) = buttons(strip)
    assert button.accessibleName() == ("EMR · y lệnh lúc 07:58. 2 chưa gửi. 4 cần xử lý. Vướng mắc")
    assert button.height() >= 44
    QTest.mouseClick(button, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: on(window, ProblemsPage))


@pytest.mark.parametrize("way", ["key", "call"])
def test_whoever_is_signed_out_sees_no_names(open_window: Open, way: str) -> None:
    window = open_window("signed-out", work=FULL)
    if way == "key":
        QTest.keyClick(window.windowHandle(), Qt.Key.Key_F4)
        QTest.qWait(100)
    else:
        window.go(PROBLEMS)
    assert not on(window, ProblemsPage)
    strip = window.findChild(StatusStrip)
    assert isinstance(strip, StatusStrip)
    assert buttons(strip) == []
    assert "Ánh Nguyệt" not in words(window)


def test_locking_leaves_the_page(open_problems: Open, qtbot: QtBot) -> None:
    window = open_problems()
    station = cast("DrawnStation", window._station)  # noqa: SLF001 - somebody locks
    station.shown = replace(station.shown, phase=type(station.shown.phase).SIGNED_OUT)
    QTest.keyClick(window.windowHandle(), Qt.Key.Key_F12)
    qtbot.waitUntil(lambda: not on(window, ProblemsPage))
    assert "Ánh Nguyệt" not in words(window)


@pytest.mark.parametrize("text", [BAND, "]d201089360000000351729123110A103\x1d21A001", "CMD-GIVE"])
def test_a_scan_goes_to_the_bedside_wherever_it_comes(
    open_problems: Open, qtbot: QtBot, text: str
) -> None:
    window = open_problems(state="pass")
    for letter in text.replace("\x1d", "]"):
        QTest.keyClick(window.windowHandle(), ord(letter.upper()))
    QTest.keyClick(window.windowHandle(), Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: [verb[0] for verb in errands(window)] == ["scan"])
    assert on(window, BedsidePage)


def test_the_scanned_command_to_hold_opens_its_form_at_the_bedside(open_problems: Open) -> None:
    window = open_problems(state="pass")
    window.scanned("CMD-HOLD")
    QTest.qWait(30)
    assert on(window, BedsidePage)
    assert any(b.accessibleName() == "Bác sĩ quyết định" for b in buttons(window))
