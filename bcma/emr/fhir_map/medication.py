"""Medication → a product of the drug file, or a drug as an order names it."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Final

from bcma.emr.fhir_map.amounts import ratio_at
from bcma.emr.fhir_map.datatypes import Concept, concept_at, identifiers, reference_at
from bcma.emr.fhir_map.dialect import ATC, FORM, SNOMED, STANDARD, Dialect
from bcma.emr.fhir_map.document import Raw
from bcma.emr.fhir_map.drug_facts import with_drug_facts
from bcma.emr.fhir_map.forms import form_of, unknown_form_code
from bcma.emr.fhir_map.node import Node, open_resource
from bcma.model.drug import Form, Ingredient, Medication
from bcma.model.quantity import Ratio
from bcma.model.words import fold

_GTIN_LENGTHS: Final = frozenset({8, 12, 13, 14})
_ATC_SUBSTANCE: Final = 7
#: What one counted unit is called, where a strength says "per 1".
_ONE_UNIT: Final = {
    Form.TABLET: "{tablet}",
    Form.TABLET_MR: "{tablet}",
    Form.CAPSULE: "{capsule}",
    Form.CAPSULE_MR: "{capsule}",
    Form.PATCH: "{patch}",
    Form.SUPPOSITORY: "{suppository}",
}


def read_medication(raw: Raw, dialect: Dialect = STANDARD) -> Medication:
    """Read a product of the drug file.

    Raises:
        ResourceUnreadable: it is no Medication, or has no id.
    """
    node, identity = open_resource(raw, "Medication")
    return medication_from(node, identity, dialect, beside=node.nodes("contained"))


def medication_from(
    node: Node, identity: str, dialect: Dialect, beside: Sequence[Node] = ()
) -> Medication:
    """Read a Medication, a contained one too; its problems become texts on it.

    ``beside`` are the contained resources, in which its substances may stand.
    """
    named = concept_at(node, "code") or Concept()
    form = concept_at(node, "form") or Concept()
    drug_codes = {c.code for c in named.codings if c.system == dialect.drug}
    gtins, registrations = set[str](), set[str]()
    for identifier in identifiers(node, dialect.wall_zone):
        if identifier.void:
            continue
        if identifier.system == dialect.gtin:
            gtins.add(_gtin(node, identifier.value))
        elif identifier.system == dialect.drug:
            drug_codes.add(identifier.value)
        elif identifier.system == dialect.registration:
            registrations.add(identifier.value)
    if (odd := unknown_form_code(form)) is not None:
        node.note(f"form ({FORM})", odd)
    product = Medication(
        id=identity,
        name=named.label,
        gtins=frozenset(gtins - {""}),
        drug_codes=frozenset(drug_codes),
        registrations=frozenset(registrations),
        codes=named.codings,
        form=form_of(form),
        form_text=form.label,
        content=ratio_at(node, "amount"),
        active=_is_active(node),
    )
    listed = tuple(_ingredients(node, product, dialect, beside)) or (named_substance(named),)
    substances = tuple(s for s in listed if s is not None)
    # A mixture often has no name of its own: then it is called by what is in it.
    name = product.name or " + ".join(s.name for s in substances if s.name)
    product = with_drug_facts(replace(product, name=name, ingredients=substances), node)
    own = (p for p in node.problems if p.path.startswith(node.path))
    return replace(product, problems=tuple(f"{p.path}: {p.written}" for p in own))


def drug_of_concept(named: Concept, dialect: Dialect) -> Medication:
    """Give the drug that a ``medicationCodeableConcept`` names; it has no id."""
    substance = named_substance(named)
    return Medication(
        id="",
        name=named.label,
        drug_codes=frozenset(c.code for c in named.codings if c.system == dialect.drug),
        codes=named.codings,
        ingredients=() if substance is None else (substance,),
    )


def named_substance(named: Concept) -> Ingredient | None:
    """Give the substance that a drug's own code or name stands for, where it lists none."""
    atc = named.code_in(ATC)
    if atc is not None and len(atc) == _ATC_SUBSTANCE:
        return Ingredient(atc, named.label)
    return Ingredient(fold(named.label), named.label) if named.label else None


def substance_key(named: Concept, dialect: Dialect) -> str:
    """Give what identifies a substance across products: its code, else its folded name."""
    for system in (ATC, SNOMED, dialect.drug):
        if code := named.code_in(system):
            return code
    coded = next((c.code for c in named.codings if c.code), "")
    return coded or fold(named.label)


def _ingredients(
    node: Node, product: Medication, dialect: Dialect, beside: Sequence[Node]
) -> Iterator[Ingredient]:
    for entry in node.nodes("ingredient"):
        if entry.flag("isActive") is False:
            continue
        named, product_id = _item(entry, beside)
        key = substance_key(named, dialect) or product_id
        if not key:
            entry.note("item", "")
            continue
        if key.startswith("#"):
            key = f"{product.id}{key}"  # a local id means something in its own resource only
        strength = ratio_at(entry, "strength")
        strength = strength and _per_unit(strength, product.form)
        yield Ingredient(key, named.label, strength, named.codings, product_id)


def _item(entry: Node, beside: Sequence[Node]) -> tuple[Concept, str | None]:
    """Give the substance of an ingredient, and the id if it is a product (``#id``: contained)."""
    match entry.first_of("itemCodeableConcept", "itemReference"):
        case "itemCodeableConcept":
            return concept_at(entry, "itemCodeableConcept") or Concept(), None
        case "itemReference":
            there = reference_at(entry, "itemReference", "Substance", "Medication")
        case _:
            there = None
    if there is None:
        return Concept(), None
    if not there.kind and (substance := _substance(there.id, beside)) is not None:
        return substance, None
    named = Concept(text=there.display)
    if there.kind == "Substance":
        return named, None
    return named, there.id if there.kind else f"#{there.id}"


def _substance(identity: str, beside: Sequence[Node]) -> Concept | None:
    """Give what a contained Substance is."""
    for there in beside:
        if there.value.get("resourceType") == "Substance" and there.value.get("id") == identity:
            return concept_at(there, "code")
    return None


def _per_unit(strength: Ratio, form: Form | None) -> Ratio:
    """Name the counted unit of a strength that says "per 1", where the form tells it."""
    unit = _ONE_UNIT.get(form) if form is not None else None
    if strength.denominator.unit != "1" or unit is None:
        return strength
    return Ratio(strength.numerator, replace(strength.denominator, unit=unit))


def _is_active(node: Node) -> bool:
    match node.string("status"):
        case "active":
            return True
        case "inactive" | "entered-in-error":
            return False
        case None:
            return not node.has("status")
        case other:
            node.note("status", other)
            return False


def _gtin(node: Node, written: str) -> str:
    """Give 14 digits; a wrong length or check digit is noted."""
    digits = written.strip()
    plain = digits.isascii() and digits.isdigit() and len(digits) in _GTIN_LENGTHS
    if not plain or not _checks(digits.zfill(14)):
        node.note("identifier", written)
        return ""
    return digits.zfill(14)


def _checks(gtin: str) -> bool:
    weighted = sum(int(d) * (3 if place % 2 == 0 else 1) for place, d in enumerate(gtin))
    return weighted % 10 == 0
