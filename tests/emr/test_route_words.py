"""Routes in words, and the ones that no code of table 0162 stands for."""

import pytest

from bcma.emr.fhir_map.datatypes import Concept
from bcma.emr.fhir_map.routes import routes_of
from bcma.model.drug import Coding

SNOMED = "http://snomed.info/sct"
V3 = "http://terminology.hl7.org/CodeSystem/v3-RouteOfAdministration"


@pytest.mark.parametrize(
    "text, route",
    [
        ("NU", "NS"),
        ("NAS", "NS"),
        ("ED", "EP"),
        ("NEB", "IH"),
        ("IV DRIP", "IV"),
        ("IVPCA", "IV"),
        ("SUBCUT", "SC"),
        ("ORAL", "PO"),
        ("BOTH EYES", "OP"),
        ("LEFT EAR", "OT"),
        ("tiêm nội nhãn", "IO"),
    ],
)
def test_what_hospitals_write_is_read(text: str, route: str) -> None:
    assert routes_of(Concept(text=text)) == (route,)


@pytest.mark.hazard("H94")
@pytest.mark.parametrize("text", ["DWELL", "DIALYS", "REPLACE", "PERIPHNERVE", "intraosseous"])
def test_a_route_without_a_code_is_missing(text: str) -> None:
    assert routes_of(Concept(text=text)) == ()


@pytest.mark.hazard("H94")
def test_into_the_bone_is_never_taken_for_into_the_eye() -> None:
    assert routes_of(Concept((Coding(SNOMED, "417255000", "Intraosseous"),))) == ()
    assert routes_of(Concept((Coding(V3, "IOSSINJ"),))) == ()
    assert routes_of(Concept((Coding(SNOMED, "418821007", "Intraocular"),))) == ("IO",)
