"""The scenarios about the EMR, the network, restarts and several stations, on a foreign server."""

from collections.abc import Iterator
from pathlib import Path
from typing import Final

import pytest

from bcma.simulate.play import play
from bcma.simulate.read import read_scenario, scenario_files
from bcma.simulate.scenario import Scenario
from bcma.simulate.verbs import Restart, SetNetwork, SyncNow
from tests.peers import hapi_server

FOLDER: Final = Path(__file__).parents[1] / "scenarios"


def is_about_the_emr(scenario: Scenario) -> bool:
    """Tell whether a server of another make could change how a scenario goes."""
    return (
        len(scenario.stations) > 1
        or bool(scenario.expect_emr)
        or any(isinstance(step.verb, SetNetwork | Restart | SyncNow) for step in scenario.steps)
    )


def about_the_emr() -> Iterator[object]:
    """Give the scenarios under their names and with the hazards that they cover."""
    for file in scenario_files([FOLDER]):
        scenario = read_scenario(file)
        if is_about_the_emr(scenario):
            marks = [pytest.mark.hazard(*scenario.hazards)] if scenario.hazards else []
            yield pytest.param(file, id=file.stem, marks=marks)


@pytest.mark.emr
@pytest.mark.timeout(400)
@pytest.mark.parametrize("file", list(about_the_emr()))
def test_the_product_answers_on_hapi_as_the_scenario_says(file: Path, hapi: str) -> None:
    hapi_server.empty(hapi)
    assert play(read_scenario(file), hapi).differences == ()
