"""How a mutation run is ordered and summed up."""

import json
from pathlib import Path

import pytest

from tests.mutation.__main__ import ROOT
from tests.mutation.nearest import module_of, near_files, parted
from tests.mutation.survivors import Mutant, Outcome, read, score, table


@pytest.mark.parametrize(
    "mutant, module",
    [
        ("bcma.rules.time.x_slot_is_open__mutmut_3", "time"),
        ("bcma.rules.route_fit.xǁFitǁof__mutmut_1", "route_fit"),
        ("bcma.rules.aspects.look.x_length__mutmut_2", "aspects.look"),
        ("bcma.rules.x_judge__mutmut_1", ""),
        ("", ""),
    ],
)
def test_the_changed_module_is_read_off_the_name(mutant: str, module: str) -> None:
    assert module_of(mutant) == module


def test_a_test_file_is_near_by_its_name_or_by_what_it_speaks_of() -> None:
    route_fit = near_files("route_fit", ROOT)
    assert {"test_route_fit", "test_route"} <= route_fit
    assert "test_conflict" in near_files("documentation", ROOT), "it speaks of the finding"
    assert "test_unit" not in near_files("documentation", ROOT)
    assert "test_time" in near_files("given", ROOT), "the rules of time use it"
    assert near_files("", ROOT) == frozenset()


def test_near_tests_are_told_from_options_and_from_the_others() -> None:
    line = ["-x", "-o", "a=b", "tests/rules/test_dose.py::test_a[x]", "tests/rules/test_time.py::b"]
    assert parted(line, frozenset({"test_time"})) == (
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
