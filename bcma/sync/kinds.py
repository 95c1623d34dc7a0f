"""The types of resource that are read from the EMR, and how each is searched."""

from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import Final

from bcma.emr.capabilities import Capabilities

#: Places and drugs first: what is read later refers to them.
TYPES: Final = (
    "Location",
    "Practitioner",
    "PractitionerRole",
    "Medication",
    "Patient",
    "Encounter",
    "MedicationRequest",
    "Task",
    "MedicationDispense",
    "MedicationAdministration",
    "AllergyIntolerance",
    "Flag",
    "NutritionOrder",
    "Observation",
    "Condition",
    "DetectedIssue",
    "AdverseEvent",
)
#: Places, staff and drugs: of the house, not of a patient.
OF_HOUSE: Final = TYPES[:4]
#: Those that are searched by patient when one patient is fetched.
OF_PATIENT: Final = tuple(kind for kind in TYPES if kind not in {*OF_HOUSE, "Patient"})
#: What R4 calls the patient in a search, where it is not ``patient``.
PATIENT_PARAMETER: Final[Mapping[str, str]] = MappingProxyType({"AdverseEvent": "subject"})
PAGE_SIZE: Final = "500"


def kept_by(capabilities: Capabilities, kinds: Sequence[str] = TYPES) -> tuple[str, ...]:
    """Give those of some types that a server has; one that lists nothing is taken to have all."""
    return tuple(k for k in kinds if not capabilities.resources or k in capabilities.resources)
