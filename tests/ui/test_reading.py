"""A long reading from the EMR: told with what and how far, broken off, and gone on with."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from threading import get_ident
from typing import cast

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QProgressBar, QWidget
from pytestqt.qtbot import QtBot

from bcma.app import Health, Progress
from bcma.config import Language, Theme
from bcma.sync import Stage
from tests.ui.drawn_station import HEALTHY, DrawnStation
from tests.ui.states import NOW
from tests.ui.test_problems import buttons, errands, press, words
from tests.ui.test_window import clipped, controls
from tests.ui.work import FULL
from ui.main_window import MainWindow
from ui.pages.problems import ProblemsPage
from ui.reading_card import ReadingCard
from ui.standing import Standing
from ui.strip import StatusStrip

Open = Callable[..., MainWindow]
NEVER = replace(HEALTHY, orders_as_of=None, reached=None)
RESTING = replace(
    HEALTHY, reached=False, failure="sync.cancelled", rests_until=NOW + timedelta(minutes=5)
)
SHOWINGS = ((Theme.LIGHT, (1366, 768)), (Theme.DARK, (1920, 1080)), (Theme.CONTRAST, (1366, 768)))


def reading(
    count: int,
    total: int | None = None,
    kind: str = "MedicationAdministration",
    stage: Stage = Stage.PULL,
) -> Progress:
    return Progress(stage=stage, kind=kind, count=count, total=total)


@pytest.fixture
def open_page(open_window: Open, qtbot: QtBot) -> Open:
    """Open the page by its key, on a station that stands in some way."""

    def open_one(health: Health = HEALTHY, **how: object) -> MainWindow:
        window = open_window("need-drug", health=health, **how)
        QTest.keyClick(window.windowHandle(), Qt.Key.Key_F4)
        qtbot.waitUntil(lambda: bool(card(window)))
        qtbot.wait(30)
        return window

    return open_one


def card(window: MainWindow) -> ReadingCard | None:
    found = [one for one in window.findChildren(ReadingCard) if one.isVisible()]
    return found[0] if found else None


def told(window: MainWindow) -> str:
    found = card(window)
    return "" if found is None else words(found)


def strip(window: MainWindow) -> StatusStrip:
    found = window.findChild(StatusStrip)
    assert isinstance(found, StatusStrip)
    return found


def small(widget: QWidget) -> list[str]:
    return [w.accessibleName() for w in controls(widget) if min(w.width(), w.height()) < 44]


def station(window: MainWindow) -> DrawnStation:
    return cast("DrawnStation", window._station)  # noqa: SLF001 - the test looks behind it


@pytest.mark.parametrize("showing", SHOWINGS, ids=str)
@pytest.mark.parametrize("language", Language)
@pytest.mark.parametrize("standing", ["reading", "unknown", "stopping", "resting", "down", "never"])
def test_nothing_is_cut_and_everything_is_named(
    open_page: Open,
    qtbot: QtBot,
    standing: str,
    language: Language,
    showing: tuple[Theme, tuple[int, int]],
) -> None:
    theme, size = showing
    down = replace(HEALTHY, reached=False, failure="sync.server-shrank")
    health = {"resting": RESTING, "down": down, "never": NEVER}.get(standing, HEALTHY)
    window = open_page(health, language=language, theme=theme, size=size)
    if standing in {"reading", "unknown", "stopping"}:
        total = None if standing == "unknown" else 200_000
        window.show_progress(reading(123_456, total))
        qtbot.waitUntil(lambda: "123456" in told(window).replace(".", ""))
    if standing == "stopping":
        press(window, "Dừng nhận" if language is Language.VI else "Stop reading")
        qtbot.waitUntil(lambda: "123456" not in told(window))
    qtbot.waitUntil(lambda: not clipped(window))
    assert [type(w).__name__ for w in controls(window) if not w.accessibleName()] == []
    found = card(window)
    assert found is not None
    assert small(found) == []
    assert not {"screen.", "reading.", "resource.", "error."} & set(words(window).split())
    assert "{" not in words(window)


def test_a_long_reading_tells_what_it_reads_and_how_far_it_is(
    open_page: Open, qtbot: QtBot
) -> None:
    window = open_page()
    window.show_progress(reading(1500, 200_000))
    qtbot.waitUntil(lambda: "Lần dùng thuốc | 1500 / 200000" in told(window))
    bar = window.findChild(QProgressBar)
    assert isinstance(bar, QProgressBar)
    assert (bar.value(), bar.maximum()) == (1500, 200_000)
    assert bar.accessibleName() == "Đang nhận từ EMR, Lần dùng thuốc: 1500 / 200000"
    found = card(window)
    assert found is not None
    assert found.accessibleName() == f"Kết nối EMR: {bar.accessibleName()}"
    assert "Đang nhận: Lần dùng thuốc 1500/200000" in words(strip(window))
    window.show_progress(reading(700, kind="Task", stage=Stage.RECONCILE))
    qtbot.waitUntil(lambda: "Đang đối chiếu với EMR | Duyệt y lệnh của dược" in told(window))
    assert "700 đã nhận" in told(window)
    assert "Đang đối chiếu: Duyệt y lệnh của dược 700" in words(strip(window))
    assert not bar.isVisible(), "without a total there is no bar"
    window._synced()  # noqa: SLF001 - as the station's thread has it called
    qtbot.waitUntil(lambda: "Đang kết nối tốt | Y lệnh đầy đủ đến | 07:58" in told(window))


@pytest.mark.parametrize("language", Language)
def test_the_longest_strip_gives_way_and_cuts_nothing(
    open_page: Open, qtbot: QtBot, language: Language
) -> None:
    worst = replace(HEALTHY, unsent=1128, clock_offset=timedelta(hours=1))
    window = open_page(worst, language=language, work=FULL)
    window.show_progress(reading(123_456, 200_000))
    qtbot.waitUntil(lambda: "123456/200000" in words(strip(window)))
    qtbot.wait(30)
    assert window.width() == 1366
    assert clipped(window) == []


def test_more_than_there_should_be_is_no_share(open_page: Open, qtbot: QtBot) -> None:
    window = open_page()
    window.show_progress(reading(1500, 1000))
    qtbot.waitUntil(lambda: "1500 đã nhận" in told(window))


def test_an_ordinary_exchange_is_not_told(open_page: Open) -> None:
    window = open_page()
    window.show_progress(reading(500, 500))
    QTest.qWait(300)
    assert "Đang kết nối tốt" in told(window)
    assert "EMR · y lệnh lúc 07:58" in words(strip(window))


def test_what_follows_in_a_long_reading_is_told_however_short_it_is(
    open_page: Open, qtbot: QtBot
) -> None:
    window = open_page()
    window.show_progress(reading(501))
    window.show_progress(reading(3, 3, kind="Flag"))
    qtbot.waitUntil(lambda: "Lưu ý nhịn ăn uống | 3 / 3" in told(window))


def test_it_is_broken_off_by_keys_alone_and_says_how_it_goes_on(
    open_page: Open, qtbot: QtBot
) -> None:
    window = open_page()
    window.show_progress(reading(1500, 200_000))
    qtbot.waitUntil(lambda: "1500" in told(window))
    tab_to(window, "Dừng nhận")
    window.show_progress(reading(2000, 200_000))
    qtbot.waitUntil(lambda: "2000" in told(window))
    station(window).healthy = RESTING
    QTest.keyClick(window.windowHandle(), Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: "Đang dừng nhận…" in told(window))
    qtbot.waitUntil(lambda: errands(window) == [("cancel",)])
    window._synced()  # noqa: SLF001 - the exchange has ended
    qtbot.waitUntil(lambda: "Đã dừng nhận" in told(window))
    assert "bản ghi vẫn được gửi. Máy tự nhận tiếp lúc 08:09" in told(window)
    assert "Đã dừng nhận · tự nhận tiếp lúc 08:09" in words(strip(window))
    tab_to(window, "Nhận tiếp ngay")
    station(window).healthy = replace(RESTING, unsent=9)
    window._synced()  # noqa: SLF001 - another exchange, which delivered
    qtbot.waitUntil(lambda: "9 chưa gửi" in words(strip(window)))
    station(window).healthy = HEALTHY
    QTest.keyClick(window.windowHandle(), Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: errands(window) == [("cancel",), ("resume",)])
    qtbot.waitUntil(lambda: "Đang kết nối tốt" in told(window))


def tab_to(window: MainWindow, name: str) -> None:
    for _ in range(30):
        QTest.keyClick(window.windowHandle(), Qt.Key.Key_Tab)
        QTest.qWait(30)
        if any(b.hasFocus() and b.accessibleName() == name for b in buttons(window)):
            return
    pytest.fail(f"no way to {name} by Tab")


@pytest.mark.hazard("H86")
def test_an_emr_that_is_down_is_told_apart_from_one_that_was_broken_off(
    open_page: Open, qtbot: QtBot
) -> None:
    down = replace(HEALTHY, reached=False, failure="emr.unreachable")
    window = open_page(down)
    assert "Mất kết nối EMR" in words(strip(window))
    assert "Đang kết nối tốt" not in told(window)
    station(window).healthy = replace(down, failure="sync.cancelled")
    window._synced()  # noqa: SLF001 - another exchange
    qtbot.waitUntil(lambda: "Mất kết nối" not in words(strip(window)))
    station(window).healthy = replace(RESTING, failure="emr.unreachable")
    window._synced()  # noqa: SLF001 - lost while reading rests, and records wait
    qtbot.waitUntil(lambda: "Mất kết nối EMR" in words(strip(window)))
    assert "Đã dừng nhận" not in told(window)


def test_the_first_reading_can_be_broken_off_while_nobody_can_sign_in(
    open_window: Open, qtbot: QtBot
) -> None:
    window = open_window("signed-out", health=NEVER)
    assert buttons(strip(window)) == []
    window.show_progress(reading(1500, 200_000))
    qtbot.waitUntil(lambda: len(buttons(strip(window))) == 1)
    assert small(strip(window)) == []
    assert clipped(window) == []
    press(strip(window), "Dừng nhận")
    qtbot.waitUntil(lambda: errands(window) == [("cancel",)])
    assert "Đang dừng" in words(strip(window))
    station(window).healthy = replace(RESTING, orders_as_of=None)
    window._synced()  # noqa: SLF001 - the exchange has ended
    qtbot.waitUntil(lambda: "tự nhận tiếp lúc 08:09" in words(strip(window)))
    press(strip(window), "Nhận tiếp ngay")
    qtbot.waitUntil(lambda: errands(window) == [("cancel",), ("resume",)])


def test_whoever_is_signed_out_cannot_let_orders_grow_old(open_window: Open, qtbot: QtBot) -> None:
    window = open_window("signed-out")
    window.show_progress(reading(1500, 200_000))
    qtbot.waitUntil(lambda: "1500" in words(strip(window)))
    assert buttons(strip(window)) == []


def test_the_store_is_looked_at_on_the_worker_only(
    open_page: Open, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    window = open_page()
    here, asked = station(window), set[int]()

    def health() -> Health:
        asked.add(get_ident())
        return replace(HEALTHY, unsent=7)

    monkeypatch.setattr(here, "health", health)
    window.show_state(here.shown)
    window._tick()  # noqa: SLF001 - ten seconds are over
    window._synced()  # noqa: SLF001 - the exchange has ended
    window.switch_theme()
    qtbot.waitUntil(lambda: "7 chưa gửi" in words(strip(window)))
    assert asked
    assert get_ident() not in asked


def test_many_pages_are_drawn_together_and_the_store_is_not_asked(
    open_page: Open, monkeypatch: pytest.MonkeyPatch
) -> None:
    window = open_page()
    asked: list[int] = []
    here = station(window)

    def health() -> Health:
        asked.append(1)
        return HEALTHY

    monkeypatch.setattr(here, "health", health)
    drawn: list[Standing] = []
    page = window.findChildren(ProblemsPage)[-1]
    monkeypatch.setattr(page, "show_standing", drawn.append)
    for count in range(1000, 50_000, 500):
        window.show_progress(reading(count, 200_000))
        QTest.qWait(1)
    QTest.qWait(300)
    assert asked == []
    assert 1 <= len(drawn) <= 10
