"""The strip tells how the station stands with the EMR, in every line, and cuts nothing."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import pytest
from pytestqt.qtbot import QtBot

from bcma.app import Health, Progress
from bcma.config import Language
from bcma.sync.progress import Stage
from tests.ui.states import NOW
from tests.ui.test_problems import words
from tests.ui.test_window import clipped
from tests.ui.work import FULL
from ui.main_window import MainWindow

Open = Callable[..., MainWindow]

UP = Health(NOW - timedelta(minutes=6), reached=True, unsent=0, problems=0)


@pytest.mark.parametrize(
    "health, told",
    [
        (UP, "EMR · y lệnh lúc 07:58"),
        (replace(UP, reached=False), "Mất kết nối EMR · y lệnh lúc 07:58"),
        (
            replace(UP, reached=False, failure="emr.unreachable"),
            "Mất kết nối EMR · y lệnh lúc 07:58",
        ),
        (
            replace(UP, reached=False, failure="emr.throttled"),
            "Chưa đồng bộ với EMR · y lệnh lúc 07:58",
        ),
        (replace(UP, orders_as_of=None, reached=None), "Chưa nhận y lệnh lần nào"),
        (replace(UP, orders_as_of=NOW - timedelta(days=1)), "EMR · y lệnh lúc 08:04 21/11"),
        (replace(UP, unsent=3, problems=1), "2 chưa gửi"),
        (replace(UP, clock_offset=timedelta(minutes=-5)), "Giờ máy lệch 5 phút"),
    ],
    ids=["up", "down", "off", "busy", "never", "yesterday", "unsent", "clock"],
)
@pytest.mark.hazard("H86")
def test_the_strip_tells_how_it_stands_with_the_emr(
    open_window: Open, health: Health, told: str
) -> None:
    assert told in words(open_window("need-drug", health=health))


def test_a_small_difference_of_the_clocks_is_not_told(open_window: Open) -> None:
    health = replace(UP, clock_offset=timedelta(seconds=119))
    assert "lệch" not in words(open_window("need-drug", health=health))


def reading(count: int, total: int | None = None) -> Progress:
    return Progress(stage=Stage.PULL, kind="MedicationRequest", count=count, total=total)


def test_the_first_reading_tells_how_far_it_is(open_window: Open, qtbot: QtBot) -> None:
    window = open_window("need-drug", health=replace(UP, orders_as_of=None, reached=None))

    def said() -> list[str]:
        return words(window).split(" | ")

    window.show_progress(reading(4500, 10_000))
    qtbot.waitUntil(lambda: "Đang nhận: Y lệnh thuốc 4500/10000" in said())
    window.show_progress(reading(4500))
    qtbot.waitUntil(lambda: "Đang nhận: Y lệnh thuốc 4500" in said())
    window._synced()  # noqa: SLF001 - as the station's thread has it called
    qtbot.waitUntil(lambda: "Chưa nhận y lệnh lần nào" in words(window))


@pytest.mark.parametrize("language", Language)
def test_the_longest_strip_gives_way_and_cuts_nothing(
    open_window: Open, qtbot: QtBot, language: Language
) -> None:
    worst = replace(
        UP, reached=False, failure="emr.throttled", unsent=128, clock_offset=timedelta(hours=1)
    )
    worst = replace(worst, orders_as_of=NOW - timedelta(days=1))
    window = open_window("pass", language=language, work=FULL, health=worst)
    qtbot.waitUntil(lambda: window._work == FULL)  # noqa: SLF001 - looked for on the worker
    qtbot.wait(30)
    assert window.width() == 1366
    assert clipped(window) == []


def test_a_clock_that_is_off_is_told_in_minutes_also_where_there_is_little_room(
    open_window: Open, qtbot: QtBot
) -> None:
    ill = replace(UP, reached=False, failure="emr.unreachable", clock_offset=timedelta(minutes=-14))
    ill = replace(ill, orders_as_of=NOW - timedelta(days=1), unsent=7, problems=3)
    window = open_window("pass", work=FULL, health=ill)
    qtbot.waitUntil(lambda: window._work == FULL)  # noqa: SLF001 - looked for on the worker
    qtbot.waitUntil(lambda: "lệch 14 phút" in words(window).split(" | "))
    assert clipped(window) == []
