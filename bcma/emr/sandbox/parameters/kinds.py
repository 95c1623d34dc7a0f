"""What a search parameter is."""

from enum import StrEnum
from typing import NamedTuple


class Kind(StrEnum):
    """How a parameter's values are compared; the words of FHIR's ``search-param-type``."""

    TOKEN = "token"  # noqa: S105 (FHIR's word for a coded value, no secret)
    REFERENCE = "reference"
    STRING = "string"
    DATE = "date"
    URI = "uri"


class SearchParam(NamedTuple):
    """One search parameter of one resource type.

    Attributes:
        path: members from the resource down, arrays passed through; alternatives apart by ``|``.
        targets: types that a reference may lead to, apart by spaces; empty = any.
    """

    resource: str
    name: str
    kind: Kind
    path: str
    targets: str = ""
