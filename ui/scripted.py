"""The demonstration without a screen: a pass played by real keys on a virtual display."""

import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from bcma.config import Language, Theme
from bcma.errors import BcmaError
from ui.robot import Robot, RobotError, window
from ui.xvfb import virtual_display

_FAILED: Final = 2
_BADGE, _PIN = "NV-0001", "4711"
_BAND: Final = "BN260004.1"
_TABLETS: Final = (
    "]d201089360000000351729123110A103\x1d21A001",
    "]d201089360000000351729123110A103\x1d21A002",
)
_LOOK_ALIKE: Final = "]d201089360000000591729123110A105\x1d21H002"
_LATE: Final = "]d201089360000000421729123110A104\x1d21H001"


@dataclass(frozen=True, slots=True)
class Showing:
    """One run of the window: its language, theme and size."""

    language: Language
    theme: Theme
    width: int
    height: int

    @property
    def options(self) -> tuple[str, ...]:
        """Give it as options of the program."""
        size = f"{self.width}x{self.height}"
        return ("--language", self.language, "--theme", self.theme, "--size", size)

    @property
    def name(self) -> str:
        """Give the beginning of its pictures' names."""
        return f"{self.language}-{self.theme}-{self.width}"


SHOWINGS: Final = (
    Showing(Language.VI, Theme.LIGHT, 1366, 768),
    Showing(Language.VI, Theme.DARK, 1920, 1080),
    Showing(Language.EN, Theme.LIGHT, 1920, 1080),
    Showing(Language.EN, Theme.DARK, 1366, 768),
)


def play(folder: Path) -> int:
    """Play the pass in every showing; pictures go to a folder.

    Returns:
        0, or 2 with the reason on standard error.
    """
    sys.stdout.write("No display: playing a scripted pass on a virtual one.\n")
    try:
        for showing in SHOWINGS:
            with (
                virtual_display(showing.width, showing.height) as display,
                window(display, *showing.options) as robot,
            ):
                pass_on(robot, folder, showing.name)
                _report(robot, showing)
    except (BcmaError, RobotError) as error:
        sys.stderr.write(f"demo: {error}\n")
        return _FAILED
    sys.stdout.write(f"Pictures: {folder}\n")
    return 0


def pass_on(robot: Robot, folder: Path, name: str) -> None:
    """Sign in, give two tablets, run into a look-alike, take it back, hold a late dose."""

    def picture(what: str) -> None:
        robot.pause()
        robot.picture(folder / f"{name}-{what}.png")

    picture("1-sign-in")
    robot.scan(_BADGE)
    robot.type(_PIN)
    robot.key("Return")
    robot.pause(2)
    robot.key("F4")
    robot.pause()
    robot.scan(_BAND)  # turns back from the page of problems
    picture("2-due-list")
    robot.scan(_TABLETS[0])
    picture("3-ask")
    robot.scan(_TABLETS[1])
    picture("4-pass")
    robot.scan("CMD-GIVE")
    robot.wait_for("the dose on the EMR", lambda: bool(_records(robot, "completed")))
    picture("5-given")
    robot.scan(_LOOK_ALIKE)
    picture("6-stop")
    robot.scan("CMD-BACK")
    robot.scan(_LATE)
    picture("7-warn")
    robot.key("F6")
    picture("8-hold")
    robot.key("Return")
    robot.wait_for("the held dose on the EMR", lambda: bool(_records(robot, "not-done")))
    picture("9-held")


def _records(robot: Robot, status: str) -> list[dict[str, object]]:
    return robot.search(f"MedicationAdministration?status={status}&identifier=urn:bcma:event|")


def _report(robot: Robot, showing: Showing) -> None:
    """Print what the EMR holds now."""
    sys.stdout.write(f"{showing.name}: MedicationAdministration on {robot.emr_url}\n")
    for record in robot.search("MedicationAdministration?_sort=-_lastUpdated&_count=2"):
        drug = record.get("medicationReference") or record.get("medicationCodeableConcept")
        sys.stdout.write(f"  {record['status']:<10} {record.get('effectiveDateTime')} {drug}\n")
    sys.stdout.flush()
