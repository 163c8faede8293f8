"""Attachments of a message that is being written: kept sealed with the draft, refused, removed, sent, carried on."""

from __future__ import annotations

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from samhandling.exchange import originals
from samhandling.exchange.models import Message
from samhandling.jobs.worker import run_due
from samhandling.messages import engine
from samhandling.messages.facts import facts as read_facts
from samhandling.messages.facts.values import Facts
from samhandling.stays import events
from samhandling.stays.models import Stay
from samhandling.stays.services import register
from samhandling.writing.models import DraftFile, DraftFilePiece
from tests.store.people import logged_in
from tests.store.small_world import NOW, SmallWorld, admit, build

pytestmark = pytest.mark.django_db
PDF = b"%PDF-1.7 " + b"Hemmelig funn. " * 100_000
JPEG = b"\xff\xd8\xff\xe0" + bytes(50)
EARLY = {
    "patient_status": "Innlagt etter fall.",
    "expected_course": "Hjem med hjelp.",
    "expected_ready_on": "20.11.2026",
    "phone": "69860000",
}


@pytest.fixture
def world() -> SmallWorld:
    return build()


@pytest.fixture
def stay(world: SmallWorld) -> Stay:
    found = admit(world)
    for event in (events.MunicipalUserSet(at=NOW, value=True), events.NeedAssessed(at=NOW, value=True)):
        register(found, event, user=world.nurse, now=NOW)
    run_due(NOW, strict=True)
    return found


def uploaded(name: str, content: bytes) -> SimpleUploadedFile:
    return SimpleUploadedFile(name, content, content_type="application/octet-stream")


class Form:
    """A form as a browser without script sends it."""

    def __init__(self, user, path: str) -> None:
        self.client, self.path = logged_in(user), path

    def body(self) -> str:
        return self.client.get(self.path).content.decode()

    def post(self, fields: dict[str, str], *files: SimpleUploadedFile, **button: str):
        version = self.body().partition('name="version" value="')[2].partition('"')[0]
        data = {**fields, **{name.replace("_", "-"): value for name, value in button.items()}, "version": version}
        return self.client.post(self.path, {**data, "vedlegg": list(files)})


def early(world: SmallWorld, stay: Stay) -> Form:
    return Form(world.nurse, f"/skriv/opphold/{stay.pk}/tidligmelding/")


def sent(stay: Stay) -> Facts:
    message = Message.objects.filter(organisation=stay.organisation, type="HELSEOPPL_SOKNAD").last()
    found = read_facts(engine.read(originals.read(message.original)))
    assert found is not None
    return found


def test_a_file_is_kept_sealed_in_small_pieces_and_goes_with_the_message(world: SmallWorld, stay: Stay) -> None:
    form = early(world, stay)
    answer = form.post({"patient_status": "Halvferdig"}, uploaded("Røntgen 12.pdf", PDF), legg_ved="1")
    assert answer["Location"].endswith("/tidligmelding/#vedlegg")
    # As after a log-out: another session of the same person.
    body = early(world, stay).body()
    assert "Røntgen 12" in body
    assert "PDF · 1,5 MB" in body
    assert "Halvferdig" in body
    pieces = list(DraftFilePiece.objects.values_list("sealed", flat=True))
    assert len(pieces) == 2
    assert all(len(piece) <= 1_000_000 and b"Hemmelig" not in bytes(piece) for piece in pieces)
    assert b"ntgen" not in bytes(DraftFile.objects.get().sealed_name)
    opened = form.client.get(f"{form.path}vedlegg/1/")
    assert b"".join(opened.streaming_content) == PDF
    assert opened["Content-Security-Policy"] == "default-src 'none'; sandbox"
    assert form.post(EARLY, videre="1")["Location"].endswith("/se-over/")
    preview = form.client.get(f"{form.path}se-over/").content.decode()
    assert "Røntgen 12" in preview
    version = preview.partition('name="version" value="')[2].partition('"')[0]
    form.client.post(f"{form.path}se-over/", {"version": version})
    assert [(a.description, a.mime_type, a.size) for a in sent(stay).attachments] == [
        ("Røntgen 12", "application/pdf", len(PDF))
    ]
    assert not DraftFile.objects.exists()
    assert not DraftFilePiece.objects.exists()


def test_a_file_chosen_and_not_added_by_its_button_goes_along_too(world: SmallWorld, stay: Stay) -> None:
    form = early(world, stay)
    form.post(EARLY, uploaded("Bilde.jpg", JPEG), uploaded("To.jpg", JPEG), videre="1")
    assert [row.media_type for row in DraftFile.objects.all()] == ["image/jpeg", "image/jpeg"]
    form.post(EARLY, uploaded("Tre.jpg", JPEG), **{"legg-til": "contacts"})
    assert DraftFile.objects.count() == 3


@pytest.mark.parametrize(
    ("name", "content", "words"),
    [
        ("Brev.docx", b"PK\x03\x04" + bytes(50), "Brev kan ikke sendes. Vedlegg må være PDF, JPEG eller PNG."),
        ("Brev.pdf", b"MZ" + bytes(50), "Brev kan ikke sendes."),
        ("Tom.pdf", b"", "Tom er tom."),
        ("Stor.pdf", b"%PDF-1.7" + bytes(20_000_000), "Stor er for stor. Vedleggene kan være 20 MB til sammen."),
    ],
)
def test_what_may_not_go_is_refused_and_the_text_is_kept(
    world: SmallWorld, stay: Stay, name: str, content: bytes, words: str
) -> None:
    form = early(world, stay)
    answer = form.post({"patient_status": "Halvferdig"}, uploaded(name, content), legg_ved="1")
    assert answer.status_code == 422
    assert words in answer.content.decode()
    assert not DraftFile.objects.exists()
    assert "Halvferdig" in form.body()


def test_a_large_one_is_warned_of_and_a_button_removes_it(world: SmallWorld, stay: Stay) -> None:
    form = early(world, stay)
    form.post({}, uploaded("Kjempestor.pdf", b"%PDF-1.7" + bytes(8_000_000)), uploaded("Liten.jpg", JPEG), legg_ved="1")
    assert "Meldingen blir større enn 10 MB." in form.body()
    form.post({}, fjern_vedlegg="1")
    body = form.body()
    assert "Meldingen blir større enn 10 MB." not in body
    assert "Liten" in body
    assert "Kjempestor" not in body
    form.client.post(f"{form.path}forkast/")
    assert not DraftFilePiece.objects.exists()


def test_a_change_starts_with_the_attachments_of_the_last_version(world: SmallWorld, stay: Stay) -> None:
    form = early(world, stay)
    form.post(EARLY, uploaded("Bilde.jpg", JPEG), videre="1")
    form.client.post(f"{form.path}se-over/", {"version": "1"})
    assert len(sent(stay).attachments) == 1
    change = Form(world.nurse, f"/skriv/opphold/{stay.pk}/endringsmelding/")
    assert "Bilde" in change.body()
    unchanged = change.post({**EARLY, "change": "Vedlegg"}, videre="1")
    assert "Ingenting er endret siden forrige versjon." in unchanged.content.decode()
    change.post({**EARLY, "change": "Vedlegg"}, uploaded("Nytt.jpg", JPEG), videre="1")
    preview = change.client.get(f"{change.path}se-over/").content.decode()
    assert "Endret siden forrige versjon: <strong>Vedlegg</strong>" in preview
    change.client.post(
        f"{change.path}se-over/", {"version": preview.partition('version" value="')[2].partition('"')[0]}
    )
    assert [a.description for a in sent(stay).attachments] == ["Bilde", "Nytt"]


def test_nobody_else_opens_the_files_of_a_draft(world: SmallWorld, stay: Stay) -> None:
    form = early(world, stay)
    form.post({}, uploaded("Bilde.jpg", JPEG), legg_ved="1")
    address = f"{form.path}vedlegg/1/"
    assert logged_in(world.surgeon_nurse).get(address).status_code == 404
    assert logged_in(world.case_handler).get(address).status_code in (403, 404)
    assert form.client.get(f"{form.path}vedlegg/2/").status_code == 404


def test_nobody_uploads_before_the_log_in(client) -> None:
    answer = client.post("/inn/", {"username": "kari", "vedlegg": uploaded("Stor.pdf", PDF)})
    assert answer.wsgi_request.FILES == {}
