"""Revocation by list and by answer: who says it, how long it holds, and that doubt is never good news."""

from __future__ import annotations

import subprocess
from datetime import timedelta

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509 import ocsp
from cryptography.x509.oid import ExtendedKeyUsageOID

from samhandling.ebxml import pki, revocation
from samhandling.ebxml.certificates import Doubt, Trust, Use, judge
from samhandling.ebxml.revocation import Verdict, verdict
from samhandling.world.register import revocation as authority
from tests.ebxml_world import HOSPITAL, NOW, held, the_pki

DAY = timedelta(days=1)


def leaf() -> x509.Certificate:
    return held(HOSPITAL, Use.SIGNING).certificate


def answered(*revoked: x509.Certificate, by: pki.Held | None = None, at=NOW, life=DAY) -> ocsp.OCSPResponse:
    issuer = the_pki().issuer
    asked = revocation.request(leaf(), issuer.certificate)
    gone = {one.serial_number: NOW - DAY for one in revoked}
    return ocsp.load_der_ocsp_response(authority.answer(asked, by or issuer, gone, at, life))


def said(*answers: ocsp.OCSPResponse, now=NOW, crls=()) -> Verdict:
    return verdict(leaf(), the_pki().issuer.certificate, crls, answers, now)


def test_an_answer_is_good_as_long_as_it_holds():
    assert said() is Verdict.UNKNOWN
    assert said(answered()) is Verdict.GOOD
    assert said(answered(), now=NOW + DAY + timedelta(seconds=1)) is Verdict.UNKNOWN
    assert said(answered(at=NOW + timedelta(minutes=6))) is Verdict.UNKNOWN
    assert said(answered(at=NOW + timedelta(minutes=4))) is Verdict.GOOD, "clocks a little apart"


def test_revoked_wins_over_a_list_that_does_not_know_yet():
    assert said(answered(leaf()), crls=[the_pki().crl()]) is Verdict.REVOKED
    assert said(answered(), crls=[the_pki().crl((leaf(),))]) is Verdict.REVOKED


def test_the_answer_about_another_certificate_says_nothing():
    other = held(HOSPITAL, Use.ENCRYPTION).certificate
    assert verdict(other, the_pki().issuer.certificate, (), [answered()], NOW) is Verdict.UNKNOWN


def test_a_stranger_cannot_answer():
    assert said(answered(by=pki.make(NOW, key_size=2048).issuer)) is Verdict.UNKNOWN


def _responder(*, for_it: bool) -> pki.Held:
    """A certificate of the issuer's, with or without the work of answering."""
    made = the_pki().issue("Svar", HOSPITAL, Use.SIGNING)
    builder = (
        x509.CertificateBuilder()
        .subject_name(made.certificate.subject)
        .issuer_name(the_pki().issuer.certificate.subject)
        .public_key(made.key.public_key())
        .serial_number(77)
        .not_valid_before(NOW - DAY)
        .not_valid_after(NOW + DAY)
    )
    usage = ExtendedKeyUsageOID.OCSP_SIGNING if for_it else ExtendedKeyUsageOID.EMAIL_PROTECTION
    builder = builder.add_extension(x509.ExtendedKeyUsage([usage]), False)
    return pki.Held(made.key, builder.sign(the_pki().issuer.key, hashes.SHA256()))


@pytest.mark.parametrize(("for_it", "expected"), [(True, Verdict.GOOD), (False, Verdict.UNKNOWN)])
def test_only_one_to_whom_the_issuer_gave_the_work_may_answer_for_it(for_it, expected):
    responder = _responder(for_it=for_it)
    issuer = the_pki().issuer.certificate
    built = ocsp.OCSPResponseBuilder().add_response(
        cert=leaf(), issuer=issuer, algorithm=hashes.SHA256(), cert_status=ocsp.OCSPCertStatus.GOOD,
        this_update=NOW, next_update=NOW + DAY, revocation_time=None, revocation_reason=None,
    )  # fmt: skip
    built = built.responder_id(ocsp.OCSPResponderEncoding.HASH, responder.certificate)
    answer = built.certificates([responder.certificate]).sign(responder.key, hashes.SHA256())
    assert said(answer) is expected


@pytest.mark.parametrize("status", [ocsp.OCSPResponseStatus.TRY_LATER, ocsp.OCSPResponseStatus.UNAUTHORIZED])
def test_a_service_that_does_not_answer_is_no_verdict(status):
    assert said(ocsp.OCSPResponseBuilder.build_unsuccessful(status)) is Verdict.UNKNOWN


def test_unknown_to_the_service_is_no_verdict():
    issuer = the_pki().issuer
    built = ocsp.OCSPResponseBuilder().add_response(
        cert=leaf(), issuer=issuer.certificate, algorithm=hashes.SHA1(), cert_status=ocsp.OCSPCertStatus.UNKNOWN,
        this_update=NOW, next_update=NOW + DAY, revocation_time=None, revocation_reason=None,
    )  # fmt: skip
    built = built.responder_id(ocsp.OCSPResponderEncoding.HASH, issuer.certificate)
    assert said(built.sign(issuer.key, hashes.SHA256())) is Verdict.UNKNOWN


@pytest.mark.parametrize(
    ("extension", "expected"),
    [
        (x509.DeltaCRLIndicator(1), Verdict.UNKNOWN),
        (x509.IssuingDistributionPoint(None, None, False, True, None, False, False), Verdict.UNKNOWN),
        (x509.IssuingDistributionPoint(None, None, True, False, None, False, False), Verdict.GOOD),
    ],
)
def test_the_silence_of_a_list_of_something_else_is_no_verdict(extension, expected):
    issuer = the_pki().issuer
    builder = (
        x509.CertificateRevocationListBuilder()
        .issuer_name(issuer.certificate.subject)
        .last_update(NOW - DAY)
        .next_update(NOW + DAY)
        .add_extension(extension, True)
    )
    assert said(crls=[builder.sign(issuer.key, hashes.SHA256())]) is expected


def test_answers_count_in_the_judgement_of_the_whole_chain():
    made = the_pki()
    trust = Trust((made.root.certificate, made.issuer.certificate), (made.crl(by=made.root),), (answered(),))
    words = {"use": Use.SIGNING, "signed_at": NOW, "now": NOW}
    assert judge(leaf(), trust=trust, **words) == ()
    without = Trust(trust.issuers, trust.crls)
    assert judge(leaf(), trust=without, **words) == (Doubt.REVOCATION_UNKNOWN,)
    revoked = Trust(trust.issuers, trust.crls, (answered(leaf()),))
    assert judge(leaf(), trust=revoked, **words) == (Doubt.REVOKED,)


def test_where_to_ask_stands_in_the_certificate():
    made = pki.make(NOW, key_size=2048, url="http://127.0.0.1:1")
    certificate = made.issue("X", HOSPITAL, Use.SIGNING).certificate
    assert revocation.lists_of(certificate) == ("http://127.0.0.1:1/crl/issuer.crl",)
    assert revocation.responders_of(certificate) == ("http://127.0.0.1:1/ocsp/issuer",)
    assert revocation.lists_of(made.issuer.certificate) == ("http://127.0.0.1:1/crl/root.crl",)
    assert revocation.lists_of(leaf()) == ()


def test_openssl_reads_our_request(tmp_path):
    (tmp_path / "ask").write_bytes(revocation.request(leaf(), the_pki().issuer.certificate))
    words = ["openssl", "ocsp", "-reqin", str(tmp_path / "ask"), "-req_text"]
    shown = subprocess.run(words, capture_output=True, text=True, timeout=30).stdout
    assert f"{leaf().serial_number:X}" in shown.replace("\n", "")


def test_openssl_says_the_same_of_an_answer(tmp_path):
    for name, certificate in (("leaf", leaf()), ("issuer", the_pki().issuer.certificate)):
        (tmp_path / f"{name}.pem").write_bytes(certificate.public_bytes(Encoding.PEM))
    for answer, word in ((answered(), "good"), (answered(leaf()), "revoked")):
        (tmp_path / "answer").write_bytes(answer.public_bytes(Encoding.DER))
        words = ["openssl", "ocsp", "-respin", "answer", "-issuer", "issuer.pem", "-cert", "leaf.pem"]
        words += ["-VAfile", "issuer.pem", "-no_nonce", "-attime", str(int(NOW.timestamp()))]
        done = subprocess.run(words, capture_output=True, text=True, timeout=30, cwd=tmp_path)
        # Its words on the times are about the machine's own clock.
        assert "Response verify OK" in done.stderr
        assert word in done.stdout.split()
