"""The real program on a virtual display, with real keys; the EMR is asked what it holds."""

from pathlib import Path

import pytest
from PIL import Image

from ui.robot import window
from ui.scripted import pass_on
from ui.xvfb import virtual_display


@pytest.mark.hazard("H96", "H89")
@pytest.mark.timeout(170)
def test_a_pass_by_scans_ends_on_the_emr(tmp_path: Path) -> None:
    options = ("--language", "vi", "--theme", "light", "--size", "1366x768")
    with virtual_display(1366, 768) as display, window(display, *options) as robot:
        pass_on(robot, tmp_path, "vi")
        ours = "MedicationAdministration?identifier=urn:bcma:event|"
        given = robot.search(f"{ours}&status=completed")
        held = robot.search(f"{ours}&status=not-done")
    assert [record["request"] for record in given] == [{"reference": "MedicationRequest/mr402"}]
    assert len(held) == 1
    pictures = sorted(tmp_path.glob("vi-*.png"))
    assert len(pictures) == 9
    for picture in pictures:
        with Image.open(picture) as image:
            assert image.size == (1366, 768)
            assert len(image.getcolors(1 << 24) or ()) > 20, picture.name
