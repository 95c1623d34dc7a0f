"""Routes of administration: everything that is written, as HL7 table 0162.

A literal table, to be read against the standards; what is not in it is not readable. So it is
with routes that table 0162 has no code for: into the bone, the lock of a line, a dialysis circuit.
Vietnamese names follow the route list of the Ministry of Health; of its codes only those
are listed that could be checked, its other entries are read by name.
"""

import re
from collections.abc import Mapping
from typing import Final

from bcma.emr.fhir_map.datatypes import Concept
from bcma.emr.fhir_map.dialect import ROUTE, SNOMED, V3_ROUTE, VN_ROUTE
from bcma.model.words import fold

#: HL7 table 0162 without ``OTH``, which names no route.
TABLE_0162: Final = frozenset(
    [
        "AP",
        "B",
        "DT",
        "EP",
        "ET",
        "GTT",
        "GU",
        "IA",
        "IB",
        "IC",
        "ICV",
        "ID",
        "IH",
        "IHA",
        "IM",
        "IMR",
        "IN",
        "IO",
        "IP",
        "IS",
        "IT",
        "IU",
        "IV",
        "MM",
        "MTH",
        "NG",
        "NP",
        "NS",
        "NT",
        "OP",
        "OT",
        "PF",
        "PO",
        "PR",
        "RM",
        "SC",
        "SD",
        "SL",
        "TD",
        "TL",
        "TP",
        "TRA",
        "UR",
        "VG",
        "VM",
        "WND",
    ]
)

_SNOMED: Final[Mapping[str, str]] = {
    "26643006": "PO",
    "47625008": "IV",
    "78421000": "IM",
    "34206005": "SC",
    "372464004": "ID",
    "37839007": "SL",
    "37161004": "PR",
    "45890007": "TD",
    "6064005": "TP",
    "448598008": "TP",
    "447694001": "IH",
    "46713006": "NS",
    "54485002": "OP",
    "10547007": "OT",
    "16857009": "VG",
    "72607000": "IT",
    "404820008": "EP",
    "127492001": "NG",
    "127490009": "GTT",
    "58100008": "IA",
    "38239002": "IP",
    "418821007": "IO",
    "54471007": "B",
    "12130007": "IS",
    # Not of the hierarchy of routes, and yet so the standard's own examples have them.
    "255560000": "IV",
    "255559005": "IM",
    "263887005": "SC",
    "359540000": "TP",
}

_V3: Final[Mapping[str, str]] = {
    "PO": "PO",
    "IV": "IV",
    "IVINJ": "IV",
    "IVP": "IV",
    "IVPUSH": "IV",
    "IVPB": "IV",
    "DRIP": "IV",
    "IVDRIP": "IV",
    "IVFLUSH": "IV",
    "IM": "IM",
    "IMINJ": "IM",
    "SQ": "SC",
    "SQINJ": "SC",
    "IDINJ": "ID",
    "SL": "SL",
    "BUC": "B",
    "NGT": "NG",
    "GT": "GTT",
    "PR": "PR",
    "TRNSDERM": "TD",
    "TRNSDERMD": "TD",
    "TOPICAL": "TP",
    "SKIN": "TP",
    "IPINHL": "IH",
    "ORINHL": "IH",
    "NEB": "IH",
    "NASSPRAY": "NS",
    "NASINHL": "NS",
    "NASNEB": "NS",
    "OPDROP": "OP",
    "EYE": "OP",
    "OTDROP": "OT",
    "EAR": "OT",
    "VAGINS": "VG",
    "VAGCREM": "VG",
    "ITINJ": "IT",
    "EPI": "EP",
    "EPIDURINJ": "EP",
    "IAINJ": "IA",
    "IPERITINJ": "IP",
}

_VN: Final[Mapping[str, str]] = {"1.01": "PO", "1.04": "SL", "1.05": "SL"}

#: Words, folded (no diacritics, no case). Vietnamese first, then English and ward shorthand.
_WORDS: Final[Mapping[str, tuple[str, ...]]] = {
    "PO": (
        "uong",
        "duong uong",
        "nhai",
        "oral",
        "by mouth",
        "per os",
        "p.o",
        "oral route",
    ),
    "IV": (
        "tiem tinh mach",
        "tiem truyen tinh mach",
        "truyen tinh mach",
        "tinh mach",
        "tmc",
        "ttm",
        "intravenous",
        "intravenous route",
        "iv drip",
        "iv bolus",
        "iv push",
        "ivpb",
        "ivpca",
        "iv infusion",
        "i.v",
        "tm",
    ),
    "IM": ("tiem bap", "tb", "intramuscular", "intramuscular route", "i.m"),
    "SC": (
        "tiem duoi da",
        "duoi da",
        "tdd",
        "subcutaneous",
        "subcutaneous route",
        "subcut",
        "subq",
        "sq",
        "s.c",
    ),
    "ID": ("tiem trong da", "trong da", "intradermal"),
    "SL": ("dat duoi luoi", "ngam duoi luoi", "duoi luoi", "sublingual", "sublingual route"),
    "B": ("buccal",),
    "NG": ("qua sonde da day", "sonde da day", "qua ong thong da day", "nasogastric", "ng tube"),
    "GTT": ("qua mo thong da day", "gastrostomy tube"),
    "PR": (
        "dat hau mon",
        "dat truc trang",
        "thut hau mon - truc trang",
        "thut hau mon",
        "rectal",
        "per rectum",
    ),
    "TD": ("dan tren da", "mieng dan", "transdermal"),
    "TP": (
        "boi",
        "boi ngoai da",
        "xoa ngoai",
        "xit ngoai da",
        "dung ngoai",
        "topical",
        "cutaneous",
    ),
    "IH": (
        "hit",
        "dang hit",
        "bot hit",
        "khi dung",
        "phun mu",
        "inhalation",
        "respiratory inhalation",
        "neb",
        "nebulised",
        "nebulized",
    ),
    "NS": ("nho mui", "xit mui", "thuoc mui", "nas", "nu", "nasal", "intranasal"),
    "OP": (
        "nho mat",
        "tra mat",
        "thuoc mat",
        "both eyes",
        "right eye",
        "left eye",
        "ophthalmic",
    ),
    "OT": ("nho tai", "both ears", "right ear", "left ear", "otic", "auricular"),
    "VG": ("dat am dao", "vaginal", "per vagina"),
    "IT": ("tiem tuy song", "tiem noi tuy", "intrathecal"),
    "EP": ("ngoai mang cung", "tiem ngoai mang cung", "epidural", "ed"),
    "IS": ("tiem vao o khop", "intra-articular", "intraarticular"),
    "IO": ("tiem noi nhan", "intraocular"),
}

_BY_WORD: Final[Mapping[str, str]] = {
    word: code for code, words in _WORDS.items() for word in words
} | {code.lower(): code for code in TABLE_0162}
_BY_SYSTEM: Final[Mapping[str, Mapping[str, str]]] = {
    ROUTE: {code: code for code in TABLE_0162},
    "http://hl7.org/fhir/v2/0162": {code: code for code in TABLE_0162},
    SNOMED: _SNOMED,
    V3_ROUTE: _V3,
    VN_ROUTE: _VN,
}
_CHOICE = re.compile(r"\s*(?:/|,|;|\bor\b|\bhoặc\b)\s*", re.IGNORECASE)


def routes_of(written: Concept) -> tuple[str, ...]:
    """Give the routes that a concept allows; empty where any part of it cannot be read so.

    Several codes of one system are a choice, as words may offer one (``PO/NG``). Codings of
    different systems are translations of one another: those that are known must agree, with
    each other and with the words.
    """
    by_system: dict[str, dict[str, None]] = {}
    for c in written.codings:
        route = _coded(c.system, c.code, c.display)
        if route is not None:
            by_system.setdefault(c.system, {})[route] = None
    worded = _words(written.text)
    unknown = any(c.system == ROUTE and c.code not in TABLE_0162 for c in written.codings)
    if unknown or len({frozenset(routes) for routes in by_system.values()}) > 1:
        return ()
    coded = next((tuple(routes) for routes in by_system.values()), ())
    if coded:
        return coded if not worded or set(coded) <= set(worded) else ()
    return worded


def _coded(system: str, code: str, display: str) -> str | None:
    found = _BY_SYSTEM.get(system, {}).get(code)
    if found is None and system == VN_ROUTE:
        return _BY_WORD.get(fold(display))
    return found


def _words(text: str) -> tuple[str, ...]:
    if not text:
        return ()
    whole = _BY_WORD.get(fold(text))
    if whole is not None:
        return (whole,)
    choice = [_BY_WORD.get(fold(part)) for part in _CHOICE.split(text)]
    known = [route for route in choice if route is not None]
    return tuple(dict.fromkeys(known)) if len(known) == len(choice) else ()
