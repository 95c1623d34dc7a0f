"""A near miss → AdverseEvent `potential`: it might have happened, and nobody came to harm."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from bcma.emr.fhir_map.dialect import ADVERSE_EVENT_CATEGORY, FINDING, STANDARD, Dialect
from bcma.emr.fhir_map.given_units import Json
from bcma.emr.fhir_map.unit_of_work import concept
from bcma.model.events import NearMiss
from bcma.model.verdict import Right

#: HL7's category where a finding is of another kind than its right says.
_OF_FINDING: Final[Mapping[str, str]] = MappingProxyType(
    {
        "drug.expired": "expired-drug",
        "drug.in-use-expired": "expired-drug",
        "dose.rate": "wrong-rate",
        "route.do-not-crush": "wrong-technique",
        "route.patch-on": "wrong-dose",
    }
)
_OF_RIGHT: Final[Mapping[str, str]] = MappingProxyType(
    {
        Right.DOSE: "wrong-dose",
        Right.ROUTE: "wrong-route-of-administration",
        Right.TIME: "wrong-time",
    }
)
#: HL7 has no category for a wrong patient or drug of its own.
_ELSE: Final = "product-use-error"


def near_miss_resource(event: NearMiss, dialect: Dialect = STANDARD) -> Json:
    """Write what was kept away, the product under suspicion where it is known.

    Its order has no place in an AdverseEvent of R4.
    """
    categories = dict.fromkeys(map(_category, event.codes))
    at = event.at.isoformat()
    found: Json = {
        "resourceType": "AdverseEvent",
        "id": event.event_id,
        "identifier": {"system": dialect.event, "value": event.event_id},
        "actuality": "potential",
        "category": [concept(ADVERSE_EVENT_CATEGORY, category) for category in categories],
        "event": {"coding": [{"system": FINDING, "code": code} for code in event.codes]},
        "subject": {"reference": f"Patient/{event.patient_id}"},
        "date": at,
        "recordedDate": at,
        "recorder": {"reference": f"Practitioner/{event.by_id}"},
    }
    if event.medication_id is not None:
        product = {"reference": f"Medication/{event.medication_id}"}
        found["suspectEntity"] = [{"instance": product}]
    return found


def _category(code: str) -> str:
    return _OF_FINDING.get(code) or _OF_RIGHT.get(code.partition(".")[0], _ELSE)
