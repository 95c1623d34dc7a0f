"""The drug that an order names: by reference, contained, or in a concept of its own."""

from collections.abc import Callable

from bcma.emr.fhir_map.datatypes import Concept, concept_at, reference_at
from bcma.emr.fhir_map.dialect import Dialect
from bcma.emr.fhir_map.medication import drug_of_concept, medication_from
from bcma.emr.fhir_map.mixture import with_components
from bcma.emr.fhir_map.node import Node
from bcma.model.drug import Medication

#: Looks an entry of the drug file up by its id.
MedicationOf = Callable[[str], Medication | None]


def ordered_drug(node: Node, medication_of: MedicationOf, dialect: Dialect) -> Medication:
    """Give the drug that an order names; one that cannot be found is noted."""
    match node.first_of("medicationReference", "medicationCodeableConcept"):
        case "medicationReference":
            return _referenced(node, medication_of, dialect)
        case "medicationCodeableConcept":
            named = concept_at(node, "medicationCodeableConcept") or Concept()
            if not named.label:
                node.note("medicationCodeableConcept", "")
            return drug_of_concept(named, dialect)
        case _:
            node.note("medication", "")
            return Medication(id="", name="")


def _referenced(node: Node, medication_of: MedicationOf, dialect: Dialect) -> Medication:
    there = reference_at(node, "medicationReference", "Medication")
    if there is None:
        return Medication(id="", name="")
    found = medication_of(there.id) if there.kind else contained_medication(node, there.id, dialect)
    if found is None:
        node.note("medicationReference.reference", there.id)
        return Medication(id=there.id if there.kind else "", name=there.display)
    if not found.name:
        node.note("medicationReference", there.id)

    def product_of(named: str) -> Medication | None:
        inside = named.removeprefix("#")
        if inside == named:
            return medication_of(named)
        return contained_medication(node, inside, dialect)

    return with_components(found, node, product_of)


def contained_medication(node: Node, identity: str, dialect: Dialect) -> Medication | None:
    """Give a contained Medication; it has no id of the drug file."""
    beside = node.nodes("contained")
    for there in beside:
        if there.value.get("resourceType") == "Medication" and there.value.get("id") == identity:
            for modifier in ("modifierExtension", "implicitRules"):
                if there.has(modifier):
                    there.note(modifier, there.value[modifier])
            return medication_from(there, "", dialect, beside)
    return None
