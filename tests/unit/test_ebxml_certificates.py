"""Certificates of anyone: read whole or not at all, and judged by chain, time, use and revocation."""

from __future__ import annotations

from datetime import timedelta

import pytest
from cryptography.hazmat.primitives.serialization import BestAvailableEncryption, Encoding, pkcs12

from samhandling.ebxml import certificates
from samhandling.ebxml.certificates import Doubt, KeyFileError, Trust, Use, judge, organisation_number
from tests.ebxml_world import HOSPITAL, NOW, held, the_pki


def trust(*revoked) -> Trust:
    made = the_pki()
    return Trust((made.issuer.certificate, made.root.certificate), (made.crl(revoked), made.crl(by=made.root)))


def doubts(certificate, use=Use.SIGNING, at=NOW, **changes):
    values = {"signed_at": at, "now": NOW, "trust": trust(), "organisation": HOSPITAL} | changes
    return judge(certificate, use=use, **values)


def test_a_good_one():
    assert doubts(held(HOSPITAL, Use.SIGNING).certificate) == ()
    assert doubts(held(HOSPITAL, Use.ENCRYPTION).certificate, Use.ENCRYPTION) == ()


def test_each_doubt_by_itself():
    one = held(HOSPITAL, Use.SIGNING).certificate
    assert doubts(one, at=NOW + timedelta(days=1100)) == (Doubt.EXPIRED,)
    assert doubts(one, at=NOW - timedelta(days=31)) == (Doubt.NOT_YET_VALID,)
    assert doubts(one, Use.ENCRYPTION) == (Doubt.WRONG_USE,)
    assert doubts(one, organisation="974744570") == (Doubt.WRONG_ORGANISATION,)
    assert doubts(one, trust=trust(one)) == (Doubt.REVOKED,)
    assert doubts(one, trust=Trust(trust().issuers)) == (Doubt.REVOCATION_UNKNOWN,)
    assert doubts(one, trust=Trust((), trust().crls)) == (Doubt.UNTRUSTED,)
    assert doubts(one, trust=Trust((the_pki().issuer.certificate,), trust().crls)) == (Doubt.UNTRUSTED,)


def test_a_leaf_cannot_issue():
    leaf = held(HOSPITAL, Use.SIGNING)
    below = the_pki().issue("X", HOSPITAL, Use.SIGNING, by=leaf)
    known = Trust((*trust().issuers, leaf.certificate), trust().crls)
    assert Doubt.UNTRUSTED in doubts(below.certificate, trust=known)


def test_both_ways_of_writing_the_organisation_number():
    assert organisation_number(held(HOSPITAL, Use.SIGNING).certificate) == HOSPITAL
    assert organisation_number(the_pki().issue("X", HOSPITAL, Use.SIGNING, seid1=True).certificate) == HOSPITAL


def test_any_changed_byte_is_read_whole_or_not_at_all():
    der = held(HOSPITAL, Use.SIGNING).certificate.public_bytes(Encoding.DER)
    known, read = trust(), 0
    for place in range(len(der)):
        for change in (1, 0x80):
            changed = der[:place] + bytes([der[place] ^ change]) + der[place + 1 :]
            try:
                certificate = certificates.parse(changed)
            except ValueError:
                continue
            read += 1
            found = doubts(certificate, trust=known)
            organisation_number(certificate)
            assert Doubt.UNTRUSTED in found, place
    assert read > 100


@pytest.mark.parametrize("password", ["", "hemmelig"])
def test_keys_from_pem_and_pkcs12(password):
    pair = held(HOSPITAL, Use.SIGNING)
    key, certificate = certificates.load_key(pair.key_pem() + pair.certificate_pem())
    assert (key.private_numbers(), certificate) == (pair.key.private_numbers(), pair.certificate)
    if password:
        packed = pkcs12.serialize_key_and_certificates(
            b"x", pair.key, pair.certificate, None, BestAvailableEncryption(password.encode())
        )
        key, certificate = certificates.load_key(packed, password)
        assert certificate == pair.certificate
        with pytest.raises(KeyFileError):
            certificates.load_key(packed, "wrong")
    for bad in (b"", b"x", pair.certificate_pem()):
        with pytest.raises(KeyFileError):
            certificates.load_key(bad)
