"""CMS EnvelopedData (section 5): AES-256-CBC out; what may come in is a short list, DER or BER.

Every fault of decryption is one and the same error: who sends ciphertexts must not learn which step failed.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from asn1crypto import cms
from cryptography import x509
from cryptography.hazmat.decrepit.ciphers.algorithms import TripleDES
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding as rsa_padding
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
from cryptography.hazmat.primitives.serialization import Encoding, pkcs7

from samhandling.ebxml.tokens import TokenError, TokenKey
from samhandling.errors import SamhandlingError

_MOST_RECIPIENTS = 20
_CIPHERS: dict[str, tuple[Any, int]] = {
    "aes128_cbc": (algorithms.AES, 16),
    "aes192_cbc": (algorithms.AES, 24),
    "aes256_cbc": (algorithms.AES, 32),
    "tripledes_3key": (TripleDES, 24),
}
_HASHES: dict[str, Any] = {
    "sha1": hashes.SHA1,
    "sha256": hashes.SHA256,
    "sha384": hashes.SHA384,
    "sha512": hashes.SHA512,
}


class DecryptionError(SamhandlingError):
    """The payload cannot be decrypted; never says why."""

    code = "ebxml.decryption"


class EncryptionError(SamhandlingError):
    """The receiver's certificate cannot be used to encrypt."""

    code = "ebxml.encryption"


@dataclass(frozen=True, slots=True)
class Decrypter:
    """A key that we hold and the certificate that others encrypt for; a replaced pair is kept 84 hours (10.3)."""

    key: rsa.RSAPrivateKey | TokenKey = field(repr=False)
    certificate: x509.Certificate


def encrypt(data: bytes, certificate: x509.Certificate) -> bytes:
    """DER EnvelopedData for one receiver: RSA PKCS#1 v1.5, issuer and serial, AES-256-CBC. Raises EncryptionError."""
    try:
        return (
            pkcs7.PKCS7EnvelopeBuilder()
            .set_data(data)
            .add_recipient(certificate)
            .set_content_encryption_algorithm(algorithms.AES256)
            .encrypt(Encoding.DER, [pkcs7.PKCS7Options.Binary])
        )
    except (TypeError, ValueError) as error:
        raise EncryptionError("the certificate has no RSA key") from error


def is_cms(data: bytes) -> bool:
    """Whether the bytes are a CMS object with EnvelopedData (rule 263)."""
    try:
        return bool(cms.ContentInfo.load(data)["content_type"].native == "enveloped_data")
    except (ValueError, TypeError, RecursionError, KeyError):
        return False


def decrypt(data: bytes, keys: Iterable[Decrypter]) -> bytes:
    """The content for any of our keys. Raises DecryptionError, the same for whatever is wrong with it; TokenError."""
    try:
        found = _decrypt(data, tuple(keys))
    except TokenError:
        raise
    except Exception:  # a parser that is fed by anyone: whatever it stumbles over is the same answer
        found = None
    if found is None:
        raise DecryptionError
    return found


def _decrypt(data: bytes, keys: tuple[Decrypter, ...]) -> bytes | None:
    info = cms.ContentInfo.load(data, strict=True)
    if info["content_type"].native != "enveloped_data":
        return None
    enveloped = info["content"]
    recipients = [one.chosen for one in enveloped["recipient_infos"] if one.name == "ktri"]
    if not 0 < len(recipients) <= _MOST_RECIPIENTS:
        return None
    content = enveloped["encrypted_content_info"]
    cipher = content["content_encryption_algorithm"]
    if cipher["algorithm"].native not in _CIPHERS:
        return None
    vector = cipher["parameters"].native
    encrypted = content["encrypted_content"].native
    del info, enveloped, content  # each level holds a copy of all below it
    for recipient in recipients:
        for pair in sorted(keys, key=lambda one: not _is_for(recipient["rid"], one.certificate)):
            found = _try(recipient, pair.key, cipher["algorithm"].native, vector, encrypted)
            if found is not None:
                return found
    return None


def _is_for(identifier: Any, certificate: x509.Certificate) -> bool:
    """Whether a recipient is named by this certificate; only the order of trying depends on it."""
    if identifier.name != "issuer_and_serial_number":
        return False
    return bool(identifier.chosen["serial_number"].native == certificate.serial_number)


def _try(recipient: Any, key: rsa.RSAPrivateKey | TokenKey, name: str, vector: bytes, encrypted: bytes) -> bytes | None:
    scheme = _scheme(recipient["key_encryption_algorithm"])
    if scheme is None:
        return None
    kind, length = _CIPHERS[name]
    try:
        secret = key.decrypt(recipient["encrypted_key"].native, scheme)
        if len(secret) != length:
            return None
        decryptor = Cipher(kind(secret), modes.CBC(vector)).decryptor()
        padded = decryptor.update(encrypted) + decryptor.finalize()
        return _unpadded(padded, kind.block_size // 8)
    except ValueError:
        return None


def _unpadded(padded: bytes, block: int) -> bytes | None:
    """Without the padding of PKCS#7; None when it is none."""
    count = padded[-1] if padded else 0
    if not 1 <= count <= block or not padded.endswith(bytes([count]) * count):
        return None
    return padded[:-count]


def _scheme(algorithm: Any) -> rsa_padding.AsymmetricPadding | None:
    """PKCS#1 v1.5, or OAEP with the hashes that it names and no label."""
    name = algorithm["algorithm"].native
    if name == "rsaes_pkcs1v15":
        return rsa_padding.PKCS1v15()
    if name != "rsaes_oaep":
        return None
    parameters = algorithm["parameters"]
    outer = _HASHES.get(parameters["hash_algorithm"]["algorithm"].native)
    generator = parameters["mask_gen_algorithm"]
    inner = _HASHES.get(generator["parameters"]["algorithm"].native)
    source = parameters["p_source_algorithm"]
    label = source["parameters"].native if source["algorithm"].native == "p_specified" else None
    if outer is None or inner is None or generator["algorithm"].native != "mgf1" or label:
        return None
    return rsa_padding.OAEP(mgf=rsa_padding.MGF1(inner()), algorithm=outer(), label=None)
