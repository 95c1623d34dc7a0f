"""An EMR that suddenly lacks much: all are told, and who may decides after a question (H92)."""

from collections.abc import Callable
from dataclasses import replace

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from bcma.app import Shrinkage, Worklist
from bcma.config import Language, Theme
from bcma.store import StoreUnwritableError
from tests.ui.drawn_station import HEALTHY
from tests.ui.test_problems import buttons, errands, press, rail_button, words
from tests.ui.test_reading import SHOWINGS, small, station, strip, tab_to
from tests.ui.test_window import clipped, controls
from tests.ui.work import FULL, SHRUNK
from ui.loss_card import LossCard
from ui.main_window import MainWindow
from ui.message_bar import MessageBar

Open = Callable[..., MainWindow]
LESS = replace(HEALTHY, reached=False, failure="sync.server-shrank")
LOST = Worklist(shrinkage=SHRUNK)
pytestmark = pytest.mark.hazard("H92")


@pytest.fixture
def open_page(open_window: Open, qtbot: QtBot) -> Open:
    """Open the page of what waits by its key."""

    def open_one(work: Worklist = LOST, **how: object) -> MainWindow:
        window = open_window("need-drug", work=work, health=LESS, **how)
        qtbot.waitUntil(lambda: window._work == work)  # noqa: SLF001 - looked for on the worker
        QTest.keyClick(window.windowHandle(), Qt.Key.Key_F4)
        qtbot.waitUntil(lambda: bool(window.findChildren(LossCard)))
        qtbot.wait(30)
        return window

    return open_one


@pytest.mark.parametrize("showing", SHOWINGS, ids=str)
@pytest.mark.parametrize("language", Language)
@pytest.mark.parametrize("step", ["told", "asked", "accepted", "comparing"])
def test_nothing_is_cut_and_everything_is_named(
    open_page: Open,
    qtbot: QtBot,
    step: str,
    language: Language,
    showing: tuple[Theme, tuple[int, int]],
) -> None:
    theme, size = showing
    accepted = replace(SHRUNK, accepted=step == "accepted")
    work = replace(FULL, shrinkage=accepted)
    window = open_page(work, language=language, theme=theme, size=size)
    vietnamese = language is Language.VI
    if step == "asked":
        press(window, "Xem xét chấp nhận" if vietnamese else "Consider accepting")
    elif step == "comparing":
        press(window, "Đối chiếu lại ngay" if vietnamese else "Compare again now")
    qtbot.waitUntil(lambda: clipped(window) == [])
    assert [type(w).__name__ for w in controls(window) if not w.accessibleName()] == []
    assert small(window.findChildren(LossCard)[0]) == []
    assert "{" not in words(window)


def test_it_tells_what_is_missing_and_that_nothing_was_removed(open_page: Open) -> None:
    window = open_page()
    shown = words(window)
    for word in (
        "Máy chưa xoá gì; y lệnh chỉ đầy đủ đến 07:58.",
        "Y lệnh thuốc | thiếu 341 trong 1204",
        "Lần dùng thuốc | thiếu 12 trong 12",
        "Báo phòng CNTT",
    ):
        assert word in shown, word
    assert "EMR thiếu dữ liệu · y lệnh lúc 07:58" in words(strip(window))
    assert rail_button(window).accessibleName() == "Vướng mắc, 1"
    (card,) = window.findChildren(LossCard)
    assert card.accessibleName().endswith("341/1204 y lệnh thuốc, 12/12 lần dùng thuốc")


def test_it_is_accepted_by_keys_alone_after_it_was_said_what_that_means(
    open_page: Open, qtbot: QtBot
) -> None:
    window = open_page()
    tab_to(window, "Xem xét chấp nhận")
    QTest.keyClick(window.windowHandle(), Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: "341/1204 y lệnh thuốc, 12/12 lần dùng thuốc bị" in words(window))
    assert "Tên bạn và số lượng được ghi vào nhật ký" in words(window)
    assert errands(window) == []
    tab_to(window, "Chấp nhận xoá 353 mục")
    QTest.keyClick(window.windowHandle(), Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: errands(window) == [("accept", SHRUNK)])
    qtbot.waitUntil(lambda: "Đã được chấp nhận." in words(window))
    assert not any("hấp nhận" in b.accessibleName() for b in buttons(window))


def test_escape_accepts_nothing(open_page: Open) -> None:
    window = open_page()
    press(window, "Xem xét chấp nhận")
    QTest.keyClick(window.windowHandle(), Qt.Key.Key_Escape)
    QTest.qWait(100)
    assert "Tên bạn" not in words(window)
    assert errands(window) == []


def test_what_the_disk_refuses_is_told_and_offered_again(
    open_page: Open, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    window = open_page()

    def refused(_shown: Shrinkage) -> bool:
        raise StoreUnwritableError(cause="disk-full")

    monkeypatch.setattr(station(window), "accept", refused)
    press(window, "Xem xét chấp nhận")
    press(window, "Chấp nhận xoá 353 mục")
    qtbot.waitUntil(lambda: "Xem xét chấp nhận" in [b.accessibleName() for b in buttons(window)])
    assert "Đang thực hiện" not in words(window)
    assert window.findChildren(MessageBar)[0].isVisible()


def test_who_may_not_decide_is_told_who_may(open_page: Open) -> None:
    window = open_page(Worklist(shrinkage=replace(SHRUNK, may_accept=False)))
    assert "Điều dưỡng trưởng hoặc dược sĩ quyết định" in words(window)
    assert not any("hấp nhận" in b.accessibleName() for b in buttons(window))


def test_anybody_may_have_it_compared_again(open_page: Open, qtbot: QtBot) -> None:
    window = open_page(Worklist(shrinkage=replace(SHRUNK, may_accept=False)))
    press(window, "Đối chiếu lại ngay")
    qtbot.waitUntil(lambda: errands(window) == [("compare_again",)])
    assert "Đang đối chiếu lại với EMR…" in words(window)
    window._synced()  # noqa: SLF001 - the EMR still lacks it
    qtbot.waitUntil(lambda: "Đối chiếu lại ngay" in [b.accessibleName() for b in buttons(window)])
    station(window).work = Worklist()
    window._synced()  # noqa: SLF001 - the EMR is whole again
    qtbot.waitUntil(lambda: not window.findChildren(LossCard))


def test_a_question_stays_open_while_the_emr_is_read(open_page: Open) -> None:
    window = open_page()
    press(window, "Xem xét chấp nhận")
    window._synced()  # noqa: SLF001 - another exchange
    QTest.qWait(100)
    assert "Tên bạn và số lượng" in words(window)
