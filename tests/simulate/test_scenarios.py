"""Every scenario of tests/scenarios, played through the product."""

from pathlib import Path

import pytest

from bcma.simulate.play import play
from bcma.simulate.read import read_scenario, scenario_files

TESTS = Path(__file__).parents[1]


def scenarios(folder: str) -> list[object]:
    files = sorted((TESTS / folder).glob("*.json"))
    if not files:
        return []  # nothing waits to be built
    return [
        pytest.param(
            file,
            id=file.stem,
            marks=[pytest.mark.hazard(*hazards)]
            if (hazards := read_scenario(file).hazards)
            else [],
        )
        for file in scenario_files([TESTS / folder])
    ]


@pytest.mark.parametrize("file", scenarios("scenarios"))
def test_the_product_answers_as_the_scenario_says(file: Path) -> None:
    assert play(read_scenario(file)).differences == ()


@pytest.mark.xfail(strict=True, reason="the rule is not built: move the file when it is")
@pytest.mark.parametrize("file", scenarios("scenarios_pending"))
def test_what_is_not_built_yet(file: Path) -> None:
    assert play(read_scenario(file)).differences == ()
