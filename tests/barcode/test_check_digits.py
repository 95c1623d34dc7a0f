"""Check characters against published examples."""

import pytest

from bcma.barcode.check_digits import has_check_pair, has_mod_10, is_upc_e, mod_43


@pytest.mark.parametrize("text", ["8935001700111", "96385074", "036000291452", "00"])
def test_modulo_10_of_real_numbers(text: str) -> None:
    assert has_mod_10(text)


@pytest.mark.parametrize("text", ["", "0", "8935001700112", "٠٠", "x0"])
def test_modulo_10_refuses(text: str) -> None:
    assert not has_mod_10(text)


def test_modulo_43_of_the_standard() -> None:
    assert mod_43("+A123BJC5D6E71") == "G"
    assert mod_43("+a") is None


def test_check_pair_of_the_standard() -> None:
    assert has_check_pair("1987654Ad4X4bL5ttr2310c2K")
    assert not has_check_pair("1987654Ad4X4bL5ttr2310c2L")
    assert not has_check_pair("2K")
    assert not has_check_pair("é2K")
    assert not has_check_pair("1" * 26)


@pytest.mark.parametrize(
    "text", ["01234565", "00783491", "01278906", "01234531", "01234540", "04252614"]
)
def test_upc_e_is_known_by_the_number_it_stands_for(text: str) -> None:
    body = text[:-1]
    digits = [digit for digit in "0123456789" if is_upc_e(body + digit)]
    assert len(digits) == 1


@pytest.mark.parametrize("text", ["04252614", "01234565"])
def test_upc_e_of_real_packs(text: str) -> None:
    assert is_upc_e(text)


@pytest.mark.parametrize("text", ["", "0425261", "24252614", "0425261x"])
def test_other_digits_are_no_upc_e(text: str) -> None:
    assert not is_upc_e(text)
