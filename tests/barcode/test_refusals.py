"""What must not be taken for a code, each with its reason."""

from collections.abc import Callable
from datetime import date

import pytest

from bcma.barcode import SiteFormats
from bcma.model.scan import BadCode, BadCodeReason, Barcode, PatientLabel, UnitCode

R = BadCodeReason
GS = "\x1d"
GTIN = "08935001700111"
OTHER = "04006381333931"
GSRN = "893200000000000013"
Read = Callable[..., Barcode]

REFUSED: dict[str, tuple[str, BadCodeReason]] = {
    # nothing, junk, letters of other scripts
    "nothing": ("", R.EMPTY),
    "only a suffix": ("\r\n", R.EMPTY),
    "identifier alone": ("]d2", R.TRUNCATED),
    "bracket": ("]", R.UNKNOWN_FORM),
    "words": ("aspirin 500", R.UNKNOWN_FORM),
    "unknown digits": ("12345", R.UNKNOWN_FORM),
    "human-readable brackets": (f"(01){GTIN}", R.UNKNOWN_FORM),
    "Telex": ("BNđ001.1", R.CHARACTER),
    "Arabic digits": ("٨٩٣٥٠٠١٧٠٠١١١", R.CHARACTER),
    "Arabic digits in GS1": ("]d201٠٨٩٣٥٠٠١٧٠٠١١١", R.CHARACTER),
    "control character": ("BN240001\x00.1", R.CHARACTER),
    "longer than any symbol": ("9" * 7090, R.TOO_LONG),
    "CapsLock": ("bn240001.1", R.UNKNOWN_FORM),
    # symbols that cannot carry it
    "band in an EAN": ("]E0BN240001.1", R.SYMBOLOGY),
    "EAN in a Code 128": ("]C08935001700111", R.SYMBOLOGY),
    "GS1 text in a plain Code 128": (f"]C001{GTIN}", R.SYMBOLOGY),
    "wrong GS1 text in a plain Code 128": ("]C00108935001700112", R.SYMBOLOGY),
    "unknown symbology": ("]X0BN240001.1", R.SYMBOLOGY),
    "EAN with add-on": ("]E3893500170011112345", R.SYMBOLOGY),
    "words in an EAN": ("]E0words", R.UNKNOWN_FORM),
    # joined
    "two with identifiers": (f"]d201{GTIN}]d201{OTHER}", R.JOINED),
    "two with suffix": ("BN240001.1\rBN240001.1\r", R.JOINED),
    "composite": ("]E02112345678900|]e099X", R.JOINED),
    "product twice": (f"]d201{GTIN}01{GTIN}", R.JOINED),
    "two products": (f"]d201{GTIN}01{OTHER}", R.CONFLICT),
    "lot and next product": (f"]d201{GTIN}10L101{OTHER}", R.SEPARATOR_MISSING),
    "the same product again": (f"]d201{GTIN}10L101{GTIN}", R.SEPARATOR_MISSING),
    "band and product": (f"]d28018{GSRN}{GS}01{GTIN}", R.JOINED),
    "band and badge": (f"]d28018{GSRN}{GS}8017893200000000000020", R.JOINED),
    # trade items
    "EAN-13, wrong digit": ("]E08935001700112", R.CHECK_DIGIT),
    "EAN-13 of zeros": ("]E00000000000000", R.VALUE),
    "EAN-13, half": ("]E0893500170", R.TRUNCATED),
    "UPC-A not padded": ("]E0036000291452", R.TRUNCATED),
    "EAN-8, too long": ("]E4023456731", R.TOO_LONG),
    "partial ITF": ("]I1400141288763", R.TRUNCATED),
    "unlabelled, wrong digit": ("8935001700112", R.UNKNOWN_FORM),
    "unlabelled zeros": ("0000000000000", R.UNKNOWN_FORM),
    "UPC-E under its own": ("]E001234565", R.TRUNCATED),
    "EAN-8 that is a UPC-E too": ("00783491", R.CONFLICT),
    "registration number": ("893110123456", R.REGISTRATION_NUMBER),
    "registration number, UPC-A by chance": ("893110123455", R.REGISTRATION_NUMBER),
    "registration number in a QR code": ("]Q1893110123456", R.REGISTRATION_NUMBER),
    "registration number as UPC-A": ("]E0893110123455", R.REGISTRATION_NUMBER),
    # element strings
    "GTIN check digit": ("]d20108935001700112", R.CHECK_DIGIT),
    "GTIN check digit, unlabelled": ("0108935001700112", R.CHECK_DIGIT),
    "GTIN of zeros": ("]d20100000000000000", R.VALUE),
    "GSRN check digit": ("]d28018893200000000000014", R.CHECK_DIGIT),
    "half a GTIN": ("]d201089350017", R.TRUNCATED),
    "separator within a GTIN": (f"]d20108935{GS}10L1", R.TRUNCATED),
    "empty lot": (f"]d201{GTIN}10", R.TRUNCATED),
    "empty lot, more follows": (f"]d201{GTIN}10{GS}21U1", R.TRUNCATED),
    "empty element": (f"]d201{GTIN}{GS}{GS}10L1", R.IDENTIFIER),
    "separator alone": (f"]d2{GS}", R.IDENTIFIER),
    "separator alone, unlabelled": (GS, R.TRUNCATED),
    "unknown identifier": (f"]d201{GTIN}89123", R.IDENTIFIER),
    "price": (f"]d201{GTIN}392012345", R.IDENTIFIER),
    "site band in GS1": ("]d2BN240001.1", R.IDENTIFIER),
    "tail": (f"]d201{GTIN}X", R.IDENTIFIER),
    "over-long lot": (f"]d201{GTIN}10{'L' * 21}", R.TOO_LONG),
    "over-long instance": (f"]d28018{GSRN}{GS}801912345678901", R.TOO_LONG),
    "over-long GSRN": (f"]d28018{GSRN}X", R.TOO_LONG),
    "8018 without separator": (f"]d28018{GSRN}801901", R.SEPARATOR_MISSING),
    "lot that swallowed the expiry": (f"]d201{GTIN}10L117251231", R.SEPARATOR_MISSING),
    "lot that swallowed expiry and serial": (
        f"]d201{GTIN}10L11725123121U1",
        R.SEPARATOR_MISSING,
    ),
    "all separators lost, unlabelled": (f"01{GTIN}1725123110L121U1", R.SEPARATOR_MISSING),
    "space in a lot": (f"]d201{GTIN}10L 1", R.CHARACTER),
    "letter in a GTIN": ("]d201A8935001700111", R.CHARACTER),
    "month 13": (f"]d201{GTIN}17261301", R.DATE),
    "30 February": (f"]d201{GTIN}17260230", R.DATE),
    "29 February of a common year": (f"]d201{GTIN}17270229", R.DATE),
    "day 00 to the minute": (f"]d201{GTIN}70032603001200", R.DATE),
    "hour 24": (f"]d201{GTIN}70032603022400", R.DATE),
    "minute 60": (f"]d201{GTIN}70032603021260", R.DATE),
    "two lots": (f"]d201{GTIN}10L1{GS}10L2", R.CONFLICT),
    "two expiries": (f"]d201{GTIN}1726030270032603031200", R.CONFLICT),
    "count of none": (f"]d201{GTIN}300", R.VALUE),
    "lot without a product": ("]d210L1", R.NO_PRODUCT),
    "carton": ("]d200089350000000000014", R.NO_PRODUCT),
    "contents of a carton": (f"]d202{GTIN}3710", R.NO_PRODUCT),
    "carton beside product": (f"]d201{GTIN}02{OTHER}3710", R.CONFLICT),
    "piece of several": (f"]d28006{GTIN}0102", R.NO_PRODUCT),
    # links
    "web page": ("https://example.vn/a?01=2", R.UNKNOWN_FORM),
    "web page, no path": ("https://example.vn", R.UNKNOWN_FORM),
    "link, wrong digit": ("https://example.vn/01/08935001700112", R.CHECK_DIGIT),
    "link, half": ("https://example.vn/01", R.TRUNCATED),
    "link, wrong order": (f"https://example.vn/01/{GTIN}/21/U/10/L", R.IDENTIFIER),
    "link, foreign qualifier": (f"https://example.vn/01/{GTIN}/17/261231", R.IDENTIFIER),
    "link, unknown number": (f"https://example.vn/01/{GTIN}?89=1", R.IDENTIFIER),
    "link, second key": (f"https://example.vn/01/{GTIN}?01={OTHER}", R.IDENTIFIER),
    "link, two lots": (f"https://example.vn/01/{GTIN}/10/L1?10=L2", R.CONFLICT),
    "link, broken escape": (f"https://example.vn/01/{GTIN}/10/%4", R.CHARACTER),
    "link, hidden separator": (f"https://example.vn/01/{GTIN}/10/L%1D21U", R.TRUNCATED),
    # HIBC
    "HIBC, wrong check": ("+A123BJC5D6E71H", R.CHECK_DIGIT),
    "HIBC, lower case": ("+a123BJC5D6E71G", R.CHARACTER),
    "HIBC, flag alone": ("+", R.CHECK_DIGIT),
}


@pytest.mark.hazard("H88")
@pytest.mark.parametrize("name", REFUSED)
def test_no_code_of_ours_has_no_effect_and_says_why(name: str, read: Read) -> None:
    text, reason = REFUSED[name]
    barcode = read(text)
    assert isinstance(barcode, BadCode)
    assert barcode.reason is reason


@pytest.mark.hazard("H88")
@pytest.mark.parametrize("length", range(1, 24))
def test_half_a_band_is_no_band(length: int, read: Read) -> None:
    assert isinstance(read(f"]d28018{GSRN}"[:length]), BadCode)


def test_a_refusal_names_the_identifier_and_not_its_value(read: Read) -> None:
    barcode = read(f"]d201{GTIN}10L 1")
    assert isinstance(barcode, BadCode)
    assert barcode.detail == "10"


@pytest.mark.parametrize(
    "text",
    [
        "001090012345|012345678|Trần Văn Ước|31021990|Nam|Hà Nội|01062021",
        "001090012345|012345678|Trần Văn Ước|05122030|Nam|Hà Nội|01062021",
        "001090012345|012345678|Trần Văn Ước|00121990|Nam|Hà Nội|01062021",
        "001090012345|01234|Trần Văn Ước|05121990|Nam|Hà Nội|01062021",
        "001090012345|012345678||05121990|Nam|Hà Nội|01062021",
        "001090012345|012345678|Trần 2|05121990|Nam|Hà Nội|01062021",
        "001090012345|012345678|Trần Văn Ước|05121990|Nam|Hà\x00Nội|01062021",
        "001090012345|012345678|Trần Văn",
        "GD4790012345678|zz|01/02/1960|2|48|$",
        "GD4790012345678|ff|01/02/1960|2|48|$",
        "GD4790012345678|41|01-02-1960|2|48|$",
        "GD4790012345678|41|01/02/1960|2|48",
    ],
)
def test_a_card_that_is_not_right_is_refused_and_its_text_not_kept(text: str, read: Read) -> None:
    barcode = read(text)
    assert isinstance(barcode, BadCode)
    assert barcode.text == ""
    assert "Trần" not in barcode.detail


@pytest.mark.parametrize(
    "yymmdd, year", [("760101", 1976), ("750101", 2075), ("000229", 2000), ("260302", 2026)]
)
def test_two_digits_of_a_year_reach_49_ahead_and_50_back(
    yymmdd: str, year: int, read: Read
) -> None:
    barcode = read(f"]d201{GTIN}17{yymmdd}")
    assert isinstance(barcode, UnitCode)
    assert barcode.expiry is not None
    assert barcode.expiry.year == year


def test_a_year_that_no_calendar_has_is_refused(read: Read) -> None:
    barcode = read(f"]d201{GTIN}17990101", today=date(1, 1, 1))
    assert isinstance(barcode, BadCode)
    assert barcode.reason is R.DATE


class TestBareRecordNumber:
    formats = SiteFormats(bare_mrn=r"^(?P<mrn>[0-9]{8})$")

    def test_is_no_code_unless_the_site_says_so(self, read: Read) -> None:
        assert isinstance(read("24000124"), BadCode)
        assert read("24000124", self.formats) == PatientLabel("24000124")
        assert read("]C024000124", self.formats) == PatientLabel("24000124")

    def test_that_could_be_a_product_is_not_guessed(self, read: Read) -> None:
        barcode = read("96385074", self.formats)
        assert isinstance(barcode, BadCode)
        assert barcode.reason is R.CONFLICT

    def test_gives_way_to_a_product_with_an_identifier(self, read: Read) -> None:
        assert read("]E496385074", self.formats) == UnitCode(gtin="00000096385074")

    def test_leaves_other_texts_alone(self, read: Read) -> None:
        assert read("8935001700111", self.formats) == UnitCode(gtin=GTIN)
