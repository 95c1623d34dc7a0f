"""Runs first the tests that are named after what was changed: most mutants die at once.

A pytest plugin for mutation runs only (``[tool.mutmut]`` in ``pyproject.toml``).
"""

import os
from collections.abc import Sequence
from pathlib import PurePath

import pytest

#: Where mutmut says which change is in force: ``bcma.rules.time.x_slot_is_open__mutmut_3``.
CHANGED = "MUTANT_UNDER_TEST"


@pytest.hookimpl(tryfirst=True)
def pytest_cmdline_main(config: pytest.Config) -> int | None:
    """Run the near tests by themselves before all: collecting the others takes far longer."""
    words = words_of(os.environ.get(CHANGED, ""))
    options, near, others = parted(config.invocation_params.args, words)
    if not near or not others:
        return None
    noticed = pytest.main([*options, *near])
    return None if noticed is pytest.ExitCode.OK else noticed


def parted(
    arguments: Sequence[str | os.PathLike[str]], words: Sequence[str]
) -> tuple[list[str], list[str], list[str]]:
    """Part a command line into options, tests near to the changed module, and other tests."""
    options, near, others = list[str](), list[str](), list[str]()
    for argument in map(str, arguments):
        path, is_test, _ = argument.partition("::")
        if not is_test:
            options.append(argument)
        elif nearness(words, PurePath(path).stem):
            near.append(argument)
        else:
            others.append(argument)
    return options, near, others


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Sort the tests of the changed module to the front, the others stay as they are."""
    words = words_of(os.environ.get(CHANGED, ""))
    items.sort(key=lambda item: -nearness(words, item.path.stem))


def words_of(mutant: str) -> Sequence[str]:
    """Give the words of the changed module's name (``route_fit`` → ``route``, ``fit``)."""
    module = mutant.partition(".x")[0].rpartition(".")[2]
    return [word for word in module.split("_") if word]


def nearness(words: Sequence[str], stem: str) -> int:
    """Count the words of the changed module in the name of a test file."""
    return len(set(words) & set(stem.split("_")))
