"""First pages of several searches, in as few exchanges as the server allows."""

import logging
from collections.abc import Iterator, Sequence

from bcma.emr.capabilities import Capabilities
from bcma.emr.errors import Refused
from bcma.emr.fhir_client import FhirClient, Page, Params

_log = logging.getLogger(__name__)


def first_pages(
    client: FhirClient, searches: Sequence[tuple[str, Params]], capabilities: Capabilities
) -> Iterator[Page]:
    """Ask for everything at once where the server can, else one after the other.

    Raises:
        EmrError: a search failed; the pages before it stand.
    """
    if capabilities.has_batch:
        try:
            pages = client.search_each(searches)
        except Refused as refused:
            # what stands between may let no batch through: each search by itself says more
            _log.info("no batch of searches: %s", refused.code)
        else:
            yield from pages
            return
    for kind, params in searches:
        yield next(client.search(kind, params))
