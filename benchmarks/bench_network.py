"""ebXML with the store: messages out, messages in with their signed answer, whole exchanges, garbage, a large mail.

RSA-3072. Everything is stored as a node stores it; the mail server is on loopback. One process (so one core) but for
the exchanges, which are two nodes' work in one: document, acknowledgment, AppRec, acknowledgment.
"""

from __future__ import annotations

import json
import tempfile
from datetime import UTC, datetime
from pathlib import Path

import tomli_w
from cryptography.hazmat.primitives.serialization import Encoding
from tests.ebxml_rig import HOSPITAL, MUNICIPALITY
from tests.exchange_node import SEND, WORLD
from tests.harness import Node, nodes, on_postgres
from tests.mailbox_server import MailServer

from benchmarks import Result
from samhandling.ebxml import pki
from samhandling.ebxml.certificates import Use

COUNT = 200
GARBAGE = 10_000

PARTIES = """
from samhandling.registry.models import CommunicationParty
from samhandling.organisations.models import Organisation
for party in CommunicationParty.objects.all():
    party.edi_address, party.carrier = f"p{party.her_id}@edi.example.no", "ebxml_smtp"
    party.save()
Organisation.objects.filter(her_id="8000").update(organisation_number="974744570")
Organisation.objects.filter(her_id="8100").update(organisation_number="311000012")
"""

OUT_AND_IN = """
import time
from datetime import UTC, datetime
from uuid import uuid4
from samhandling.carriers.ebxml import knowing, outgoing
from samhandling.carriers.ebxml.incoming import take_in
from samhandling.carriers.models import Received
from samhandling.ebxml.packing import Packed, as_mail
from samhandling.exchange import originals
from samhandling.exchange.ports import Envelope
from tests.exchange_node import SEND
from samhandling.exchange.models import Message, Arrival
exec(SEND, {"count": 1})
data = originals.read(Message.objects.get().original)
now = datetime.now(UTC)

def envelope():
    return Envelope(transport_id=uuid4(), sender_her="8001", receiver_her="8101", service="S-LOG_INNLAGT",
                    action="LOG_INNLAGT", msg_id="m", data=data)

def pack():
    return outgoing.prepared(envelope(), carrier="ebxml_smtp", now=now)

def timed(work):
    # What it gave, units a second, and units a second of this process's own time: what a free core would do.
    began, own = time.perf_counter(), time.process_time()
    gave = work()
    return gave, count / (time.perf_counter() - began), count / (time.process_time() - own)

pack()
made, *out = timed(lambda: [pack() for _ in range(count)])
mails = [as_mail(Packed(originals.read(one.content), b"", ""), sender=one.sender_address, receiver=one.receiver_address,
                 mail_id=f"{uuid4()}@x", now=now) for one in made]
def all_in():
    here = knowing.known(now)
    for mail in mails:
        take_in(mail, here, carrier="ebxml_smtp", now=now)

_, *came = timed(all_in)
assert Received.objects.filter(answer__kind="acknowledgment").count() == count
result = [out, came]
"""

EXCHANGES = """
import time
from datetime import UTC, datetime
from samhandling.carriers.ebxml_smtp.collecting import collect
from samhandling.exchange.models import Message
from samhandling.jobs.worker import run_due
exec(SEND, {"count": count})
began, own = time.perf_counter(), time.process_time()
while True:
    run_due(datetime.now(UTC))
    if not collect(datetime.now(UTC)):
        break
run_due(datetime.now(UTC))
result = [count / (time.perf_counter() - began), count / (time.process_time() - own)]
assert Message.objects.filter(direction="out", state="received").count() >= count
"""

GARBAGE_IN = """
import time
from datetime import UTC, datetime
from samhandling.carriers.ebxml_smtp.collecting import collect
from samhandling.carriers.models import SetAside
began = time.perf_counter()
while collect(datetime.now(UTC)):
    pass
result = [time.perf_counter() - began, SetAside.objects.count()]
"""

LARGE = """
import resource, time
from datetime import UTC, datetime
from uuid import uuid4
from samhandling.carriers.ebxml import knowing, outgoing
from samhandling.carriers.ebxml_smtp.carrier import EbxmlSmtpCarrier
from samhandling.carriers.ebxml_smtp.collecting import collect
from samhandling.exchange.ports import Envelope
from samhandling.exchange.models import Arrival
now = datetime.now(UTC)
knowing.known(now)
def go(data):
    sent = Envelope(transport_id=uuid4(), sender_her="8001", receiver_her="8101", service="S-LOG_INNLAGT",
                    action="LOG_INNLAGT", msg_id="m", data=data)
    EbxmlSmtpCarrier().hand_over(sent, now=now)
def peak():
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
def held():
    line = next(one for one in open("/proc/self/status") if one.startswith("VmRSS"))
    return int(line.split()[1]) / 1024
if what == "out":
    go(b"<MsgHead/>")
before = held()
data = b"<MsgHead>" + b"QUJD" * 6_000_000 + b"</MsgHead>" if what == "out" else b""
if what == "out":
    began = time.perf_counter()
    go(data)
else:
    began = time.perf_counter()
    collect(now)
result = [time.perf_counter() - began, peak() - before, Arrival.objects.count()]
"""


def run() -> list[Result]:
    """All figures."""
    store = "PostgreSQL" if on_postgres() else "SQLite"
    server = MailServer()
    server.start()
    with tempfile.TemporaryDirectory() as folder, nodes(Path(folder)) as made:
        keys = _keys(Path(folder))
        out, came = _node(made, keys, server).python(OUT_AND_IN, count=COUNT, SEND=SEND)
        server.mailbox.clear()
        exchanges = _node(made, keys, server).python(EXCHANGES, count=COUNT, SEND=SEND)
        server.mailbox.clear()
        node = _node(made, keys, server)
        for number in range(GARBAGE):
            server.put(b"Subject: offer %d\r\nFrom: a@b.no\r\n\r\nbuy\r\n" % number)
        garbage, aside = node.python(GARBAGE_IN)
        assert aside == GARBAGE
        large = _node(made, keys, server)
        seconds, memory, _ = large.python(LARGE, what="out")
        mail = max(len(one) for one in server.mailbox.values()) / 1024 / 1024
        server.mailbox = {1: max(server.mailbox.values(), key=len)}
        seconds_in, memory_in, arrivals = large.python(LARGE, what="in")
        assert arrivals == 1, "the large one is in"
    server.stop()
    return [
        Result(f"out: composed, signed, stored ({store})", out[0], "/s", goal=250, note=_own(out)),
        Result(f"in: judged, stored, signed acknowledgment ({store})", came[0], "/s", goal=150, note=_own(came)),
        Result(f"complete exchanges, both ends ({store})", exchanges[0], "/s", goal=60, note=_own(exchanges)),
        Result(f"10,000 garbage mails ({store})", garbage, "s", goal=60, lower_is_better=True),
        Result(f"18 MB out, of a mail of {mail:.0f} MB", seconds, "s", lower_is_better=True),
        Result("18 MB out: extra memory, of the mail's size", memory / mail, "times", goal=4, lower_is_better=True),
        Result("18 MB in", seconds_in, "s", lower_is_better=True),
        Result("18 MB in: extra memory, of the mail's size", memory_in / mail, "times", goal=4, lower_is_better=True),
    ]


def _own(figures: list[float]) -> str:
    return f"{figures[1]:.0f}/s of the process's own time"


def _node(made, keys: Path, server: MailServer) -> Node:
    mailbox = {
        "smtp_port": server.smtp_port, "smtp_starttls": False, "user": "node",
        "fetch_port": server.pop3_port, "fetch_tls": False,
    }  # fmt: skip
    ebxml = json.dumps({"transport": str(keys), "mailbox": mailbox})
    node: Node = made.make(environment={"SAMHANDLING_EBXML": ebxml, "SAMHANDLING_LOG_LEVEL": "error"})
    node.python(WORLD, host="both")
    node.python(PARTIES)
    return node


def _keys(folder: Path) -> Path:
    made = pki.make(datetime.now(UTC))
    (folder / "issuers.pem").write_bytes(made.root.certificate_pem() + made.issuer.certificate_pem())
    for held, name in ((made.root, "root.crl"), (made.issuer, "issuer.crl")):
        (folder / name).write_bytes(made.crl(by=held).public_bytes(Encoding.DER))
    named = []
    for her_id, number in (HOSPITAL, MUNICIPALITY):
        for use in Use:
            held = made.issue(f"Prøve {her_id}", number, use)
            (folder / f"{her_id}-{use.value}.pem").write_bytes(held.certificate_pem() + held.key_pem())
            named.append({"her_id": her_id, "use": use.value, "file": f"{her_id}-{use.value}.pem"})
    table = {"issuers": ["issuers.pem"], "crls": ["root.crl", "issuer.crl"], "certificate": named, "key": named}
    path = folder / "transport.toml"
    path.write_text(tomli_w.dumps({"transport": table}))
    return path
