"""The vectors of the GS1 reference engine, where they are at hand.

What the product does not read is exempt, for a reason that is named here; of the rest, all
that must be refused is refused and all that must be accepted is accepted.
"""

import json
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from bcma.barcode import CodeError, elements
from bcma.model.scan import BadCode, BadCodeReason, Barcode

GS = "\x1d"
VECTORS = Path(__file__).parents[3] / "shared/data/gs1/vectors.json"

pytestmark = pytest.mark.skipif(
    not VECTORS.exists(), reason="the reference vectors are not in this checkout"
)

NOT_GS1 = re.compile(r"\](?:Q1|d1|J0)(?!http)", re.IGNORECASE)
"""Plain symbols with any text: the engine passes it on, here it is no code of ours."""

COMPOSITE = "|]e0"
"""EAN with a composite component: not on ward goods, refused as two codes joined."""

LEFT_OUT = re.compile(r"\^?\(?(?:39[0-9]{2}|43[0-9]{2})")
"""Prices and ship-to addresses: refused like an unknown identifier."""


def group(name: str) -> list[dict[str, Any]]:
    cases: list[dict[str, Any]] = json.loads(VECTORS.read_text(encoding="utf-8"))[name]
    return cases


def accepted(text: str) -> bool:
    try:
        elements(text)
    except CodeError:
        return False
    return True


def after_fnc1(data: str) -> str:
    return data.removeprefix("^").replace("^", GS)


def disagreements(cases: list[dict[str, Any]]) -> Iterator[str]:
    for case in cases:
        starts_right = case["data"].startswith("^")
        if (starts_right and accepted(after_fnc1(case["data"]))) != case["ok"]:
            yield case["data"]


def test_element_strings() -> None:
    assert list(disagreements(group("fnc1_process"))) == []


def test_what_stands_in_brackets_is_taken_without_them() -> None:
    cases = [
        {"ok": True, "data": case["exp"]}
        for case in group("bracketed_parse")
        if case["ok"] and not LEFT_OUT.match(case["exp"])
    ]
    assert len(cases) == 11
    assert list(disagreements(cases)) == []


@pytest.mark.hazard("H88")
def test_brackets_are_no_code(read: Callable[[str], Barcode]) -> None:
    """The human-readable form is ambiguous: a lot may hold a bracket."""
    for case in group("bracketed_parse"):
        assert isinstance(read(case["data"]), BadCode), case["data"]


def test_readers_texts(read: Callable[[str], Barcode]) -> None:
    wrong = []
    for case in group("scandata_process"):
        data = case["data"]
        if case["ok"] and (NOT_GS1.match(data) or COMPOSITE in data):
            assert isinstance(read(data), BadCode)
            continue
        barcode = read(data)
        # read, and then found to name nothing that a ward scans: still read
        taken = not isinstance(barcode, BadCode) or barcode.reason is BadCodeReason.NO_PRODUCT
        if taken != case["ok"]:
            wrong.append(data)
    assert wrong == []


def test_rules_of_values() -> None:
    """A value of an identifier that is left out is refused, and so it is where it is wrong."""
    wrong = []
    for case in group("ai_linters"):
        parts = re.findall(r"\(([0-9]+)\)([^(]*)", case["data"])
        text = "".join(f"{ai}{value}{GS}" for ai, value in parts)
        if accepted(text) != (case["err"] == "GS1_LINTER_OK"):
            wrong.append(case["data"])
    assert wrong == []
