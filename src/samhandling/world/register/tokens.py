"""HelseID as far as a client of the registers meets it: client assertion, DPoP proof, nonce, bound access token.

Refuses what the real one refuses (RFC 7523, RFC 9449), so that a client which passes here says the right things.
"""

from __future__ import annotations

import base64
import hashlib
import secrets
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from joserfc import jwk, jws, jwt
from joserfc.errors import JoseError

LIFETIME = 300
"""Seconds of an access token."""
SKEW = 60
_ALGORITHMS = ["RS256", "PS256", "ES256"]
_ASSERTION = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"


class RefusedError(Exception):
    """What OAuth calls an error, with its name."""


@dataclass(slots=True)
class Tokens:
    """The token endpoint and the check of what it has given."""

    issuer: str
    client_id: str
    client: jwk.Key
    """The client's public key."""
    lifetime: int = LIFETIME
    nonce: str = ""
    """What a proof must repeat; empty: none is asked for."""
    _key: jwk.ECKey = field(default_factory=lambda: jwk.ECKey.generate_key("P-256"))
    _seen: set[str] = field(default_factory=set)

    def grant(self, form: Mapping[str, str], proof: str, url: str) -> dict[str, Any]:
        """An access token. Raises RefusedError."""
        if form.get("grant_type") != "client_credentials" or form.get("client_assertion_type") != _ASSERTION:
            raise RefusedError("unsupported_grant_type")
        self._client(form.get("client_assertion", ""))
        thumbprint = self._proof(proof, "POST", url, None)
        claims = {
            "iss": self.issuer,
            "client_id": self.client_id,
            "scope": form.get("scope", "").split(),
            "exp": int(time.time()) + self.lifetime,
            "cnf": {"jkt": thumbprint},
        }
        token = jwt.encode({"alg": "ES256", "typ": "at+jwt"}, claims, self._key)
        return {
            "access_token": token, "token_type": "DPoP", "expires_in": self.lifetime, "scope": form.get("scope", "")
        }  # fmt: skip

    def admit(self, authorization: str, proof: str, method: str, url: str, scopes: set[str]) -> None:
        """Let a call in. Raises RefusedError."""
        kind, _, token = authorization.partition(" ")
        if kind != "DPoP":
            raise RefusedError("invalid_token")
        try:
            claims = jwt.decode(token, self._key, algorithms=["ES256"]).claims
        except (JoseError, ValueError) as error:
            raise RefusedError("invalid_token") from error
        if claims["exp"] < time.time() or not scopes & set(claims["scope"]):
            raise RefusedError("invalid_token")
        if self._proof(proof, method, url, token) != claims["cnf"]["jkt"]:
            raise RefusedError("invalid_dpop_proof")

    def _client(self, assertion: str) -> None:
        try:
            claims = jwt.decode(assertion, self.client, algorithms=_ALGORITHMS).claims
        except (JoseError, ValueError) as error:
            raise RefusedError("invalid_client") from error
        aud = claims.get("aud")
        right = (
            claims.get("iss") == claims.get("sub") == self.client_id
            and self.issuer in (aud if isinstance(aud, list) else [aud])
            and claims.get("exp", 0) > time.time()
        )
        if not right:
            raise RefusedError("invalid_client")
        self._once(str(claims.get("jti")), "invalid_client")

    def _proof(self, proof: str, method: str, url: str, token: str | None) -> str:
        """The thumbprint of the key that a proof was made with. Raises RefusedError."""
        try:
            header = jws.extract_compact(proof.encode()).headers()
            key = jwk.import_key(header["jwk"])
            found = jwt.decode(proof, key, algorithms=["ES256", "PS256", "RS256"])
        except (JoseError, ValueError, KeyError, TypeError) as error:
            raise RefusedError("invalid_dpop_proof") from error
        claims = found.claims
        right = (
            header.get("typ") == "dpop+jwt"
            and not key.is_private
            and claims.get("htm") == method
            and claims.get("htu") == url.partition("?")[0]
            and abs(claims.get("iat", 0) - time.time()) < SKEW
            and (token is None or claims.get("ath") == _hash(token))
        )
        if not right:
            raise RefusedError("invalid_dpop_proof")
        if self.nonce and claims.get("nonce") != self.nonce:
            raise RefusedError("use_dpop_nonce")
        self._once(str(claims.get("jti")), "invalid_dpop_proof")
        return key.thumbprint()

    def _once(self, jti: str, refusal: str) -> None:
        if jti in self._seen:
            raise RefusedError(refusal)
        self._seen.add(jti)


def _hash(token: str) -> str:
    return base64.urlsafe_b64encode(hashlib.sha256(token.encode()).digest()).rstrip(b"=").decode()


def new_nonce() -> str:
    """A nonce that nobody has seen."""
    return secrets.token_urlsafe(16)
