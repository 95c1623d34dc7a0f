"""The GS1 application identifiers that this product understands, as facts.

Identifiers, lengths and rules are those of the GS1 Barcode Syntax Dictionary. Left out, and
so refused like an unknown identifier: prices and payment (390n-395n, 8005, 8007, 8020),
coupons (8110, 8112), ship-to addresses and transport (43nn), package type (7041) and the
importer index (7040). None of them stands on anything that a ward gives to a patient.
"""

import re
from dataclasses import dataclass
from functools import cached_property
from typing import Final

from bcma.barcode.ai_checks import CHECKS, Check
from bcma.model.scan import BadCodeReason

_CHARACTERS: Final = {
    "N": "[0-9]",
    "X": r"[!\"%&'()*+,\-./0-9:;<=>?A-Z_a-z]",
    "Y": r"[#\-/0-9A-Z]",
    "Z": r"[0-9A-Za-z_=\-]",
}
"""Character sets: digits, GS1 set 82, GS1 set 39, base64url."""

_COMPONENT: Final = re.compile(
    r"(?P<optional>\[)?(?P<kind>[NXYZ])(?P<upto>\.\.)?(?P<length>[0-9]+)\]?(?P<checks>(?:,\w+)*)"
)


@dataclass(frozen=True)
class ApplicationIdentifier:
    """One identifier, or a run of them that differ in the last digits only.

    Attributes:
        first, last: the run, both included.
        form: components as the dictionary writes them, such as ``N6,yymmdd N4,hhmi``.
        predefined: its length follows from its first two digits, no separator is needed.
    """

    first: str
    last: str
    form: str
    predefined: bool = False

    @cached_property
    def pattern(self) -> re.Pattern[str]:
        """The whole value, one group per component."""
        return re.compile("".join(map(_group, _COMPONENT.finditer(self.form))))

    @cached_property
    def characters(self) -> re.Pattern[str]:
        """Any text of the character sets that occur in this value."""
        kinds = {found["kind"] for found in _COMPONENT.finditer(self.form)}
        return re.compile(f"(?:{'|'.join(_CHARACTERS[kind] for kind in sorted(kinds))})*")

    @cached_property
    def longest(self) -> int:
        """The most characters that a value has; of a predefined one, its length."""
        return sum(int(found["length"]) for found in _COMPONENT.finditer(self.form))

    @cached_property
    def checks(self) -> tuple[tuple[int, str, Check, BadCodeReason], ...]:
        """The rules: number of the component's group, rule's name, predicate, reason."""
        return tuple(
            (group, name, *CHECKS[name])
            for group, found in enumerate(_COMPONENT.finditer(self.form), start=1)
            for name in found["checks"].split(",")[1:]
        )


def _group(component: re.Match[str]) -> str:
    least = 1 if component["upto"] else component["length"]
    group = f"({_CHARACTERS[component['kind']]}{{{least},{component['length']}}})"
    return f"{group}?" if component["optional"] else group


def _row(identifiers: str, form: str, *, predefined: bool = False) -> ApplicationIdentifier:
    first, _, last = identifiers.partition("-")
    return ApplicationIdentifier(first, last or first, form, predefined)


def _fixed(identifiers: str, form: str) -> ApplicationIdentifier:
    return _row(identifiers, form, predefined=True)


ROWS: Final = (
    # keys of logistic units and trade items
    _fixed("00", "N18,csum,gcppos2"),
    _fixed("01-03", "N14,csum,gcppos2"),
    # about the item: lot, dates, variant, serial
    _row("10", "X..20"),
    _fixed("11-13", "N6,yymmd0"),
    _fixed("15-17", "N6,yymmd0"),
    _fixed("20", "N2"),
    _row("21-22", "X..20"),
    _row("235", "X..28"),
    _row("240-241", "X..30"),
    _row("242", "N..6"),
    _row("243", "X..20"),
    _row("250-251", "X..30"),
    _row("253", "N13,csum,gcppos1 [X..17]"),
    _row("254", "X..20"),
    _row("255", "N13,csum,gcppos1 [N..12]"),
    _row("30", "N..8"),
    # measures; the last digit is the number of decimals
    *(_fixed(f"{kind}0-{kind}5", "N6") for kind in range(310, 317)),
    *(_fixed(f"{kind}0-{kind}5", "N6") for kind in range(320, 338)),
    *(_fixed(f"{kind}0-{kind}5", "N6") for kind in range(340, 358)),
    *(_fixed(f"{kind}0-{kind}5", "N6") for kind in range(360, 370)),
    _row("37", "N..8"),
    # order, consignment, places, countries
    _row("400", "X..30"),
    _row("401", "X..30,gcppos1"),
    _row("402", "N17,csum,gcppos1"),
    _row("403", "X..30"),
    _fixed("410-417", "N13,csum,gcppos1"),
    _row("420", "X..20"),
    _row("421", "N3,iso3166 X..9"),
    _row("422", "N3,iso3166"),
    _row("423", "N3,iso3166 [N3],iso3166 [N3],iso3166 [N3],iso3166 [N3],iso3166"),
    _row("424", "N3,iso3166"),
    _row("425", "N3,iso3166 [N3],iso3166 [N3],iso3166 [N3],iso3166 [N3],iso3166"),
    _row("426", "N3,iso3166"),
    _row("427", "X..3"),
    # expiry to the minute, potency, dates of harvest and test
    _row("7001", "N13"),
    _row("7002", "X..30"),
    _row("7003", "N6,yymmdd N4,hhmi"),
    _row("7004", "N..4"),
    _row("7005", "X..12"),
    _row("7006", "N6,yymmdd"),
    _row("7007", "N6,yymmdd [N6],yymmdd"),
    _row("7008", "X..3"),
    _row("7009", "X..10"),
    _row("7010", "X..2"),
    _row("7011", "N6,yymmdd [N4],hhmi"),
    _row("7020-7022", "X..20"),
    _row("7023", "X..30,gcppos1"),
    _row("7030-7039", "N3,iso3166999 X..27"),
    # national numbers, certificates, protocol
    _row("710-717", "X..20"),
    _row("7230-7239", "X2 X..28"),
    _row("7240", "X..20"),
    # of a person, on bands and badges
    _row("7241", "N2,mediatype"),
    _row("7242", "X..25"),
    _row("7250", "N8,yyyymmdd"),
    _row("7251", "N8,yyyymmdd N4,hhmi"),
    _row("7252", "N1,iso5218"),
    _row("7253-7254", "X..40,pcenc"),
    _row("7255", "X..10"),
    _row("7256", "X..90,pcenc"),
    _row("7257", "X..70,pcenc"),
    _row("7258", "X3,posinseqslash"),
    _row("7259", "X..40,pcenc"),
    # other keys and their details
    _row("8001", "N4,nonzero N5,nonzero N3,nonzero N1,winding N1"),
    _row("8002", "X..20"),
    _row("8003", "N1,zero N13,csum,gcppos1 [X..16]"),
    _row("8004", "X..30,gcppos1"),
    _row("8006", "N14,csum,gcppos2 N4,pieceoftotal"),
    _row("8008", "N6,yymmdd N2,hh [N2],mi [N2],ss"),
    _row("8009", "X..50"),
    _row("8010", "Y..30,gcppos1"),
    _row("8011", "N..12,nozeroprefix"),
    _row("8012", "X..20"),
    _row("8013", "X..25,csumalpha,gcppos1"),
    _row("8014", "X..25,csumalpha,gcppos1,hasnondigit"),
    _row("8017-8018", "N18,csum,gcppos1"),
    _row("8019", "N..10"),
    _row("8026", "N14,csum,gcppos2 N4,pieceoftotal"),
    _row("8030", "Z..90,base64url"),
    _row("8040-8041", "N15"),
    _row("8042", "N32"),
    _row("8043", "N18 [N..2]"),
    _row("8111", "N4"),
    _row("8200", "X..70"),
    # a company's own; without a GTIN, 91 holds the hospital's drug code on our unit label
    _row("90", "X..30"),
    _row("91-99", "X..90"),
)
"""Every identifier that is understood; all others are refused."""

_BY_IDENTIFIER: Final = {
    f"{number:0{len(row.first)}}": row
    for row in ROWS
    for number in range(int(row.first), int(row.last) + 1)
}
_LENGTHS: Final = (2, 3, 4)


def lookup(identifier: str) -> ApplicationIdentifier | None:
    """Give the facts of one identifier; None: unknown."""
    return _BY_IDENTIFIER.get(identifier)


def leading_identifier(text: str) -> str | None:
    """Give the identifier that ``text`` starts with; no identifier begins another one."""
    for length in _LENGTHS:
        if text[:length] in _BY_IDENTIFIER:
            return text[:length]
    return None
