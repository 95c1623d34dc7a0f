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
BOTH = replace(RESTORED, copied=True, names=tuple(f"Nguyễn Văn Thành {n}" for n in range(24)))

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


@pytest.mark.parametrize("language", Language)
@pytest.mark.parametrize("state", ["need-patient", "pass", "stop"])
def test_every_patient_of_a_ward_is_named_and_a_copy_is_told_as_well(
    open_window: Open, state: str, language: Language
) -> None:
    window = open_window(state, language=language, health=replace(HEALTHY, setback=BOTH))
    said = bar(window).accessibleName()
    assert all(name in said for name in BOTH.names)
    assert ("chép từ máy khác" if language is Language.VI else "another machine") in said
    assert clipped(window) == []


def test_more_patients_than_can_be_named_are_the_whole_ward(open_window: Open) -> None:
    many = replace(BOTH, names=tuple(f"Nguyễn Văn Thành {n}" for n in range(25)))
    said = bar(open_window("need-patient", health=replace(HEALTHY, setback=many))).accessibleName()
    assert "mọi người bệnh của khoa" in said
    assert "Thành" not in said


def test_whoever_is_not_known_here_yet_is_counted(open_window: Open) -> None:
    some = replace(RESTORED, unnamed=2)
    window = open_window("need-patient", health=replace(HEALTHY, setback=some))
    assert "Phạm Thị Dung, 2 người bệnh mà máy này chưa biết tên" in bar(window).accessibleName()


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


def test_nobody_signed_out_can_say_so_or_sees_names(open_window: Open) -> None:
    window = open_window("signed-out", health=replace(HEALTHY, setback=RESTORED))
    assert bar(window).isVisible()
    (seen,) = bar(window).findChildren(Button)
    assert not seen.isVisible()
    assert "đăng nhập để xem tên người bệnh" in bar(window).accessibleName()
    assert "Lê Hoàng Cường" not in bar(window).accessibleName()
