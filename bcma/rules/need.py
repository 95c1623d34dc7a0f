"""Why a dose is needed: the order's reasons, and whether one of them is pain."""

import re
import unicodedata
from typing import Final

from bcma.model.drug import Coding
from bcma.rules.attempt import Attempt

#: A reason of the site's list that explains a painkiller at score 0.
BEFORE_PROCEDURE: Final = "before-procedure"
#: ATC groups whose as-needed doses are judged by a pain score: analgesics, and the
#: anti-inflammatory drugs that are given as such.
_ANALGESICS: Final = ("N02", "M01A")
#: Pain (SNOMED CT), and the headings of ICD-10 that are pain by name.
_PAIN_CODES: Final = frozenset({"22253000"})
_PAIN_HEADINGS: Final = ("R51", "R52", "R10", "M54", "G43", "G44")
_PAIN_WORDS: Final = frozenset({"đau", "nhức", "pain", "painful", "pains", "ache", "colic"})
_PAIN_ENDING: Final = "ache"
_WORD: Final = re.compile(r"\w+")
#: Pain scores go from 0 to 10 on every scale in use (NRS, FLACC, BPS less).
WORST_PAIN: Final = 10


def ordered_reasons(attempt: Attempt) -> tuple[str, ...]:
    """Give what the order says it is for, in words, each once: the need, then the reasons."""
    named: list[str] = []
    if attempt.dosage is not None:
        text = attempt.dosage.as_needed_text
        named = [text] if text else [_label(code) for code in attempt.dosage.as_needed_for]
    if attempt.order is not None:
        named += attempt.order.reasons
    return tuple(dict.fromkeys(name for name in named if name))


def is_a_reason(attempt: Attempt, reason: str) -> bool:
    """Tell whether a reason is one of the order's, in its words or codes, or the site's.

    An order that names none takes any words.
    """
    if not _words(reason):
        return False
    if not ordered_reasons(attempt):
        return True
    allowed = attempt.policy.reason_allowed("indication.prn-reason", reason)
    return allowed or _is_ordered(attempt, reason)


def is_for_pain(attempt: Attempt, reason: str) -> bool:
    """Tell whether a reason is pain; one that is not the order's stands for what is ordered."""
    codes = _codes_meant(attempt, reason)
    names = [reason, *(name for code in codes for name in (code.code, code.display))]
    if not _is_ordered(attempt, reason):
        names += ordered_reasons(attempt)
        names += [code.code for code in _codes(attempt)]
    return any(_is_pain(name) for name in names)


def wants_score(attempt: Attempt, reason: str) -> bool:
    """Tell whether the drug asks for a score with this reason: a painkiller for pain."""
    return _is_analgesic(attempt) and is_for_pain(attempt, reason)


def may_want_score(attempt: Attempt) -> bool:
    """Tell whether it does with any of the order's reasons."""
    return any(wants_score(attempt, reason) for reason in ordered_reasons(attempt))


def _is_ordered(attempt: Attempt, reason: str) -> bool:
    """Tell whether the order names a reason: by a code, or by its words, more or fewer.

    Pain is pain in whatever words: an order rarely says where, and a nurse always does.
    """
    said, pain = _words(reason), _is_pain(reason)
    names = [*ordered_reasons(attempt)]
    names += [name for code in _codes(attempt) for name in (code.code, code.display)]
    return any(_agree(said, _words(name)) or (pain and _is_pain(name)) for name in names)


def _codes_meant(attempt: Attempt, reason: str) -> tuple[Coding, ...]:
    """Give the order's codes that a reason stands for: the code itself, or its very words."""
    return tuple(
        code
        for code in _codes(attempt)
        if reason in {code.code, f"{code.system}|{code.code}"}
        or _words(reason) == _words(code.display)
    )


def _agree(one: frozenset[str], other: frozenset[str]) -> bool:
    shared = one & other
    return bool(shared) and shared in (one, other)


def _codes(attempt: Attempt) -> tuple[Coding, ...]:
    of_need = () if attempt.dosage is None else attempt.dosage.as_needed_for
    of_order = () if attempt.order is None else attempt.order.reason_codes
    return tuple(code for code in (*of_need, *of_order) if code.code)


def _label(code: Coding) -> str:
    return code.display or code.code


def _is_pain(name: str) -> bool:
    if name in _PAIN_CODES or name.startswith(_PAIN_HEADINGS):
        return True
    words = _words(name)
    return not _PAIN_WORDS.isdisjoint(words) or any(w.endswith(_PAIN_ENDING) for w in words)


def _words(text: str) -> frozenset[str]:
    return frozenset(_WORD.findall(unicodedata.normalize("NFC", text).casefold()))


def _is_analgesic(attempt: Attempt) -> bool:
    drugs = [u.product for u in attempt.units if u.product is not None]
    if attempt.order is not None:
        drugs.append(attempt.order.medication)
    return any(code.startswith(_ANALGESICS) for drug in drugs for code in drug.atc_codes)
