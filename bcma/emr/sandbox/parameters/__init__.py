"""The search parameters of FHIR R4 that the sandbox knows, one line each.

Names, kinds and paths are those of the standard: a parameter that R4 does not have
(AdverseEvent.identifier, Flag.status ...) is not here either, as HAPI refuses it too.

Source: https://hl7.org/fhir/R4/searchparameter-registry.html
"""

from bcma.emr.sandbox.parameters.care import CARE
from bcma.emr.sandbox.parameters.kinds import Kind, SearchParam
from bcma.emr.sandbox.parameters.medication import MEDICATION
from bcma.emr.sandbox.parameters.people import PEOPLE_AND_PLACES
from bcma.emr.sandbox.parameters.trace import SAFETY_AND_TRACE

__all__ = ["EVERYWHERE", "SEARCH_PARAMS", "Kind", "SearchParam"]

EVERYWHERE: tuple[tuple[str, Kind, str], ...] = (
    ("_tag", Kind.TOKEN, "meta.tag"),
    ("_security", Kind.TOKEN, "meta.security"),
    ("_profile", Kind.URI, "meta.profile"),
)
"""Parameters of every type, beside ``_id`` and ``_lastUpdated``."""

SEARCH_PARAMS: tuple[SearchParam, ...] = (
    *PEOPLE_AND_PLACES,
    *MEDICATION,
    *CARE,
    *SAFETY_AND_TRACE,
)
