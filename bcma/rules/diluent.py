"""Fluids that carry a drug: what a concentrate is diluted with, and nobody counts as a drug."""

from typing import Final

from bcma.model.drug import Form, HighAlert, Medication

#: ATC: solvents (water for injections), electrolytes (sodium chloride, Ringer), the same for
#: irrigation, and glucose.
_ATC: Final = ("V07AB", "B05BB01", "B05CB01", "B05CB10", "B05BA03", "B05CX01")
#: The same as drug files without ATC codes write them, without marks.
_NAMES: Final = (
    "natri clorid",
    "sodium chloride",
    "glucose",
    "dextrose",
    "ringer",
    "nuoc cat",
    "nuoc vo khuan",
    "water for injection",
    "sterile water",
)
#: What is never given as it is: it is dissolved or diluted first.
_DILUTED: Final = frozenset({Form.CONCENTRATE, Form.POWDER_INJECTION})
_FLUIDS: Final = frozenset({Form.INFUSION, Form.INJECTION})


def is_carrier(substance: str) -> bool:
    """Tell whether a substance (its code, or its folded name) is one that carries others."""
    return substance.startswith((*_ATC, *_NAMES))


def must_be_diluted(drug: Medication) -> bool:
    """Tell whether a drug kills or harms undiluted (hazard H28)."""
    return drug.must_dilute or drug.form is Form.CONCENTRATE


def may_be_diluted(drug: Medication) -> bool:
    """Tell whether a fluid beside a drug is the one that it is dissolved or diluted in."""
    return drug.must_dilute or drug.form in _DILUTED


def is_diluent(product: Medication) -> bool:
    """Tell whether something can be diluted with a product.

    What is a concentrate itself, or high-alert (sodium chloride 3 % and stronger), cannot.
    """
    plain = not product.must_dilute and product.high_alert is HighAlert.NONE
    keys = product.ingredient_keys
    return plain and product.form in _FLUIDS and bool(keys) and all(map(is_carrier, keys))
