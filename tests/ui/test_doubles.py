"""Doses charted twice on the page of what waits: both records, one decision, asked for in place."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import cast

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractButton, QLabel
from pytestqt.qtbot import QtBot

from bcma.app import Worklist
from bcma.config import Language
from tests.ui.drawn_station import DrawnStation
from tests.ui.states import NOW
from tests.ui.test_problems import buttons, errands, press, words
from tests.ui.test_window import clipped, controls
from tests.ui.work import FIRST, FULL, REFUSED, SECOND, TWICE
from ui.focus_ring import FocusRing
from ui.main_window import MainWindow
from ui.message_bar import MessageBar
from ui.notice_card import NoticeCard
from ui.widgets import Scroll

Open = Callable[..., MainWindow]


@pytest.mark.parametrize("language", Language)
@pytest.mark.parametrize("form", ["_ask_which", "_ask_sure", "which-then-why"])
def test_a_decision_is_asked_for_in_place_and_whole(
    open_problems: Open, qtbot: QtBot, language: Language, form: str
) -> None:
    window = open_problems(language=language)
    card = window.findChildren(NoticeCard)[0]
    if form == "which-then-why":
        card._ask_why("x")  # noqa: SLF001 - opened as its button does
    else:
        getattr(card, form)()
    qtbot.waitUntil(lambda: not clipped(window))
    small = [w.accessibleName() for w in controls(window) if min(w.width(), w.height()) < 44]
    assert small == []


@pytest.mark.hazard("H47")
def test_both_records_stand_side_by_side_with_both_nurses(open_problems: Open) -> None:
    shown = words(open_problems(Worklist(notices=(TWICE,), names=FULL.names)))
    for word in ("07:00", "07:33", "Phạm Thị Thu Ngân", "Đỗ Hữu Nghĩa", "máy XE-1", "máy XE-2"):
        assert word in shown, word
    assert "Liều kế tiếp tạm giữ" in shown


@pytest.mark.hazard("H47")
def test_charted_twice_asks_which_is_right_and_why_the_other_was_made(
    open_problems: Open, qtbot: QtBot
) -> None:
    window = open_problems(Worklist(notices=(TWICE,), names=FULL.names))
    press(window, "Ghi trùng, chỉ cho một lần")
    press(window, "Bản ghi 2 đúng (07:33)")
    assert errands(window) == []
    press(window, "Cấp cứu")
    told = ("charted_twice", "twice", SECOND.event_id, "emergency")
    qtbot.waitUntil(lambda: errands(window) == [told])


@pytest.mark.hazard("H47")
def test_given_twice_is_confirmed_with_what_it_means(open_problems: Open, qtbot: QtBot) -> None:
    window = open_problems(Worklist(notices=(TWICE,), names=FULL.names))
    press(window, "Đã cho cả hai lần")
    assert errands(window) == []
    QTest.qWait(30)
    assert "báo bác sĩ ngay" in words(window)
    press(window, "Đúng, đã cho hai lần")
    qtbot.waitUntil(lambda: errands(window) == [("given_twice", "twice")])


@pytest.mark.hazard("H47")
@pytest.mark.parametrize("language", Language)
@pytest.mark.parametrize("form", ["", "_ask_which", "_ask_sure", "why"])
def test_three_records_of_one_dose_are_not_called_two(
    open_problems: Open, qtbot: QtBot, language: Language, form: str
) -> None:
    three = replace(TWICE, records=(FIRST, SECOND, replace(SECOND, event_id="e3", station="XE-3")))
    window = open_problems(Worklist(notices=(three,), names=FULL.names), language=language)
    card = window.findChildren(NoticeCard)[0]
    if form == "why":
        card._ask_why("x")  # noqa: SLF001 - opened as its button does
    elif form:
        getattr(card, form)()
    qtbot.waitUntil(lambda: clipped(window) == [])
    said = words(card) + " | ".join(b.accessibleName() for b in buttons(card))
    for word in ("cả hai", "hai lần", "bản kia", "Bản kia", "Given twice", "given twice", "Both"):
        assert word not in said, word


@pytest.mark.hazard("H47")
def test_records_side_by_side_are_level_where_one_is_longer(
    open_problems: Open, qtbot: QtBot
) -> None:
    long = replace(SECOND, event_id="e3", giver_id="n3", station="XE-KHOA-NOI-TIM-MACH-3")
    three = replace(TWICE, records=(FIRST, SECOND, long))
    names = {**FULL.names, "n3": "Nguyễn Hoàng Thị Thuỳ Dương Quỳnh Hương"}
    window = open_problems(Worklist(notices=(three,), names=names))
    card = window.findChildren(NoticeCard)[0]

    def tops(*texts: str) -> set[int]:
        found = [label for label in card.findChildren(QLabel) if label.text() in texts]
        assert len(found) == len(three.records)
        return {label.mapTo(card, QPoint()).y() for label in found}

    qtbot.waitUntil(lambda: len(tops("Bản ghi 1", "Bản ghi 2", "Bản ghi 3")) == 1)
    assert len(tops(*names.values())) == 1


@pytest.mark.parametrize("name", ["Ghi trùng, chỉ cho một lần", "Đã cho cả hai lần"])
def test_a_form_that_opens_at_the_edge_of_the_window_is_seen_whole(
    open_problems: Open, qtbot: QtBot, name: str
) -> None:
    two = (TWICE, replace(TWICE, id="other"))
    window = open_problems(Worklist(notices=two, names=FULL.names))
    card = window.findChildren(NoticeCard)[1]
    around = next(s for s in window.findChildren(Scroll) if s.isAncestorOf(card))
    around.verticalScrollBar().setValue(around.verticalScrollBar().maximum() - 20)
    press(card, name)

    def is_whole() -> bool:
        cancel = [b for b in buttons(card) if b.accessibleName() == "Huỷ"]
        return bool(cancel) and cancel[0].visibleRegion().boundingRect() == cancel[0].rect()

    qtbot.waitUntil(is_whole)


@pytest.mark.hazard("H47")
def test_records_of_another_day_have_its_date(open_problems: Open, qtbot: QtBot) -> None:
    window = open_problems(Worklist(notices=(TWICE,), refused=(REFUSED,), names=FULL.names))
    assert "22/11" not in words(window)
    station = cast("DrawnStation", window._station)  # noqa: SLF001 - midnight comes
    station.shown = replace(station.shown, now=NOW + timedelta(days=1))
    window._tick()  # noqa: SLF001
    qtbot.waitUntil(lambda: "bị từ chối 07:52 22/11" in words(window))
    shown = words(window)
    for word in ("07:00 22/11", "07:33 22/11"):
        assert word in shown, word
    press(window, "Ghi trùng, chỉ cho một lần")
    QTest.qWait(30)
    assert "Bản ghi 2 đúng (07:33 22/11)" in [b.accessibleName() for b in buttons(window)]


@pytest.mark.hazard("H47")
def test_what_the_station_does_not_take_is_told_and_offered_again(
    open_problems: Open, qtbot: QtBot
) -> None:
    window = open_problems(Worklist(notices=(TWICE,), names=FULL.names))
    station = cast("DrawnStation", window._station)  # noqa: SLF001 - its disk is full
    station.shown = replace(station.shown, refused="documentation.not-saved")
    press(window, "Đã cho cả hai lần")
    press(window, "Đúng, đã cho hai lần")
    qtbot.waitUntil(lambda: errands(window) == [("given_twice", "twice")])
    qtbot.waitUntil(lambda: "Đã cho cả hai lần" in [b.accessibleName() for b in buttons(window)])
    assert "Đang thực hiện" not in words(window)
    assert window.findChildren(MessageBar)[0].isVisible()


def test_who_may_not_decide_is_told_who_may(open_problems: Open) -> None:
    window = open_problems(Worklist(notices=(replace(TWICE, may_settle=False),)))
    assert "điều dưỡng trưởng quyết định" in words(window)
    assert not any("Đã cho cả hai lần" in b.accessibleName() for b in buttons(window))


@pytest.mark.hazard("H47")
def test_by_keys_the_focus_is_seen_and_a_second_enter_decides_nothing(
    open_problems: Open, qtbot: QtBot
) -> None:
    window = open_problems(Worklist(notices=(TWICE,), names=FULL.names))
    ring = window.findChildren(FocusRing)[0]

    def enter_on(name: str) -> None:
        button = next(b for b in buttons(window) if b.accessibleName() == name)
        button.setFocus(Qt.FocusReason.TabFocusReason)
        enter()

    def enter() -> None:
        QTest.keyClick(window.windowHandle(), Qt.Key.Key_Return)
        QTest.qWait(150)

    def focused() -> str:
        assert ring.isVisible()
        return window.focusWidget().accessibleName()

    enter_on("Đã cho cả hai lần")
    assert focused() == "Huỷ"
    enter()
    assert focused() == "Ghi trùng, chỉ cho một lần"
    enter()
    assert focused() == "Bản ghi 1 đúng (07:00)"
    enter()
    assert focused() == "Lý do khác"
    enter_on("Xem thêm lý do")
    assert focused() == "Lý do khác"
    assert errands(window) == []
    enter_on("Cấp cứu")
    qtbot.waitUntil(lambda: errands(window)[0][0] == "charted_twice")
    assert not isinstance(window.focusWidget(), QAbstractButton)
