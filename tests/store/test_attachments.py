"""Attachments on the page of a message: marked, opened safely by those who may, logged, never a crash."""

from __future__ import annotations

import base64

import pytest

from samhandling.access.models import AuditEntry
from samhandling.exchange import originals
from samhandling.exchange.models import Message, Receipt
from samhandling.exchange.services import Draft, arrive, send
from samhandling.jobs.worker import run_due
from samhandling.registry.models import ReceptionSetting
from tests.store.people import logged_in, say_why
from tests.store.small_world import NOW, SmallWorld, build, patient

pytestmark = pytest.mark.django_db
PNG = b"\x89PNG\r\n\x1a\n" + bytes(400)
REQUEST = {
    "asked_by": "9154",
    "request_type": "1",
    "question": "Se vedlagt bilde.",
    "responsible": {"family_name": "Vik", "given_name": "Kari", "profession": "SP", "phone": "69860000"},
    "attachments": [
        {"name": "Sår på hælen", "mime_type": "image/png", "content": base64.b64encode(PNG).decode()},
        {"name": "Notat", "mime_type": "application/pdf", "content": base64.b64encode(b"%PDF-1.7 hei").decode()},
    ],
}


@pytest.fixture
def world() -> SmallWorld:
    return build()


def asked(world: SmallWorld, change: tuple[bytes, bytes] | None = None) -> Message:
    """A request with attachments as the municipality received it, perhaps with something else in its bytes."""
    draft = Draft(
        organisation=world.hospital, message_type="DIALOG_FORESPORSEL", patient=patient(world), values=REQUEST,
        municipality=world.municipality, event_at=NOW,
    )  # fmt: skip
    outcome = send(draft, now=NOW)
    assert outcome.message is not None, outcome.findings
    run_due(NOW, strict=True)
    received = Message.objects.get(organisation=world.municipality, direction="in")
    if change is None:
        return received
    data = originals.read(received.original).replace(*change)
    data = data.replace(received.msg_id_written.encode(), b"0b7c1c62-77b5-4a50-8f3e-6a4e9a1f7c22")
    arrive(data, carrier="loopback", transport_key="again", now=NOW, sender_her="", receiver_her=received.own_her)
    run_due(NOW, strict=True)
    return Message.objects.filter(organisation=world.municipality, direction="in").exclude(pk=received.pk).get()


def test_each_is_marked_with_name_kind_and_size_and_opens_by_what_it_is(world: SmallWorld) -> None:
    message = asked(world)
    client = logged_in(world.case_handler)
    body = client.get(f"/melding/{message.pk}/").content.decode()
    assert "Sår på hælen" in body
    assert "Bilde · 1 kB" in body
    assert "PDF · 1 kB" in body
    shown = client.get(f"/melding/{message.pk}/vedlegg/1/")
    assert b"".join(shown.streaming_content) == PNG
    assert shown.headers["Content-Type"] == "image/png"
    assert shown.headers["Content-Disposition"] == f'inline; filename="vedlegg-{message.pk}-1.png"'
    assert shown.headers["Content-Security-Policy"] == "default-src 'none'; sandbox"
    assert shown.headers["X-Content-Type-Options"] == "nosniff"
    assert "no-store" in shown.headers["Cache-Control"]
    entry = AuditEntry.objects.get(action="message.attachment")
    assert (entry.subject, entry.patient_id) == (f"message:{message.pk}:1", message.patient_id)


def test_what_the_sender_calls_an_image_and_is_a_page_is_shown_as_text(world: SmallWorld) -> None:
    hostile = base64.b64encode(b"<script>alert(1)</script>")
    message = asked(world, (base64.b64encode(PNG), hostile))
    answer = logged_in(world.case_handler).get(f"/melding/{message.pk}/vedlegg/1/")
    assert answer.headers["Content-Type"] == "text/plain; charset=utf-8"
    assert "sandbox" in answer.headers["Content-Security-Policy"]


@pytest.mark.parametrize(
    ("broken", "words"),
    [(b"iVBOR*w0KG", "Kan ikke leses. Be avsenderen sende det på nytt."), (b"TVqQ" * 4, "Et program.")],
)
def test_what_cannot_be_read_or_must_not_be_opened_is_said(world: SmallWorld, broken: bytes, words: str) -> None:
    message = asked(world, (base64.b64encode(PNG), broken))
    client = logged_in(world.case_handler)
    body = client.get(f"/melding/{message.pk}/").content.decode()
    assert words in body
    assert "PDF · 1 kB" in body
    assert client.get(f"/melding/{message.pk}/vedlegg/1/").status_code == 404
    assert client.get(f"/melding/{message.pk}/vedlegg/2/").status_code == 200


def test_only_those_who_may_open_the_message_open_its_attachments(world: SmallWorld) -> None:
    message = asked(world)
    for user in (world.nurse, world.responsible):
        assert logged_in(user).get(f"/melding/{message.pk}/vedlegg/1/").status_code == 404
    sent = Message.objects.get(organisation=world.hospital, direction="out")
    responsible = logged_in(world.responsible)
    say_why(responsible, f"message:{sent.pk}")
    assert responsible.get(f"/melding/{sent.pk}/vedlegg/2/").status_code == 200
    assert logged_in(world.surgeon_nurse).get(f"/melding/{sent.pk}/vedlegg/2/").status_code == 404
    metadata = logged_in(world.responsible).get(f"/melding/{sent.pk}/").content.decode()
    assert "Meldingen har vedlegg." in metadata
    assert "Sår på hælen" not in metadata
    assert "Vedlegg" in logged_in(world.responsible).get("/meldinger/").content.decode()
    originals.remove(message.original, now=NOW)
    assert logged_in(world.case_handler).get(f"/melding/{message.pk}/vedlegg/1/").status_code == 410


def test_a_copy_to_one_of_our_services_is_said_whoever_the_message_is_to(world: SmallWorld) -> None:
    for copies, said in (((), False), (("98310702",), True)):
        draft = Draft(
            organisation=world.hospital, message_type="DIALOG_FORESPORSEL", patient=patient(world), values=REQUEST,
            municipality=world.municipality, copy_hers=copies, event_at=NOW,
        )  # fmt: skip
        outcome = send(draft, now=NOW)
        assert outcome.message is not None, outcome.findings
        run_due(NOW, strict=True)
        received = Message.objects.get(organisation=world.municipality, msg_id=outcome.message.msg_id)
        body = logged_in(world.case_handler).get(f"/melding/{received.pk}/").content.decode()
        assert ("Vi er kopimottaker av denne meldingen." in body) == said


def test_an_organisation_may_take_agreed_formats_only(world: SmallWorld) -> None:
    """T99: by what the document says; without the setting everything is taken."""
    ReceptionSetting.objects.create(organisation=world.municipality, attachment_formats=["application/pdf"])
    assert asked(world).state == "rejected_by_us"
    receipt = Receipt.objects.get(organisation=world.municipality, direction="out")
    [error] = receipt.errors
    assert error["code"] == "T99"
    assert "Vedlegg i formatet image/png kan ikke tas imot." in error.values()
