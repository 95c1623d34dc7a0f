"""A station's key and what it signs: nothing altered passes, and no key is no reason to stop."""

import base64
import hmac
import json
import logging
import os
from datetime import UTC, datetime
from pathlib import Path
from time import perf_counter
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from joserfc import jws
from joserfc.jwk import ECKey

from bcma.access import (
    Keys,
    SigningKeyError,
    Standing,
    StationSigner,
    check_provenance,
    keys_of,
    public_key,
    read_keys,
)
from bcma.access.checking import KeysUnreadable
from bcma.access.signing import public_jwk
from bcma.emr.fhir_map import canonical, parse

Json = dict[str, Any]
AT = datetime(2026, 3, 2, 1, 0, 0, 123456, tzinfo=UTC)
KEPT = "5f" * 32
DOSE = parse(b'{"resourceType":"MedicationAdministration","id":"1","dose":{"value":1.50}}')


def test_canonical_is_sorted_without_meta_narrative_and_space_and_keeps_digits() -> None:
    written = b'{"text":{"div":"x"},"b":1.50,"a":"\xc4\x91","meta":{"versionId":"2"},'
    contained = b'"contained":[{"text":{},"id":"m"}]}'
    kept = '{"a":"đ","b":1.50,"contained":[{"id":"m"}]}'
    assert canonical(parse(written + contained)) == kept.encode()


def provenance(signature: bytes, **changes: object) -> Json:
    one = {
        "when": AT.isoformat(),
        "who": {"reference": "Practitioner/n1"},
        "data": base64.b64encode(signature).decode(),
    }
    return {"resourceType": "Provenance", "signature": [{**one, **changes}]}


@pytest.fixture(scope="module")
def signer(tmp_path_factory: pytest.TempPathFactory) -> tuple[StationSigner, Keys]:
    folder = tmp_path_factory.mktemp("station")
    return StationSigner(folder), keys_of([public_key(folder)])


def test_a_signature_holds_and_says_whose_it_is(signer: tuple[StationSigner, Keys]) -> None:
    signature = signer[0].sign(canonical(DOSE), "n1", AT, KEPT)
    keys = signer[1]
    header = json.loads(base64.urlsafe_b64decode(signature.split(b".")[0] + b"=="))
    assert {k: header[k] for k in ("alg", "typ", "sub", "urn:bcma:kept")} == {
        "alg": "ES384", "typ": "JOSE", "sub": "Practitioner/n1", "urn:bcma:kept": KEPT,
    }  # fmt: skip
    assert [header["kid"]] == list(keys)
    assert "d" not in header["jwk"]
    assert check_provenance(provenance(signature), keys, DOSE) is Standing.GOOD
    elsewhere = {"reference": "https://emr/fhir/Practitioner/n1"}
    assert check_provenance(provenance(signature, who=elsewhere), keys) is Standing.GOOD
    assert check_provenance(provenance(signature), keys, {**DOSE, "id": "9"}) is Standing.GOOD


@pytest.mark.parametrize(
    "changes",
    [
        {"who": {"reference": "Practitioner/n2"}},
        {"when": "2026-03-02T01:00:01+00:00"},
        {"when": "yesterday"},
        {"data": "no base64!"},
        {"data": "YWJj"},
        {"data": None},
    ],
)
def test_another_author_instant_or_no_jws_is_noticed(
    signer: tuple[StationSigner, Keys], changes: Json
) -> None:
    signature = signer[0].sign(canonical(DOSE), "n1", AT, KEPT)
    assert check_provenance(provenance(signature, **changes), signer[1]) is Standing.ALTERED


def test_another_administration_is_noticed(signer: tuple[StationSigner, Keys]) -> None:
    told = provenance(signer[0].sign(canonical(DOSE), "n1", AT, KEPT))
    other = {**DOSE, "dose": {"value": 15}}
    assert check_provenance(told, signer[1], other) is Standing.ALTERED


@given(st.data())
def test_any_altered_byte_is_noticed(
    signer: tuple[StationSigner, Keys], data: st.DataObject
) -> None:
    content = canonical(DOSE)
    head, _, tail = signer[0].sign(content, "n1", AT, KEPT).split(b".")
    place = data.draw(st.integers(0, len(content) - 1))
    other = data.draw(st.integers(0, 255).filter(lambda byte: byte != content[place]))
    altered = content[:place] + bytes([other]) + content[place + 1 :]
    body = base64.urlsafe_b64encode(altered).rstrip(b"=")
    assert check_provenance(provenance(b".".join((head, body, tail))), signer[1]) is (
        Standing.ALTERED
    )


def test_a_key_that_is_not_known_vouches_for_nothing(
    signer: tuple[StationSigner, Keys], tmp_path: Path
) -> None:
    told = provenance(StationSigner(tmp_path).sign(canonical(DOSE), "n1", AT, KEPT))
    assert check_provenance(told, signer[1]) is Standing.UNKNOWN_KEY
    assert check_provenance({"resourceType": "Provenance"}, signer[1]) is Standing.NONE


def test_a_key_that_calls_itself_another_is_noticed(signer: tuple[StationSigner, Keys]) -> None:
    mine, (kid,) = ECKey.generate_key("P-384"), signer[1]
    header = {"alg": "ES384", "kid": kid, "jwk": dict(public_jwk(mine))}
    forged = jws.serialize_compact(
        header, canonical(DOSE), mine, registry=jws.JWSRegistry(algorithms=["ES384"])
    )
    assert check_provenance(provenance(forged.encode()), signer[1]) is Standing.ALTERED
    assert list(keys_of([{**public_jwk(mine), "kid": kid}])) == [mine.thumbprint()]


@pytest.mark.parametrize("algorithm", ["none", "HS256"])
def test_no_other_algorithm_is_taken(signer: tuple[StationSigner, Keys], algorithm: str) -> None:
    ((kid, key),) = signer[1].items()
    header = {"alg": algorithm, "kid": kid, "sub": "Practitioner/n1", "sigT": AT.isoformat()}
    parts = [
        base64.urlsafe_b64encode(part).rstrip(b"=")
        for part in (json.dumps(header).encode(), canonical(DOSE))
    ]
    secret = json.dumps(key.as_dict(private=False)).encode()
    made = hmac.digest(secret, b".".join(parts), "sha256") if algorithm == "HS256" else b""
    forged = b".".join((*parts, base64.urlsafe_b64encode(made).rstrip(b"=")))
    assert check_provenance(provenance(forged), signer[1]) is Standing.ALTERED


def test_the_key_is_the_owners_alone_and_lasts(tmp_path: Path) -> None:
    StationSigner(tmp_path)
    (file,) = tmp_path.iterdir()
    before = file.read_bytes()
    if os.name == "posix":
        assert file.stat().st_mode & 0o777 == 0o600
    known = public_key(tmp_path)
    assert known["kid"] == ECKey.import_key(json.loads(before)).thumbprint()
    StationSigner(tmp_path)
    assert (file.read_bytes(), public_key(tmp_path)) == (before, known)
    assert list(tmp_path.iterdir()) == [file]


def broken(folder: Path, how: str) -> None:
    file = folder / "signing-key.json"
    match how:
        case "mode":
            StationSigner(folder)
            file.chmod(0o644)
        case "content":
            file.write_text('{"kty": "EC", "d": "secret"')
            file.chmod(0o600)
        case "curve":
            key = ECKey.generate_key("P-256", private=True)
            file.write_text(json.dumps(key.as_dict(private=True)))
            file.chmod(0o600)
        case "IsADirectoryError":
            file.mkdir()
        case "FileNotFoundError":  # a folder that cannot be written to, also for root
            file.symlink_to(folder / "nowhere")


@pytest.mark.skipif(os.name != "posix", reason="modes and links of POSIX")
@pytest.mark.parametrize(
    "how", ["mode", "content", "curve", "IsADirectoryError", "FileNotFoundError"]
)
def test_a_key_that_cannot_be_used_leaves_it_unsigned_and_is_told_without_the_key(
    tmp_path: Path, how: str, caplog: pytest.LogCaptureFixture
) -> None:
    broken(tmp_path, how)
    with caplog.at_level(logging.WARNING):
        signer = StationSigner(tmp_path)
    assert signer.failure == "signing.no-key"
    assert signer.sign(b"{}", "n1", AT, KEPT) == b""
    assert "secret" not in caplog.text
    with pytest.raises(SigningKeyError) as raised:
        public_key(tmp_path)
    assert raised.value.facts["cause"] == ("content" if how == "curve" else how)
    assert raised.value.__cause__ is None


def test_a_folder_that_is_not_there_leaves_it_unsigned(tmp_path: Path) -> None:
    assert StationSigner(tmp_path / "none").failure == "signing.no-key"
    assert list(tmp_path.iterdir()) == []


def test_keys_are_read_from_one_or_a_set(tmp_path: Path) -> None:
    for name in "ab":
        (tmp_path / name).mkdir()
        StationSigner(tmp_path / name)
    keys = [public_key(tmp_path / name) for name in "ab"]
    file = tmp_path / "keys.json"
    file.write_text(json.dumps({"keys": keys}))
    assert set(read_keys(file)) == {key["kid"] for key in keys}
    file.write_text(json.dumps(keys[0]))
    assert list(read_keys(file)) == [keys[0]["kid"]]


@pytest.mark.parametrize("text", ["", "[]", "{}", '{"keys": 1}', '{"keys": [{"kty": "EC"}]}'])
def test_a_file_without_keys_is_refused(tmp_path: Path, text: str) -> None:
    file = tmp_path / "keys.json"
    file.write_text(text)
    with pytest.raises(KeysUnreadable):
        read_keys(file)
    with pytest.raises(KeysUnreadable):
        read_keys(tmp_path / "none")


@pytest.mark.bench
def test_signing_costs_less_than_two_milliseconds(signer: tuple[StationSigner, Keys]) -> None:
    begun = perf_counter()
    for _ in range(100):
        signer[0].sign(b"x" * 4000, "n1", AT, KEPT)
    assert perf_counter() - begun < 0.2
