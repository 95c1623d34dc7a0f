"""The station's key, and the signatures that it makes in the name of who is signed in.

A signature is a compact JWS (RFC 7515, ES384) with the signed administration in it, so that what a
person charted can be proved from the signature alone. Neither a log nor an exception names the key.
"""

import logging
import os
import tempfile
from collections.abc import Mapping
from contextlib import suppress
from datetime import datetime
from pathlib import Path
from typing import Final

import msgspec
from joserfc import jws
from joserfc.errors import JoseError
from joserfc.jwk import ECKey

from bcma.errors import BcmaError

_log = logging.getLogger(__name__)
ALGORITHM: Final = "ES384"
_CURVE: Final = "P-384"
_FILE: Final = "signing-key.json"
_OTHERS: Final = 0o077
#: Beside the standard ones: who signs (as RFC 7519's ``sub``) and when (as JAdES' ``sigT``).
WHO: Final = "sub"
WHEN: Final = "sigT"
#: SHA-256 of the record as the station keeps it: more of it than is sent stays provable.
KEPT: Final = "urn:bcma:kept"
Jwk = Mapping[str, object]


class _Registry(jws.JWSRegistry):
    """Room for the public key in the header, and for a record with many units."""

    max_header_length = 4 * 2**10
    max_payload_length = 2**20


#: Only what is named here is ever made or taken: neither ``none`` nor a shared secret.
REGISTRY: Final = _Registry(algorithms=[ALGORITHM], strict_check_header=False)


class SigningKeyError(BcmaError):
    """The station's key cannot be made, read or trusted; ``cause`` says why."""

    code = "signing.no-key"


class StationSigner:
    """Fills :class:`bcma.model.ports.Signer`; without a key it signs nothing, and says why.

    Args:
        folder: the station's data folder; a key is made there where there is none.

    Attributes:
        failure: code of what keeps this station from signing; empty while it can.
    """

    def __init__(self, folder: Path) -> None:
        self.failure = ""
        self._key: ECKey | None = None
        try:
            self._key = _made(folder)
        except SigningKeyError as failed:
            _log.warning("doses are recorded unsigned: %s", failed)
            self.failure = failed.code
            return
        public = public_jwk(self._key)
        self._header = {"alg": ALGORITHM, "kid": public["kid"], "typ": "JOSE", "jwk": public}

    def sign(self, content: bytes, by: str, at: datetime, kept: str) -> bytes:
        """Sign what a person charted, with ``content`` in it; empty while there is no key."""
        if self._key is None:
            return b""
        who, when = f"Practitioner/{by}", at.isoformat(timespec="milliseconds")
        header = {**self._header, WHO: who, WHEN: when, KEPT: kept}
        return jws.serialize_compact(header, content, self._key, registry=REGISTRY).encode("ascii")


def public_key(folder: Path) -> Jwk:
    """Give the public half of a station's key as JWK, named by its thumbprint (RFC 7638).

    Raises:
        SigningKeyError: there is none, or it cannot be read; none is made.
    """
    return public_jwk(_read(folder / _FILE))


def public_jwk(key: ECKey) -> Jwk:
    """Give what may be known of a key."""
    return {
        **key.as_dict(private=False),
        "alg": ALGORITHM,
        "kid": key.thumbprint(),
        "use": "sig",
    }


def _made(folder: Path) -> ECKey:
    """Read the key, made before the first time; one that is there is never written over."""
    file = folder / _FILE
    if not file.is_symlink() and not file.exists():
        made = ECKey.generate_key(_CURVE, private=True)
        try:
            _keep(file, msgspec.json.encode(made.as_dict(private=True)))
        except OSError as failed:
            raise SigningKeyError(cause=type(failed).__name__) from None
    return _read(file)


def _keep(file: Path, text: bytes) -> None:
    """Write a file for its owner only, whole or not at all; another program's own stands."""
    descriptor, name = tempfile.mkstemp(dir=file.parent, prefix=f".{file.name}.")
    try:
        with open(descriptor, "wb") as half:  # noqa: PTH123 - a descriptor, not a path
            half.write(text)
            half.flush()
            os.fsync(descriptor)
        with suppress(FileExistsError):
            os.link(name, file)
    finally:
        Path(name).unlink()


def _read(file: Path) -> ECKey:
    """Read a private key that nobody else may read; its text enters no exception."""
    try:
        mode, text = file.stat().st_mode, file.read_bytes()
    except OSError as failed:
        raise SigningKeyError(cause=type(failed).__name__) from None
    if os.name == "posix" and mode & _OTHERS:
        raise SigningKeyError(cause="mode")
    try:
        key = ECKey.import_key(msgspec.json.decode(text, type=dict[str, str | list[str]]))
    except (msgspec.MsgspecError, UnicodeError, JoseError, ValueError):
        raise SigningKeyError(cause="content") from None
    if key.curve_name != _CURVE or not key.is_private:
        raise SigningKeyError(cause="content")
    return key
