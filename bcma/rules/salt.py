"""Salts of one substance: metoprolol tartrate is not metoprolol succinate (drug.form-differs)."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from bcma.model.drug import Medication
from bcma.model.words import fold

#: The salts that names end in, by how they are written in Vietnamese and English, without marks.
_SALTS: Final[Mapping[str, str]] = MappingProxyType(
    {
        "natri": "sodium",
        "sodium": "sodium",
        "kali": "potassium",
        "potassium": "potassium",
        "calci": "calcium",
        "calcium": "calcium",
        "magnesi": "magnesium",
        "magnesium": "magnesium",
        "tartrat": "tartrate",
        "tartrate": "tartrate",
        "succinat": "succinate",
        "succinate": "succinate",
        "sulfat": "sulfate",
        "sulfate": "sulfate",
        "sulphate": "sulfate",
        "hydroclorid": "hydrochloride",
        "hydrochlorid": "hydrochloride",
        "hydrochloride": "hydrochloride",
        "hcl": "hydrochloride",
        "phosphat": "phosphate",
        "phosphate": "phosphate",
        "acetat": "acetate",
        "acetate": "acetate",
        "fumarat": "fumarate",
        "fumarate": "fumarate",
        "citrat": "citrate",
        "citrate": "citrate",
        "decanoat": "decanoate",
        "decanoate": "decanoate",
        "palmitat": "palmitate",
        "palmitate": "palmitate",
    }
)


def is_other_salt(product: Medication, ordered: Medication) -> bool:
    """Tell whether both name a salt of the same substance, and not the same one."""
    named = {i.key: _parted(i.name) for i in ordered.ingredients}
    for ingredient in product.ingredients:
        base, salts = _parted(ingredient.name)
        other_base, other_salts = named.get(ingredient.key, ("", frozenset()))
        if base and base == other_base and salts and other_salts and salts != other_salts:
            return True
    return False


def _parted(name: str) -> tuple[str, frozenset[str]]:
    """Part a name into the substance and its salts."""
    words = fold(name).split()
    base = " ".join(word for word in words if word not in _SALTS)
    return base, frozenset(_SALTS[word] for word in words if word in _SALTS)
