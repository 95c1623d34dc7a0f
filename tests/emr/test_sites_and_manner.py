"""What an order says of the site, of crushing and of pushing."""

import pytest

from bcma.emr.fhir_map.datatypes import Concept
from bcma.emr.fhir_map.dialect import SITE, SNOMED, TABLE_0163
from bcma.emr.fhir_map.sites import site_of
from bcma.model.drug import Coding
from bcma.model.order import Dosage
from bcma.policy import Policy
from tests.emr.resources import dosage_with
from tests.emr.test_administration import foreign

V3 = "http://terminology.hl7.org/CodeSystem/v3-RouteOfAdministration"
NOTHING = Concept()


def coded(*codes: tuple[str, str], text: str = "") -> Concept:
    return Concept(tuple(Coding(system, code) for system, code in codes), text)


@pytest.mark.parametrize(
    "written, site",
    [
        (coded((SITE, "abdomen-left")), "abdomen-left"),
        (coded((TABLE_0163, "LUA")), "upper-arm-left"),
        (coded((TABLE_0163, "RLAQ")), "abdomen-right"),
        (coded((TABLE_0163, "OD")), "eye-right"),
        (Concept(text="Mắt trái"), "eye-left"),
        (Concept(text="Right deltoid"), "deltoid-right"),
        (coded((SNOMED, "1"), text="hai tai"), "ear-both"),
        (coded((SITE, "thigh-left"), (TABLE_0163, "LT")), "thigh-left"),
    ],
)
def test_a_site_is_read_as_ours(written: Concept, site: str) -> None:
    found = site_of(written, NOTHING)
    assert found == Coding(SITE, site, written.label)


def test_every_site_of_the_table_is_one_that_the_shipped_policy_lists() -> None:
    sites = Policy.default().sites
    for table in (
        "BE LE RE OU OS OD LAC RAC LACF RACF LD RD LF RF LG RG LH RH LEJ REJ LIJ RIJ",
        "LLAQ LUAQ RLAQ RUAQ LLFA LMFA LUFA RLFA RMFA RUFA LPC RPC LSC RSC LT RT",
        "LVL RVL LUA RUA LVG RVG",
    ):
        for code in table.split():
            found = site_of(coded((TABLE_0163, code)), NOTHING)
            assert found is not None
            assert found.code in sites
            sides = {"left", "right", "both"} & set(found.code.split("-"))
            assert len(sides) == 1


def test_a_site_that_nobody_knows_keeps_its_words() -> None:
    assert site_of(Concept(text="theo bác sĩ"), NOTHING) == Coding("", "", "theo bác sĩ")
    assert site_of(coded((SNOMED, "123")), NOTHING) == Coding(SNOMED, "123", "123")
    assert site_of(coded((TABLE_0163, "BU")), NOTHING) == Coding(TABLE_0163, "BU", "BU")


def test_two_sites_are_none() -> None:
    written = coded((SITE, "eye-left"), (TABLE_0163, "OD"), text="mắt")
    assert site_of(written, NOTHING) == Coding("", "", "mắt")


def test_a_route_may_name_the_site() -> None:
    assert site_of(None, Concept(text="LEFT EYE")) == Coding(SITE, "eye-left", "LEFT EYE")
    assert site_of(NOTHING, Concept(text="BOTH EARS")) == Coding(SITE, "ear-both", "BOTH EARS")
    assert site_of(None, Concept(text="uống")) is None
    own = site_of(Concept(text="mắt phải"), Concept(text="LEFT EYE"))
    assert own == Coding(SITE, "eye-right", "mắt phải")


def test_a_record_has_the_site_that_was_written() -> None:
    dose = {"value": 1, "unit": "mg"}
    said = foreign(dosage={"dose": dose, "site": {"text": "cẳng tay trái"}})
    assert said.site == "forearm-left"
    odd = foreign(dosage={"dose": dose, "site": {"text": "tay"}})
    assert odd.site == "tay"
    eye = foreign(dosage={"dose": dose, "route": {"text": "LEFT EYE"}})
    assert (eye.route, eye.site) == ("OP", "eye-left")
    assert foreign(dosage={"dose": dose}).site is None
    assert foreign(dosage=None).site is None


def instructed(**elements: object) -> Dosage:
    (found,) = dosage_with(**elements).dosages
    return found


@pytest.mark.hazard("H115")
@pytest.mark.parametrize(
    "elements",
    [
        {"text": "Nghiền nhỏ, pha nước ấm"},
        {"patientInstruction": "Mở nang, pha với nước"},
        {"additionalInstruction": [{"text": "Crush and mix with water"}]},
        {"method": {"text": "tán nhỏ"}},
        {"method": {"coding": [{"system": "urn:site", "code": "7", "display": "Crushed"}]}},
        {"text": "Không nhai. Nghiền trước khi bơm"},
    ],
)
def test_an_order_may_have_it_crushed(elements: dict[str, object]) -> None:
    assert instructed(**elements).crushed


@pytest.mark.parametrize(
    "text",
    ["Không được nghiền", "Do not crush", "Nuốt cả viên, tránh nghiền", "crusher", "", "Uống"],
)
def test_an_order_that_forbids_crushing_does_not_have_it_crushed(text: str) -> None:
    assert not instructed(text=text or None).crushed


@pytest.mark.hazard("H28")
@pytest.mark.parametrize(
    "elements",
    [
        {"route": {"coding": [{"system": V3, "code": "IVPUSH"}]}},
        {"route": {"coding": [{"system": V3, "code": "IVP"}]}},
        {"route": {"text": "IV bolus"}},
        {"route": {"text": "TMC"}},
        {"route": {"text": "Tiêm tĩnh mạch"}},
        {"method": {"text": "Push"}},
        {"method": {"coding": [{"code": "1", "display": "Bolus injection"}]}},
        {"text": "10 mL tiêm trực tiếp vào tĩnh mạch"},
    ],
)
def test_an_order_may_have_it_pushed(elements: dict[str, object]) -> None:
    assert instructed(**elements).pushed


@pytest.mark.hazard("H28")
@pytest.mark.parametrize(
    "elements",
    [
        {"route": {"text": "Truyền tĩnh mạch"}},
        {"route": {"text": "Tiêm truyền tĩnh mạch"}},
        {"route": {"coding": [{"system": V3, "code": "IVINJ"}]}},
        {"route": {"coding": [{"system": "urn:site", "code": "IVP"}]}},
        {"text": "Không tiêm trực tiếp; pha 500 mL truyền chậm"},
        {"text": "Pha truyền, never push"},
    ],
)
def test_an_order_that_runs_it_in_does_not_push_it(elements: dict[str, object]) -> None:
    assert not instructed(**elements).pushed


def test_site_crushing_and_pushing_are_part_of_the_version() -> None:
    plain = dosage_with().version
    others = (
        dosage_with(site={"text": "mắt trái"}),
        dosage_with(site={"text": "mắt phải"}),
        dosage_with(patientInstruction="Nghiền"),
        dosage_with(patientInstruction="bolus"),
    )
    assert len({plain, *(order.version for order in others)}) == 5
    assert dosage_with(patientInstruction="Uống với nước").version == plain
