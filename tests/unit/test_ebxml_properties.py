"""For any content: what is packed comes out the same; whatever is changed in a signed message is noticed."""

from __future__ import annotations

import gzip

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from samhandling.ebxml import mime
from samhandling.ebxml.certificates import Use
from samhandling.ebxml.checklist import Outcome, run
from samhandling.ebxml.encryption import encrypt
from samhandling.ebxml.packing import Payload, pack
from tests.ebxml_world import HOSPITAL, MUNICIPALITY, NOW, held, routing
from tests.unit.test_ebxml_checklist import known, mailed, swap_envelope

TEXT = st.text(
    st.characters(exclude_categories=("Cs",), exclude_characters="".join(map(chr, range(32)))), min_size=1, max_size=40
).filter(lambda text: text.strip() == text)
DOCUMENTS = st.binary(max_size=3000).map(lambda data: b"<a>" + data)


@settings(max_examples=60, suppress_health_check=[HealthCheck.too_slow])
@given(documents=st.lists(DOCUMENTS, min_size=1, max_size=4), zipped=st.booleans(), conversation=TEXT, role=TEXT)
def test_pack_check_unpack_is_identity(documents, zipped, conversation, role):
    certificate = held(MUNICIPALITY, Use.ENCRYPTION).certificate
    payloads = tuple(
        Payload(encrypt(gzip.compress(one) if zipped else one, certificate), description="x") for one in documents
    )
    made = pack(routing(conversation_id=conversation, sender_role=role), payloads, held(HOSPITAL, Use.SIGNING).signer)
    checked = run(mailed(made.content), known(), NOW)
    assert (checked.answer, checked.signature) == (Outcome.ACKNOWLEDGMENT, "valid"), checked.findings
    assert [data for _, data in checked.documents] == documents
    assert checked.envelope.header.conversation_id == conversation
    assert checked.envelope.header.sender.role == role


ONE = pack(
    routing(),
    (Payload(encrypt(b"<a>content</a>", held(MUNICIPALITY, Use.ENCRYPTION).certificate)),),
    held(HOSPITAL, Use.SIGNING).signer,
)
PARTS = mime.read(ONE.content)
SIGNED_END = ONE.envelope.index(b"<ds:Signature ")
AFTER = ONE.envelope.index(b"</ds:Signature>") + len(b"</ds:Signature>")


@settings(max_examples=400)
@given(place=st.integers(0, len(ONE.envelope) - 1), byte=st.integers(0, 255))
def test_any_changed_byte_of_the_envelope_is_noticed(place, byte):
    """Outside the signature nothing may change; inside it what is no letter of the base64 may."""
    changed = ONE.envelope[:place] + bytes([byte]) + ONE.envelope[place + 1 :]
    checked = run(mailed(swap_envelope(ONE.content, changed)), known(), NOW)
    if changed == ONE.envelope:
        assert checked.answer is Outcome.ACKNOWLEDGMENT
    elif SIGNED_END <= place < AFTER or not ONE.envelope[place : place + 1].strip():
        taken = checked.answer is Outcome.ACKNOWLEDGMENT
        assert not taken or checked.certificate == held(HOSPITAL, Use.SIGNING).certificate
    elif place >= ONE.envelope.index(b"<SOAP:Envelope"):
        same = checked.signature == "valid" and checked.answer is Outcome.ACKNOWLEDGMENT
        # A blank between attributes and the kind of quotes are no part of the canonical form.
        assert not same or changed[place : place + 1] in b" \t\r\n'\""


@settings(max_examples=200)
@given(place=st.integers(0, len(PARTS.attachments[0].data) - 1), bit=st.integers(0, 7))
def test_any_changed_bit_of_a_payload_is_noticed(place, bit):
    data = bytearray(PARTS.attachments[0].data)
    data[place] ^= 1 << bit
    headers = PARTS.attachments[0].headers.lines[:2]
    old = mime.write_part(headers, PARTS.attachments[0].data)
    assert old in ONE.content
    checked = run(mailed(ONE.content.replace(old, mime.write_part(headers, bytes(data)))), known(), NOW)
    assert (checked.answer, checked.signature, checked.documents) == (Outcome.ERROR, "invalid", ())


@settings(max_examples=150)
@given(data=st.binary(max_size=4000), cut=st.integers(0, len(ONE.content)))
def test_whatever_comes_gets_an_answer_and_no_exception(data, cut):
    for mail in (data, mailed(ONE.content[:cut] + data), mailed(swap_envelope(ONE.content, data))):
        assert run(mail, known(), NOW).answer in set(Outcome)
