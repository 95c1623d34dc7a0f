"""AllergyIntolerance → an entry of the allergy list; absence of entries is never "none"."""

from typing import Final

from bcma.emr.fhir_map.datatypes import Concept, concept_at, concepts_at
from bcma.emr.fhir_map.dialect import SNOMED
from bcma.emr.fhir_map.document import Raw
from bcma.emr.fhir_map.node import Node, open_resource
from bcma.model.chart import AllergyIntolerance, AllergyKind
from bcma.model.drug import Coding

#: No known allergy, of any kind or to drugs (SNOMED CT).
_NONE_KNOWN: Final = frozenset({"716186003", "409137002"})
#: No known allergy to food, environment, latex, insects ...: says nothing about drugs.
_NONE_ELSEWHERE: Final = frozenset(
    {"429625007", "428607008", "428197003", "1003774007", "716184000"}
)
_ANAPHYLAXIS: Final = frozenset({"39579001", "241929008"})
_ENDED: Final = frozenset({"inactive", "resolved"})
_UNTRUE: Final = frozenset({"refuted", "entered-in-error"})
#: Every status that is understood; an absent one (empty) is allowed.
_CLINICAL: Final = frozenset({"", "active"}) | _ENDED
_VERIFICATION: Final = frozenset({"", "unconfirmed", "confirmed"}) | _UNTRUE


def read_allergy(raw: Raw) -> AllergyIntolerance:
    """Read an entry of the allergy list.

    Doubt counts for the patient: an entry with an unreadable status is an allergy, and an
    unreadable "none known" is no answer.

    Raises:
        ResourceUnreadable: it is no AllergyIntolerance, or has no id.
    """
    node, identity = open_resource(raw, "AllergyIntolerance")
    substance = concept_at(node, "code") or Concept()
    clinical = _status(node, "clinicalStatus")
    verification = _status(node, "verificationStatus")
    reactions = node.nodes("reaction")
    severe = node.string("criticality") == "high" or any(map(_is_severe, reactions))
    ended = clinical in _ENDED or verification in _UNTRUE
    doubtful = clinical not in _CLINICAL or verification not in _VERIFICATION
    kind = _kind(substance)
    if kind is AllergyKind.NONE_KNOWN:
        ended = ended or doubtful or bool(node.problems)
    return AllergyIntolerance(
        id=identity,
        kind=kind,
        text=substance.label,
        codes=(*substance.codings, *_reaction_codes(reactions)),
        severe=severe or bool(node.problems),
        active=not ended and not _says_nothing_of_drugs(substance),
    )


def _status(node: Node, name: str) -> str:
    """Give a status code; empty where there is none, ``unreadable`` where it cannot be read."""
    written = concept_at(node, name)
    codes = {c.code for c in written.codings} if written else set[str]()
    if len(codes) == 1:
        return codes.pop()
    return "unreadable" if node.has(name) else ""


def _kind(substance: Concept) -> AllergyKind:
    if any(c.system == SNOMED and c.code in _NONE_KNOWN for c in substance.codings):
        return AllergyKind.NONE_KNOWN
    coded = any(c.code for c in substance.codings)
    return AllergyKind.CODED if coded else AllergyKind.FREE_TEXT


def _is_severe(reaction: Node) -> bool:
    signs = concepts_at(reaction, "manifestation")
    anaphylaxis = any(c.code in _ANAPHYLAXIS for sign in signs for c in sign.codings)
    return reaction.string("severity") == "severe" or anaphylaxis


def _reaction_codes(reactions: tuple[Node, ...]) -> tuple[Coding, ...]:
    found = (concept_at(reaction, "substance") for reaction in reactions)
    return tuple(c for substance in found if substance for c in substance.codings)


def _says_nothing_of_drugs(substance: Concept) -> bool:
    return any(c.system == SNOMED and c.code in _NONE_ELSEWHERE for c in substance.codings)
