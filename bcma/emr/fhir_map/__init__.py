"""FHIR R4 (4.0.1) to and from the vocabulary: one function per resource, pure, total.

Content never raises: what cannot be understood is noted on what is returned, and closes
rather than opens. Only a resource whose identity cannot be read raises
:class:`ResourceUnreadable`.
"""

from bcma.emr.fhir_map.access import BAND_SCAN, ORDERS_READ, access_resource, read_access
from bcma.emr.fhir_map.administration import read_administration
from bcma.emr.fhir_map.allergies import read_allergy
from bcma.emr.fhir_map.approval import read_approval
from bcma.emr.fhir_map.canonical import canonical
from bcma.emr.fhir_map.care_in import read_effect_check, read_reaction
from bcma.emr.fhir_map.care_out import care_bundle
from bcma.emr.fhir_map.dialect import AUDIT, STANDARD, Dialect
from bcma.emr.fhir_map.dispense import read_labels
from bcma.emr.fhir_map.document import (
    NotJson,
    Raw,
    ResourceUnreadable,
    encode,
    legible,
    parse,
)
from bcma.emr.fhir_map.event_out import (
    Change,
    Signed,
    administration_bundle,
    as_signed,
    to_sign,
    written_under,
)
from bcma.emr.fhir_map.fasting import read_nil_by_mouth
from bcma.emr.fhir_map.issue_in import Issue, read_given_twice, read_issue
from bcma.emr.fhir_map.measured_out import observation_id, with_measured
from bcma.emr.fhir_map.medication import read_medication
from bcma.emr.fhir_map.observations import latest_weight, read_observation, read_observations
from bcma.emr.fhir_map.order import read_order
from bcma.emr.fhir_map.order_drug import MedicationOf
from bcma.emr.fhir_map.order_version import version_of
from bcma.emr.fhir_map.people import read_patient, read_practitioner
from bcma.emr.fhir_map.places import Place, Places, read_encounter, read_place
from bcma.emr.fhir_map.unit_of_work import entry, event_tag, provenance_id, transaction

__all__ = [
    "AUDIT",
    "BAND_SCAN",
    "ORDERS_READ",
    "STANDARD",
    "Change",
    "Dialect",
    "Issue",
    "MedicationOf",
    "NotJson",
    "Place",
    "Places",
    "Raw",
    "ResourceUnreadable",
    "Signed",
    "access_resource",
    "administration_bundle",
    "as_signed",
    "canonical",
    "care_bundle",
    "encode",
    "entry",
    "event_tag",
    "latest_weight",
    "legible",
    "observation_id",
    "parse",
    "provenance_id",
    "read_access",
    "read_administration",
    "read_allergy",
    "read_approval",
    "read_effect_check",
    "read_encounter",
    "read_given_twice",
    "read_issue",
    "read_labels",
    "read_medication",
    "read_nil_by_mouth",
    "read_observation",
    "read_observations",
    "read_order",
    "read_patient",
    "read_place",
    "read_practitioner",
    "read_reaction",
    "to_sign",
    "transaction",
    "version_of",
    "with_measured",
    "written_under",
]
