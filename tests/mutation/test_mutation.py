"""How a mutation run is ordered and summed up."""

import json
from pathlib import Path

import pytest

from tests.mutation.nearest import nearness, parted, words_of
from tests.mutation.survivors import Mutant, Outcome, read, score, table


@pytest.mark.parametrize(
    "mutant, words",
    [
        ("bcma.rules.time.x_slot_is_open__mutmut_3", ["time"]),
        ("bcma.rules.route_fit.xǁFitǁof__mutmut_1", ["route", "fit"]),
        ("", []),
    ],
)
def test_the_changed_module_is_read_off_the_name(mutant: str, words: list[str]) -> None:
    assert words_of(mutant) == words


def test_a_test_file_is_near_by_the_words_of_its_name() -> None:
    assert nearness(["route", "fit"], "test_route_fit") == 2
    assert nearness(["route", "fit"], "test_route") == 1
    assert nearness(["time"], "test_dose") == 0


def test_near_tests_are_told_from_options_and_from_the_others() -> None:
    line = ["-x", "-o", "a=b", "tests/rules/test_dose.py::test_a[x]", "tests/rules/test_time.py::b"]
    assert parted(line, ["time"]) == (
        ["-x", "-o", "a=b"],
        ["tests/rules/test_time.py::b"],
        ["tests/rules/test_dose.py::test_a[x]"],
    )


def written(folder: Path, **codes: int | None) -> tuple[Mutant, ...]:
    file = folder / "bcma" / "rules" / "time.py.meta"
    file.parent.mkdir(parents=True)
    file.write_text(json.dumps({"exit_code_by_key": codes}), encoding="utf-8")
    return read(folder)


def test_only_what_a_test_noticed_counts_as_killed(tmp_path: Path) -> None:
    mutants = written(tmp_path, failed=1, died=-24, passed=0, untested=33, waiting=None)
    assert {m.name: m.outcome for m in mutants} == {
        "failed": Outcome.KILLED,
        "died": Outcome.KILLED,
        "passed": Outcome.SURVIVED,
        "untested": Outcome.SURVIVED,
        "waiting": Outcome.NOT_RUN,
    }
    assert {m.module for m in mutants} == {"bcma/rules/time"}
    assert score(list(mutants)) == 0.5


def test_the_table_ends_with_all(tmp_path: Path) -> None:
    lines = list(table(written(tmp_path, failed=1, passed=0, third=1, waiting=None)))
    assert [line.split() for line in lines] == [
        ["module", "killed", "survived", "score"],
        ["bcma/rules/time", "2", "1", "66.7%"],
        ["all", "2", "1", "66.7%"],
    ]


def test_of_nothing_everything_was_noticed() -> None:
    assert score([]) == 1.0
