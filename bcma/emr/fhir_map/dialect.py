"""How one site's EMR speaks FHIR: identifier systems, code systems and the ward's zone."""

from dataclasses import dataclass
from datetime import UTC, tzinfo
from typing import Final


@dataclass(frozen=True, slots=True, kw_only=True)
class Dialect:
    """The identifier systems of a site (each may be renamed) and the zone of bare dates.

    Without a zone, a bare date on an order is unreadable: which instant it means is unknown.
    """

    zone: tzinfo | None = None
    wristband: str = "urn:bcma:wristband"
    badge: str = "urn:bcma:badge"
    gtin: str = "https://www.gs1.org/gtin"
    drug: str = "urn:bcma:drug"
    registration: str = "urn:bcma:vn-reg"
    unit_label: str = "urn:bcma:unit-label"
    event: str = "urn:bcma:event"

    @property
    def wall_zone(self) -> tzinfo:
        """Give the ward's zone, or UTC where none is set and an hour decides nothing."""
        return self.zone or UTC


STANDARD: Final = Dialect()

#: The system of identifiers that are URIs.
URI: Final = "urn:ietf:rfc:3986"
UCUM: Final = "http://unitsofmeasure.org"
LOINC: Final = "http://loinc.org"
SNOMED: Final = "http://snomed.info/sct"
ATC: Final = "http://www.whocc.no/atc"
ROUTE: Final = "http://terminology.hl7.org/CodeSystem/v2-0162"
TABLE_0163: Final = "http://terminology.hl7.org/CodeSystem/v2-0163"
V3_ROUTE: Final = "http://terminology.hl7.org/CodeSystem/v3-RouteOfAdministration"
V3_DRUG_FORM: Final = "http://terminology.hl7.org/CodeSystem/v3-orderableDrugForm"
PACKAGE_TYPE: Final = "http://terminology.hl7.org/CodeSystem/medicationknowledge-package-type"
V3_TIMING: Final = "http://terminology.hl7.org/CodeSystem/v3-GTSAbbreviation"
VN_ROUTE: Final = "http://fhir.hl7.org.vn/core/CodeSystem/vn-medication-route-cs"
EDQM: Final = "http://standardterms.edqm.eu"
IDENTIFIER_TYPE: Final = "http://terminology.hl7.org/CodeSystem/v2-0203"
LOCATION_TYPE: Final = "http://terminology.hl7.org/CodeSystem/location-physical-type"
PRACTITIONER_ROLE: Final = "http://terminology.hl7.org/CodeSystem/practitioner-role"
ACT_CODE: Final = "http://terminology.hl7.org/CodeSystem/v3-ActCode"
TASK_CODE: Final = "http://hl7.org/fhir/CodeSystem/task-code"
DOSE_RATE_TYPE: Final = "http://terminology.hl7.org/CodeSystem/dose-rate-type"
ALLERGY_CLINICAL: Final = "http://terminology.hl7.org/CodeSystem/allergyintolerance-clinical"
ALLERGY_VERIFICATION: Final = (
    "http://terminology.hl7.org/CodeSystem/allergyintolerance-verification"
)
ADVERSE_EVENT_CATEGORY: Final = "http://terminology.hl7.org/CodeSystem/adverse-event-category"
ADVERSE_EVENT_SEVERITY: Final = "http://terminology.hl7.org/CodeSystem/adverse-event-severity"
ADVERSE_EVENT_OUTCOME: Final = "http://terminology.hl7.org/CodeSystem/adverse-event-outcome"
CAUSALITY: Final = "http://terminology.hl7.org/CodeSystem/adverse-event-causality-assess"
PERFORM_FUNCTION: Final = "http://terminology.hl7.org/CodeSystem/med-admin-perform-function"

FORM: Final = "urn:bcma:form"
ROLE: Final = "urn:bcma:role"
FLAG: Final = "urn:bcma:flag"
REASON: Final = "urn:bcma:reason"
RECORD: Final = "urn:bcma:record"
SITE: Final = "urn:bcma:site"
FINDING: Final = "urn:bcma:finding"
AUDIT: Final = "urn:bcma:audit"
ORDER_VERSION: Final = "urn:bcma:order-version"
OBSERVATION: Final = "urn:bcma:observation"
NOTICE: Final = "urn:bcma:notice"
INGREDIENT: Final = "urn:bcma:ingredient"

EXT_DRUG: Final = "urn:bcma:ext:drug"
EXT_RECALL: Final = "urn:bcma:ext:recall"
EXT_HOLD: Final = "urn:bcma:ext:hold"
EXT_SLOT: Final = "urn:bcma:ext:slot"
EXT_BAND: Final = "urn:bcma:ext:band"
EXT_UNIT: Final = "urn:bcma:ext:unit"
EXT_SCANNED: Final = "urn:bcma:ext:scanned"
EXT_ORDER_VERSION: Final = "urn:bcma:ext:order-version"
EXT_REACTION: Final = "urn:bcma:ext:reaction"
EXT_OUTCOME: Final = "urn:bcma:ext:outcome"
EXT_REVIEW: Final = "urn:bcma:ext:review"
EXT_INFUSION: Final = "urn:bcma:ext:infusion"
EXT_STATION: Final = "urn:bcma:ext:station"
EXT_EPOCH: Final = "urn:bcma:ext:epoch"
EXT_RELEASED: Final = "urn:bcma:ext:released"
EXT_REVISION: Final = "urn:bcma:ext:revision"
EXT_MOTHER: Final = "urn:bcma:ext:mother"
