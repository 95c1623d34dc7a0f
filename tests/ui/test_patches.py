"""A patch that is on: listed as a task, taken off with one press, never drawn as a dose."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractButton

from bcma.bedside import Due, DueRow
from bcma.bedside.acts import RemovePatch
from bcma.model.record import MedicationAdministration, RecordStatus
from bcma.model.verdict import Finding, Severity
from tests.ui.drawn_station import DrawnStation
from tests.ui.states import HYDRALAZINE, NOW, STATES
from ui.describe import due_clock, due_detail
from ui.main_window import MainWindow
from ui.shown import shown_verdict, worn_patches

Open = Callable[..., MainWindow]
WORN = MedicationAdministration(
    status=RecordStatus.GIVEN, patient_id="p1", given_at=NOW, event_id="ev1", site="chest-left"
)


@pytest.mark.hazard("H64")
def test_a_patch_to_take_off_is_no_dose_to_give(open_window: Open) -> None:
    look = open_window("need-drug")._look  # noqa: SLF001 - the test looks behind the window
    row = DueRow(order=HYDRALAZINE, due=Due.DUE, patch=WORN, remove_at=NOW + timedelta(hours=1))
    assert due_detail(look, row) == "Gỡ miếng dán: Ngực trái"
    assert due_clock(look, row) == look.wording.time(NOW + timedelta(hours=1))
    assert due_clock(look, replace(row, remove_at=None)) == "–"


@pytest.mark.hazard("H63")
def test_the_old_patch_is_taken_off_where_it_stops_the_new_one(open_window: Open) -> None:
    stop = STATES["stop"]()
    assert stop.verdict is not None
    assert stop.chart is not None
    found = Finding(code="route.patch-on", severity=Severity.STOP, subject="ev1")
    verdict = replace(stop.verdict, findings=(found,))
    chart = replace(stop.chart, administrations=(WORN,))
    state = replace(stop, chart=chart, verdict=verdict, standing_verdict=verdict)
    assert worn_patches(state, verdict) == ("ev1",)
    assert worn_patches(replace(state, chart=None), verdict) == ()
    taken_off = replace(state, record=RecordStatus.REMOVED, verdict=None)
    assert shown_verdict(taken_off) is verdict
    window = open_window(state)
    QTest.qWait(10)
    (button,) = (
        b
        for b in window.findChildren(QAbstractButton)
        if b.isVisible() and b.accessibleName() == "Đã gỡ miếng dán"
    )
    QTest.mouseClick(button, Qt.MouseButton.LeftButton)
    station = window._station  # noqa: SLF001 - the test looks behind the window
    assert isinstance(station, DrawnStation)
    assert ("act_on", "ev1", RemovePatch()) in station.done
