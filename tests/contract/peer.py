"""A FHIR server that the suite runs against, and what it is known not to do."""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final

from bcma.emr.fhir_client import FhirClient, Found
from tests.store.ward import Json

SANDBOX: Final = "sandbox"
HAPI: Final = "hapi"
MEDPLUM: Final = "medplum"
_LENIENT: Final = "it lets unreadable resources in: how they are met has to be tried somewhere"
#: What a peer cannot do: the test by its name, and why. A test that passes all the same fails.
EXEMPT: Final[Mapping[str, Mapping[str, str]]] = MappingProxyType(
    {
        SANDBOX: {
            "test_a_unit_of_work_that_is_refused_in_part_leaves_nothing": _LENIENT,
            "test_what_is_invalid_is_refused_with_the_place": _LENIENT,
        },
        HAPI: {},
        MEDPLUM: {
            "test_it_says_of_itself_how_it_is_written_to_and_asked_for_changes": (
                "it can roll nothing back, so it offers no transactions: it is written to by PUT"
            ),
            "test_a_search_that_nobody_understands_is_refused": "it leaves out what it cannot",
            "test_pages_follow_one_another_without_loss_or_double": "it links to no next page",
            "test_a_unit_of_work_that_is_refused_in_part_leaves_nothing": "it rolls nothing back",
            "test_what_somebody_else_changed_is_never_written_over": (
                "in a Bundle it tells a conflict by no status; by PUT it does"
            ),
            "test_what_is_invalid_is_refused_with_the_place": "it checks no codes",
        },
    }
)


def meta(found: Found) -> Json:
    """Give what the server says of a resource: its version, and when it came to be."""
    resource: Json = dict(found.resource)
    told: Json = resource["meta"]
    return told


@dataclass(frozen=True, slots=True)
class Peer:
    """A server by its name, where it is, and a client that speaks to it."""

    name: str
    address: str
    client: FhirClient

    def load(self, *resources: Json) -> None:
        """Put resources under their ids, in one transaction."""
        self.client.transaction(
            {
                "resourceType": "Bundle",
                "type": "transaction",
                "entry": [
                    {
                        "resource": r,
                        "request": {"method": "PUT", "url": f"{r['resourceType']}/{r['id']}"},
                    }
                    for r in resources
                ],
            }
        )
