"""Every scenario of tests/scenarios, played through the product."""

from pathlib import Path

import pytest

from bcma.simulate.play import play
from bcma.simulate.read import read_scenario, scenario_files

FOLDER = Path(__file__).parents[1] / "scenarios"


def scenarios() -> list[object]:
    """Give every scenario, under its name and with the hazards that it covers."""
    return [
        pytest.param(
            file,
            id=file.stem,
            marks=[pytest.mark.hazard(*hazards)]
            if (hazards := read_scenario(file).hazards)
            else [],
        )
        for file in scenario_files([FOLDER])
    ]


@pytest.mark.parametrize("file", scenarios())
def test_the_product_answers_as_the_scenario_says(file: Path) -> None:
    assert play(read_scenario(file)).differences == ()
