"""A site's own patterns: checked when they are declared, not when a nurse scans."""

from collections.abc import Callable

import pytest

from bcma.barcode import SiteFormatError, SiteFormats
from bcma.model.scan import BadCode, Badge, Barcode, UnitCode, Wristband

Read = Callable[..., Barcode]


@pytest.mark.parametrize(
    "setting, group",
    [
        ("band", "band"),
        ("patient_label", "mrn"),
        ("badge", "badge"),
        ("drug", "drug"),
        ("command", "command"),
        ("bare_mrn", "mrn"),
    ],
)
def test_a_pattern_without_its_group_is_named(setting: str, group: str) -> None:
    with pytest.raises(SiteFormatError) as error:
        SiteFormats(**{setting: "^X[0-9]+$"})
    assert error.value.facts == {"setting": setting, "group": group}


def test_a_band_needs_its_instance_group() -> None:
    with pytest.raises(SiteFormatError) as error:
        SiteFormats(band="^(?P<band>X[0-9]+)$")
    assert error.value.facts["group"] == "instance"


def test_a_pattern_that_does_not_compile_is_named() -> None:
    with pytest.raises(SiteFormatError) as error:
        SiteFormats(badge="(?P<badge>")
    assert error.value.facts["setting"] == "badge"


def test_a_site_declares_its_own(read: Read) -> None:
    formats = SiteFormats(
        band=r"P(?P<band>[0-9]{6})(?:-(?P<instance>[0-9]))?", badge=r"E(?P<badge>\d{4})"
    )
    assert read("P123456-2", formats) == Wristband("123456", "2")
    assert read("P123456", formats) == Wristband("123456", None)
    assert read("E1234", formats) == Badge("1234")
    assert isinstance(read("NV-0001", formats), BadCode)


def test_digits_of_a_pattern_are_ascii(read: Read) -> None:
    assert isinstance(read("E١٢٣٤", SiteFormats(badge=r"E(?P<badge>\d{4})")), BadCode)


def test_a_group_that_took_nothing_makes_no_code(read: Read) -> None:
    formats = SiteFormats(
        band="A(?P<band>1)?(?P<instance>2)?",
        patient_label="B(?P<mrn>1)?",
        badge="C(?P<badge>1)?",
        drug="D(?P<drug>1)?",
        command="E(?P<command>[A-Z]*)",
        bare_mrn="F(?P<mrn>1)?",
    )
    for letter in "ABCDF":
        assert isinstance(read(letter, formats), BadCode)
    assert isinstance(read("EFLY", formats), BadCode)
    assert read("D1", formats) == UnitCode(drug="1")
