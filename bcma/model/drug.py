"""Products: what a scanned unit is."""

import re
from dataclasses import dataclass, field
from datetime import timedelta
from enum import StrEnum
from typing import Final

from bcma.model.quantity import Quantity, Ratio

#: Names of WHO's Anatomical Therapeutic Chemical classification in use.
ATC_SYSTEMS: Final = frozenset(
    {"http://www.whocc.no/atc", "https://www.whocc.no/atc", "urn:oid:2.16.840.1.113883.6.73"}
)
#: A substance's code in it: five levels, ``N02BE01``.
_ATC_SUBSTANCE: Final = re.compile(r"[A-Z]\d\d[A-Z]{2}\d\d")


class Form(StrEnum):
    """Dose forms, the canonical short list (``urn:bcma:form``)."""

    TABLET = "tablet"
    TABLET_MR = "tablet-mr"
    CAPSULE = "capsule"
    CAPSULE_MR = "capsule-mr"
    ORAL_LIQUID = "oral-liquid"
    POWDER_ORAL = "powder-oral"
    INJECTION = "injection"
    CONCENTRATE = "concentrate"
    POWDER_INJECTION = "powder-injection"
    INFUSION = "infusion"
    PATCH = "patch"
    SUPPOSITORY = "suppository"
    INHALER = "inhaler"
    NEBULISER = "nebuliser"
    DROPS_EYE = "drops-eye"
    DROPS_EAR = "drops-ear"
    CREAM = "cream"
    OTHER = "other"


class HighAlert(StrEnum):
    """How strongly a second person is wanted."""

    NONE = "none"
    RECOMMENDED = "recommended"
    REQUIRED = "required"


class ContainerUse(StrEnum):
    """Whether a container is used up by one dose, and for whom it may be used."""

    SINGLE = "single"
    MULTI_ONE_PATIENT = "multi-one-patient"
    MULTI_PATIENT = "multi-patient"


class SerialLevel(StrEnum):
    """What a manufacturer's serial number stands for."""

    UNIT = "unit"
    PACK = "pack"


class Controlled(StrEnum):
    """Vietnamese groups of controlled drugs."""

    NARCOTIC = "gay-nghien"
    PSYCHOTROPIC = "huong-than"
    PRECURSOR = "tien-chat"


@dataclass(frozen=True, slots=True)
class Coding:
    """A code of a code system."""

    system: str
    code: str
    display: str = ""


@dataclass(frozen=True, slots=True)
class Ingredient:
    """An active substance and how much of it; ``key`` identifies it across products.

    ``key`` is the code where the EMR gives one, else the folded name; ``codes`` are all that it
    gives. ``product_id`` names the entry of the drug file that goes in, where it is a product.
    """

    key: str
    name: str
    strength: Ratio | None = None
    codes: tuple[Coding, ...] = field(default=(), compare=False)
    product_id: str | None = None


@dataclass(frozen=True, slots=True)
class Component:
    """What goes into an ordered mixture: a product, and how much of it per so much mixture.

    ``share`` is ``None`` where the order does not say: then one unit is meant.
    """

    product: "Medication"
    share: Ratio | None = None


@dataclass(frozen=True, slots=True)
class Recall:
    """A recalled or quarantined lot; ``None`` means every GTIN or every lot."""

    gtin: str | None
    lot: str | None
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Medication:
    """A product or a drug as ordered.

    Attributes:
        id: the EMR's logical id, or empty for a drug that is only named on an order.
        name: as the drug file writes it, tall-man letters included.
        gtins: 14 digits, one per package level.
        drug_codes: the hospital's own codes.
        registrations: national registration numbers (số đăng ký); none is a GTIN.
        codes: every coding of ``Medication.code`` (ATC and others).
        content: what one unit holds (10 mL per ampoule).
        components: of a mixture that is ordered: the products of which the ward makes it.
        problems: what of the entry could not be read; a product with problems is not used.
        ingredient_keys: the substances, without strength.
        atc_codes: of the product and of its substances.
    """

    id: str
    name: str
    gtins: frozenset[str] = frozenset()
    drug_codes: frozenset[str] = frozenset()
    registrations: frozenset[str] = frozenset()
    codes: tuple[Coding, ...] = ()
    form: Form | None = None
    form_text: str = ""
    ingredients: tuple[Ingredient, ...] = ()
    content: Ratio | None = None
    components: tuple[Component, ...] = ()
    active: bool = True
    high_alert: HighAlert = HighAlert.NONE
    container_routes: frozenset[str] = frozenset()
    container_use: ContainerUse = ContainerUse.SINGLE
    serial_level: SerialLevel = SerialLevel.PACK
    controlled: Controlled | None = None
    divisible: bool = False
    must_dilute: bool = False
    scan_exempt: bool = False
    look_alike: str | None = None
    in_use_life: timedelta | None = None
    recalls: tuple[Recall, ...] = ()
    problems: tuple[str, ...] = ()
    ingredient_keys: frozenset[str] = field(init=False, repr=False, compare=False)
    atc_codes: frozenset[str] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        # worked out once: at each scan every rule asks for them, of every drug on the chart
        keys = frozenset(ingredient.key for ingredient in self.ingredients)
        own = frozenset(code.code for code in self.codes if code.system in ATC_SYSTEMS)
        object.__setattr__(self, "ingredient_keys", keys)
        object.__setattr__(self, "atc_codes", own.union(filter(_ATC_SUBSTANCE.fullmatch, keys)))

    @property
    def content_of_one(self) -> Quantity | None:
        """Give what one container holds (3 mL, 200 puffs), where the drug file says so."""
        if self.content is None:
            return None
        return self.content.numerator.times(1, over=self.content.denominator.value)

    def is_in_class(self, *groups: str) -> bool:
        """Tell whether it, or a substance of it, is in one of these groups of the ATC."""
        return any(code.startswith(groups) for code in self.atc_codes)

    def recall_of(self, gtin: str | None, lot: str | None) -> Recall | None:
        """Give the recall that covers a unit.

        A unit whose code does not say its lot is not covered by a recall of one lot: that
        absence is a finding of its own.
        """
        for recall in self.recalls:
            if recall.gtin in (None, gtin) and recall.lot in (None, lot):
                return recall
        return None

    def recalls_a_lot_of(self, gtin: str | None) -> bool:
        """Tell whether some lots of a product, though not all, are recalled."""
        return any(r.lot is not None and r.gtin in (None, gtin) for r in self.recalls)

    @property
    def main_substance(self) -> str:
        """Give the key of the first substance, which amounts of a combination mean."""
        return self.ingredients[0].key if self.ingredients else ""

    def strengths(self, substance: str) -> tuple[Ratio, ...]:
        """Give the strengths of a substance: several where it is stated in several units."""
        named = (i.strength for i in self.ingredients if i.key == substance)
        return tuple(strength for strength in named if strength is not None)

    def strength_in(self, unit: str, substance: str | None = None) -> Quantity | None:
        """Give how much of a substance (the first) one counted unit holds, if it can be told.

        ``unit`` is the UCUM kind wanted (``mg``); ``None`` where the drug file does not say.
        """
        key = self.main_substance if substance is None else substance
        for strength in self.strengths(key):
            if not strength.numerator.convertible_to(unit):
                continue
            if strength.denominator.unit.startswith("{"):
                return strength.numerator.times(1, over=strength.denominator.value).to(unit)
            held = self.content_of_one
            if held is not None and held.convertible_to(strength.denominator.unit):
                return strength.of(held).to(unit)
        return None
