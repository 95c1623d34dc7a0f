"""Coded reasons: which one may stand beside which finding or act."""

from collections.abc import Mapping
from collections.abc import Set as AbstractSet
from types import MappingProxyType
from typing import Final

from bcma.model.findings import BY_CODE
from bcma.policy.mistakes import BadSetting, Collector, Mistake, nearest
from bcma.policy.readers import listing, one_of, table, text

#: The key of the list that holds for every finding and act without one of its own.
EVERYWHERE: Final = "*"
#: What people do with a reason besides letting a finding pass.
ACTS: Final = ("hold", "refuse", "not_given", "correct", "unable_to_scan", "cannot-answer")

_reasons = listing(text)
_subject = one_of((EVERYWHERE, *ACTS, *BY_CODE), Mistake.UNKNOWN_FINDING)
_by_subject = table(_subject, _reasons)


def read_reasons(written: object) -> Mapping[str, tuple[str, ...]]:
    """Read reasons by finding code or act; a bare list holds everywhere."""
    if isinstance(written, list | tuple):
        return MappingProxyType({EVERYWHERE: _reasons(written)})
    return _by_subject(written)


def check_reasons(written: object, known: AbstractSet[str]) -> None:
    """Refuse reasons that neither the product nor the site gives words to.

    What has the wrong form is left to :func:`read_reasons`.

    Raises:
        BadSetting: names every unknown reason.
    """
    collector = Collector()
    subjects = written.items() if isinstance(written, Mapping) else [(EVERYWHERE, written)]
    for subject, codes in subjects:
        for code in codes if isinstance(codes, list | tuple) else ():
            with collector.at(str(subject)):
                if isinstance(code, str) and code not in known:
                    raise BadSetting.of(
                        Mistake.UNKNOWN_REASON, value=code, nearest=nearest(code, known)
                    )
    collector.finish()
