"""Amounts: what they mean is never guessed, and equal amounts are equal."""

import subprocess
import sys
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bcma.model import quantity
from bcma.model.quantity import (
    AmountError,
    Quantity,
    Ratio,
    UnitError,
    conversion_factor,
    is_known_unit,
    normalise_unit,
    parse_decimal,
    warm_up,
)

amounts = st.decimals(
    min_value=Decimal("0.001"), max_value=10**6, places=3, allow_nan=False, allow_infinity=False
)
SAME_KIND = [
    ("g", "mg"),
    ("mg", "ug"),
    ("ug", "ng"),
    ("L", "mL"),
    ("d", "h"),
    ("h", "min"),
    ("mmol", "umol"),
    ("mL/h", "mL/min"),
    ("mg/kg/h", "ug/kg/min"),
    ("g/L", "mg/mL"),
    ("[iU]", "m[iU]"),
    ("eq", "meq"),
]


@pytest.mark.parametrize(
    "written, code",
    [
        ("mcg", "ug"),
        ("MCG", "ug"),
        ("µg", "ug"),
        ("μg", "ug"),
        ("gam", "g"),
        ("ml", "mL"),
        ("cc", "mL"),
        ("L", "L"),
        ("l", "L"),
        ("IU", "[iU]"),
        ("UI", "[iU]"),
        ("U", "[iU]"),
        ("đơn vị", "[iU]"),
        ("{unit}", "[iU]"),
        ("[iU]", "[iU]"),
        ("mEq", "meq"),
        ("[mEq]", "meq"),
        ("viên", "{tablet}"),
        ("viên  nang", "{capsule}"),
        ("ống", "{ampoule}"),
        ("lọ", "{vial}"),
        ("gói", "{sachet}"),
        ("giọt", "[drp]"),
        ("nhát", "{puff}"),
        ("mcg/kg/min", "ug/kg/min"),
        ("IU/kg/giờ", "[iU]/kg/h"),
        ("ml/h", "mL/h"),
        ("ml/hr", "mL/h"),
        (" mg ", "mg"),
        ("mm[Hg]", "mm[Hg]"),
        ("/min", "/min"),
        ("{beats}/min", "/min"),
        ("nhịp/phút", "/min"),
        ("{tablet}", "{tablet}"),
    ],
)
def test_units_as_they_are_written(written: str, code: str) -> None:
    assert normalise_unit(written) == code


@pytest.mark.parametrize("written", ["MG", "Mg", "G", "kG"])
def test_a_unit_in_other_letters_is_not_taken_for_another(written: str) -> None:
    """``Mg`` is a megagram to UCUM: a milligram a milliard times."""
    assert normalise_unit(written) == written
    assert not Quantity.of(1, written).same_as(Quantity.of(1, "mg"))


@pytest.mark.parametrize("written", ["", "  "])
def test_no_unit_is_not_a_unit(written: str) -> None:
    with pytest.raises(UnitError):
        normalise_unit(written)


@given(st.text(max_size=12))
def test_a_code_stays_as_it_is_once_it_is_one(written: str) -> None:
    if written.split():
        code = normalise_unit(written)
        assert normalise_unit(code) == code


@pytest.mark.hazard("H40")
@pytest.mark.parametrize("one, other", SAME_KIND)
@given(value=amounts)
def test_conversion_there_and_back_changes_nothing(one: str, other: str, value: Decimal) -> None:
    amount = Quantity(value, one)
    there = amount.to(other)
    assert abs(there.to(one).value - value) <= value * Decimal("1e-25")
    assert there.unit == other


@pytest.mark.parametrize(
    "value, unit, target, expected",
    [
        ("500", "ug", "mg", "0.5"),
        ("3", "min", "h", "0.05"),
        ("5", "ug/kg/min", "mg/kg/h", "0.3"),
        ("1", "mmol", "mol", "0.001"),
        ("0,25", "mg", "ug", "250"),
        ("20", "[drp]", "mL", "1"),
        ("1", "kg", "ng", "1000000000000"),
        ("1", "ng", "kg", "0.000000000001"),
        ("2", "wk", "h", "336"),
    ],
)
def test_conversions_are_exact(value: str, unit: str, target: str, expected: str) -> None:
    assert Quantity.of(value, unit).to(target).value == Decimal(expected)
    assert Quantity.of(value, unit).same_as(Quantity.of(expected, target))


@pytest.mark.hazard("H40")
@pytest.mark.parametrize(
    "one, other",
    [
        ("[iU]", "mg"),
        ("[iU]", "meq"),
        ("meq", "mmol"),
        ("eq", "mol"),
        ("meq/L", "mmol/L"),
        ("mg", "mmol"),
        ("mg", "mL"),
        ("{tablet}", "{capsule}"),
        ("{tablet}", "mg"),
        ("{tablet}", "1"),
        ("{dose}", "{puff}"),
        ("mg/{tablet}", "mg"),
        ("[iU]/kg", "[iU]"),
        ("%", "mg/mL"),
        ("Cel", "K"),
        ("Cel", "[degF]"),
        ("mg", ""),
        ("mg", "furlong"),
        ("furlong", "mg"),
    ],
)
def test_different_kinds_never_convert(one: str, other: str) -> None:
    with pytest.raises(UnitError) as refused:
        Quantity(Decimal(1), one).to(other)
    assert refused.value.facts == {"unit": one, "target": other}
    assert not Quantity(Decimal(1), one).convertible_to(other)
    assert not Quantity(Decimal(1), one).same_as(Quantity(Decimal(1), other))


def test_the_same_unit_needs_no_table() -> None:
    odd = Quantity(Decimal("1.50"), "{whatever}")
    assert odd.to("{whatever}") is odd
    assert odd.same_as(Quantity(Decimal("1.5"), "{whatever}"))
    assert odd != Quantity(Decimal("1.50"), "{other}")


@pytest.mark.parametrize("value", ["NaN", "sNaN", "Infinity", "-Infinity"])
def test_what_is_no_number_is_no_amount(value: str) -> None:
    with pytest.raises(AmountError):
        Quantity(Decimal(value), "mg")


@pytest.mark.parametrize(
    "written, value",
    [
        ("0,25", "0.25"),
        ("0.25", "0.25"),
        (" 5 ", "5"),
        ("-1", "-1"),
        ("1.50", "1.50"),
        ("1000", "1000"),
    ],
)
def test_numbers_with_point_or_comma(written: str, value: str) -> None:
    assert str(parse_decimal(written)) == value


@pytest.mark.parametrize(
    "written",
    [
        "1.000,5",
        "1,000.5",
        "1,000,000",
        "1 000",
        "1e3",
        "5-10",
        ".5",
        "5.",
        "5,",
        "٥",
        "５",
        "½",
        "1/2",
        "",
        "mg",
        "NaN",
        "0x10",
        "1_000",
        "9" * 19,
    ],
)
def test_numbers_that_could_be_read_two_ways_are_refused(written: str) -> None:
    with pytest.raises(AmountError):
        parse_decimal(written)


@given(amounts)
def test_a_number_reads_back_as_written(value: Decimal) -> None:
    assert parse_decimal(f"{value:f}") == value
    assert str(parse_decimal(f"{value:f}")) == f"{value:f}"


def test_an_amount_for_logs() -> None:
    assert str(Quantity(Decimal("1E+2"), "mg")) == "100 mg"


def test_known_units() -> None:
    assert is_known_unit("mg")
    assert is_known_unit("ug/kg/min")
    assert not is_known_unit("furlong")
    assert not is_known_unit("mcg")


def test_warming_up_leaves_usual_factors_ready() -> None:
    conversion_factor.cache_clear()
    warm_up()
    before = conversion_factor.cache_info().misses
    assert Quantity.of(1, "g").to("mg").value == 1000
    assert conversion_factor.cache_info().misses == before


def test_the_unit_library_is_loaded_at_the_first_conversion_only() -> None:
    script = """
import sys
from decimal import Decimal
from bcma.model.quantity import Quantity
Quantity.of("0,5", "mcg").to("ug")
Quantity.of(1, "viên").same_as(Quantity.of(1, "viên"))
assert not {"pint", "ucumvert"} & sys.modules.keys(), "too early"
Quantity.of(1, "g").to("mg")
assert {"pint", "ucumvert"} <= sys.modules.keys()
"""
    subprocess.run([sys.executable, "-c", script], check=True, timeout=60)


def ratio(numerator: str, unit: str, denominator: str, per: str) -> Ratio:
    return Ratio(Quantity.of(numerator, unit), Quantity.of(denominator, per))


def test_a_strength_tells_content_and_volume() -> None:
    syrup = ratio("240", "mg", "15", "mL")
    assert syrup.of(Quantity.of(5, "mL")) == Quantity.of(80, "mg")
    assert syrup.of(Quantity.of("0.005", "L")).same_as(Quantity.of(80, "mg"))
    assert syrup.containing(Quantity.of("0.08", "g")).same_as(Quantity.of(5, "mL"))


@pytest.mark.hazard("H41")
def test_a_part_of_a_vial() -> None:
    vial = ratio("5", "mg", "1", "mL")
    assert vial.containing(Quantity.of("1.75", "mg")) == Quantity.of("0.35", "mL")


@given(amount=amounts, numerator=amounts, denominator=amounts)
def test_content_and_volume_are_inverse(
    amount: Decimal, numerator: Decimal, denominator: Decimal
) -> None:
    strength = Ratio(Quantity(numerator, "mg"), Quantity(denominator, "mL"))
    back = strength.of(strength.containing(Quantity(amount, "mg")))
    assert abs(back.value - amount) <= amount * Decimal("1e-24")


@pytest.mark.parametrize("denominator", ["0", "-1"])
def test_a_ratio_over_nothing_is_refused(denominator: str) -> None:
    with pytest.raises(AmountError):
        ratio("1", "mg", denominator, "mL")


def test_nothing_holds_an_amount_where_there_is_none_of_it() -> None:
    with pytest.raises(AmountError):
        ratio("0", "mg", "1", "mL").containing(Quantity.of(1, "mg"))


def test_a_ratio_refuses_amounts_of_another_kind() -> None:
    with pytest.raises(UnitError):
        ratio("500", "mg", "1", "{tablet}").of(Quantity.of(1, "{capsule}"))
    with pytest.raises(UnitError):
        ratio("100", "[iU]", "1", "mL").containing(Quantity.of(1, "mg"))


@pytest.mark.parametrize("code", sorted(quantity._EVERYDAY))  # noqa: SLF001 - the list is checked
def test_every_everyday_unit_is_one_that_the_library_knows(code: str) -> None:
    assert quantity.conversion_factor(code, code) == 1
