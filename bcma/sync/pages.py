"""Pages of searches: the first ones of several at once, and whether there are more.

A server that cuts an answer off and links to no next page would look as if that were all: an
order would be missing, and what is missing looks deleted.
"""

import logging
from collections.abc import Iterator, Sequence
from typing import Final

from bcma.emr.capabilities import Capabilities
from bcma.emr.errors import EmrError, NotFhir, Refused, Throttled, Unreachable
from bcma.emr.fhir_client import FhirClient, Found, Page, Params
from bcma.sync.kinds import PAGE_SIZE

_log = logging.getLogger(__name__)
#: Of fewer, no half can be asked for.
_DIVISIBLE: Final = 2


def is_cut(client: FhirClient, kind: str, params: Params, page: Page) -> bool:
    """Tell whether a first page is not all that there is, though it links to no next one.

    A server that links where less is asked for is believed: that was all.

    Raises:
        EmrError: it could not be asked.
    """
    matches = sum(found.mode == "match" for found in page.found)
    more = matches >= int(PAGE_SIZE) if page.total is None else page.total > matches
    if page.next_url is not None or not more or matches < _DIVISIBLE:
        return False
    fewer = {**dict(params), "_count": str(matches // 2)}
    return next(client.search(kind, fewer)).next_url is None


def sorts_by_time(client: FhirClient, kind: str, params: Params, oldest: Sequence[Found]) -> bool:
    """Tell whether a server sorts as it is asked to; many pass over a ``_sort`` without a word.

    Asked for the newest first, one that sorts begins with others than when it was asked for the
    ``oldest``, as there are several pages. One resource alone is no proof: it may have come in
    the meantime.

    Raises:
        EmrError: it could not be asked.
    """
    down = {**dict(params), "_sort": "-_lastUpdated"}
    try:
        newest = next(client.search(kind, down)).found
    except Refused as refused:
        _log.info("%s cannot be sorted by newest: %s", kind, refused.code)
        return False
    return len(newest) > 1 and oldest[0].resource.get("id") not in {
        found.resource.get("id") for found in newest
    }


def every_page(client: FhirClient, kind: str, params: Params) -> Iterator[Page]:
    """Give every page of a search.

    Raises:
        NotFhir: the server shows a part and no way to the rest.
        EmrError: it could not be asked.
    """
    first = next(client.search(kind, params))
    yield from pages_from(client, kind, params, first)


def pages_from(client: FhirClient, kind: str, params: Params, first: Page) -> Iterator[Page]:
    """Give every page of a search of which the first has come.

    Raises:
        NotFhir: the server shows a part and no way to the rest.
        EmrError: it could not be asked.
    """
    if is_cut(client, kind, params, first):
        raise NotFhir(what=kind, reason="pages-end")
    yield first
    yield from client.onward(kind, first)


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
        except EmrError as failed:
            if isinstance(failed, Throttled) or not _was_answered(failed):
                raise
            # what stands between may let no batch through, and all at once may be too much to
            # find in time or to take: each search by itself is less, and says more
            _log.info("no batch of searches: %s", failed.code)
        else:
            yield from pages
            return
    for kind, params in searches:
        yield next(client.search(kind, params))


def _was_answered(failed: EmrError) -> bool:
    """Tell whether somebody is there, be it too slow."""
    return not isinstance(failed, Unreachable) or failed.facts.get("cause") == "ReadTimeout"
