"""Every sentence that a person reads, by key, in Vietnamese and English.

Keys are stable: ``finding.<code>`` is a headline, ``finding.<code>.do`` what to do next;
``error.<code>`` an exception; ``verdict.``, ``right.``, ``route.``, ``form.``, ``site.``,
``reason.``, ``status.``, ``bad-code.``, ``wedge.``, ``sign-in.``, ``save.`` ... the word of a code;
``rule.<name>`` a rule's title, ``rule.<name>.ok`` what it says where it objects to nothing,
``aspect.<name>`` what a rule looked at; ``screen.`` whatever a window says of its own. Which facts
the sentences of a finding name stands in :data:`FACTS`.
"""

from bcma.config import Language
from bcma.wording.explaining import Mark, RightText, RuleText, Said, explained
from bcma.wording.facts import FACTS, VOCABULARY
from bcma.wording.wording import UNKNOWN, FindingText, Wording

__all__ = [
    "FACTS",
    "UNKNOWN",
    "VOCABULARY",
    "FindingText",
    "Language",
    "Mark",
    "RightText",
    "RuleText",
    "Said",
    "Wording",
    "explained",
]
