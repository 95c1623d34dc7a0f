"""Runs first the tests that are about what was changed: most mutants die at once.

A pytest plugin for mutation runs only (``[tool.mutmut]`` in ``pyproject.toml``).
"""

import os
import re
from collections.abc import Sequence
from pathlib import Path, PurePath
from typing import Final

import pytest

#: Where mutmut says which change is in force: ``bcma.rules.time.x_slot_is_open__mutmut_3``.
CHANGED: Final = "MUTANT_UNDER_TEST"
_RULES: Final = Path("bcma/rules")
_TESTS: Final = Path("tests/rules")
_FINDING: Final = re.compile(r'"[a-z]+\.[a-z]+(?:-[a-z]+)*"')


@pytest.hookimpl(tryfirst=True)
def pytest_cmdline_main(config: pytest.Config) -> int | None:
    """Run the near tests by themselves before all: collecting the others takes far longer."""
    module = module_of(os.environ.get(CHANGED, ""))
    options, near, others = parted(config.invocation_params.args, near_files(module))
    if not near or not others:
        return None
    noticed = pytest.main([*options, *near])
    return None if noticed is pytest.ExitCode.OK else noticed


def module_of(mutant: str) -> str:
    """Give the changed module of the rules: ``time``, or ``aspects.look``."""
    return mutant.partition(".x")[0].removeprefix("bcma.rules").lstrip(".")


def near_files(module: str, root: Path = Path()) -> frozenset[str]:
    """Name the test files that share a word with a module, or speak of what it finds.

    A module without findings of its own is spoken of by those that use it.
    """
    if not module:
        return frozenset()
    findings = _findings(root, module)
    words = {word for word in re.split(r"[_.]", module) if word}
    tests = {path.stem: path.read_text("utf-8") for path in (root / _TESTS).glob("test_*.py")}
    return frozenset(
        stem
        for stem, text in tests.items()
        if words & set(stem.split("_"))
        or f"bcma.rules.{module} import" in text
        or any(found in text for found in findings)
    )


def _findings(root: Path, module: str) -> frozenset[str]:
    own = root / _RULES / f"{module.replace('.', '/')}.py"
    found = frozenset(_FINDING.findall(own.read_text("utf-8"))) if own.is_file() else frozenset()
    if found:
        return found
    uses = f"bcma.rules.{module} import"
    users = (path.read_text("utf-8") for path in (root / _RULES).glob("*.py"))
    return frozenset(code for text in users if uses in text for code in _FINDING.findall(text))


def parted(
    arguments: Sequence[str | os.PathLike[str]], files: frozenset[str]
) -> tuple[list[str], list[str], list[str]]:
    """Part a command line into options, tests of some files, and other tests."""
    options, near, others = list[str](), list[str](), list[str]()
    for argument in map(str, arguments):
        path, is_test, _ = argument.partition("::")
        if not is_test:
            options.append(argument)
        elif PurePath(path).stem in files:
            near.append(argument)
        else:
            others.append(argument)
    return options, near, others
