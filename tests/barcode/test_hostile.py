"""Whatever comes in, a Barcode comes out, and never a wrong one."""

from datetime import date
from random import Random
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bcma.barcode import SiteFormats, element_string, elements, parse
from bcma.barcode.check_digits import has_mod_10, mod_10
from bcma.model.scan import BadCode, Barcode, UnitCode, Wristband

FORMATS = SiteFormats()
ZONE = ZoneInfo("Asia/Ho_Chi_Minh")
TODAY = date(2026, 3, 2)
GS = "\x1d"

AIMS = ("", "]d2", "]C1", "]e0", "]Q3", "]E0", "]E4", "]I1", "]C0", "]Q1", "]d1", "]X9")
CSET_82 = "!\"%&'()*+,-./0123456789:;<=>?ABCXYZ_abcxyz"
VALID = (
    "]d28018893200000000000013\x1d801901",
    "]d20108935001700111172512311000L1\x1d21U001",
    "+A123BJC5D6E71G",
    "https://id.example.vn/01/08935001700111/10/L1",
    "001090012345|012345678|Trần Văn Ước|05121990|Nam|Hà Nội|01062021",
    "BN240001.1",
)

fragments = st.sampled_from(("01", "17", "8018", GS, "]d2", "|", "$", "+", "%", "08935001700111"))
pieces = st.lists(fragments | st.text("0123456789", max_size=20) | st.text(max_size=5), max_size=8)


def read(text: str) -> Barcode:
    return parse(text, FORMATS, zone=ZONE, today=TODAY)


@st.composite
def damaged(draw: st.DrawFn) -> str:
    text = draw(st.sampled_from(VALID))
    start = draw(st.integers(0, len(text)))
    end = draw(st.integers(start, len(text)))
    return text[:start] + draw(st.text(max_size=4)) + text[end:]


@pytest.mark.hazard("H88")
@settings(deadline=None)
@given(st.one_of(st.text(), st.builds("{}{}".format, st.sampled_from(AIMS), st.text()), damaged()))
def test_no_text_raises(text: str) -> None:
    assert isinstance(read(text), Barcode)


@settings(deadline=None)
@given(st.binary())
def test_no_bytes_raise(data: bytes) -> None:
    assert isinstance(read(data.decode("latin-1")), Barcode)


@pytest.mark.hazard("H88")
@settings(deadline=None)
@given(st.sampled_from(AIMS), pieces)
def test_a_product_that_is_read_has_a_right_check_digit(aim: str, parts: list[str]) -> None:
    barcode = read(aim + "".join(parts))
    if isinstance(barcode, UnitCode) and barcode.gtin is not None:
        assert len(barcode.gtin) == 14
        assert has_mod_10(barcode.gtin)


@pytest.mark.hazard("H88")
@settings(deadline=None)
@given(st.text("0123456789", min_size=17, max_size=17), st.integers(0, 17), st.integers(1, 9))
def test_one_wrong_digit_is_no_band(body: str, place: int, shift: int) -> None:
    gsrn = body + mod_10(body)
    assert read(f"]d28018{gsrn}") == Wristband(gsrn, None)
    wrong = str((int(gsrn[place]) + shift) % 10)
    assert isinstance(read(f"]d28018{gsrn[:place]}{wrong}{gsrn[place + 1 :]}"), BadCode)


@settings(deadline=None)
@given(
    st.text("0123456789", min_size=12, max_size=12),
    st.dates(date(1976, 1, 1), date(2075, 12, 31)),
    st.text(CSET_82, min_size=1, max_size=20),
    st.text(CSET_82, min_size=1, max_size=20),
    st.randoms(use_true_random=False),
)
def test_what_is_printed_reads_back(
    body: str, expiry: date, lot: str, serial: str, random: Random
) -> None:
    gtin = f"1{body}{mod_10(f'1{body}')}"
    parts = [("01", gtin), ("17", f"{expiry:%y%m%d}"), ("10", lot), ("21", serial)]
    random.shuffle(parts)
    text = element_string(parts)
    assert [tuple(element) for element in elements(text)] == parts
    assert read(f"]d2{text}") == UnitCode(gtin=gtin, lot=lot, serial=serial, expiry=expiry)
