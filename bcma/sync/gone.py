"""What the mirror holds and an answer of the EMR does not: asked for one by one, then believed.

An answer may lack a resource because it was deleted, because pages moved while they were read,
or because the server shows it by another search. Only what the server says of the resource
itself (404, 410) counts. And where too much is gone at once, the server is not believed at
all: a database restored by mistake must not empty a ward.
"""

from collections.abc import Collection
from dataclasses import dataclass, field
from typing import Final

from bcma.emr.errors import EmrError, Missing
from bcma.emr.fhir_client import FhirClient
from bcma.store import Incoming, Store, read_incoming

#: A type may lose so many at once, or this share of what is held, whichever is more.
_FEW: Final = 10
_SHARE: Final = 10
#: Setting of the store: what is missing, while a person has to look at the server.
_SHRANK: Final = "emr-shrank"
#: Setting of the store: somebody said that so much was deleted on purpose.
_ACCEPTED: Final = "emr-shrank-accepted"


class ServerShrankError(EmrError):
    """More is missing on the server than anybody deletes in a day; nothing was marked.

    Facts: ``type`` of resource, how many are ``missing`` of how many ``held``.
    """

    code = "sync.server-shrank"


@dataclass(slots=True)
class Asked:
    """What the server said of resources that an answer lacked."""

    found: list[Incoming] = field(default_factory=list)
    gone: list[tuple[str, str]] = field(default_factory=list)


def ask(store: Store, client: FhirClient, kind: str, missing: Collection[str], held: int) -> Asked:
    """Ask for each of some resources of a type, of which so many are held here.

    Raises:
        ServerShrankError: too many are gone.
        EmrError: the EMR could not be asked about one of them.
    """
    asked = Asked()
    allowed = held if store.setting(_ACCEPTED) else max(_FEW, held // _SHARE)
    for identity in sorted(missing):
        try:
            found, _ = client.read(kind, identity)
        except Missing:
            asked.gone.append((kind, identity))
        else:
            asked.found.append(read_incoming(found.raw, store.dialect, found.resource))
        if len(asked.gone) > allowed:
            store.set_setting(_SHRANK, f"{kind} {len(missing)} {held}")
            raise ServerShrankError(type=kind, missing=len(missing), held=held)
    return asked


def shrank(store: Store) -> bool:
    """Tell whether the server was found with too little, and has not been found whole since."""
    return bool(store.setting(_SHRANK))


def found_whole(store: Store) -> None:
    """Note that what is missing was looked at and marked."""
    for key in (_SHRANK, _ACCEPTED):
        if store.setting(key):
            store.set_setting(key, "")


def accept(store: Store) -> None:
    """Believe the server once, however much is gone: a person knows why."""
    store.set_setting(_ACCEPTED, "yes")
