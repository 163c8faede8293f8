"""Fetching by POP3 and IMAP from real servers on loopback."""

from __future__ import annotations

import pytest

from samhandling import mailboxes
from samhandling.mailboxes import Account, MailboxError
from tests.harness import free_port
from tests.mailbox_server import MailServer

MAIL = b"Subject: one\r\n\r\n.line\r\n" + b"x" * 3000 + b"\r\n"


@pytest.fixture(params=["pop3", "imap", "imap without UIDPLUS"])
def rig(request):
    server = MailServer(uidplus="without" not in request.param)
    server.start()
    protocol = request.param.split()[0]
    port = server.pop3_port if protocol == "pop3" else server.imap_port
    yield server, Account(protocol=protocol, port=port, tls=False, user="node", password="x", timeout=10)
    server.stop()


def test_it_works(rig):
    server, account = rig
    server.put(MAIL)
    server.put(b"Subject: two\r\n\r\nx\r\n")
    with mailboxes.opened(account) as box:
        first, second = box.waiting()
        assert (first.size, first.key != second.key) == (len(MAIL), True)
        assert box.read(first) == MAIL
        box.delete(first)
    assert list(server.mailbox.values()) == [b"Subject: two\r\n\r\nx\r\n"]


def test_an_empty_mailbox(rig):
    with mailboxes.opened(rig[1]) as box:
        assert box.waiting() == []


def test_what_the_caller_stumbles_over_deletes_nothing(rig):
    server, account = rig
    server.put(MAIL)
    with pytest.raises(ZeroDivisionError), mailboxes.opened(account) as box:  # noqa: PT012
        box.delete(box.waiting()[0])
        raise ZeroDivisionError
    assert len(server.mailbox) == 1


def test_a_connection_that_breaks_deletes_nothing_and_the_mail_keeps_its_id(rig):
    server, account = rig
    server.put(MAIL)
    server.drop_quit = True
    seen = []
    with pytest.raises(MailboxError), mailboxes.opened(account) as box:  # noqa: PT012
        seen += box.waiting()
        box.delete(seen[0])
    server.drop_quit = False
    with mailboxes.opened(account) as box:
        assert [one.key for one in box.waiting()] == [seen[0].key]


def test_two_look_at_once(rig):
    server, account = rig
    for number in range(3):
        server.put(b"Subject: %d\r\n\r\nx\r\n" % number)
    with mailboxes.opened(account) as one:
        mails = one.waiting()
        with mailboxes.opened(account) as other:
            for mail in other.waiting():
                other.delete(mail)
        if account.protocol == "imap":
            assert one.read(mails[0]) is None, "somebody else has deleted it"
        one.delete(mails[0])
    assert server.mailbox == {}


def test_nobody_answers(rig):
    with pytest.raises(MailboxError), mailboxes.opened(Account(port=free_port(), tls=False, timeout=2)):
        pass
