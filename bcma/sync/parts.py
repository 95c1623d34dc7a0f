"""A reading in parts (types, patients) of which one may fail, and the others come all the same.

What is read first in every exchange, and fails, would else keep everything behind it from ever
being read again: a patient with whom the server cannot cope, a type that it searches no more.
"""

import logging
from collections.abc import Iterator
from contextlib import contextmanager

from bcma.emr.errors import EmrError, Throttled, Unauthorized, Unreachable
from bcma.emr.fhir_client import FhirClient
from bcma.sync.gone import ServerShrankError

_log = logging.getLogger(__name__)


class Parts:
    """What failed of one reading."""

    def __init__(self, client: FhirClient) -> None:
        self._client = client
        self._failed: list[EmrError] = []

    @contextmanager
    def part(self, what: str) -> Iterator[None]:
        """Read a part, named by type or reference; where it fails, go on behind the block.

        Raises:
            EmrError: with this nothing else can be read either.
        """
        try:
            yield
        except (ServerShrankError, Throttled, Unauthorized):
            raise
        except EmrError as failed:
            if isinstance(failed, Unreachable):
                self._client.capabilities()  # raises where nobody is there at all
            _log.warning("not read, %s: %s", what, failed.code)
            self._failed.append(failed)

    def tell(self) -> None:
        """End the reading.

        Raises:
            EmrError: the first that failed.
        """
        if self._failed:
            raise self._failed[0]
