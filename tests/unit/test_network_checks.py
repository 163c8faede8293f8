"""`samhandling check` on keys, certificates and mailboxes, in words."""

from __future__ import annotations

from datetime import timedelta

import pytest

from samhandling.configuration import MailboxSetting
from samhandling.ebxml.certificates import Trust, Use
from samhandling.ebxml.encryption import Decrypter
from samhandling.ebxml.files import Loaded
from samhandling.node.network_checks import of_files, of_mailbox
from tests.ebxml_world import HOSPITAL, NOW, held, the_pki
from tests.harness import free_port
from tests.mailbox_server import MailServer


def loaded(**changes) -> Loaded:
    made, encryption = the_pki(), held(HOSPITAL, Use.ENCRYPTION)
    values = {
        "trust": Trust((made.root.certificate, made.issuer.certificate), (made.crl(), made.crl(by=made.root))),
        "signing": {"98000100": ((NOW, held(HOSPITAL, Use.SIGNING).signer),)},
        "decrypters": (Decrypter(encryption.key, encryption.certificate),),
    }
    return Loaded(**(values | changes))


def told(found: Loaded, now) -> list:
    return list(of_files(found, found.trust, now))


def test_all_is_well():
    found = list(told(loaded(), NOW))
    assert [state for _, state, _ in found] == ["ok", "ok"]
    assert "gjelder til 23.11.2029" in found[0][2] or "gjelder til 24.10.2029" in found[0][2]


@pytest.mark.parametrize(
    ("valid", "state", "words"),
    [((-300, 10), "warning", "Bestill nytt"), ((-300, 3), "error", "går ut"), ((-300, -1), "error", "utløpt")],
)
def test_a_certificate_that_ends(valid, state, words):
    old = the_pki().issue("X", HOSPITAL, Use.SIGNING, valid=valid)
    (first, *_) = told(loaded(signing={"98000100": ((NOW, old.signer),)}), NOW)
    assert first[1] == state
    assert words in first[2]


def test_what_is_missing_is_named():
    texts = " ".join(text for _, state, text in told(Loaded(), NOW) if state == "error")
    assert "signere" in texts
    assert "dekryptere" in texts
    assert "utstedere" in texts


def test_an_old_revocation_list_is_told():
    found = list(told(loaded(), NOW + timedelta(days=60)))
    assert all("tilbakekallingslisten" in text for _, _, text in found)


def test_mailboxes():
    server = MailServer()
    server.start()
    try:
        server.put(b"x")
        box = MailboxSetting(
            smtp_port=server.smtp_port, smtp_starttls=False, fetch_port=server.pop3_port, fetch_tls=False, user="node"
        )
        assert [state for _, state, _ in of_mailbox(box)] == ["ok", "ok"]
        gone = box.model_copy(update={"smtp_port": free_port(), "fetch_port": free_port()})
        assert [state for _, state, _ in of_mailbox(gone)] == ["error", "error"]
    finally:
        server.stop()
