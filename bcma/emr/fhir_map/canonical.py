"""The one form in which a resource is signed and compared.

FHIR R4's canonical JSON ``http://hl7.org/fhir/canonicalization/json#static``: properties in the
order of their names, no white space, neither narrative nor ``meta``, so that a resource stays the
same when a server stores it. Decimals keep the digits that they were written with.
"""

from collections.abc import Mapping
from typing import Final

import msgspec

from bcma.emr.fhir_map.document import Raw

_LEFT_OUT: Final = frozenset({"meta", "text"})
_ENCODER = msgspec.json.Encoder(decimal_format="number", order="deterministic")


def canonical(resource: Raw) -> bytes:
    """Write a resource in canonical form; what it contains loses narrative and meta, too."""
    bare = _bare(resource)
    contained = bare.get("contained")
    if isinstance(contained, list):
        bare["contained"] = [_bare(one) if isinstance(one, Mapping) else one for one in contained]
    return _ENCODER.encode(bare)


def _bare(resource: Raw) -> dict[str, object]:
    return {name: value for name, value in resource.items() if name not in _LEFT_OUT}
