"""Sites of the body: HL7 table 0163 and words, as the codes of ``urn:bcma:site``.

A literal table. A site that is not in it keeps its words; where the record needs one, it is
asked for.
"""

from collections.abc import Mapping
from dataclasses import replace
from typing import Final

from bcma.emr.fhir_map.datatypes import Concept
from bcma.emr.fhir_map.dialect import SITE, TABLE_0163
from bcma.model.drug import Coding
from bcma.model.words import fold

#: HL7 table 0163, as far as it says side and place closely enough.
_TABLE_0163: Final[Mapping[str, str]] = {
    "BE": "ear-both",
    "LE": "ear-left",
    "RE": "ear-right",
    "OU": "eye-both",
    "OS": "eye-left",
    "OD": "eye-right",
    "LAC": "chest-left",
    "RAC": "chest-right",
    "LACF": "elbow-left",
    "RACF": "elbow-right",
    "LD": "deltoid-left",
    "RD": "deltoid-right",
    "LF": "foot-left",
    "RF": "foot-right",
    "LG": "buttock-left",
    "RG": "buttock-right",
    "LH": "hand-left",
    "RH": "hand-right",
    "LEJ": "jugular-left",
    "REJ": "jugular-right",
    "LIJ": "jugular-left",
    "RIJ": "jugular-right",
    "LLAQ": "abdomen-left",
    "LUAQ": "abdomen-left",
    "RLAQ": "abdomen-right",
    "RUAQ": "abdomen-right",
    "LLFA": "forearm-left",
    "LMFA": "forearm-left",
    "LUFA": "forearm-left",
    "RLFA": "forearm-right",
    "RMFA": "forearm-right",
    "RUFA": "forearm-right",
    "LPC": "back-upper-left",
    "RPC": "back-upper-right",
    "LSC": "subclavian-left",
    "RSC": "subclavian-right",
    "LT": "thigh-left",
    "RT": "thigh-right",
    "LVL": "thigh-left",
    "RVL": "thigh-right",
    "LUA": "upper-arm-left",
    "RUA": "upper-arm-right",
    "LVG": "hip-left",
    "RVG": "hip-right",
}
#: Words, folded (no diacritics, no case).
_WORDS: Final[Mapping[str, str]] = {
    "mat trai": "eye-left",
    "mat phai": "eye-right",
    "hai mat": "eye-both",
    "tai trai": "ear-left",
    "tai phai": "ear-right",
    "hai tai": "ear-both",
    "bung trai": "abdomen-left",
    "bung phai": "abdomen-right",
    "canh tay trai": "upper-arm-left",
    "canh tay phai": "upper-arm-right",
    "cang tay trai": "forearm-left",
    "cang tay phai": "forearm-right",
    "mu tay trai": "hand-left",
    "mu tay phai": "hand-right",
    "co delta trai": "deltoid-left",
    "co delta phai": "deltoid-right",
    "dui trai": "thigh-left",
    "dui phai": "thigh-right",
    "mong trai": "buttock-left",
    "mong phai": "buttock-right",
    "nguc trai": "chest-left",
    "nguc phai": "chest-right",
    "left eye": "eye-left",
    "right eye": "eye-right",
    "both eyes": "eye-both",
    "left ear": "ear-left",
    "right ear": "ear-right",
    "both ears": "ear-both",
    "left abdomen": "abdomen-left",
    "right abdomen": "abdomen-right",
    "left upper arm": "upper-arm-left",
    "right upper arm": "upper-arm-right",
    "left forearm": "forearm-left",
    "right forearm": "forearm-right",
    "left hand": "hand-left",
    "right hand": "hand-right",
    "left deltoid": "deltoid-left",
    "right deltoid": "deltoid-right",
    "left thigh": "thigh-left",
    "right thigh": "thigh-right",
    "left buttock": "buttock-left",
    "right buttock": "buttock-right",
    "left chest": "chest-left",
    "right chest": "chest-right",
}


def site_of(written: Concept | None, route: Concept) -> Coding | None:
    """Give the site that an order or a record names, in our code where the table has it.

    Some name it as the route ("left eye"). Two codes that mean two sites are none.
    """
    named = written if written is not None and written != Concept() else None
    if named is None:
        site = _WORDS.get(fold(route.text))
        return None if site is None else Coding(SITE, site, route.text)
    codes = {site for c in named.codings if (site := _coded(c))}
    worded = _WORDS.get(fold(named.label))
    sites = codes or ({worded} if worded else set())
    if len(sites) == 1:
        return Coding(SITE, sites.pop(), named.label)
    as_written = named.codings[0] if named.codings and not sites else Coding("", "", "")
    return replace(as_written, display=named.label)


def _coded(coding: Coding) -> str | None:
    if coding.system == SITE:
        return coding.code
    return _TABLE_0163.get(coding.code) if coding.system == TABLE_0163 else None
