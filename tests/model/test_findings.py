"""The catalogue of findings is the table of the contract."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from bcma.model.findings import BY_CODE, CATALOGUE
from bcma.model.verdict import NEVER, ReleaseBy, Right, Severity

CONTRACT = Path(__file__).parents[3] / "shared" / "spec" / "eight-rights.md"
CODE = re.compile(r"`([a-z]+\.[a-z-]+)`")
WORD = re.compile(r"\b(stop|ask|warn|info|task)\b")


def rows() -> Iterator[tuple[str, str, bool]]:
    """Give code, default and mark (●) of every code in the contract's tables.

    Two codes may share a row: then each has its own default, or both have the only one.
    """
    for line in CONTRACT.read_text(encoding="utf-8").splitlines():
        cells = [cell.strip() for cell in line.strip("|").split("|")]
        if not line.startswith("| `") or len(cells) != 4:
            continue
        codes, defaults = CODE.findall(cells[0]), cells[2].split(" / ")
        for place, code in enumerate(codes):
            default = cells[2] if len(codes) == 1 else defaults[min(place, len(defaults) - 1)]
            yield code, default.replace("beside the stop", ""), "●" in default + cells[1]


needs_contract = pytest.mark.skipif(
    not CONTRACT.exists(), reason="the contract (../shared/spec/eight-rights.md) is not here"
)


@needs_contract
def test_every_code_of_the_contract_is_declared_and_no_other() -> None:
    declared = [spec.code for spec in CATALOGUE]
    assert sorted(declared) == sorted(code for code, _, _ in rows())
    assert len(declared) == len(set(declared))


@needs_contract
def test_guarded_codes_are_those_with_the_mark() -> None:
    marked = {code for code, _, mark in rows() if mark}
    assert {spec.code for spec in CATALOGUE if spec.guarded} == marked


@needs_contract
def test_severities_of_the_contract_are_variants() -> None:
    for code, default, _ in rows():
        declared = {variant.severity.word for variant in BY_CODE[code].variants}
        written = {"info" if word == "task" else word for word in WORD.findall(default)}
        assert written <= declared, code


@pytest.mark.parametrize("spec", CATALOGUE, ids=[spec.code for spec in CATALOGUE])
def test_a_row_is_sound(spec: object) -> None:
    row = BY_CODE[str(getattr(spec, "code", ""))]
    assert row.right in Right
    severities = [variant.severity for variant in row.variants]
    assert severities == sorted(severities, reverse=True)
    for variant in row.variants:
        if variant.severity is Severity.INFO:
            assert variant.release == NEVER
        if variant.severity is Severity.WARN:
            assert variant.release
        if variant.severity is not Severity.ASK:
            assert variant.cannot is None
        else:
            assert bool(variant.release) is (variant.cannot is not None)
    if row.guarded:
        assert severities[0] is Severity.STOP


def test_a_variant_is_found_by_its_severity() -> None:
    early = BY_CODE["time.early"]
    assert early.variant().severity is Severity.STOP
    assert early.variant(Severity.WARN).release == (ReleaseBy.REASON,)
    with pytest.raises(KeyError):
        early.variant(Severity.ASK)


def test_exceptional_releases() -> None:
    assert BY_CODE["time.weekly-only"].variant().release == (
        ReleaseBy.PRESCRIBER,
        ReleaseBy.PHARMACIST,
    )
    assert BY_CODE["dose.above-single-max"].variant().release == (
        ReleaseBy.PRESCRIBER,
        ReleaseBy.WITNESS,
    )
    for code in ("patient.rescan", "drug.choose-order", "drug.component-missing"):
        assert BY_CODE[code].variant().cannot is None
