"""Several routes of one order: a choice within one code system, a contradiction between two."""

import pytest

from bcma.emr.fhir_map.datatypes import Concept
from bcma.emr.fhir_map.routes import routes_of
from bcma.model.drug import Coding

_HL7, _SNOMED = "http://terminology.hl7.org/CodeSystem/v2-0162", "http://snomed.info/sct"
_ORAL, _VEIN = "26643006", "47625008"


@pytest.mark.parametrize(
    "codings, text, routes",
    [
        ([(_HL7, "PO"), (_HL7, "NG")], "", ("PO", "NG")),
        ([(_HL7, "PO"), (_HL7, "PO")], "", ("PO",)),
        ([(_HL7, "PO"), (_HL7, "IV"), (_SNOMED, _VEIN), (_SNOMED, _ORAL)], "", ("PO", "IV")),
        ([(_HL7, "PO"), (_HL7, "NG")], "PO/NG", ("PO", "NG")),
        ([(_HL7, "PO"), (_HL7, "NG")], "PO", ()),
        ([(_HL7, "PO"), (_HL7, "IV"), (_SNOMED, _VEIN)], "", ()),
        ([(_HL7, "PO"), (_HL7, "XX")], "", ()),
    ],
)
def test_codes_of_one_system_are_a_choice(
    codings: list[tuple[str, str]], text: str, routes: tuple[str, ...]
) -> None:
    written = Concept(tuple(Coding(system, code) for system, code in codings), text)
    assert routes_of(written) == routes
