"""Element strings put together, and the table behind them."""

import re
from pathlib import Path

import pytest

from bcma.barcode import CodeError, element_string, elements
from bcma.barcode.ai_checks import CHECKS, COUNTRIES
from bcma.barcode.ai_table import ROWS, leading_identifier, lookup
from bcma.barcode.element_string import Element, check_value
from bcma.model.scan import BadCodeReason

GS = "\x1d"
DICTIONARY = Path(__file__).parents[3] / "shared/data/gs1/gs1-syntax-dictionary.txt"

LEFT_OUT = re.compile(r"39|43|704[01]|8005|8007|8020|8110|8112")
"""Prices, ship-to addresses, coupons and the like: see ``ai_table``."""


def test_separators_stand_only_where_a_length_is_open() -> None:
    parts = [("01", "08935001700111"), ("10", "L1"), ("17", "261231"), ("21", "U1")]
    assert element_string(parts) == f"010893500170011110L1{GS}1726123121U1"


@pytest.mark.parametrize(
    "parts",
    [
        [("01", "08935001700112")],
        [("89", "1")],
        [("10", "")],
        [("10", "L 1")],
        [("10", f"L{GS}21U")],
        [("10", "L17261231")],
        [],
    ],
)
def test_what_would_not_read_back_is_not_put_together(parts: list[tuple[str, str]]) -> None:
    with pytest.raises(CodeError):
        element_string(parts)


def test_a_value_of_an_unknown_identifier_is_refused() -> None:
    with pytest.raises(CodeError) as refusal:
        check_value(Element("89", "1"))
    assert refusal.value.reason is BadCodeReason.IDENTIFIER


def test_an_identifier_cut_in_two_is_refused_when_put_together() -> None:
    with pytest.raises(CodeError) as refusal:
        element_string([("1", "0L1")])
    assert refusal.value.reason is BadCodeReason.IDENTIFIER


@pytest.mark.parametrize(
    "text",
    [
        "70072601022601",  # half a second date
        "80012345123451203",  # a dimension too long
        "8013123456ABXX",
        "8013AB",
        "8013123456\x7fXX",
        f"8013{'1' * 24}X",
        "8003112345678901281",
        "800812345678",
        "8008260230240000",
        "80082603022360",
        "8008260302235960",
        "425999",
        "7030000ABC",
        "72520A",
        "72523",
        "725619%4x",
        "7241003",
        "724199x",
        "724100",
        "7258111",
        "72582/1",
        "725019001301",
        "725000000101",
        "8010abc",
        "8014123456",
        "80110012",
        "8026089350017001110201",
        "8030abc=",
        "8030=",
        "401123",
        "72302",
        "800100001234512301",
        "800112341234512321",
    ],
)
def test_a_value_against_its_own_rule_is_refused(text: str) -> None:
    with pytest.raises(CodeError):
        elements(text)


@pytest.mark.parametrize(
    "text",
    [
        "7007260102260103",
        "800112341234512301",
        "80131987654Ad4X4bL5ttr2310c2K",
        "80141987654Ad4X4bL5ttr2310c2K",
        "800302112345678900ABC",
        "800826030223",
        "8008260302235959",
        "423704156",
        "7030999ABC",
        "72522",
        "7256Nguy%E1%BB%85n",
        "724180",
        "72581/2",
        "725019000228",
        "7251190002282359",
        "80101234#A",
        "80110",
        "8026089350017001110102",
        "8030ab=",
        "8030abcde_-",
        "4011234X",
    ],
)
def test_a_value_by_its_own_rule_is_taken(text: str) -> None:
    assert elements(text)


def test_no_identifier_begins_another() -> None:
    for row in ROWS:
        for identifier in (row.first, row.last):
            assert leading_identifier(identifier + "9999") == identifier


def test_countries_are_those_of_iso_3166() -> None:
    assert len(COUNTRIES) == 249


@pytest.mark.skipif(not DICTIONARY.exists(), reason="the dictionary is not in this checkout")
def test_the_table_is_the_dictionary() -> None:
    seen = 0
    for line in DICTIONARY.read_text(encoding="utf-8").splitlines():
        found = re.match(
            r"(?P<first>[0-9]+)(?:-(?P<last>[0-9]+))?\s+(?P<flags>[*?]*)\s*"
            r"(?P<form>(?:\[?[NXYZ][0-9.]+\]?\S*\s*)+)",
            line,
        )
        if found is None:
            continue
        first, last = found["first"], found["last"] or found["first"]
        for number in range(int(first), int(last) + 1):
            identifier = f"{number:0{len(first)}}"
            facts = lookup(identifier)
            if LEFT_OUT.match(identifier):
                assert facts is None, identifier
                continue
            assert facts is not None, identifier
            assert facts.predefined == ("*" in found["flags"]), identifier
            assert facts.form.split(",base64url")[0] == " ".join(found["form"].split()), identifier
            seen += 1
    assert seen == sum(int(row.last) - int(row.first) + 1 for row in ROWS)


def test_every_rule_of_the_table_is_used() -> None:
    used = {name for row in ROWS for _, name, _, _ in row.checks}
    assert used == CHECKS.keys()
