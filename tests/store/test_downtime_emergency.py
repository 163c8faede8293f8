"""The print-outs for emergencies: encrypted, complete, and readable without the node."""

from __future__ import annotations

import subprocess
from datetime import date, timedelta
from pathlib import Path

import pytest
from django.urls import reverse

from samhandling.configuration import configuration
from samhandling.downtime import emergency
from samhandling.downtime.models import EmergencyPrint
from samhandling.registry.models import ContactGroup, ContactGroupMember
from tests.store import small_world
from tests.store.small_world import NOW, SmallWorld, build
from tests.store.test_desks import is_ready, is_user
from tests.store.test_downtime_pages import client_of, text_of

pytestmark = pytest.mark.django_db

PHRASE = "blåbær og kaffe"


@pytest.fixture
def world() -> SmallWorld:
    return build()


@pytest.fixture
def ready(world: SmallWorld) -> SmallWorld:
    stay = small_world.admit(world)
    is_user(stay, world.nurse)
    is_ready(stay, world.nurse)
    emergency.set_pass_phrase(world.medicine, PHRASE, user=world.responsible, now=NOW)
    return world


def read(path: Path, phrase: str) -> subprocess.CompletedProcess[str]:
    """What poppler's reader makes of the file."""
    words = ["pdftotext", "-layout", "-upw", phrase, str(path), "-"]
    return subprocess.run(words, capture_output=True, text=True, check=False)


def test_any_reader_opens_it_with_the_wards_pass_phrase(ready: SmallWorld, tmp_path: Path) -> None:
    path = emergency.write(ready.medicine, tmp_path, NOW)
    shown = read(path, PHRASE)
    assert shown.returncode == 0, shown.stderr
    for part in ("Nødrutiner", "Testine", "14.03.1942", "tskrivningsklar", "Storvik kommune",
                 "Koordinatortelefon", "Skjema 1", "SYNTETISK"):  # fmt: skip
        assert part in shown.stdout, part
    told = subprocess.run(["pdfinfo", "-upw", PHRASE, str(path)], capture_output=True, text=True, check=True).stdout
    assert "algorithm:AES-256" in told


def test_it_tells_when_phones_are_staffed_in_words_and_whom_to_call_here(ready: SmallWorld, tmp_path: Path) -> None:
    group = ContactGroup.objects.create(organisation=ready.hospital, name="PLO Ressurspersoner", email="")
    ContactGroupMember.objects.create(group=group, role="PLO-ressurs", name="Kirurgi", mobile="60 00 11 22")
    ContactGroupMember.objects.create(group=group, role="Sluttet", mobile="60 00 11 33", valid_to=date(2026, 1, 1))
    path = tmp_path / "post.pdf"
    path.write_bytes(emergency.document(ready.medicine, NOW))
    shown = read(path, PHRASE).stdout
    assert "60 00 11 22" in shown
    assert "60 00 11 33" not in shown
    assert "workdays" not in shown


def test_nobody_opens_it_without(ready: SmallWorld, tmp_path: Path) -> None:
    path = emergency.write(ready.medicine, tmp_path, NOW)
    assert read(path, "gjettet").returncode != 0
    assert read(path, "").returncode != 0
    content = path.read_bytes()
    assert b"Testine" not in content
    assert path.stat().st_mode & 0o077 == 0


def test_another_wards_patient_is_not_in_it(ready: SmallWorld, tmp_path: Path) -> None:
    emergency.set_pass_phrase(ready.surgery, PHRASE, user=ready.responsible, now=NOW)
    shown = read(emergency.write(ready.surgery, tmp_path, NOW), PHRASE).stdout
    assert "Testine" not in shown
    assert "Ingen pasienter" in shown


def test_the_last_three_are_kept(ready: SmallWorld, tmp_path: Path) -> None:
    for hour in range(5):
        emergency.write(ready.medicine, tmp_path, NOW + timedelta(hours=hour))
    kept = sorted(path.name for path in tmp_path.iterdir())
    assert len(kept) == emergency.KEPT
    assert all("-14" in name or "-13" in name or "-12" in name for name in kept), kept


def test_it_is_made_anew_on_schedule(ready: SmallWorld, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert emergency.print_now() == 0, "no folder is set"
    monkeypatch.setattr(configuration(), "emergency_folder", tmp_path)
    assert emergency.print_now() == 1
    assert emergency.print_now() == 0
    EmergencyPrint.objects.update(made_at=NOW - timedelta(hours=5))
    assert emergency.print_now() == 1


def test_the_message_responsible_sets_the_pass_phrase_and_prints(world: SmallWorld, tmp_path: Path) -> None:
    client = client_of(world.responsible)
    page = client.get(reverse("downtime:prints"))
    assert "sett passord først" in text_of(page)
    address = reverse("downtime:pass-phrase", args=[world.medicine.pk])
    assert "for kort" in text_of(client.post(address, {"phrase": "kort"}, follow=True))
    assert "Passordet er satt" in text_of(client.post(address, {"phrase": PHRASE}, follow=True))
    done = client.post(reverse("downtime:print", args=[world.medicine.pk]))
    assert done["Content-Type"] == "application/pdf"
    path = tmp_path / "out.pdf"
    path.write_bytes(done.content)
    assert "Nødrutiner" in read(path, PHRASE).stdout
    assert client_of(world.nurse).get(reverse("downtime:prints")).status_code == 403
    refused = client.post(reverse("downtime:print", args=[world.surgery.pk]), follow=True)
    assert "ikke noe passord" in text_of(refused)
