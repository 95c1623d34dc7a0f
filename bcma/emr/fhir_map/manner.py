"""In what manner a dose is given, where words or codes of an order say so."""

import re
from collections.abc import Iterable, Iterator
from typing import Final

from bcma.emr.fhir_map.datatypes import Concept
from bcma.emr.fhir_map.dialect import V3_ROUTE
from bcma.model.words import fold

#: Folded words. Opening a capsule is to what it holds what crushing is to a tablet.
_CRUSHED: Final = re.compile(
    r"\b(?:nghien|tan (?:nho|nat|min)|mo nang|crush(?:ed)?|open(?:ed)? capsules?)\b"
)
_PUSHED: Final = re.compile(
    r"\b(?:push(?:ed)?|bolus|tmc|tiem (?:thang |truc tiep )?(?:vao )?tinh mach|tiem truc tiep)\b"
)
_PUSHED_CODES: Final = frozenset({"IVP", "IVPUSH"})
_NEGATED: Final = re.compile(r"\b(?:khong|cam|tranh|not|never|no|avoid|without)\b")
_CLAUSES: Final = re.compile(r"[.,;:\n]")


def is_crushed(method: Concept, words: str) -> bool:
    """Tell whether the order has it crushed."""
    return _says(_CRUSHED, (*_words(method), words))


def is_pushed(route: Concept, method: Concept, words: str) -> bool:
    """Tell whether the order has it injected at once, and not run in."""
    coded = any(c.system == V3_ROUTE and c.code in _PUSHED_CODES for c in route.codings)
    return coded or _says(_PUSHED, (*_words(route), *_words(method), words))


def _says(pattern: re.Pattern[str], texts: Iterable[str]) -> bool:
    """Tell whether a clause says so, and does not forbid it."""
    clauses = (fold(clause) for text in texts for clause in _CLAUSES.split(text))
    return any(pattern.search(c) and not _NEGATED.search(c) for c in clauses)


def _words(written: Concept) -> Iterator[str]:
    yield written.text
    yield from (coding.display for coding in written.codings)
