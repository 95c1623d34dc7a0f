"""The formulary: one product per formulary code, as the prescriptions describe it.

Strength is the commonest ratio of prescribed dose and dispensed amount of the code, the volume
stands in the description of the product. What was charted as given is never used: it is what
the replay tests.
"""

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Final

from bcma.model.drug import Form
from bcma.model.quantity import Quantity, Ratio
from bcma.replay.amounts import number, unit_of
from bcma.replay.chart_rows import Item, Unit

#: GS1 leaves numbers with this prefix to whoever numbers goods for use in the house.
_IN_HOUSE: Final = 200_000_000_000
_VOLUME: Final = re.compile(r"(\d[\d,]*(?:\.\d+)?|\.\d+)\s*(mL|L)\b", re.IGNORECASE)
_MODIFIED: Final = re.compile(
    r"\b(?:[ESXC]R|XL|SA|LA|DR|CD|EC|(?:extended|delayed|sustained|controlled)\b.*release"
    r"|enteric)\b",
    re.IGNORECASE,
)
_BRAND: Final = re.compile(r"\([^)]*\)|\*[^*]*\*|_+")
#: A name begins with letters; what follows the first number is strength and diluent.
_NAME: Final = re.compile(r"[\d.,%/\s]*(?P<name>\D*)")
_FORM_WORDS: Final = re.compile(
    r"\b(?:[ESX]R|XL|EC|CR|DR|SR|ODT|oral|liquid|suspension|solution|syrup|iv|inhaler|nasal"
    r"|topical|ophth\w*|oint\w*|cream|gel|patch|neb\w*|premix|bag|tab\w*|cap\w*|vial|syringe)\b",
    re.IGNORECASE,
)
_FORMS: Final[Mapping[str, Form]] = {
    "TAB": Form.TABLET,
    "HALF TAB": Form.TABLET,
    "CAP": Form.CAPSULE,
    "VIAL": Form.INJECTION,
    "AMP": Form.INJECTION,
    "SYR": Form.INJECTION,
    "PEN": Form.INJECTION,
    "CART": Form.INJECTION,
    "BAG": Form.INFUSION,
    "CADD": Form.INFUSION,
    "UDCUP": Form.ORAL_LIQUID,
    "SYRP": Form.ORAL_LIQUID,
    "PKT": Form.POWDER_ORAL,
    "PTCH": Form.PATCH,
    "SUPP": Form.SUPPOSITORY,
    "INH": Form.INHALER,
    "AERO": Form.INHALER,
    "DEV": Form.INHALER,
    "NEB": Form.NEBULISER,
    "TUBE": Form.CREAM,
    "JAR": Form.CREAM,
    "APPL": Form.CREAM,
}
#: What has no form of its own (bottles, millilitres): the way it goes in decides.
_BY_ROUTE: Final[Mapping[str, Form]] = {
    "IV": Form.INJECTION,
    "IV DRIP": Form.INFUSION,
    "IV BOLUS": Form.INJECTION,
    "IM": Form.INJECTION,
    "SC": Form.INJECTION,
    "SUBCUT": Form.INJECTION,
    "ID": Form.INJECTION,
    "DWELL": Form.INJECTION,
    "PO": Form.ORAL_LIQUID,
    "PO/NG": Form.ORAL_LIQUID,
    "NG": Form.ORAL_LIQUID,
    "ORAL": Form.ORAL_LIQUID,
    "BOTH EYES": Form.DROPS_EYE,
    "LEFT EYE": Form.DROPS_EYE,
    "RIGHT EYE": Form.DROPS_EYE,
    "LEFT EAR": Form.DROPS_EAR,
    "RIGHT EAR": Form.DROPS_EAR,
    "IH": Form.NEBULISER,
    "NEB": Form.NEBULISER,
    "TP": Form.CREAM,
}


_TO_INJECT: Final = frozenset({Form.INJECTION, Form.INFUSION})
_FOR_EYE_AND_EAR: Final = frozenset({Form.DROPS_EYE, Form.DROPS_EAR})


@dataclass(frozen=True, slots=True, kw_only=True)
class Product:
    """A product of the formulary.

    Attributes:
        gtin: 14 digits, made up in the house from a running number.
        substance: what it is compared by with other products.
        known: some file names it, so that its substance is one.
        strength: substance per counted unit or per volume; ``None`` where nothing says it.
        content: volume of one unit.
    """

    code: str
    gtin: str
    name: str
    substance: str
    known: bool
    form: Form | None
    strength: Ratio | None
    content: Ratio | None

    @property
    def id(self) -> str:
        """Give the logical id of its Medication."""
        return f"drug-{self.gtin}"

    @property
    def divisible(self) -> bool:
        """Tell whether it may be halved: plain tablets."""
        return self.form is Form.TABLET


def formulary(items: Iterable[Item], units: Iterable[Unit]) -> Mapping[str, Product]:
    """Build one product per code that was ever prescribed or scanned."""
    by_code: dict[str, list[Item]] = defaultdict(list)
    for item in items:
        if item.code:
            by_code[item.code].append(item)
    described: dict[str, str] = {}
    for unit in units:
        if unit.code:
            described[unit.code] = described.get(unit.code) or unit.description
    codes = sorted(by_code.keys() | described.keys())
    return {
        code: _product(code, index, by_code.get(code, []), described.get(code, ""))
        for index, code in enumerate(codes)
    }


def substance_of(drug: str) -> str:
    """Give a drug's name without brand, form, strength and diluent, to compare it by."""
    named = _NAME.match(_BRAND.sub(" ", drug))
    name = "" if named is None else _FORM_WORDS.sub(" ", named["name"])
    return " ".join(re.sub(r"[^\w+-]", " ", name).split()).strip("- ").casefold()


def _product(code: str, index: int, items: list[Item], description: str) -> Product:
    drug = _commonest(item.drug for item in items) or description or code
    strength_words = _commonest(item.strength for item in items)
    dispensed = _commonest(item.dispensed_unit for item in items)
    words = f"{drug} {strength_words} {description}"
    piece = unit_of(dispensed) or "{unit}"
    return Product(
        code=code,
        gtin=_gtin(index),
        name=f"{drug} {strength_words}".strip(),
        substance=substance_of(drug) or drug.casefold(),
        known=drug != code,
        form=_form(dispensed.upper(), _commonest(item.route for item in items), words),
        strength=_strength(items),
        content=_content(strength_words or description, piece),
    )


def _strength(items: Iterable[Item]) -> Ratio | None:
    """Give the commonest prescribed dose per dispensed amount."""
    found: Counter[Ratio] = Counter(_ratios(items))
    return found.most_common(1)[0][0] if found else None


def _ratios(items: Iterable[Item]) -> Iterator[Ratio]:
    for item in items:
        dose, dispensed = number(item.dose), number(item.dispensed)
        unit, piece = unit_of(item.dose_unit), unit_of(item.dispensed_unit)
        if dose and dispensed and unit and piece:
            per_piece = Decimal(f"{round(dose / dispensed, 6).normalize():f}")
            yield Ratio(Quantity(per_piece, unit), Quantity(Decimal(1), piece))


def _content(words: str, piece: str) -> Ratio | None:
    volumes = _VOLUME.findall(words)
    if not volumes:
        return None
    value, unit = volumes[-1]
    volume = Quantity(Decimal(value.replace(",", "")), "L" if unit in "lL" else "mL")
    if volume.value <= 0:
        return None
    holder = "{vial}" if piece == "mL" else piece
    return Ratio(volume.to("mL"), Quantity(Decimal(1), holder))


def _form(dispensed: str, route: str, words: str) -> Form | None:
    form, by_route = _FORMS.get(dispensed), _BY_ROUTE.get(route.upper())
    if form is None or (form in _TO_INJECT and by_route not in {None, *_TO_INJECT}):
        # a vial for the nebuliser, a syringe for the mouth: the container says nothing
        form = by_route
    if form is Form.CREAM and by_route in _FOR_EYE_AND_EAR:
        form = by_route  # an ointment for the eye
    if form in {Form.TABLET, Form.CAPSULE} and _MODIFIED.search(words):
        return Form.TABLET_MR if form is Form.TABLET else Form.CAPSULE_MR
    return form


def _gtin(index: int) -> str:
    """Make the GTIN of a running number, with its check digit."""
    digits = str(_IN_HOUSE + index)
    weighted = sum(int(digit) * (3 if place % 2 else 1) for place, digit in enumerate(digits))
    return f"0{digits}{-weighted % 10}"


def _commonest(words: Iterable[str]) -> str:
    counted = Counter(word for word in words if word)
    return counted.most_common(1)[0][0] if counted else ""
