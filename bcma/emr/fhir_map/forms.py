"""Dose forms: everything that is written, as the short list ``urn:bcma:form``.

A literal table. What is not in it has no canonical form: its words stay visible, and nothing
is taken to be interchangeable with it.
"""

from collections.abc import Mapping
from typing import Final

from bcma.emr.fhir_map.datatypes import Concept
from bcma.emr.fhir_map.dialect import EDQM, FORM, SNOMED
from bcma.model.drug import Form
from bcma.model.words import fold

_EDQM: Final[Mapping[str, Form]] = {
    "10219000": Form.TABLET,
    "10221000": Form.TABLET,
    "10220000": Form.TABLET,
    "10225000": Form.TABLET_MR,
    "10226000": Form.TABLET_MR,
    "10227000": Form.TABLET_MR,
    "10210000": Form.CAPSULE,
    "10211000": Form.CAPSULE,
    "10213000": Form.CAPSULE_MR,
    "10217000": Form.CAPSULE_MR,
    "10105000": Form.ORAL_LIQUID,
    "10106000": Form.ORAL_LIQUID,
    "10117000": Form.ORAL_LIQUID,
    "11201000": Form.INJECTION,
    "11202000": Form.INJECTION,
    "11205000": Form.POWDER_INJECTION,
    "11210000": Form.INFUSION,
    "11213000": Form.CONCENTRATE,
    "10519000": Form.PATCH,
    "11013000": Form.SUPPOSITORY,
    "10604000": Form.DROPS_EYE,
    "10704000": Form.DROPS_EAR,
    "10502000": Form.CREAM,
}

_SNOMED: Final[Mapping[str, Form]] = {
    "385055001": Form.TABLET,
    "421026006": Form.TABLET,
    "385057009": Form.TABLET,
    "385060002": Form.TABLET_MR,
    "385061003": Form.TABLET_MR,
    "385049006": Form.CAPSULE,
    "385052003": Form.CAPSULE_MR,
    "385023001": Form.ORAL_LIQUID,
    "385024007": Form.ORAL_LIQUID,
    "385219001": Form.INJECTION,
    "385223009": Form.POWDER_INJECTION,
    "385229008": Form.INFUSION,
    "385114002": Form.PATCH,
    "385194003": Form.SUPPOSITORY,
    "385124005": Form.DROPS_EYE,
    "385136004": Form.DROPS_EAR,
    "385099005": Form.CREAM,
}

#: Words, folded: no diacritics, no case.
_WORDS: Final[Mapping[Form, tuple[str, ...]]] = {
    Form.TABLET: ("vien nen", "vien nen bao phim", "vien bao phim", "tablet", "film-coated tablet"),
    Form.TABLET_MR: (
        "vien nen phong thich keo dai",
        "vien giai phong keo dai",
        "vien nen giai phong bien doi",
        "vien bao tan trong ruot",
        "vien nen bao tan trong ruot",
        "modified-release tablet",
        "prolonged-release tablet",
        "extended-release tablet",
        "gastro-resistant tablet",
    ),
    Form.CAPSULE: ("vien nang", "vien nang cung", "vien nang mem", "capsule"),
    Form.CAPSULE_MR: (
        "vien nang phong thich keo dai",
        "vien nang giai phong keo dai",
        "vien nang tan trong ruot",
        "modified-release capsule",
        "prolonged-release capsule",
        "gastro-resistant capsule",
    ),
    Form.ORAL_LIQUID: ("siro", "dung dich uong", "hon dich uong", "oral solution", "syrup"),
    Form.POWDER_ORAL: ("bot pha uong", "thuoc bot uong", "com pha hon dich uong", "oral powder"),
    Form.INJECTION: ("dung dich tiem", "thuoc tiem", "solution for injection", "injection"),
    Form.CONCENTRATE: (
        "dung dich dam dac pha truyen",
        "dung dich dam dac de pha dung dich tiem truyen",
        "concentrate for solution for infusion",
    ),
    Form.POWDER_INJECTION: (
        "bot pha tiem",
        "bot dong kho pha tiem",
        "powder for solution for injection",
    ),
    Form.INFUSION: (
        "dich truyen",
        "dung dich truyen",
        "dung dich tiem truyen",
        "dung dich truyen tinh mach",
        "solution for infusion",
    ),
    Form.PATCH: ("mieng dan", "transdermal patch", "patch"),
    Form.SUPPOSITORY: ("vien dat", "thuoc dan", "vien dat truc trang", "suppository"),
    Form.INHALER: (
        "thuoc hit",
        "binh xit dinh lieu",
        "bot hit",
        "inhaler",
        "pressurised inhalation",
    ),
    Form.NEBULISER: ("dung dich khi dung", "nebuliser solution", "nebulizer solution"),
    Form.DROPS_EYE: ("thuoc nho mat", "dung dich nho mat", "eye drops"),
    Form.DROPS_EAR: ("thuoc nho tai", "dung dich nho tai", "ear drops"),
    Form.CREAM: ("kem", "kem boi da", "thuoc mo", "gel boi", "cream", "ointment"),
}

_BY_WORD: Final = {word: form for form, words in _WORDS.items() for word in words}
_BY_SYSTEM: Final[Mapping[str, Mapping[str, Form]]] = {
    FORM: {form.value: form for form in Form},
    EDQM: _EDQM,
    SNOMED: _SNOMED,
}


def form_of(written: Concept) -> Form | None:
    """Give the canonical form; ``None`` where none is known or two codings disagree."""
    coded = {form for c in written.codings if (form := _BY_SYSTEM.get(c.system, {}).get(c.code))}
    if len(coded) == 1:
        return next(iter(coded))
    return None if coded else _BY_WORD.get(fold(written.label))


def unknown_form_code(written: Concept) -> str | None:
    """Give a code that claims to be of the canonical list and is not."""
    code = written.code_in(FORM)
    return code if code is not None and code not in _BY_SYSTEM[FORM] else None
