"""Building: from values alone, in the order of the tables, and never a document that breaks its standard."""

from __future__ import annotations

import msgspec
import pytest
from lxml import etree

from samhandling.messages import engine
from samhandling.messages.engine.canonical import difference
from samhandling.messages.engine.tables import AnyElement
from samhandling.messages.model import (
    apprec,
    apprec_10,
    apprec_11,
    base64container,
    dialogmelding_11,
    epj_journalnotat,
    epj_legemiddel,
    kith,
    pasientlogistikk_15,
    xmldsig,
)
from samhandling.messages.model import hodemelding as mh
from samhandling.messages.model import pasientlogistikk as pl
from samhandling.messages.model import po_komponent as po
from tests.unit.messages_samples import event, logistics, message, next_of_kin


def refused(document: object) -> list[tuple[str, str]]:
    with pytest.raises(engine.BuildError) as caught:
        engine.build(document)  # type: ignore[arg-type]
    return [(problem.code, problem.path) for problem in caught.value.problems]


def receipt(cls: type[apprec.AppRec]) -> apprec.AppRec:
    party = apprec.HCP(Inst=apprec.Inst(Name="A", Id="1", TypeId=kith.CS(V="HER"), Dept=[apprec.Dept(Id="2")]))
    return cls(
        MsgType=kith.CS(V="APPREC"),
        GenDate="2026-11-21T14:05:00",
        Id="x",
        Sender=apprec.Sender(HCP=party),
        Receiver=apprec.Receiver(HCP=party),
        Status=kith.CS(V="1", DN="OK"),
        OriginalMsgId=apprec.OriginalMsgId(MsgType=kith.CS(V="LOG_INNLAGT"), IssueDate="2026-11-21T14:00:00", Id="y"),
    )  # type: ignore[call-arg]


def test_it_works() -> None:
    data = engine.build(message())
    assert data.startswith(b"<?xml version='1.0' encoding='UTF-8'?>")
    assert "Åse".encode() in data
    reading = engine.read(data)
    assert reading.valid
    assert reading.document == message()


def test_the_namespaces_are_those_of_the_version() -> None:
    tree = etree.fromstring(engine.build(message()))
    assert tree.nsmap[None] == "http://www.kith.no/xmlstds/msghead/2006-05-24"
    payload = tree.find(".//{*}Content")[0]  # type: ignore[index]
    assert payload.tag == "{http://www.kith.no/xmlstds/po/Pasientlogistikk/2012-04-01}Pasientlogistikk"
    assert payload[0].tag == "{http://www.kith.no/xmlstds/po/poKomponent/2012-04-01}InformasjonOmForsendelsen"


def test_the_versions_of_a_receipt_differ_in_namespace_and_mig_version() -> None:
    for cls, version, uri in [
        (apprec_10.AppRec, "1.0 2004-11-21", "http://www.kith.no/xmlstds/apprec/2004-11-21"),
        (apprec_11.AppRec, "v1.1 2012-02-15", "http://www.kith.no/xmlstds/apprec/2012-02-15"),
    ]:
        data = engine.build(receipt(cls))
        tree = etree.fromstring(data)
        assert tree.tag == f"{{{uri}}}AppRec"
        assert tree.findtext(f"{{{uri}}}MIGversion") == version
        reading = engine.read(data)
        assert (reading.type, reading.standard, reading.valid) == ("APPREC", "apprec", True)
        assert type(reading.document) is cls


def test_a_choice_takes_one_and_only_one() -> None:
    both = logistics(OrienteringOmDod=pl.OrienteringOmDod(TidsfestetHendelse=event()))
    path = "/MsgHead/Document/RefDoc/Content/Pasientlogistikk"
    assert refused(message(both)) == [("element.order", f"{path}/MeldingInnlagtPasient")]
    assert refused(message(logistics(MeldingInnlagtPasient=None))) == [("element.missing", path)]


def test_values_are_checked() -> None:
    document = message()
    document.MsgInfo.GenDate = "i går"
    document.MsgInfo.MIGversion = "v1.3"
    assert refused(document) == [
        ("value.fixed", "/MsgHead/MsgInfo/MIGversion"),
        ("value.wrong", "/MsgHead/MsgInfo/GenDate"),
    ]


@pytest.mark.parametrize("wrong", [None, 7, True, b"x"])
def test_values_are_text(wrong: object) -> None:
    document = message()
    document.MsgInfo.MsgId = wrong  # type: ignore[assignment]
    assert refused(document)[0][1].startswith("/MsgHead/MsgInfo")


def test_characters_xml_does_not_have_are_refused() -> None:
    document = message()
    document.MsgInfo.MsgId = "a\x00b"
    assert refused(document) == [("value.wrong", "/MsgHead/MsgInfo/MsgId")]


def test_a_struct_of_another_type_is_refused() -> None:
    document = message()
    document.MsgInfo.Type = kith.CV(V="LOG_INNLAGT")  # type: ignore[assignment]
    assert refused(document) == [("value.wrong", "/MsgHead/MsgInfo/Type")]


def test_only_a_root_can_be_built() -> None:
    assert refused(kith.CS(V="1")) == [("root.unknown", "/CS")]
    assert refused(logistics()) == [("root.unknown", "/Pasientlogistikk")]


def test_what_came_in_16_is_refused_in_15() -> None:
    base = logistics(ParorendeForesatt=[next_of_kin(FodselsarMindrearigParorende="2015")])
    old = pasientlogistikk_15.Pasientlogistikk(
        **{name: getattr(base, name) for name in base.__struct_fields__ if name != "kept_"}
    )
    assert engine.read(engine.build(message(base))).valid
    ((code, path),) = refused(message(old))
    assert code == "element.unknown"
    assert path.endswith("/ParorendeForesatt/FodselsarMindrearigParorende")


def test_what_15_demands_is_demanded_there_only() -> None:
    scope_16, scope_15 = message(_with_diagnosis(None, 16)), message(_with_diagnosis(None, 15))
    assert engine.read(engine.build(scope_16)).valid
    assert [code for code, _ in refused(scope_15)] == ["element.missing"]
    assert engine.read(engine.build(message(_with_diagnosis("true", 15)))).valid


def _with_diagnosis(main: str | None, version: int) -> po.MedisinskDiagnose:
    from samhandling.messages.engine.tables import Kept

    made = po.MedisinskDiagnose(Hoveddiagnose=main, DiagnoseBeskrivelse="x")
    made.kept_ = Kept(namespace=f"Pasientlogistikk 1.{version - 10}")
    return made


def test_the_order_of_a_repeated_choice_is_kept() -> None:
    own = epj_legemiddel.Egenadministrering(
        AdmStart=kith.TS(V="2026"), UtlevertLegemiddel=[epj_legemiddel.UtlevertLegemiddel(AntEnkeltdoser="1")]
    )
    given = epj_legemiddel.AdmAvHelsepersonell(AdmStart=kith.TS(V="2026"))
    group = epj_legemiddel.LegemidlerAdministrertVedOverforing(
        komponentID="k", Egenadministrering=[own, own], AdmAvHelsepersonell=[given]
    )
    data = engine.build(message(group))
    tree = etree.fromstring(data)
    inside = tree.find(".//{*}LegemidlerAdministrertVedOverforing")
    assert inside is not None
    assert [etree.QName(node).localname for node in inside] == [
        "AdmAvHelsepersonell",
        "Egenadministrering",
        "Egenadministrering",
    ]
    inside.append(inside[0])
    turned = etree.tostring(tree)
    reading = engine.read(turned)
    assert reading.document is not None
    assert difference(turned, engine.build(reading.document)) == ""
    assert difference(data, engine.build(reading.document)) != ""


def test_a_signature_keeps_what_it_holds() -> None:
    digest = xmldsig.DigestMethod(Algorithm="urn:a")
    reference = xmldsig.Reference(URI="", DigestMethod=digest, DigestValue=xmldsig.DigestValue(text="QUJD"))
    info = xmldsig.SignedInfo(
        CanonicalizationMethod=xmldsig.CanonicalizationMethod(Algorithm="urn:c"),
        SignatureMethod=xmldsig.SignatureMethod(Algorithm="urn:s", items=["\n", xmldsig.HMACOutputLength(text="12")]),
        Reference=[reference],
    )
    key = xmldsig.KeyInfo(items=["før ", xmldsig.KeyName(text="n"), " etter", xmldsig.MgmtData(text="m")])
    document = message(
        signature=xmldsig.Signature(SignedInfo=info, SignatureValue=xmldsig.SignatureValue(text="QQ=="), KeyInfo=key)
    )
    reading = engine.read(engine.build(document))
    assert reading.document == document


def test_an_attachment_keeps_its_line_breaks() -> None:
    document = message()
    box = base64container.Base64Container(text="QUJD\nQUJD\n")
    content = mh.Content(elements=[box])
    document.Document.append(mh.Document(RefDoc=mh.RefDoc(MsgType=kith.CS(V="A"), Content=content)))
    assert engine.read(engine.build(document)).document == document


@pytest.mark.parametrize("text", ["", " ", "a\r\nb", "a\tb", "<&>\"'", "\u2028", "😀", " æ "])
def test_text_comes_back_as_it_was(text: str) -> None:
    document = message()
    document.MsgInfo.MsgId = text
    document.MsgInfo.Type = kith.CS(V="LOG_INNLAGT", DN=text)
    assert engine.read(engine.build(document)).document == document


def test_equal_values_make_equal_bytes() -> None:
    assert engine.build(message()) == engine.build(message())
    assert msgspec.structs.replace(message().MsgInfo) == message().MsgInfo


def test_difference_sees_content_and_overlooks_writing() -> None:
    data = engine.build(message())
    spread = data.replace(b"><", b">\n\t<").replace(b"<MsgInfo>", b"<!-- x --><?y z?><MsgInfo>")
    assert difference(data, spread) == ""
    prefixed = data.replace(
        b"<MsgHead ", b"<m:MsgHead xmlns:m='http://www.kith.no/xmlstds/msghead/2006-05-24' "
    ).replace(b"</MsgHead", b"</m:MsgHead")
    assert difference(data, prefixed) == ""
    assert difference(data, data.replace(b">false<", b">true<")).endswith("Anslag: teksten er ulik.")
    assert difference(data, data.replace(b'V="2"', b'V="1"')) == "/MsgHead/MsgInfo/Patient/Sex: attributtene er ulike."
    assert difference(data, data.replace(b"<GivenName>\xc3\x85se</GivenName>", b"")) != ""
    assert difference(data, data[:-5]) != ""


def test_a_wrong_component_type_is_remarked_on_when_read_and_refused_when_written() -> None:
    note = epj_journalnotat.GenereltJournalnotat(
        komponentID="k", komponenttype="1.2.3", Journaltekst=[epj_journalnotat.Journaltekst(Notat="x")]
    )
    path = "/MsgHead/Document/RefDoc/Content/GenereltJournalnotat/@komponenttype"
    assert refused(message(note)) == [("value.fixed", path)]
    reading = engine.read(engine.build(message(note), strict=False))
    assert reading.valid
    assert [(problem.severity, problem.path) for problem in reading.problems] == [("warning", path)]
    assert reading.document == message(note)


def test_formatted_text_comes_back_as_it_was() -> None:
    xhtml = "{http://www.w3.org/1999/xhtml}"
    prefixes: dict[str | None, str] = {None: "http://www.w3.org/1999/xhtml"}
    bold = AnyElement(tag=f"{xhtml}b", items=["fet"], prefixes=prefixes)
    box = AnyElement(tag=f"{xhtml}div", items=["Åse er ", bold, " ", bold, "."], prefixes=prefixes)
    note = dialogmelding_11.Notat(TemaKodet=kith.CV(V="1"), TekstNotatInnhold=AnyElement(tag="", items=[box]))
    data = engine.build(message(dialogmelding_11.Dialogmelding(Notat=[note])))
    reading = engine.read(data)
    assert (reading.standard, reading.version) == ("dialogmelding", "1.1")
    assert isinstance(reading.document, mh.MsgHead)
    payload = mh.payload(reading.document)
    assert isinstance(payload, dialogmelding_11.Dialogmelding)
    text = payload.Notat[0].TekstNotatInnhold
    assert text is not None
    assert isinstance(text.items[0], AnyElement)
    assert text.items[0].items[0] == "Åse er "
    assert difference(data, engine.build(reading.document)) == ""


@pytest.mark.parametrize(
    ("named", "valid"), [("xs:string", True), ("xs:anyType", True), ("xs:date", False), ("xs:tull", False)]
)
def test_formatted_text_may_name_its_type_as_some_programs_do(named: str, valid: bool) -> None:
    note = dialogmelding_11.Notat(TemaKodet=kith.CV(V="1"), TekstNotatInnhold=AnyElement(tag="", items=["bare tekst"]))
    data = engine.build(message(dialogmelding_11.Dialogmelding(Notat=[note])))
    types = b' xmlns:xs="http://www.w3.org/2001/XMLSchema" xmlns:i="http://www.w3.org/2001/XMLSchema-instance" i:type='
    typed = data.replace(b"TekstNotatInnhold>", b'TekstNotatInnhold%s"%s">' % (types, named.encode()), 1)
    reading = engine.read(typed)
    assert reading.valid is valid
    if reading.document is not None:
        assert difference(typed, engine.build(reading.document)) == ""
