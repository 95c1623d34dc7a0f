"""What rules look at, by name: every ``sees`` of a rule is one of these.

An aspect reads the Attempt and gives the value as a person would compare it. Aspects are worked
out only when somebody asks for an explanation; no rule computes with them. The words for
a name are ``aspect.<name>`` in ``bcma.wording``.
"""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from bcma.rules.aspects import container, dose, drug, order, patient, people, response, route, time
from bcma.rules.aspects.look import Look

#: Every aspect there is.
ASPECTS: Final[Mapping[str, Look]] = MappingProxyType(
    {
        **patient.ASPECTS,
        **order.ASPECTS,
        **drug.ASPECTS,
        **container.ASPECTS,
        **dose.ASPECTS,
        **route.ASPECTS,
        **time.ASPECTS,
        **response.ASPECTS,
        **people.ASPECTS,
    }
)

__all__ = ["ASPECTS", "Look"]
