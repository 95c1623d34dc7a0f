"""What a code does in each state of the pass: scans routed by their content."""

from dataclasses import replace
from datetime import datetime
from typing import assert_never

from bcma.bedside.hand import Dose
from bcma.model.ports import Charts, DrugFile, TypedIdentity
from bcma.model.scan import (
    BadCode,
    BloodProduct,
    CitizenCard,
    InsuranceCard,
    PatientLabel,
    UnitCode,
)
from bcma.model.verdict import Finding, NotChecked, Right, Verdict
from bcma.rules import finding
from bcma.rules.attempt import UnitInHand

#: Codes that change nothing in any state.
Inert = BadCode | PatientLabel | CitizenCard | InsuranceCard | BloodProduct


def only(found: Finding) -> Verdict:
    """Give the verdict of a code without effect: one finding, nothing else looked at."""
    looked_at = {found.right}
    rest = tuple(NotChecked(right, "no-dose") for right in Right if right not in looked_at)
    return Verdict((found,), rest)


def without_effect(code: Inert, charts: Charts) -> Finding:
    """Give the finding of a code that changes nothing."""
    match code:
        case BadCode():
            if charts.find_inpatients(TypedIdentity(mrn=code.text.strip())):
                return finding("patient.not-a-band", text=code.text.strip())
            return finding("drug.bad-code", text=code.text, reason=code.reason.value)
        case PatientLabel():
            return finding("patient.not-a-band", text=code.mrn)
        case CitizenCard() | InsuranceCard():
            return finding("patient.not-a-band")
        case BloodProduct():
            return finding("drug.blood-product", text=code.text)
        case _:
            assert_never(code)


def unit_in_hand(
    code: UnitCode, drug_file: DrugFile, at: datetime, reason: str | None = None
) -> UnitInHand | Finding:
    """Look a unit up; a code that is on no product, or on several, has no effect.

    ``reason`` is the coded reason of a unit that was identified by hand.
    """
    facts = drug_file.unit_facts(code)
    text = code.gtin or code.drug or code.serial or ""
    if len(facts.products) != 1:
        why = "unknown" if not facts.products else "several"
        return finding("drug.unknown-code", text=text, reason=why)
    product = facts.products[0]
    if product.problems or not product.active:
        return finding("drug.unknown-code", text=text, reason="unreadable-product")
    return UnitInHand(
        code=code,
        at=at,
        product=product,
        label=facts.label,
        used_by=facts.used_by,
        uses=facts.uses,
        scanned=reason is None,
        reason=reason,
    )


def add_unit(dose: Dose, unit: UnitInHand) -> Finding | None:
    """Put a unit into the dose; a serial that is in it already is not added again (H23).

    A pen or bottle that is scanned again is the same one (H101): nothing is to be said.
    """
    if any(unit.is_the_same_as(other) for other in dose.units):
        if unit.serves_many_doses:
            return None
        return finding("drug.unit-used", subject=unit.key, serial=unit.own_serial)
    dose.units.append(unit)
    dose.answers = replace(dose.answers, witness=None)  # what was confirmed was another dose
    return None
