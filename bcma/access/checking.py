"""Does a signature hold: is what it covers what its author signed, by a key that is known?"""

import base64
import binascii
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from pathlib import Path
from typing import Final

from joserfc import jws
from joserfc.errors import JoseError
from joserfc.jwk import ECKey

from bcma.access.signing import ALGORITHM, KEPT, REGISTRY, WHEN, WHO, Jwk
from bcma.emr.fhir_map import NotJson, Raw, canonical, parse
from bcma.errors import DataError
from bcma.store import SignedEvent, Store

#: Public keys by their thumbprints; the name that a signature gives its own key proves nothing.
Keys = Mapping[str, ECKey]
_PRACTITIONER: Final = 2


class KeysUnreadable(DataError):
    """A file of public keys that holds none; ``cause`` says why."""

    code = "signing.keys-unreadable"


class Standing(StrEnum):
    """What a check of a signature found."""

    GOOD = "good"
    ALTERED = "altered"
    UNKNOWN_KEY = "unknown-key"
    NONE = "none"


@dataclass(frozen=True, slots=True)
class CheckedEvent:
    """A version of a record of this station, and how its signature stands."""

    event_id: str
    version: int
    standing: Standing


@dataclass(frozen=True, slots=True)
class _Opened:
    """A signature that was verified: what was signed, by whom and when.

    Attributes:
        kept: hash of the record in the station's store.
    """

    content: Raw
    who: str
    when: str
    kept: str


def keys_of(found: Iterable[Jwk]) -> Keys:
    """Name public keys by the thumbprints that they have, whatever they call themselves.

    Raises:
        KeysUnreadable: one is no public key of ours.
    """
    try:
        keys = [
            ECKey.import_key({k: str(jwk[k]) for k in ("kty", "crv", "x", "y")}) for jwk in found
        ]
        return {key.thumbprint(): key for key in keys}
    except (JoseError, KeyError, ValueError):
        raise KeysUnreadable(cause="key") from None


def read_keys(file: Path) -> Keys:
    """Read public keys: a JWK as ``bcma audit key`` prints it, or a JWK Set of many.

    Raises:
        KeysUnreadable: it cannot be read, or is neither.
    """
    try:
        found = parse(file.read_bytes())
    except (OSError, NotJson):
        raise KeysUnreadable(cause="file") from None
    several = found.get("keys", [found])
    if not isinstance(several, list) or not all(isinstance(one, Mapping) for one in several):
        raise KeysUnreadable(cause="key")
    return keys_of(several)


def check_provenance(provenance: Raw, keys: Keys, administration: Raw | None = None) -> Standing:
    """Check the signatures of a Provenance; the worst of several counts.

    Args:
        provenance: as the EMR gives it.
        keys: public keys that are known to be stations'.
        administration: the version of the record that the Provenance belongs to. Left out, only
            the signature itself is checked. Its ``id`` may be the server's own: it is known by
            its event.
    """
    signatures = provenance.get("signature")
    if not isinstance(signatures, list) or not signatures:
        return Standing.NONE
    found = {_check_one(one, keys, administration) for one in signatures}
    return next(s for s in (Standing.ALTERED, Standing.UNKNOWN_KEY, Standing.GOOD) if s in found)


def check_store(store: Store, keys: Keys) -> Iterator[CheckedEvent]:
    """Check what this station keeps of its own records, oldest first."""
    for event in store.signed_events():
        yield CheckedEvent(event.event_id, event.version, _check_kept(event, keys))


def _check_kept(event: SignedEvent, keys: Keys) -> Standing:
    if not event.signature:
        return Standing.NONE
    opened = _open(event.signature, keys)
    if isinstance(opened, Standing):
        return opened
    same = _is_by(opened, f"Practitioner/{event.by}", event.at.isoformat())
    whole = opened.kept == event.digest and _names(opened.content, event.event_id)
    return Standing.GOOD if same and whole else Standing.ALTERED


def _check_one(signature: object, keys: Keys, administration: Raw | None) -> Standing:
    match signature:
        case {"data": str(data), "when": str(when), "who": {"reference": str(who)}}:
            pass
        case _:
            return Standing.ALTERED
    try:
        opened = _open(base64.b64decode(data, validate=True), keys)
    except binascii.Error:
        return Standing.ALTERED
    if isinstance(opened, Standing):
        return opened
    same = administration is None or _but_id(administration) == _but_id(opened.content)
    return Standing.GOOD if same and _is_by(opened, who, when) else Standing.ALTERED


def _open(signature: bytes, keys: Keys) -> _Opened | Standing:
    """Verify a JWS by a known key; ``alg`` of its own choice helps it nothing."""
    try:
        header = _header(signature)
        if header.get("alg") != ALGORITHM:
            return Standing.ALTERED
        key = keys.get(str(header.get("kid")))
        if key is None:
            return Standing.UNKNOWN_KEY
        content = jws.deserialize_compact(signature, key, registry=REGISTRY).payload
        who, when, kept = (str(header.get(name)) for name in (WHO, WHEN, KEPT))
        return _Opened(parse(content), who, when, kept)
    except (JoseError, NotJson, ValueError):
        return Standing.ALTERED


def _header(signature: bytes) -> Raw:
    """Read what a JWS says of itself, unchecked.

    Raises:
        NotJson, ValueError: it is none.
    """
    head = signature.partition(b".")[0]
    return parse(base64.urlsafe_b64decode(head + b"=" * (-len(head) % 4)))


def _is_by(opened: _Opened, who: str, when: str) -> bool:
    """Tell whether author and instant are those that were signed, however a server writes them."""
    named = "/".join(who.split("/")[-_PRACTITIONER:])
    try:
        same = datetime.fromisoformat(opened.when) == _in_milliseconds(when)
    except (TypeError, ValueError):
        return False
    return same and named == opened.who


def _in_milliseconds(when: str) -> datetime:
    at = datetime.fromisoformat(when)
    return at.replace(microsecond=at.microsecond // 1000 * 1000)


def _but_id(resource: Raw) -> bytes:
    return canonical({name: value for name, value in resource.items() if name != "id"})


def _names(content: Raw, event_id: str) -> bool:
    identifiers = content.get("identifier")
    found = identifiers if isinstance(identifiers, list) else []
    return any(isinstance(one, Mapping) and one.get("value") == event_id for one in found)
