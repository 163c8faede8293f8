"""Identity numbers at rest: sealed so that only the node reads them, and found through a keyed hash."""

from __future__ import annotations

import hmac
import os

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from samhandling.errors import ConfigurationError, SamhandlingError

_VERSION = b"\x01"
_NONCE_BYTES = 12
_TAG_BYTES = 16


class UnreadableSealError(SamhandlingError):
    """Sealed bytes were damaged, or sealed with another key or by a newer node."""

    code = "identity.unreadable_seal"


class Vault:
    """Seals and indexes texts with keys derived from one secret of at least 32 bytes.

    The two keys are derived apart, so that the index tells nothing about the seal. Sealed bytes begin with a version,
    so that the way of sealing can change without losing what is stored.
    """

    def __init__(self, key: bytes) -> None:
        """Raises ConfigurationError when the secret is shorter than 32 bytes."""
        if len(key) < 32:
            raise ConfigurationError("the secret for identity numbers must have at least 32 bytes")
        self._cipher = AESGCM(_derive(key, b"samhandling identity seal 1"))
        self._index_key = _derive(key, b"samhandling identity index 1")

    def seal(self, text: str) -> bytes:
        """Encrypt with AES-256-GCM: version, nonce, ciphertext and tag. Two seals of one text differ."""
        return self.seal_bytes(text.encode())

    def open(self, sealed: bytes) -> str:
        """What `seal` was given. Raises UnreadableSealError."""
        try:
            return self.open_bytes(sealed).decode()
        except UnicodeDecodeError as error:
            raise UnreadableSealError("not text") from error

    def seal_bytes(self, content: bytes) -> bytes:
        """As `seal`, for bytes."""
        nonce = os.urandom(_NONCE_BYTES)
        return _VERSION + nonce + self._cipher.encrypt(nonce, content, _VERSION)

    def open_bytes(self, sealed: bytes) -> bytes:
        """As `open`, for bytes. Raises UnreadableSealError."""
        sealed = bytes(sealed)
        if len(sealed) < 1 + _NONCE_BYTES + _TAG_BYTES or sealed[:1] != _VERSION:
            raise UnreadableSealError("too short or of an unknown version")
        nonce, body = sealed[1 : 1 + _NONCE_BYTES], sealed[1 + _NONCE_BYTES :]
        try:
            return self._cipher.decrypt(nonce, body, _VERSION)
        except InvalidTag as error:
            raise UnreadableSealError("damaged, or sealed with another key") from error

    def index(self, text: str) -> str:
        """A keyed hash (HMAC-SHA256) of the text in 64 hex digits: the same text gives the same hash on this node."""
        return hmac.digest(self._index_key, text.encode(), "sha256").hex()


def _derive(key: bytes, purpose: bytes) -> bytes:
    return HKDF(algorithm=SHA256(), length=32, salt=None, info=purpose).derive(key)
