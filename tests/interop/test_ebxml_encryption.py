"""Our CMS beside `openssl cms`, both ways: DER and streamed BER, every cipher of the list, OAEP."""

from __future__ import annotations

import shutil
import subprocess

import pytest

from samhandling.ebxml.certificates import Use
from samhandling.ebxml.encryption import Decrypter, DecryptionError, decrypt, encrypt, is_cms
from tests.conftest import missing
from tests.ebxml_world import MUNICIPALITY, held

DOCUMENT = b'<?xml version="1.0" encoding="UTF-8"?>\n<MsgHead>' + bytes(range(32, 127)) * 200 + b"</MsgHead>\r\n\n"


def keys() -> list[Decrypter]:
    mine = held(MUNICIPALITY, Use.ENCRYPTION)
    return [Decrypter(mine.key, mine.certificate)]


@pytest.fixture
def openssl(tmp_path):
    if shutil.which("openssl") is None:
        missing("openssl is not installed")
    mine = held(MUNICIPALITY, Use.ENCRYPTION)
    (tmp_path / "cert.pem").write_bytes(mine.certificate_pem())
    (tmp_path / "key.pem").write_bytes(mine.key_pem())

    def run(*words: str, data: bytes) -> bytes:
        done = subprocess.run(["openssl", "cms", *words], input=data, capture_output=True, cwd=tmp_path, timeout=60)
        assert done.returncode == 0, done.stderr.decode()
        return done.stdout

    return run


def test_openssl_reads_what_we_encrypt(openssl):
    made = encrypt(DOCUMENT, held(MUNICIPALITY, Use.ENCRYPTION).certificate)
    assert is_cms(made)
    assert openssl("-decrypt", "-inform", "DER", "-inkey", "key.pem", "-recip", "cert.pem", data=made) == DOCUMENT
    shown = openssl("-cmsout", "-print", "-inform", "DER", data=made)
    assert b"aes-256-cbc (2.16.840.1.101.3.4.1.42)" in shown
    assert b"rsaEncryption (1.2.840.113549.1.1.1)" in shown
    assert b"issuerAndSerialNumber" in shown


@pytest.mark.parametrize("cipher", ["-aes128", "-aes192", "-aes256", "-des3"])
@pytest.mark.parametrize("form", [[], ["-stream"]])
def test_we_read_what_openssl_encrypts(openssl, cipher, form):
    made = openssl("-encrypt", "-binary", *form, cipher, "-outform", "DER", "cert.pem", data=DOCUMENT)
    assert decrypt(made, keys()) == DOCUMENT


def test_ber_of_many_pieces_is_put_together(openssl):
    data = DOCUMENT * 30
    made = openssl("-encrypt", "-binary", "-stream", "-aes256", "-outform", "DER", "cert.pem", data=data)
    assert b"\x24\x80" in made[:2000] or b"\xa0\x80" in made[:2000], "no indefinite lengths to try"
    assert decrypt(made, keys()) == data


@pytest.mark.parametrize("digest", ["sha1", "sha256", "sha512"])
def test_oaep_is_read(openssl, digest):
    options = ["-keyopt", "rsa_padding_mode:oaep", "-keyopt", f"rsa_oaep_md:{digest}"]
    words = ["-encrypt", "-binary", "-aes256", "-outform", "DER", "-recip", "cert.pem", *options]
    assert decrypt(openssl(*words, data=DOCUMENT), keys()) == DOCUMENT


def test_a_recipient_named_by_its_key_is_found(openssl):
    made = openssl("-encrypt", "-binary", "-keyid", "-aes256", "-outform", "DER", "cert.pem", data=DOCUMENT)
    assert decrypt(made, keys()) == DOCUMENT


@pytest.mark.parametrize("cipher", ["-aes-256-gcm", "-camellia256"])
def test_other_ciphers_are_refused(openssl, cipher):
    made = openssl("-encrypt", "-binary", cipher, "-outform", "DER", "cert.pem", data=DOCUMENT)
    with pytest.raises(DecryptionError):
        decrypt(made, keys())


def test_the_old_key_still_opens_and_a_strange_one_never():
    old, new, strange = (held(number, Use.ENCRYPTION) for number in (MUNICIPALITY, "311000020", "311000039"))
    made = encrypt(DOCUMENT, old.certificate)
    assert decrypt(made, [Decrypter(new.key, new.certificate), Decrypter(old.key, old.certificate)]) == DOCUMENT
    with pytest.raises(DecryptionError):
        decrypt(made, [Decrypter(strange.key, strange.certificate)])


def test_every_fault_is_told_the_same():
    made = encrypt(DOCUMENT, held(MUNICIPALITY, Use.ENCRYPTION).certificate)
    told = set()
    broken = [b"", b"<a/>", b"\x30\x80" * 5000, made[:-1], made[:100], b"\x24\x80" * 100_000, made[:-1] + b"\x00"]
    broken += [made[:place] + bytes([made[place] ^ 1]) + made[place + 1 :] for place in range(0, 700, 7)]
    for data in broken:
        try:
            assert decrypt(data, keys()) != DOCUMENT or data[-16:] == made[-16:]
        except DecryptionError as error:
            told.add((str(error), error.detail, error.code, error.__cause__))
    assert told == {("ebxml.decryption", "", "ebxml.decryption", None)}
