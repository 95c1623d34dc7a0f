"""A store that was restored or copied is told across the page until a person has seen it (H92)."""

from collections.abc import Callable
from dataclasses import replace

import pytest
from pytestqt.qtbot import QtBot

from bcma.app import SetbackNotice
from bcma.config import Language
from tests.ui.drawn_station import HEALTHY
from tests.ui.test_window import clipped
from ui.main_window import MainWindow
from ui.setback_bar import SetbackBar
from ui.widgets import Button

Open = Callable[..., MainWindow]
RESTORED = SetbackNotice(
    restored=True,
    copied=False,
    brought_back=3,
    missing=1,
    names=("Lê Hoàng Cường", "Phạm Thị Dung"),
)
BOTH = replace(RESTORED, copied=True, names=tuple(f"Nguyễn Văn Thành {n}" for n in range(12)))

pytestmark = pytest.mark.hazard("H92")


def bar(window: MainWindow) -> SetbackBar:
    return window.findChildren(SetbackBar)[0]


@pytest.mark.parametrize("language", Language)
def test_it_names_the_patients_and_cuts_nothing(open_window: Open, language: Language) -> None:
    window = open_window(
        "need-patient", language=language, health=replace(HEALTHY, setback=RESTORED)
    )
    assert bar(window).isVisible()
    assert "Lê Hoàng Cường, Phạm Thị Dung" in bar(window).accessibleName()
    assert clipped(window) == []


def test_a_long_list_ends_and_a_copy_is_told_as_well(open_window: Open) -> None:
    window = open_window("need-patient", health=replace(HEALTHY, setback=BOTH))
    said = bar(window).accessibleName()
    assert "Thành 7, …" in said
    assert "Thành 8" not in said
    assert "chép từ máy khác" in said
    assert clipped(window) == []


def test_where_nobody_knows_whom_it_is_about_the_whole_ward_is_named(open_window: Open) -> None:
    window = open_window(
        "need-patient", health=replace(HEALTHY, setback=replace(RESTORED, names=()))
    )
    assert "mọi người bệnh của khoa" in bar(window).accessibleName()


def test_an_ordinary_day_says_nothing(open_window: Open) -> None:
    assert not bar(open_window("need-patient")).isVisible()


def test_it_goes_when_a_person_says_so(open_window: Open, qtbot: QtBot) -> None:
    window = open_window("need-patient", health=replace(HEALTHY, setback=RESTORED))
    (seen,) = bar(window).findChildren(Button)
    seen.click()
    qtbot.waitUntil(lambda: not bar(window).isVisible())


def test_nobody_signed_out_can_say_so(open_window: Open) -> None:
    window = open_window("signed-out", health=replace(HEALTHY, setback=RESTORED))
    assert bar(window).isVisible()
    (seen,) = bar(window).findChildren(Button)
    assert not seen.isVisible()
