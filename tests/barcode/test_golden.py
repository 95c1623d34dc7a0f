"""Every row of the specification's table of codes, as a reader delivers it."""

from collections.abc import Callable
from datetime import date, datetime
from zoneinfo import ZoneInfo

import pytest

from bcma.model.scan import (
    Badge,
    Barcode,
    BloodProduct,
    CitizenCard,
    Command,
    CommandCode,
    InsuranceCard,
    PatientLabel,
    UnitCode,
    Wristband,
)

GS = "\x1d"
ZONE = ZoneInfo("Asia/Ho_Chi_Minh")
GTIN = "08935001700111"
GSRN = "893200000000000013"
GSRN_STAFF = "893200000000000020"
NAME_HEX = "Nguyễn Thị Bình".encode().hex()
CITIZEN = "001090012345|012345678|Trần Văn Ước|05121990|Nam|1 phố Huế, Hà Nội|01062021"

GOLDEN: dict[str, tuple[str, Barcode]] = {
    # band, GS1
    "band DataMatrix": (f"]d28018{GSRN}{GS}801901", Wristband(GSRN, "01")),
    "band instance is text": (f"]d28018{GSRN}{GS}80191", Wristband(GSRN, "1")),
    "band GS1-128": (f"]C18018{GSRN}{GS}80192", Wristband(GSRN, "2")),
    "band GS1 QR": (f"]Q38018{GSRN}{GS}80192", Wristband(GSRN, "2")),
    "band without instance": (f"]d28018{GSRN}", Wristband(GSRN, None)),
    "band unlabelled": (f"8018{GSRN}{GS}801901", Wristband(GSRN, "01")),
    "band with baby": (f"]d28018{GSRN}{GS}80191{GS}72581/2", Wristband(GSRN, "1")),
    # band, site
    "site band Code 128": ("]C0BN240001.1", Wristband("240001", "1")),
    "site band QR": ("]Q1BN240001.01", Wristband("240001", "01")),
    "site band unlabelled": ("BNAB12.3", Wristband("AB12", "3")),
    # labels
    "patient label": ("]C0HS0012345", PatientLabel("0012345")),
    "patient label unlabelled": ("HS0012345", PatientLabel("0012345")),
    # badge
    "site badge": ("]C0NV-0001", Badge("NV-0001")),
    "badge unlabelled": ("NV-0001", Badge("NV-0001")),
    "badge GS1": (f"]d28017{GSRN_STAFF}", Badge(GSRN_STAFF)),
    "badge GS1 reissued": (f"]d28017{GSRN_STAFF}{GS}80192", Badge(f"{GSRN_STAFF}.2")),
    # product
    "EAN-13": ("]E08935001700111", UnitCode(gtin=GTIN)),
    "EAN-13 unlabelled": ("8935001700111", UnitCode(gtin=GTIN)),
    "EAN-8": ("]E402345673", UnitCode(gtin="00000002345673")),
    "EAN-8 unlabelled": ("96385074", UnitCode(gtin="00000096385074")),
    "UPC-A padded": ("]E00036000291452", UnitCode(gtin="00036000291452")),
    "UPC-A unlabelled": ("036000291452", UnitCode(gtin="00036000291452")),
    "ITF-14": ("]I115400141288763", UnitCode(gtin="15400141288763")),
    "ITF-14 unlabelled": ("15400141288763", UnitCode(gtin="15400141288763")),
    "DataBar": (f"]e001{GTIN}", UnitCode(gtin=GTIN)),
    "GS1-128": (
        f"]C101{GTIN}1725123110L1",
        UnitCode(gtin=GTIN, expiry=date(2025, 12, 31), lot="L1"),
    ),
    "GS1 DataMatrix": (
        f"]d201{GTIN}172512311000L1{GS}21U001",
        UnitCode(gtin=GTIN, expiry=date(2025, 12, 31), lot="00L1", serial="U001"),
    ),
    "lot with bracket": (f"]d201{GTIN}10L(17)1", UnitCode(gtin=GTIN, lot="L(17)1")),
    "GS1 QR, serial before lot": (
        f"]Q301{GTIN}21U001{GS}1728020010A-1",
        UnitCode(gtin=GTIN, serial="U001", expiry=date(2028, 2, 29), lot="A-1"),
    ),
    "GS1 unlabelled": (
        f"01{GTIN}1726123110L1",
        UnitCode(gtin=GTIN, expiry=date(2026, 12, 31), lot="L1"),
    ),
    "FNC1 first, unlabelled": (f"{GS}01{GTIN}10L21A", UnitCode(gtin=GTIN, lot="L21A")),
    "lot that looks like an expiry beside the expiry": (
        f"]d201{GTIN}1726123110A17260101",
        UnitCode(gtin=GTIN, expiry=date(2026, 12, 31), lot="A17260101"),
    ),
    "lot that looks like an expiry": (
        f"]d201{GTIN}10A17260101Z",
        UnitCode(gtin=GTIN, lot="A17260101Z"),
    ),
    "count": (f"]d201{GTIN}3010{GS}10L1", UnitCode(gtin=GTIN, count=10, lot="L1")),
    "national number": (
        f"]d201{GTIN}7121234567{GS}10L1",
        UnitCode(gtin=GTIN, national_number="1234567", lot="L1"),
    ),
    "two national numbers": (f"]d201{GTIN}7121234567{GS}711998", UnitCode(gtin=GTIN)),
    "expiry to the minute": (
        f"]d201{GTIN}70032603021430{GS}10L1",
        UnitCode(
            gtin=GTIN,
            lot="L1",
            expiry=date(2026, 3, 2),
            expiry_time=datetime(2026, 3, 2, 14, 30, tzinfo=ZONE),
        ),
    ),
    "expiry twice, agreeing": (
        f"]d201{GTIN}1726030270032603022359",
        UnitCode(
            gtin=GTIN,
            expiry=date(2026, 3, 2),
            expiry_time=datetime(2026, 3, 2, 23, 59, tzinfo=ZONE),
        ),
    ),
    "maker's own 91 beside a GTIN": (
        f"]d201{GTIN}21S1{GS}91ee07{GS}92abc=",
        UnitCode(gtin=GTIN, serial="S1"),
    ),
    "Digital Link": (
        f"]Q1https://id.example.vn/01/{GTIN}/10/L%2F1/21/U1?17=261231&linkType=all",
        UnitCode(gtin=GTIN, lot="L/1", serial="U1", expiry=date(2026, 12, 31)),
    ),
    "Digital Link unlabelled": (
        f"HTTP://example.vn/shop/01/{GTIN}#x",
        UnitCode(gtin=GTIN),
    ),
    "Digital Link band": (
        f"https://example.vn/8018/{GSRN}/8019/01",
        Wristband(GSRN, "01"),
    ),
    # product, other
    "site drug code": ("]C0THPARA500", UnitCode(drug="PARA500")),
    "HIBC primary": ("]C0+A123BJC5D6E71G", UnitCode(drug="+A123BJC5D6E71")),
    "HIBC DataMatrix with lot": (
        "]d1+A99912345/$$52836510X3J",
        UnitCode(drug="+A99912345", lot="10X3", expiry=date(2028, 12, 30)),
    ),
    # our labels
    "unit label, GTIN": (
        f"]d201{GTIN}1726123110L1{GS}21LB000001",
        UnitCode(gtin=GTIN, expiry=date(2026, 12, 31), lot="L1", serial="LB000001"),
    ),
    "unit label, drug": (
        f"]d291PARA500{GS}1726123110L1{GS}21LB000001",
        UnitCode(drug="PARA500", expiry=date(2026, 12, 31), lot="L1", serial="LB000001"),
    ),
    "dose bag": ("]d221BAG000001", UnitCode(serial="BAG000001")),
    # blood
    "donation number": ("]C0=A99991512345600", BloodProduct("=A99991512345600")),
    "blood group": ("=%5100", BloodProduct("=%5100")),
    "blood expiry": ("&>0260302359", BloodProduct("&>0260302359")),
    # cards
    "citizen card": (
        f"]Q1{CITIZEN}",
        CitizenCard("001090012345", "Trần Văn Ước", date(1990, 12, 5)),
    ),
    "citizen card, 11 fields": (
        f"{CITIZEN}||Trần Văn A|Lê Thị B|",
        CitizenCard("001090012345", "Trần Văn Ước", date(1990, 12, 5)),
    ),
    "citizen card, year of birth": (
        "001090012345||Trần Văn Ước|1950|Nam|Hà Nội|01062021",
        CitizenCard("001090012345", "Trần Văn Ước", None),
    ),
    "insurance card, 15": (
        f"]Q1GD4790012345678|{NAME_HEX}|01/02/1960|2|48c3a0|01 - 013|01/01/2026|-|$",
        InsuranceCard("GD4790012345678", "Nguyễn Thị Bình", date(1960, 2, 1)),
    ),
    "insurance card, 10": (
        f"0123456789|{NAME_HEX}|1960|2|x$",
        InsuranceCard("0123456789", "Nguyễn Thị Bình", None),
    ),
    # the reader's own end
    "suffix": ("BN240001.1\r\n", Wristband("240001", "1")),
    "Tab": (f"]E08935001700111{chr(9)}", UnitCode(gtin=GTIN)),
}
for _command in Command:
    GOLDEN[f"command {_command}"] = (f"]C0CMD-{_command}", CommandCode(_command))


@pytest.mark.parametrize("name", GOLDEN)
def test_a_code_becomes_what_the_specification_says(
    name: str, read: Callable[[str], Barcode]
) -> None:
    text, expected = GOLDEN[name]
    assert read(text) == expected
