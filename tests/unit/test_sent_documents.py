"""What every document that we write has in common, asked of each sample in each version (SEND-30 to SEND-64)."""

from __future__ import annotations

import re
from functools import cache
from uuid import UUID

import pytest
from lxml import etree

from samhandling.messages import codes
from samhandling.messages.codes.elements import lists_of
from tests.samples import all_samples, built

SAMPLES = all_samples()
EVERY = pytest.mark.parametrize(("name", "version"), SAMPLES)
LOGISTICS = [sample for sample in SAMPLES if sample[0].startswith("LOG_")]
HEALTH = {"Journaltekst", "MedisinskDiagnose", "Cave", "Allerginotat", "Legemiddelinfo"}
HEALTH |= {"MedisinskfagligeOpplysninger", "Sykepleierdokumentasjon", "KartlagtFunksjon"}


@cache
def tree(name: str, version: str) -> etree._Element:
    composed = built(name, version)
    assert composed.errors == ()
    assert (
        composed.data.startswith(b"<?xml version='1.0' encoding='UTF-8'?>") or b'encoding="UTF-8"' in composed.data[:60]
    )
    return etree.fromstring(composed.data)


def local(element: etree._Element) -> str:
    return etree.QName(element).localname


def one(root: etree._Element, path: str) -> etree._Element:
    found = root.findall("/".join(f"{{*}}{step}" for step in path.split("/")))
    assert len(found) == 1, path
    return found[0]


@EVERY
def test_the_head_is_whole(name: str, version: str) -> None:
    root = tree(name, version)
    assert codes.known("8279", one(root, "MsgInfo/Type").get("V"))
    assert one(root, "MsgInfo/MIGversion").text == "v1.2 2006-05-24"
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(Z|[+-]\d\d:\d\d)?", one(root, "MsgInfo/GenDate").text)
    assert UUID(one(root, "MsgInfo/MsgId").text)
    for party in ("Sender", "Receiver"):
        for level in (f"MsgInfo/{party}/Organisation", f"MsgInfo/{party}/Organisation/Organisation"):
            if level.count("Organisation") == 2 and not root.findall(
                f"{{*}}MsgInfo/{{*}}{party}/{{*}}Organisation/{{*}}Organisation"
            ):
                level = f"MsgInfo/{party}/Organisation/HealthcareProfessional"
            kinds = [kind.get("V") for kind in one(root, level).findall("{*}Ident/{*}TypeId")]
            assert kinds[0] == "HER", level
    patient = one(root, "MsgInfo/Patient")
    assert patient.findtext("{*}FamilyName")
    assert patient.findtext("{*}GivenName")
    assert patient.findtext("{*}Ident/{*}Id")


@EVERY
def test_the_message_is_the_first_document(name: str, version: str) -> None:
    first = tree(name, version).findall("{*}Document")[0]
    assert first.find("{*}RefDoc/{*}MsgType").get("V") == "XML"
    assert len(first.find("{*}RefDoc/{*}Content")) == 1


@EVERY
def test_nothing_stands_empty(name: str, version: str) -> None:
    empty = [
        local(e) for e in tree(name, version).iter("{*}*") if not len(e) and not e.attrib and not (e.text or "").strip()
    ]
    assert empty == []


@EVERY
def test_every_code_is_of_its_list_and_has_its_text(name: str, version: str) -> None:
    wrong = []
    for element in tree(name, version).iter("{*}*"):
        value, text, oid = element.get("V"), element.get("DN"), element.get("S")
        if oid is not None and not (value and text):
            wrong.append((local(element), "a list without value and text"))
        if value is None or (text is None and oid is None):
            continue
        lists = (oid,) if oid else lists_of(local(element.getparent()), local(element))
        if lists and all(codes.surely_unknown(each, value) for each in lists):
            wrong.append((local(element), value))
        if not text:
            wrong.append((local(element), "no text"))
    assert wrong == []


@EVERY
def test_every_id_says_its_kind(name: str, version: str) -> None:
    for ident in tree(name, version).iter("{*}Ident"):
        assert ident.find("{*}TypeId").get("V")
        assert ident.find("{*}TypeId").get("S")


@EVERY
def test_somebody_can_be_telephoned_and_every_professional_has_a_profession(name: str, version: str) -> None:
    content = tree(name, version).find("{*}Document/{*}RefDoc/{*}Content")
    numbers = [t.get("V") for t in content.iter("{*}TeleAddress")]
    assert any(number.startswith("tel:") for number in numbers)
    for person in content.iter("{*}AnsvarligRapport", "{*}Kontaktperson"):
        assert person.find("{*}TypeHealthcareProfessional") is not None


@pytest.mark.parametrize(("name", "version"), LOGISTICS)
def test_logistics_tell_nothing_of_health(name: str, version: str) -> None:
    found = {local(element) for element in tree(name, version).iter("{*}*")}
    assert not found & HEALTH


def test_reports_do_tell_of_health() -> None:
    """So that the names above are those of the standard."""
    reports = [tree(name, version) for name, version in SAMPLES if not name.startswith("LOG_")]
    assert {local(element) for root in reports for element in root.iter("{*}*")} >= HEALTH
