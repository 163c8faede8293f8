"""The clients of the national registers against the fake: what they say, what they believe, and how long they wait."""

from __future__ import annotations

import base64
import json
import socket
import threading
import time
from contextlib import suppress
from functools import cache

import pytest
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature
from cryptography.hazmat.primitives.serialization import Encoding, load_pem_public_key
from joserfc import jwk

from samhandling.ebxml import cpa
from samhandling.ebxml.certificates import Use
from samhandling.errors import ConfigurationError
from samhandling.registry.remote import answers, helseid, http, issuers
from samhandling.registry.remote.http import (
    RegisterDownError,
    RegisterRefusedError,
    RegisterSlowError,
    RegisterUntrueError,
)
from samhandling.world.register import Content, Lie, Switches
from tests.ebxml_agreements import CPA_ID, cpa_document
from tests.ebxml_world import HOSPITAL, HOSPITAL_HER, MUNICIPALITY, MUNICIPALITY_HER, NOW, the_pki
from tests.harness import free_port
from tests.register_world import KEY, addresses, agreements, content, fake

PARTIES = {
    "98000100": ("Lillevik sykehus HF", "", HOSPITAL),
    HOSPITAL_HER: ("Somatikk plo meldingsmottak", "98000100", HOSPITAL),
    "98310700": ("Storvik kommune", "", MUNICIPALITY),
    MUNICIPALITY_HER: ("Sykepleietjeneste", "98310700", MUNICIPALITY),
}


@cache
def _made() -> Content:
    return content(PARTIES, the_pki())


@pytest.fixture
def register():
    with fake(_made().frozen(), the_pki(), now=NOW) as found:
        yield found


def test_a_party_and_its_certificates(register):
    found = addresses(register).party(MUNICIPALITY_HER)
    assert (found.name, found.kind, found.organisation_her_id) == ("Sykepleietjeneste", "service", "98310700")
    assert (found.organisation_name, found.organisation_number) == ("Storvik kommune", MUNICIPALITY)
    assert found.edi_address == f"p{MUNICIPALITY_HER}@edi.example.no"
    assert addresses(register).party("98310700").kind == "organisation"
    certificate = addresses(register).certificate(MUNICIPALITY_HER, Use.ENCRYPTION)
    assert certificate == register.content.certificates[MUNICIPALITY_HER, Use.ENCRYPTION]


def test_what_is_not_there_is_none_and_no_error(register):
    assert addresses(register).party("1") is None
    assert addresses(register).certificate("1", Use.SIGNING) is None
    assert agreements(register).of("no-such-agreement") is None
    assert agreements(register).of("1_2") is None


def test_one_token_serves_many_questions_and_another_scope_gets_its_own(register):
    asked = addresses(register)
    for _ in range(5):
        asked.party(MUNICIPALITY_HER)
    answers.Agreements(asked.client, register.url, "nhn:cppa/access-with-dpop").of("1_2")
    # The first question of all meets the nonce and is repeated (M1).
    assert register.asked.count("POST /connect/token") == 3
    assert register.asked.count("GET /.well-known/openid-configuration") == 1


def test_m2_a_new_nonce_and_a_token_that_ran_out_are_renewed_once(register):
    asked = addresses(register)
    asked.party(MUNICIPALITY_HER)
    register.tokens.nonce = "another"
    assert asked.party(MUNICIPALITY_HER) is not None
    register.tokens.lifetime = -1
    asked.client._tokens.clear()
    with pytest.raises(RegisterRefusedError):
        asked.party(MUNICIPALITY_HER)
    register.tokens.lifetime = 300
    asked.client._tokens.clear()
    assert asked.party(MUNICIPALITY_HER) is not None


def test_a_client_that_helseid_does_not_know_is_refused(register):
    stranger = helseid.Client(register.url, "samhandling-demo", jwk.RSAKey.generate_key(2048))
    with pytest.raises(RegisterRefusedError, match="invalid_client"):
        stranger.call("GET", f"{register.url}/api/v1/event", "x", accept="*/*")
    with pytest.raises(RegisterRefusedError):
        addresses(register).client.call("GET", f"{register.url}/api/v1/event", "of-something-else", accept="*/*")


def _parts(token: str) -> tuple[dict, dict, bytes, bytes]:
    head, body, signature = token.split(".")
    read = [base64.urlsafe_b64decode(one + "=" * (-len(one) % 4)) for one in (head, body, signature)]
    return json.loads(read[0]), json.loads(read[1]), read[2], f"{head}.{body}".encode()


def test_the_assertion_holds_by_hand():
    """RFC 7523, verified with cryptography alone: the fake is made with the same library as the client."""
    client = helseid.Client("https://helseid.example", "me", KEY)
    head, claims, signature, signed = _parts(client._assertion())
    public = load_pem_public_key(KEY.as_pem(private=False))
    assert isinstance(public, rsa.RSAPublicKey)
    public.verify(signature, signed, padding.PKCS1v15(), hashes.SHA256())
    assert head == {"alg": "RS256", "typ": "client-authentication+jwt", "kid": KEY.thumbprint()}
    assert (claims["iss"], claims["sub"], claims["aud"]) == ("me", "me", "https://helseid.example")
    assert 0 < claims["exp"] - time.time() <= 60
    assert client._assertion() != client._assertion(), "each has an id of its own"


def test_m3_the_proof_holds_by_hand():
    """RFC 9449 4.2: htm, htu without query, iat, jti, ath; signed with the key that it names."""
    client = helseid.Client("https://helseid.example", "me", KEY)
    head, claims, signature, signed = _parts(client._proof("GET", "https://cp.example/api/v1/event?from=1#x", "token"))
    numbers = [int.from_bytes(base64.urlsafe_b64decode(head["jwk"][name] + "=="), "big") for name in "xy"]
    key = ec.EllipticCurvePublicNumbers(*numbers, ec.SECP256R1()).public_key()
    halves = (int.from_bytes(signature[:32], "big"), int.from_bytes(signature[32:], "big"))
    key.verify(encode_dss_signature(*halves), signed, ec.ECDSA(hashes.SHA256()))
    assert (head["typ"], head["alg"], set(head["jwk"])) == ("dpop+jwt", "ES256", {"kty", "crv", "x", "y"})
    assert (claims["htm"], claims["htu"]) == ("GET", "https://cp.example/api/v1/event")
    digest = hashes.Hash(hashes.SHA256())
    digest.update(b"token")
    assert claims["ath"] == base64.urlsafe_b64encode(digest.finalize()).rstrip(b"=").decode()
    assert abs(claims["iat"] - time.time()) < 5


def test_nothing_secret_stands_in_what_might_be_printed():
    client = helseid.Client("https://helseid.example", "me", KEY)
    client._tokens["scope"] = ("secret-token", 1.0)
    assert "secret-token" not in repr(client)
    assert repr(KEY.as_dict(private=True)["d"])[1:20] not in repr(client)


@pytest.mark.parametrize("kind", ["rsa", "ec", "jwk"])
def test_keys_of_files(tmp_path, kind):
    file, key = tmp_path / "key", KEY
    if kind == "ec":
        key = jwk.ECKey.generate_key("P-256")
    file.write_bytes(json.dumps(key.as_dict(private=True)).encode() if kind == "jwk" else key.as_pem(private=True))
    found = helseid.client("https://helseid.example", "me", file)
    assert _parts(found._assertion())[0]["alg"] == ("ES256" if kind == "ec" else "RS256")


@pytest.mark.parametrize("data", [b"", b"{}", b"-----BEGIN", KEY.as_pem(private=False)])
def test_a_file_without_a_private_key_is_told(tmp_path, data):
    (tmp_path / "key").write_bytes(data)
    with pytest.raises(ConfigurationError, match="client_key"):
        helseid.client("https://helseid.example", "me", tmp_path / "key")


def test_the_feed_tells_who_has_changed(register):
    asked = addresses(register)
    first = asked.last_event()
    assert asked.events(first + 1) == (frozenset(), first)
    register.content.change(MUNICIPALITY_HER, ediAddress="ny@edi.example.no")
    register.content.change(MUNICIPALITY_HER, name="Ny")
    assert asked.events(first + 1) == (frozenset({MUNICIPALITY_HER}), first + 2)


def test_a_register_that_is_down_slow_or_not_there(register):
    asked = addresses(register)
    register.switch(Switches(down=True))
    with pytest.raises(RegisterDownError):
        asked.party(MUNICIPALITY_HER)
    register.switch(Switches(slow=3))
    began = time.monotonic()
    with pytest.raises(RegisterSlowError):
        http.ask("GET", f"{register.url}/.well-known/openid-configuration", seconds=0.3)
    assert time.monotonic() - began < 2
    with pytest.raises(RegisterDownError):
        http.ask("GET", f"http://127.0.0.1:{free_port()}/")


def test_a_register_that_drips_is_ended_at_the_deadline():
    """One byte a moment never makes a read time out."""
    listener = socket.create_server(("127.0.0.1", 0))

    def drip() -> None:
        one, _ = listener.accept()
        with one, suppress(OSError):
            for letter in b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n" + b"X: y\r\n" * 1000:
                one.send(bytes([letter]))
                time.sleep(0.05)

    thread = threading.Thread(target=drip, daemon=True)
    thread.start()
    began = time.monotonic()
    with pytest.raises(RegisterSlowError):
        http.ask("GET", f"http://127.0.0.1:{listener.getsockname()[1]}/", seconds=0.5)
    assert time.monotonic() - began < 2
    thread.join(5)
    listener.close()


@pytest.mark.parametrize("lie", [Lie.OTHER_PARTY, Lie.NOT_JSON, Lie.ENDLESS])
def test_what_is_no_answer_about_the_party_is_not_believed(register, lie):
    register.switch(Switches(lie=lie))
    with pytest.raises(RegisterUntrueError):
        addresses(register).party(MUNICIPALITY_HER)


@pytest.mark.parametrize("lie", [Lie.BAD_CERTIFICATE, Lie.NOT_JSON])
def test_what_is_no_certificate_is_not_believed(register, lie):
    register.switch(Switches(lie=lie))
    with pytest.raises(RegisterUntrueError):
        addresses(register).certificate(MUNICIPALITY_HER, Use.SIGNING)


@pytest.mark.parametrize(
    "values",
    [
        {"ediAddress": "no address"},
        {"ediAddress": "a@b@c"},
        {"ediAddress": "a@edi.example.no\r\nBcc: x@y.no"},
        {"type": "Robot"},
        {"name": "", "displayName": None},
    ],
)
def test_a_party_that_cannot_be_is_not_believed(register, values):
    register.content.change(MUNICIPALITY_HER, **values)
    with pytest.raises(RegisterUntrueError):
        addresses(register).party(MUNICIPALITY_HER)


def test_an_address_of_another_environment_is_not_believed(register):
    assert addresses(register, domains=["edi.example.no"]).party(MUNICIPALITY_HER) is not None
    with pytest.raises(RegisterUntrueError, match="environment"):
        addresses(register, domains=["testedi.nhn.no"]).party(MUNICIPALITY_HER)


def test_a_certificate_for_the_other_use_is_not_believed(register):
    register.content.publish(
        MUNICIPALITY_HER, Use.SIGNING, register.content.certificates[MUNICIPALITY_HER, Use.ENCRYPTION]
    )
    with pytest.raises(RegisterUntrueError):
        addresses(register).certificate(MUNICIPALITY_HER, Use.SIGNING)


def test_agreements_by_pair_and_by_id(register):
    register.content.agreements[CPA_ID] = (2, cpa_document())
    for asked in (CPA_ID, CPA_ID.upper(), f"{HOSPITAL_HER}_{MUNICIPALITY_HER}"):
        found = agreements(register).of(asked)
        assert (found.cpa_id, found.status) == (CPA_ID, 2)
        assert cpa.read(found.document).parties == cpa.read(cpa_document()).parties
    register.content.agreements[CPA_ID] = (5, cpa_document())
    assert agreements(register).of(CPA_ID).status == 5
    assert agreements(register).of(f"{HOSPITAL_HER}_{MUNICIPALITY_HER}") is None, "only the newest that is valid"


def test_the_agreement_of_others_is_not_believed(register):
    register.content.agreements["another"] = (2, cpa_document())
    with pytest.raises(RegisterUntrueError):
        agreements(register).of("another")


def test_lists_and_answers_of_issuers(register):
    found = issuers.revocation_list(f"{register.url}/crl/issuer.crl")
    assert found.is_signature_valid(the_pki().issuer.key.public_key())
    leaf = register.content.certificates[MUNICIPALITY_HER, Use.SIGNING]
    said = issuers.status(leaf, the_pki().issuer.certificate, f"{register.url}/ocsp/issuer")
    assert said.serial_number == leaf.serial_number
    assert said.public_bytes(Encoding.DER)
    for wrong in ("/crl/none.crl", "/.well-known/openid-configuration"):
        with pytest.raises(RegisterUntrueError):
            issuers.revocation_list(register.url + wrong)
