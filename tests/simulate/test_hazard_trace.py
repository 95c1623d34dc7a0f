"""The trace from hazards to tests."""

from pathlib import Path

import pytest

from bcma.model.findings import BY_CODE
from bcma.simulate.hazard_list import HAZARDS
from bcma.simulate.hazard_trace import UnreadableTests, guards_by_hazard, trace_lines
from bcma.simulate.place import ScenarioError

TESTS = """
import pytest

pytestmark = [pytest.mark.slow, pytest.mark.hazard("H03")]

@pytest.mark.hazard("H01", "H02")
def test_plain(): ...

@pytest.mark.hazard("H04")
class TestGroup:
    @pytest.mark.hazard("H05")
    @pytest.mark.parametrize("x", [1])
    def test_inner(self, x): ...

@pytest.mark.hazard("H06")
def helper(): ...

@pytest.mark.hazard("H999")
def test_of_no_hazard(): ...
"""


@pytest.fixture
def tests(tmp_path: Path) -> Path:
    folder = tmp_path / "tests"
    (folder / "rules").mkdir(parents=True)
    (folder / "rules" / "test_some.py").write_text(TESTS)
    (folder / "rules" / "helpers.py").write_text("import pytest\nthis is no Python")
    (folder / "scenarios").mkdir()
    (folder / "scenarios" / "late.json").write_text(
        '{"scenario": "x", "now": "2026-03-02T08:00:00Z", "hazards": ["H53"],'
        ' "steps": [{"sync": {}}]}'
    )
    return folder


def test_marks_of_functions_classes_and_modules_count(tests: Path) -> None:
    guards = guards_by_hazard(tests)

    some = "tests/rules/test_some.py"
    assert guards["H01"] == guards["H02"] == [f"{some}::test_plain"]
    assert guards["H04"] == guards["H05"] == [f"{some}::TestGroup::test_inner"]
    assert guards["H03"] == [
        f"{some}::test_plain",
        f"{some}::TestGroup::test_inner",
        f"{some}::test_of_no_hazard",
    ]
    assert guards["H53"] == ["tests/scenarios/late.json"]
    assert "H06" not in guards


def test_every_hazard_has_one_line_that_begins_with_its_number(tests: Path) -> None:
    lines = list(trace_lines(tests))

    assert [line.split()[0] for line in lines] == [f"H{number:02}" for number in range(1, 117)]
    assert lines[0].endswith(": tests/rules/test_some.py::test_plain")
    assert lines[5].endswith(": open")


def test_only_hazards_without_tests_say_open(tests: Path) -> None:
    said = [line.split()[0] for line in trace_lines(tests) if "open" in line.split()]

    assert len(said) == 116 - 6
    assert not {"H01", "H02", "H03", "H04", "H05", "H53"} & set(said)


def test_answers_that_look_like_codes_are_codes() -> None:
    for hazard in HAZARDS:
        for word in hazard.answer.replace(",", " ").split():
            if "." in word:
                assert word in BY_CODE, hazard.number


def test_tests_that_cannot_be_read_are_named(tests: Path) -> None:
    with pytest.raises(UnreadableTests, match="no such folder"):
        guards_by_hazard(tests / "none")
    (tests / "test_broken.py").write_text("def")
    with pytest.raises(UnreadableTests, match="SyntaxError"):
        guards_by_hazard(tests)


def test_a_broken_scenario_is_not_passed_over(tests: Path) -> None:
    (tests / "scenarios" / "broken.json").write_text("{}")

    with pytest.raises(ScenarioError):
        guards_by_hazard(tests)
