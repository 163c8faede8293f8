"""Keys that never leave their token or HSM (PKCS#11), used as the keys of files are.

The module of the token's maker is loaded when the first key of it is asked for; needs the extra `pkcs11`. A token that
is away is no verdict on a message: whoever asked waits.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeVar

from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding, rsa

from samhandling.ebxml.certificates import KeyFileError, Use
from samhandling.errors import SamhandlingError

T = TypeVar("T")


class TokenError(SamhandlingError):
    """The token with our key does not answer."""

    code = "ebxml.token"
    retryable = True


@dataclass(slots=True)
class TokenKey:
    """An RSA private key in a token: what signing and decrypting ask of a key. Safe to share between threads."""

    module: Path
    token: str
    label: str
    pin: str = field(repr=False)
    public: rsa.RSAPublicKey = field(repr=False)
    _key: Any = field(default=None, repr=False)
    _lock: threading.Lock = field(default_factory=threading.Lock, repr=False)

    def sign(self, data: bytes, scheme: padding.AsymmetricPadding, algorithm: hashes.HashAlgorithm) -> bytes:
        """PKCS#1 v1.5 with SHA-256, the one signature that we make. Raises TokenError."""
        from pkcs11 import Mechanism

        assert isinstance(scheme, padding.PKCS1v15)
        assert isinstance(algorithm, hashes.SHA256)
        return self._with(lambda key: bytes(key.sign(data, mechanism=Mechanism.SHA256_RSA_PKCS)))

    def decrypt(self, ciphertext: bytes, scheme: padding.AsymmetricPadding) -> bytes:
        """The content of a recipient. Raises ValueError for what is not for this key, TokenError.

        Tokens do not agree on what they say of it; one that opens something of our own is well.
        """
        try:
            return self._decrypt(ciphertext, scheme)
        except TokenError:
            probe = padding.PKCS1v15()
            if self._decrypt(self.public.encrypt(b"samhandling", probe), probe) == b"samhandling":
                raise ValueError("not for this key") from None
            raise

    def _decrypt(self, ciphertext: bytes, scheme: padding.AsymmetricPadding) -> bytes:
        from pkcs11 import MGF, Mechanism

        if isinstance(scheme, padding.PKCS1v15):
            return self._with(lambda key: bytes(key.decrypt(ciphertext, mechanism=Mechanism.RSA_PKCS)))
        hashed: Any = scheme
        outer, inner = hashed._algorithm.name.upper(), hashed.mgf._algorithm.name.upper()
        parameters = (Mechanism[outer.replace("SHA1", "SHA_1")], MGF[inner], None)
        return self._with(
            lambda key: bytes(key.decrypt(ciphertext, mechanism=Mechanism.RSA_PKCS_OAEP, mechanism_param=parameters))
        )

    def _with(self, work: Callable[[Any], T]) -> T:
        """Do it in the session; one that has ended is opened anew, once."""
        from pkcs11 import exceptions

        with self._lock:
            for last in (False, True):
                try:
                    if self._key is None:
                        self._key = self._opened()
                    return work(self._key)
                except (exceptions.PKCS11Error, RuntimeError) as error:
                    self._key = None
                    if last:
                        raise TokenError(type(error).__name__) from None
            raise AssertionError

    def _opened(self) -> Any:
        import pkcs11

        found = pkcs11.lib(str(self.module)).get_token(token_label=self.token)
        try:
            session = found.open(user_pin=self.pin)
        except pkcs11.exceptions.UserAlreadyLoggedIn:
            session = found.open()  # a token is logged in to once by a process, for all its keys
        return session.get_key(object_class=pkcs11.ObjectClass.PRIVATE_KEY, label=self.label)

    def check(self, use: Use) -> None:
        """That the key answers and is the one of the certificate. Raises KeyFileError."""
        probe, scheme = b"samhandling", padding.PKCS1v15()
        try:
            if use is Use.SIGNING:
                self.public.verify(self.sign(probe, scheme, hashes.SHA256()), probe, scheme, hashes.SHA256())
                same = True
            else:
                same = self.decrypt(self.public.encrypt(probe, scheme), scheme) == probe
        except TokenError as error:
            raise KeyFileError(f"the token {self.token} does not answer: {error.detail}") from None
        except (ValueError, InvalidSignature):
            same = False
        if not same:
            raise KeyFileError(f"the key {self.label} of the token is not that of the certificate")


def key(module: Path, token: str, label: str, pin: str, certificate: x509.Certificate) -> TokenKey:
    """The key of a certificate, in a token. Raises KeyFileError."""
    try:
        import pkcs11  # noqa: F401
    except ImportError:
        raise KeyFileError("keys in a token need the extra pkcs11: pip install samhandling[pkcs11]") from None
    public = certificate.public_key()
    if not isinstance(public, rsa.RSAPublicKey):
        raise KeyFileError("the key must be RSA of at least 2048 bits")
    return TokenKey(module, token, label, pin, public)
