"""AdverseEvent → a suspected reaction; Observation → the effect of a dose, looked at later."""

from typing import Final

from bcma.emr.fhir_map.amounts import quantity_at
from bcma.emr.fhir_map.care_out import EFFECT_CHECK
from bcma.emr.fhir_map.datatypes import (
    concept_at,
    identifiers,
    instant,
    reference_at,
    references_at,
)
from bcma.emr.fhir_map.dialect import (
    ADVERSE_EVENT_OUTCOME,
    ADVERSE_EVENT_SEVERITY,
    CAUSALITY,
    EXT_REACTION,
    OBSERVATION,
    STANDARD,
    Dialect,
)
from bcma.emr.fhir_map.document import Raw
from bcma.emr.fhir_map.extensions import extensions, parts
from bcma.emr.fhir_map.issue_in import is_given_twice
from bcma.emr.fhir_map.node import Node, open_resource
from bcma.emr.fhir_map.observations import is_usable, measured_at
from bcma.model.chart import SuspectedReaction
from bcma.model.events import EffectCheck

_PARTS: Final = frozenset({"sign", "severity", "grade"})
_WORST_GRADE: Final = 4
#: Whatever else may have harmed the patient is no drug that could be given again.
_NO_DRUG: Final = frozenset({"Device", "Procedure", "Immunization"})
_ADMINISTRATION: Final = "MedicationAdministration"


def read_reaction(raw: Raw) -> SuspectedReaction:
    """Read an adverse event; in doubt it happened and is open.

    Raises:
        ResourceUnreadable: it is no AdverseEvent, or has no id.
    """
    node, identity = open_resource(raw, "AdverseEvent")
    suspects, unknown, acquitted = _suspects(node)
    outcome = concept_at(node, "outcome")
    resolved = outcome is not None and outcome.code_in(ADVERSE_EVENT_OUTCOME) == "resolved"
    happened = node.string("actuality") != "potential"
    all_acquitted = acquitted and not suspects and not unknown
    signs, grade = _signs(node)
    return SuspectedReaction(
        id=identity,
        at=instant(node, "date") or instant(node, "recordedDate"),
        suspects=suspects,
        signs=signs,
        severity=_severity(node),
        grade=grade,
        open=happened and not resolved and not all_acquitted and not is_given_twice(node),
        unknown_suspect=unknown,
    )


def _severity(node: Node) -> str:
    """Give the code, or the words: FHIR has none but its three codes, so ours stand beside them."""
    written = concept_at(node, "severity")
    if written is not None:
        return written.code_in(ADVERSE_EVENT_SEVERITY) or written.label
    told = (parts(extension, _PARTS) for extension in extensions(node, EXT_REACTION))
    words = (
        w for found in told for p in found.get("severity", ()) if (w := p.string("valueString"))
    )
    return next(words, "")


def _suspects(node: Node) -> tuple[tuple[str, ...], bool, bool]:
    """Give who is suspected, whether one cannot be read, and whether any was acquitted."""
    found: list[str] = []
    unknown = acquitted = False
    for entity in node.nodes("suspectEntity"):
        instance = reference_at(entity, "instance")
        if _is_unlikely(entity):
            acquitted = True
        elif instance is None or not instance.kind:
            unknown = True
        elif instance.kind not in _NO_DRUG:
            found.append(f"{instance.kind}/{instance.id}")
    return tuple(found), unknown, acquitted


def _is_unlikely(entity: Node) -> bool:
    """Tell whether the assessment says that this was not the cause."""
    verdicts = [
        assessed.code_in(CAUSALITY)
        for causality in entity.nodes("causality")
        if (assessed := concept_at(causality, "assessment")) is not None
    ]
    return bool(verdicts) and {str(v).lower() for v in verdicts} == {"unlikely"}


def _signs(node: Node) -> tuple[tuple[str, ...], int | None]:
    """Give the signs one by one where the extension has them, else the event in words."""
    for extension in extensions(node, EXT_REACTION):
        found = parts(extension, _PARTS)
        signs = tuple(s for part in found.get("sign", ()) if (s := part.string("valueString")))
        grades = (part.whole("valueInteger", least=1) for part in found.get("grade", ()))
        return signs, next((g for g in grades if g is not None and g <= _WORST_GRADE), None)
    event = concept_at(node, "event")
    return ((event.label,) if event is not None and event.label else ()), None


def read_effect_check(raw: Raw, dialect: Dialect = STANDARD) -> EffectCheck | None:
    """Read an Observation as a look at the effect of a dose; ``None`` where it is none.

    It is one where it names the dose (``partOf``) and is either marked as one or another
    system's: our other Observations about a dose were made before it.

    Raises:
        ResourceUnreadable: it is no Observation, or has no id.
    """
    node, identity = open_resource(raw, "Observation")
    doses = [r.id for r in references_at(node, "partOf") if r.kind == _ADMINISTRATION]
    at = measured_at(node, dialect)
    patient = reference_at(node, "subject", "Patient")
    if not doses or at is None or patient is None or not is_usable(node):
        return None
    code = concept_at(node, "code")
    marked = code is not None and code.code_in(OBSERVATION) == EFFECT_CHECK
    event = next(
        (i.value for i in identifiers(node, dialect.wall_zone) if i.system == dialect.event), None
    )
    if event is not None and not marked:
        return None
    performer = next(iter(references_at(node, "performer")), None)
    coded = concept_at(node, "valueCodeableConcept")
    amounts = (
        quantity_at(part, "valueQuantity", signed=True) for part in (node, *node.nodes("component"))
    )
    score = next((amount.value for amount in amounts if amount is not None), None)
    return EffectCheck(
        event_id=event or identity,
        patient_id=patient.id,
        record_id=doses[0],
        at=at,
        by_id="" if performer is None else performer.id,
        text=node.string("valueString") or ("" if coded is None else coded.label),
        score=score,
    )
