"""A cart starts fast: what is slow to import waits until it is used."""

import subprocess
import sys

import pytest

HEAVY = ("cv2", "reportlab", "pyhanko", "ucumvert")


@pytest.mark.parametrize(
    "module, absent",
    [("bcma.app", (*HEAVY, "PySide6")), ("bcma.__main__", (*HEAVY, "PySide6"))],
    ids=["app", "command line"],
)
def test_importing_leaves_heavy_libraries_unloaded(module: str, absent: tuple[str, ...]) -> None:
    code = f"import {module}, sys; print(*sorted(set({absent!r}) & set(sys.modules)))"
    child = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=False
    )
    assert (child.stderr, child.stdout.strip()) == ("", "")
