"""Keys in a token: SoftHSM behind PKCS#11. They sign and decrypt as the keys of files do, and never leave it."""

from __future__ import annotations

import os
import shutil
import subprocess
from importlib.util import find_spec
from pathlib import Path

import pytest
import tomli_w
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding

from samhandling.ebxml import files, mime
from samhandling.ebxml.certificates import KeyFileError, Use
from samhandling.ebxml.encryption import DecryptionError, decrypt, encrypt
from samhandling.ebxml.packing import Payload, pack
from samhandling.ebxml.tokens import TokenError
from tests.conftest import missing
from tests.ebxml_world import HOSPITAL, MUNICIPALITY, held, routing
from tests.interop.envelopes import ours

MODULE = next((path for path in (
    Path("/usr/lib/softhsm/libsofthsm2.so"), Path("/usr/lib/x86_64-linux-gnu/softhsm/libsofthsm2.so"),
) if path.exists()), None)  # fmt: skip
PIN = "synthetic-1234"


@pytest.fixture(scope="module")
def token(tmp_path_factory) -> Path:
    """A token with a signing and an encryption key, and the file that names them."""
    if MODULE is None or shutil.which("softhsm2-util") is None:
        missing("SoftHSM is not installed: softhsm2")
    if find_spec("pkcs11") is None:
        missing("python-pkcs11 is not installed: the extra pkcs11")
    folder = tmp_path_factory.mktemp("token")
    (folder / "tokens").mkdir()
    (folder / "softhsm2.conf").write_text(f"directories.tokendir = {folder / 'tokens'}\nlog.level = ERROR\n")
    os.environ["SOFTHSM2_CONF"] = str(folder / "softhsm2.conf")
    _softhsm("--init-token", "--free", "--label", "node", "--so-pin", PIN, "--pin", PIN)
    rows = []
    for number, use in enumerate(Use, start=1):
        one = held(HOSPITAL, use)
        (folder / f"{use.value}.key").write_bytes(one.key_pem())
        (folder / f"{use.value}.pem").write_bytes(one.certificate_pem())
        _softhsm(
            "--import", str(folder / f"{use.value}.key"), "--token", "node", "--label", use.value, "--id", f"0{number}", "--pin", PIN,
        )  # fmt: skip
        (folder / f"{use.value}.key").unlink()
        rows.append(
            {
                "her_id": "98000100", "use": use.value, "certificate": f"{use.value}.pem", "password_file": "pin",
                "module": str(MODULE), "token": "node", "label": use.value,
            }
        )  # fmt: skip
    (folder / "pin").write_text(PIN + "\n")
    path = folder / "transport.toml"
    path.write_text(tomli_w.dumps({"transport": {"key": rows}}))
    return path


def _softhsm(*words: str) -> None:
    subprocess.run(["softhsm2-util", *words], check=True, capture_output=True, timeout=60)


@pytest.fixture(scope="module")
def loaded(token: Path) -> files.Loaded:
    return files.read(token)


def test_a_key_in_a_token_signs_as_one_of_a_file(loaded):
    (since, signer) = loaded.signing["98000100"][0]
    made = pack(routing(), (Payload(b"payload"),), signer)
    message = mime.read(made.content)
    parts = {part.headers.content_id: part.data for part in message.attachments}
    assert ours(message.soap.data, parts).valid
    data = b"x" * 1000
    mine = held(HOSPITAL, Use.SIGNING)
    words = (data, padding.PKCS1v15(), hashes.SHA256())
    assert signer.key.sign(*words) == mine.key.sign(*words), "PKCS#1 v1.5 has one signature"
    assert since == mine.certificate.not_valid_before_utc


def test_a_key_in_a_token_decrypts_and_refuses_what_is_not_for_it(loaded):
    made = encrypt(b"<MsgHead/>", held(HOSPITAL, Use.ENCRYPTION).certificate)
    assert decrypt(made, loaded.decrypters) == b"<MsgHead/>"
    strange = encrypt(b"<MsgHead/>", held(MUNICIPALITY, Use.ENCRYPTION).certificate)
    with pytest.raises(DecryptionError):
        decrypt(strange, loaded.decrypters)


def test_oaep_is_read(loaded, token, tmp_path):
    words = ["openssl", "cms", "-encrypt", "-binary", "-aes256", "-outform", "DER", "-recip", "encryption.pem"]
    # What SoftHSM offers of OAEP.
    words += ["-keyopt", "rsa_padding_mode:oaep", "-keyopt", "rsa_oaep_md:sha1"]
    done = subprocess.run(words, input=b"<MsgHead/>", capture_output=True, cwd=token.parent, timeout=60)
    assert decrypt(done.stdout, loaded.decrypters) == b"<MsgHead/>"


def test_nothing_of_the_key_or_its_pin_can_be_printed(loaded):
    (_, signer) = loaded.signing["98000100"][0]
    assert PIN not in repr(signer) + repr(signer.key) + repr(loaded)


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"label": "encryption"}, "not that of the certificate"),
        ({"label": "none"}, "NoSuchKey"),
        ({"token": "none"}, "NoSuchToken"),
        ({"module": "/nowhere.so"}, "does not answer"),
    ],
)
def test_what_is_wrong_is_said_when_it_is_loaded(token, changes, words):
    table = files.tomllib.loads(token.read_text())["transport"]
    row = {**table["key"][0], **changes}
    path = token.parent / "wrong.toml"
    path.write_text(tomli_w.dumps({"transport": {"key": [row]}}))
    with pytest.raises(KeyFileError, match=words):
        files.read(path)


def test_a_token_that_is_away_is_no_verdict_on_the_message(loaded, monkeypatch):
    """It must not be answered as a payload that cannot be decrypted."""
    made = encrypt(b"<MsgHead/>", held(HOSPITAL, Use.ENCRYPTION).certificate)
    key = loaded.decrypters[0].key
    monkeypatch.setattr(key, "_key", None)
    monkeypatch.setattr(key, "token", "taken out")
    with pytest.raises(TokenError):
        decrypt(made, loaded.decrypters)


def test_a_session_that_ended_is_opened_anew(loaded):
    key = loaded.decrypters[0].key
    made = encrypt(b"<MsgHead/>", held(HOSPITAL, Use.ENCRYPTION).certificate)
    decrypt(made, loaded.decrypters)
    key._key.session.close()
    assert decrypt(made, loaded.decrypters) == b"<MsgHead/>"
