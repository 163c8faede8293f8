"""HelseID for a machine: a token by client assertion (RFC 7523), bound to a key of this process by DPoP (RFC 9449).

The client's key comes from a file, the DPoP key lives and dies with the process. Neither, nor a token, is ever stored
or logged.
"""

from __future__ import annotations

import base64
import hashlib
import json
import threading
import time
import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlencode, urlsplit, urlunsplit

from joserfc import jwk, jwt
from joserfc.errors import JoseError

from samhandling.errors import ConfigurationError
from samhandling.registry.remote import http
from samhandling.registry.remote.http import Answer, RegisterRefusedError, RegisterUntrueError

METADATA_SECONDS = 24 * 3600
EARLY_SECONDS = 60
"""A token is used until so long before its end (addressing 7)."""
_ASSERTION = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"
_ASSERTION_SECONDS = 30


@dataclass(slots=True)
class Client:
    """Who we are towards HelseID. Safe to share between threads."""

    issuer: str
    client_id: str
    key: jwk.Key = field(repr=False)
    ca: Path | None = None
    _proof_key: jwk.ECKey = field(default_factory=lambda: jwk.ECKey.generate_key("P-256"), repr=False)
    _tokens: dict[str, tuple[str, float]] = field(default_factory=dict, repr=False)
    """By scope: token and the monotonic second at which to ask anew."""
    _nonces: dict[str, str] = field(default_factory=dict, repr=False)
    """By origin: what the next proof must repeat."""
    _metadata: tuple[str, float] = ("", 0.0)
    _lock: threading.RLock = field(default_factory=threading.RLock, repr=False)

    def call(self, method: str, url: str, scope: str, *, accept: str, body: bytes | None = None) -> Answer:
        """Ask a register with a token; a nonce or a token that has gone out is renewed once.

        Raises what `http.ask` does, and RegisterRefusedError when we are not let in.
        """
        for last in (False, True):
            token = self._token(scope)
            headers = {
                "Accept": accept,
                "Authorization": f"DPoP {token}",
                "DPoP": self._proof(method, url, token),
            }
            if body is not None:
                headers["Content-Type"] = "application/json"
            answer = http.ask(method, url, headers=headers, body=body, ca=self.ca)
            renewed = self._remember_nonce(url, answer)
            if answer.status != 401:
                break
            if last:
                raise RegisterRefusedError(f"{urlsplit(url).hostname}: 401")
            if not renewed:
                with self._lock:
                    self._tokens.pop(scope, None)
        if answer.status in (400, 403):
            raise RegisterRefusedError(f"{urlsplit(url).hostname}: {answer.status}")
        return answer

    def _token(self, scope: str) -> str:
        with self._lock:
            token, until = self._tokens.get(scope, ("", 0.0))
            if token and time.monotonic() < until:
                return token
            token, life = self._granted(scope)
            self._tokens[scope] = (token, time.monotonic() + max(life - EARLY_SECONDS, 0))
            return token

    def _granted(self, scope: str) -> tuple[str, float]:
        endpoint = self._endpoint()
        for last in (False, True):
            form = {
                "grant_type": "client_credentials",
                "client_id": self.client_id,
                "scope": scope,
                "client_assertion_type": _ASSERTION,
                "client_assertion": self._assertion(),
            }
            headers = {
                "Content-Type": "application/x-www-form-urlencoded",
                "Accept": "application/json",
                "DPoP": self._proof("POST", endpoint),
            }
            answer = http.ask("POST", endpoint, headers=headers, body=urlencode(form).encode(), ca=self.ca)
            if not (self._remember_nonce(endpoint, answer) and answer.status in (400, 401)) or last:
                break
        if answer.status != 200:
            said = _json(answer).get("error", "") if answer.status in (400, 401) else ""
            raise RegisterRefusedError(f"HelseID: {answer.status} {str(said)[:40]}".strip())
        told = _json(answer)
        token, life = told.get("access_token"), told.get("expires_in", 0)
        if not isinstance(token, str) or told.get("token_type") != "DPoP" or not isinstance(life, int | float):
            raise RegisterUntrueError("HelseID: no token bound to our key")
        return token, float(life)

    def _endpoint(self) -> str:
        """The token endpoint, by the issuer's metadata of the last day."""
        endpoint, until = self._metadata
        if endpoint and time.monotonic() < until:
            return endpoint
        answer = http.ask("GET", f"{self.issuer.rstrip('/')}/.well-known/openid-configuration", ca=self.ca)
        told = _json(answer)
        endpoint = told.get("token_endpoint", "")
        if answer.status != 200 or told.get("issuer") != self.issuer or not isinstance(endpoint, str) or not endpoint:
            raise RegisterUntrueError("HelseID: metadata of another issuer")
        self._metadata = (endpoint, time.monotonic() + METADATA_SECONDS)
        return endpoint

    def _assertion(self) -> str:
        now = int(time.time())
        claims = {
            "iss": self.client_id,
            "sub": self.client_id,
            "aud": self.issuer,
            "jti": str(uuid.uuid4()),
            "iat": now,
            "nbf": now,
            "exp": now + _ASSERTION_SECONDS,
        }
        header = {
            "alg": _algorithm(self.key),
            "typ": "client-authentication+jwt",
            "kid": self.key.kid or self.key.thumbprint(),
        }
        return jwt.encode(header, claims, self.key)

    def _proof(self, method: str, url: str, token: str = "") -> str:
        parts = urlsplit(url)
        claims: dict[str, Any] = {
            "jti": str(uuid.uuid4()),
            "htm": method,
            "htu": urlunsplit((parts.scheme, parts.netloc, parts.path, "", "")),
            "iat": int(time.time()),
        }
        if token:
            claims["ath"] = base64.urlsafe_b64encode(hashlib.sha256(token.encode()).digest()).rstrip(b"=").decode()
        if nonce := self._nonces.get(_origin(url)):
            claims["nonce"] = nonce
        public = self._proof_key.as_dict(private=False)
        return jwt.encode({"alg": "ES256", "typ": "dpop+jwt", "jwk": public}, claims, self._proof_key)

    def _remember_nonce(self, url: str, answer: Answer) -> bool:
        """Keep the nonce of an answer; whether it is another than the last."""
        nonce = answer.headers.get("DPoP-Nonce", "")
        if not nonce or self._nonces.get(_origin(url)) == nonce:
            return False
        self._nonces[_origin(url)] = nonce
        return True


def client(issuer: str, client_id: str, key_file: Path, ca: Path | None = None) -> Client:
    """The client whose private key (PEM or JWK; RSA or EC) lies in a file. Raises ConfigurationError."""
    try:
        data = key_file.read_bytes()
        if data.lstrip().startswith(b"{"):
            key = jwk.import_key(json.loads(data))
        else:
            key = _from_pem(data)
    except (OSError, ValueError, JoseError, KeyError) as error:
        raise ConfigurationError(f"registers.client_key: {type(error).__name__}") from None
    if not key.is_private:
        raise ConfigurationError("registers.client_key: no private key")
    return Client(issuer, client_id, key, ca)


def _from_pem(data: bytes) -> jwk.Key:
    try:
        return jwk.import_key(data, "RSA")
    except (ValueError, JoseError, TypeError):
        return jwk.import_key(data, "EC")


def _algorithm(key: jwk.Key) -> str:
    if key.key_type == "RSA":
        return "RS256"
    return {"P-256": "ES256", "P-384": "ES384", "P-521": "ES512"}.get(
        str(key.as_dict(private=False).get("crv")), "ES256"
    )


def _origin(url: str) -> str:
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc}"


def _json(answer: Answer) -> Mapping[str, Any]:
    try:
        found = json.loads(answer.body)
    except ValueError:
        found = None
    if not isinstance(found, dict):
        raise RegisterUntrueError("HelseID: an answer that is no JSON object")
    return found
