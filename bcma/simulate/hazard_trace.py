"""The trace: which tests guard against which hazard.

Tests are read, not run: a test says its hazards by ``@pytest.mark.hazard("H38")`` on itself,
its class or its module (``pytestmark``), a scenario by its ``hazards``.
"""

import ast
from collections import defaultdict
from collections.abc import Iterator, Mapping
from pathlib import Path

from bcma.errors import BcmaError
from bcma.simulate.hazard_list import HAZARDS, NUMBERS, Hazard
from bcma.simulate.read import read_scenario, scenario_files

_OPEN = "open"


class UnreadableTests(BcmaError):
    """The tests cannot be read: no such folder, or a file that is no Python."""

    code = "hazards.unreadable-tests"


def trace_lines(tests: Path) -> Iterator[str]:
    """Give one line per hazard, beginning with its number.

    Args:
        tests: folder with ``test_*.py`` and, in ``scenarios``, scenario files.

    Raises:
        UnreadableTests: the folder or one of its files cannot be read.
        ScenarioError: a scenario is none.
    """
    guards = guards_by_hazard(tests)
    for hazard in HAZARDS:
        yield _line(hazard, guards.get(hazard.number, []))


def guards_by_hazard(tests: Path) -> Mapping[str, list[str]]:
    """Give the tests and scenarios of each hazard that has any, in reading order."""
    if not tests.is_dir():
        raise UnreadableTests(path=str(tests), reason="no such folder")
    guards: defaultdict[str, list[str]] = defaultdict(list)
    for file in sorted(tests.rglob("test_*.py")):
        for number, name in _marked_tests(file):
            guards[number].append(f"{file.relative_to(tests.parent).as_posix()}::{name}")
    scenarios = tests / "scenarios"
    for file in scenario_files([scenarios]) if scenarios.is_dir() else ():
        for number in read_scenario(file).hazards:
            guards[number].append(file.relative_to(tests.parent).as_posix())
    return guards


def _line(hazard: Hazard, guards: list[str]) -> str:
    tests = ", ".join(dict.fromkeys(guards)) or _OPEN
    return f"{hazard.number}  {hazard.title} → {hazard.answer}: {tests}"


def _marked_tests(file: Path) -> Iterator[tuple[str, str]]:
    try:
        module = ast.parse(file.read_bytes())
    except (OSError, SyntaxError, ValueError) as failure:
        raise UnreadableTests(path=str(file), reason=type(failure).__name__) from failure
    yield from _in_body(module.body, "", _module_marks(module))


def _in_body(
    body: list[ast.stmt], prefix: str, inherited: tuple[str, ...]
) -> Iterator[tuple[str, str]]:
    for node in body:
        match node:
            case ast.ClassDef(name=name) if name.startswith("Test"):
                marks = inherited + _marks(node.decorator_list)
                yield from _in_body(node.body, f"{prefix}{name}::", marks)
            case ast.FunctionDef(name=name) if name.startswith("test_"):
                for number in inherited + _marks(node.decorator_list):
                    yield number, f"{prefix}{name}"
            case _:
                pass


def _module_marks(module: ast.Module) -> tuple[str, ...]:
    for node in module.body:
        match node:
            case ast.Assign(targets=[ast.Name(id="pytestmark")], value=ast.List(elts=marks)):
                return _marks(marks)
            case ast.Assign(targets=[ast.Name(id="pytestmark")], value=mark):
                return _marks([mark])
            case _:
                pass
    return ()


def _marks(expressions: list[ast.expr]) -> tuple[str, ...]:
    """Give the known numbers of every ``pytest.mark.hazard(...)`` among decorators."""
    found: list[str] = []
    for expression in expressions:
        match expression:
            case ast.Call(func=ast.Attribute(attr="hazard"), args=arguments):
                found += [str(a.value) for a in arguments if isinstance(a, ast.Constant)]
            case _:
                pass
    return tuple(number for number in found if number in NUMBERS)
