"""Reading: what is found, where, and that nothing in the bytes stops it."""

from __future__ import annotations

import pytest

from samhandling.messages import engine
from samhandling.messages.model import hodemelding as mh
from samhandling.messages.model import pasientlogistikk_16
from tests.unit.messages_samples import message

GOOD = engine.build(message())
HEAD = b'<MsgHead xmlns="http://www.kith.no/xmlstds/msghead/2006-05-24">'


def codes(data: bytes) -> list[str]:
    return [problem.code for problem in engine.read(data).problems]


def changed(old: bytes, new: bytes) -> engine.Reading:
    assert old in GOOD
    return engine.read(GOOD.replace(old, new, 1))


def test_it_works() -> None:
    reading = engine.read(GOOD)
    assert reading.valid
    assert reading.problems == ()
    assert (reading.standard, reading.version, reading.type) == ("plo", "1.6", "LOG_INNLAGT")
    assert reading.root == ("http://www.kith.no/xmlstds/msghead/2006-05-24", "MsgHead")
    assert isinstance(reading.document, mh.MsgHead)
    assert reading.document.MsgInfo.Sender.Organisation.Organisation is not None
    assert reading.document.MsgInfo.Sender.Organisation.Organisation.Ident[0].Id == "101"
    payload = mh.payload(reading.document)
    assert isinstance(payload, pasientlogistikk_16.Pasientlogistikk)
    assert payload.MeldingInnlagtPasient is not None
    assert payload.MeldingInnlagtPasient.TidsfestetHendelse.Anslag == "false"


def test_a_missing_element_is_named_with_path_and_line() -> None:
    reading = engine.read(GOOD.replace(b"<Ident>", b"\n<Ident>").replace(b"<Id>201</Id>", b""))
    (problem,) = reading.problems
    assert problem.code == "element.missing"
    assert problem.path == "/MsgHead/MsgInfo/Receiver/Organisation/Organisation/Ident/TypeId"
    assert problem.line == 6
    assert problem.text == "Id mangler foran TypeId."
    assert reading.document is None
    assert not reading.valid
    assert reading.tree is not None


def test_several_siblings_are_numbered() -> None:
    twice = b"<Ident><Id>1</Id><TypeId/></Ident><Ident><TypeId/></Ident>"
    (problem,) = changed(b"</OrganisationName><Ident>", b"</OrganisationName>" + twice + b"<Ident>").problems
    assert problem.path == "/MsgHead/MsgInfo/Sender/Organisation/Ident[2]/TypeId"


def test_every_fault_is_found_at_once() -> None:
    bad = GOOD.replace(b"1950-01-02", b"1950-02-30").replace(
        b"<Anslag>" if b"<Anslag>" in GOOD else b":Anslag>", b":Anslag>"
    )
    bad = bad.replace(b'V="2"', b'X="2"').replace(b">false<", b">nei<")
    assert codes(bad) == ["value.wrong", "attribute.unknown", "value.wrong"]


@pytest.mark.parametrize(
    ("old", "new", "code"),
    [
        (b"v1.2 2006-05-24", b"v1.2", "value.fixed"),
        (b"<MsgId>", b"<Ukjent/><MsgId>", "element.unknown"),
        (b"<GivenName>", b"<GivenName/><GivenName>", "element.order"),
        (b"<Patient>", b"<Patient>tekst", "text.unexpected"),
        (b"<FamilyName>", b"<FamilyName><b/>", "element.unexpected"),
        (b"<FamilyName>", b'<FamilyName xml:lang="no">', "attribute.unknown"),
        (b"<Sender>", b'<Sender xmlns:x="http://www.w3.org/2001/XMLSchema-instance" x:nil="true">', "nil.not_allowed"),
        (b"<Sender>", b'<Sender xmlns:x="http://www.w3.org/2001/XMLSchema-instance" x:type="y">', "type.not_allowed"),
        (b'<Sex V="2"/>', b'<Sex V="2"> </Sex>', "text.unexpected"),
        (b"<Content>", b'<Content><a xmlns="urn:ukjent"/>', "payload.unknown"),
        (b"<Content>", b'<Content><Id xmlns="http://www.w3.org/2000/09/xmldsig#"/>', "payload.unknown"),
    ],
)
def test_each_kind_of_fault_has_its_code(old: bytes, new: bytes, code: str) -> None:
    reading = changed(old, new)
    assert [problem.code for problem in reading.problems] == [code]
    assert not reading.valid


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (b"<MsgId>", b"<!-- x --><?y z?><MsgId>"),
        (b">5f2a0c1e-", b"><![CDATA[5f2a0c1e-]]><!-- midt i -->"),
        (b"<MIGversion>v1.2 2006-05-24</MIGversion>", b"<MIGversion/>"),
        (b"<Patient>", b"\n\t <Patient>\r\n"),
        (b"<Sex ", b"<Sex  DN='Kvinne' "),
    ],
)
def test_what_the_standard_allows_is_taken(old: bytes, new: bytes) -> None:
    assert changed(old, new).valid


def test_text_split_by_comments_is_one_value() -> None:
    reading = changed(b">5f2a0c1e-", b"><![CDATA[5f2a0c1e-]]><!-- midt i -->")
    assert isinstance(reading.document, mh.MsgHead)
    assert reading.document.MsgInfo.MsgId == "5f2a0c1e-5d0b-4a7e-9a52-0d6f4c1b7a11"


@pytest.mark.parametrize("encoding", ["UTF-8", "ISO-8859-1", "UTF-16"])
def test_encodings(encoding: str) -> None:
    text = GOOD.decode("utf-8").split("?>", 1)[1]
    data = f'<?xml version="1.0" encoding="{encoding}"?>{text}'.encode(encoding)
    reading = engine.read(data)
    assert reading.valid
    assert reading.problems == ()
    assert isinstance(reading.document, mh.MsgHead)
    assert reading.document.MsgInfo.Patient is not None
    assert reading.document.MsgInfo.Patient.GivenName == "Åse"


HOSTILE = {
    "nothing": (b"", "xml.empty"),
    "blanks": (b" \r\n", "xml.empty"),
    "text": (b"hei", "xml.not_well_formed"),
    "nul": (b"<a>\x00</a>", "xml.nul"),
    "doctype": (b"<?xml version='1.0'?><!-- x --><!DOCTYPE a [<!ENTITY b 'c'>]><a>&b;</a>", "xml.doctype"),
    "doctype in UTF-16": ("<!DOCTYPE a><a/>".encode("utf-16"), "xml.doctype"),
    "doctype in UTF-16 without mark": ("<!DOCTYPE a><a/>".encode("utf-16-be"), "xml.doctype"),
    "doctype in UTF-32": ("<!DOCTYPE a><a/>".encode("utf-32"), "xml.doctype"),
    "doctype hidden in UTF-7": (b'<?xml version="1.0" encoding="UTF-7"?>+ADw-!DOCTYPE a+AD4-<a/>', "xml.doctype"),
    "external entity": (b'<!DOCTYPE a [<!ENTITY b SYSTEM "file:///etc/passwd">]><a>&b;</a>', "xml.doctype"),
    "entity nobody declared": (HEAD + b"&b;</MsgHead>", "xml.not_well_formed"),
    "deep": (b"<a>" * 100_000, "xml.too_deep"),
    "many attributes": (b"<MsgHead " + b" ".join(b"a%d=''" % n for n in range(150_000)) + b"/>", "xml.too_many_elements"),
    "many elements": (HEAD + b"<a/>" * 150_000 + b"</MsgHead>", "xml.too_many_elements"),
    "latin-1 called UTF-8": (HEAD + b"\xe6</MsgHead>", "xml.encoding_mismatch"),
    "bytes called UTF-16": (b'<?xml version="1.0" encoding="UTF-16"?><a/>', "xml.encoding_mismatch"),
    "unknown encoding": (b'<?xml version="1.0" encoding="x-y"?><a/>', "xml.encoding_unknown"),
    "declaration not first": (b' <?xml version="1.0"?><a/>', "xml.not_well_formed"),
    "another root": (b"<html/>", "root.unknown"),
    "a root of ours in another namespace": (b'<MsgHead xmlns="urn:x"/>', "root.unsupported"),
    "cut short": (GOOD[:-30], "xml.not_well_formed"),
}  # fmt: skip


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_bytes_give_a_clear_code(name: str) -> None:
    data, code = HOSTILE[name]
    reading = engine.read(data)
    assert reading.problems[0].code == code
    assert reading.problems[0].severity == "error"
    assert reading.document is None
    assert not reading.valid


def test_a_doctype_in_text_is_only_text() -> None:
    reading = changed(b"<FamilyName>", b"<FamilyName><![CDATA[<!DOCTYPE a>]]>")
    assert reading.valid


def test_what_can_be_read_of_a_broken_document_is_kept() -> None:
    reading = engine.read(GOOD[:-200])
    assert reading.recovered
    assert reading.tree is not None
    assert reading.tree.findtext(".//{*}MsgInfo/{*}MsgId") == "5f2a0c1e-5d0b-4a7e-9a52-0d6f4c1b7a11"
    assert reading.type == "LOG_INNLAGT"


def test_an_undeclared_entity_leaves_only_elements_behind() -> None:
    reading = engine.read(HEAD + b"<MsgInfo>&b;<MsgId>x</MsgId></MsgInfo></MsgHead>")
    assert reading.tree is not None
    assert all(isinstance(node.tag, str) for node in reading.tree.iter())


def test_size_and_depth_are_settings() -> None:
    assert engine.read(GOOD, limits=engine.Limits(bytes=100)).problems[0].code == "xml.too_large"
    deep = (
        HEAD
        + b"<MsgInfo><Sender>"
        + b"<Organisation>" * 30
        + b"</Organisation>" * 30
        + b"</Sender></MsgInfo></MsgHead>"
    )
    found = engine.read(deep, limits=engine.Limits(depth=10)).problems
    assert "xml.too_deep" in [problem.code for problem in found]


def test_a_thousand_faults_stop_at_the_limit() -> None:
    reading = engine.read(HEAD + b"<a/>" * 50_000 + b"</MsgHead>", limits=engine.Limits(problems=20))
    assert len(reading.problems) == 20
    assert reading.document is None


def test_an_odd_declaration_is_a_warning_only() -> None:
    text = GOOD.decode("utf-8").split("?>", 1)[1]
    reading = engine.read(f'<?xml version="1.0" encoding="ISO-8859-1"?>{text}'.encode())
    assert [(problem.code, problem.severity) for problem in reading.problems] == [("xml.encoding_suspect", "warning")]
    assert reading.valid


def test_a_large_attachment_is_read() -> None:
    box = (
        b'<Base64Container xmlns="http://www.kith.no/xmlstds/base64container">'
        + b"QUJD" * 3_000_000
        + b"</Base64Container>"
    )
    assert changed(b"<Content>", b"<Content>" + box).valid


def test_problem_texts_repeat_nothing_of_the_content() -> None:
    bad = (
        GOOD.replace(b"1950-01-02", b"HEMMELIG1")
        .replace(b">false<", b">HEMMELIG2<")
        .replace(b"v1.2 2006", b"HEMMELIG3")
    )
    reading = engine.read(bad)
    assert len(reading.problems) == 3
    assert not any("HEMMELIG" in problem.text for problem in reading.problems)
