"""What the mirror holds and an answer of the EMR does not: asked for one by one, then believed.

An answer may lack a resource because it was deleted, because pages moved while they were read,
or because the server shows it by another search. Only what the server says of the resource
itself (404, 410) counts. And where too much is gone at once, the server is not believed at
all: a database restored by mistake must not empty a ward. A person who knows why may accept it,
and then just as much as the person was shown (:mod:`bcma.store.losses`).
"""

from collections.abc import Collection, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Final

from bcma.emr.errors import EmrError, Missing
from bcma.emr.fhir_client import FhirClient
from bcma.store import Incoming, Loss, Store, read_incoming

#: A type may lose so many at once, or this share of what is held, whichever is more.
_FEW: Final = 10
_SHARE: Final = 10
#: Where more than that is missing, and these were all gone, the rest is not asked for.
_ENOUGH: Final = 50


class ServerShrankError(EmrError):
    """More is missing on the server than anybody deletes in a day; nothing was marked.

    Facts, and attributes: ``losses``, what is missing, by type.
    """

    code = "sync.server-shrank"

    def __init__(self, losses: Iterable[Loss]) -> None:
        self.losses = tuple(losses)
        super().__init__(losses=tuple(map(str, self.losses)))


@dataclass(slots=True)
class Asked:
    """What the server said of resources that an answer lacked."""

    found: list[Incoming] = field(default_factory=list)
    gone: list[tuple[str, str]] = field(default_factory=list)


class Shortfall:
    """What is missing in a whole comparison, so that a person is shown all of it at once."""

    def __init__(self) -> None:
        self._losses: dict[str, Loss] = {}

    @contextmanager
    def gathered(self) -> Iterator[None]:
        """Go on with the next type, or patient, where of this one too much is gone."""
        try:
            yield
        except ServerShrankError as shrank:
            for loss in shrank.losses:
                before = self._losses.get(loss.kind, Loss(loss.kind, 0, 0))
                missing, held = before.missing + loss.missing, before.held + loss.held
                self._losses[loss.kind] = Loss(loss.kind, missing, held)

    def tell(self) -> None:
        """End the comparison where anything was gathered.

        Raises:
            ServerShrankError: with all of it.
        """
        if self._losses:
            raise ServerShrankError(self._losses.values())


@contextmanager
def noted(store: Store) -> Iterator[Shortfall]:
    """Compare, and keep what was found missing, for a person to look at.

    Raises:
        ServerShrankError: too much is gone.
    """
    shortfall = Shortfall()
    try:
        yield shortfall
        shortfall.tell()
    except ServerShrankError as shrank:
        store.losses.note(shrank.losses)
        raise


def ask(store: Store, client: FhirClient, kind: str, missing: Collection[str], held: int) -> Asked:
    """Ask for each of some resources of a type, of which so many are held here.

    Raises:
        ServerShrankError: too many are gone.
        EmrError: the EMR could not be asked about one of them.
    """
    asked = Asked()
    allowed = _allowed(store, kind, held) if missing else 0
    for identity in sorted(missing):
        try:
            found, _ = client.read(kind, identity)
        except Missing:
            asked.gone.append((kind, identity))
        else:
            asked.found.append(read_incoming(found.raw, store.dialect, found.resource))
        enough = len(missing) > allowed and len(asked.gone) >= _ENOUGH and not asked.found
        if enough or len(asked.gone) > allowed:
            raise ServerShrankError([Loss(kind, len(missing), held)])
    return asked


def _allowed(store: Store, kind: str, held: int) -> int:
    """Give how many may be gone: of those asked about, and of all since the whole was compared.

    A house that is read patient by patient loses few with each, and with every poll again.
    """
    accepted = sum(loss.missing for loss in store.losses.accepted() if loss.kind == kind)
    in_all = max(_FEW, len(store.held(kind)) // _SHARE) - store.losses.believed().get(kind, 0)
    return accepted + min(max(_FEW, held // _SHARE), in_all)


def shrank(store: Store) -> bool:
    """Tell whether the server was found with too little, and has not been found whole since."""
    return bool(store.losses.found())
