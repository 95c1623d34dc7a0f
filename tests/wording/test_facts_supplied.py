"""Whoever raises a finding supplies the facts that its sentences name."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

import bcma
from bcma.config import Language
from bcma.wording import FACTS
from bcma.wording.catalogue import lookup

ROOMS = ("rules", "bedside")
ROOT = Path(bcma.__file__).parent
#: Facts that are unknown in some cases, where a dash is the truth.
MAY_BE_UNKNOWN = {
    "documentation.orders-stale": {"as_of"},  # orders were never received
    "dose.recompute": {"giver", "witness"},  # unseen until both have entered
    "dose.choose": {"low", "high"},  # a dose per weight, and no weight
}


def calls(name: str) -> Iterator[tuple[str, ast.Call]]:
    """Give every call of a function by its name in the rooms that judge, and where it stands."""
    for room in ROOMS:
        for file in sorted((ROOT / room).rglob("*.py")):
            for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
                if isinstance(node, ast.Call) and getattr(node.func, "id", "") == name:
                    yield f"{file.name}:{node.lineno}", node


def text(node: ast.expr) -> str | None:
    return node.value if isinstance(node, ast.Constant) and isinstance(node.value, str) else None


RAISED = [
    pytest.param(code, {keyword.arg for keyword in call.keywords}, id=f"{where}-{code}")
    for where, call in calls("finding")
    if call.args and (code := text(call.args[0]))
]


@pytest.mark.parametrize("code, supplied", RAISED)
def test_a_finding_is_raised_with_the_facts_of_its_sentences(
    code: str, supplied: set[str | None]
) -> None:
    if None in supplied:
        pytest.skip("its facts are gathered elsewhere (**facts)")
    assert set(FACTS[code]) - MAY_BE_UNKNOWN.get(code, set()) <= supplied


def test_findings_are_raised_at_all() -> None:
    assert len(RAISED) > 40


@pytest.mark.parametrize("language", Language)
def test_every_cause_of_a_check_that_did_not_run_has_words(language: Language) -> None:
    causes = {cause for _, call in calls("NotChecked") if (cause := text(call.args[1]))}
    assert causes
    missing = {c for c in causes if lookup(language, f"not-checked.{c}") is None}
    assert missing == set()


def test_codes_are_written_out_and_exist() -> None:
    for code in (param.values[0] for param in RAISED):
        assert re.fullmatch(r"[a-z]+\.[a-z-]+", str(code))
        assert code in FACTS
