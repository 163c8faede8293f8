"""Rules of the care reports, the dialogue messages, attachments, linking and receipts, one fault at a time."""

from __future__ import annotations

import base64

import pytest

from samhandling.messages import facts, profiles
from tests import payloads as p
from tests.documents import EARLIER, MSG_ID, changed, read

AAI = p.heading("9142", "AAI", "Fall hjemme.")
PROB = p.heading("9142", "PROB", "Tungpust.")
CAVE = (
    "<MedisinskfagligeOpplysninger>"
    + p.component(
        "epj1:Cave",
        "14.50001.0",
        p.component(
            "epj1:SakshodeCave",
            "13.10028.0",
            "<epj1:StikkordCave><epj1:CaveStikkord>Morfin</epj1:CaveStikkord></epj1:StikkordCave>",
        ),
        basic="EPJ sak",
    )
    + p.component("epj2:GenereltJournalnotat", "13.11009.0", AAI)
    + "</MedisinskfagligeOpplysninger>"
)
ADMISSION = CAVE + p.drug() + p.nursing(p.heading("9141", "8", "Selvhjulpen."))
NOTICE_TEXTS = p.medical(p.heading("9145", "1", "Stabil."), p.heading("9145", "2", "Hjem om en uke."))
NOTICE = p.kind("9140", "1") + p.event("3", "2026-11-28") + NOTICE_TEXTS
DOCTOR = (
    '<InnholdKonsultasjon><TypeInnholdKonsultasjon V="2" DN="Statusrapport"/></InnholdKonsultasjon>'
    + p.medical(PROB)
    + "<Sykepleierdokumentasjon><IverksatteTiltak><Tiltaksbeskrivelse><Merknad>Hviler.</Merknad></Tiltaksbeskrivelse>"
    "</IverksatteTiltak></Sykepleierdokumentasjon>"
)
SERVICE = (
    f'<EksisterendeTjeneste><IPLOStjenestetype V="6" S="{p.OID}9151" DN="Trygghetsalarm"/>'
    "<PrivatTjeneste>false</PrivatTjeneste><TjenestenLevertAv>Hjemmetjenesten</TjenestenLevertAv>"
    "<AntallEnheter>1</AntallEnheter><Enhet>stk</Enhet><Startdato>2026-11-01</Startdato></EksisterendeTjeneste>"
)
MEDICAL = p.kind("9138", "1") + p.medical(PROB) + p.drug()
DISCHARGE = (
    p.kind("9139", "11")
    + p.medical(PROB, p.heading("9142", "OP", "Kontroll."))
    + p.drug()
    + "<InfoKontrolltime><InformasjonOmTime><BestiltKontrolltime>true</BestiltKontrolltime>"
    "<TidspunktTime>2026-12-01T10:00:00</TidspunktTime></InformasjonOmTime></InfoKontrolltime>"
)
RIGHT = {
    "INNLEGGELSESRAPPORT": p.report("INNLEGGELSESRAPPORT", ADMISSION),
    "HELSEOPPL_SOKNAD": p.report("HELSEOPPL_SOKNAD", NOTICE),
    "HELSEOPPLYSNINGER_LEGE": p.report("HELSEOPPLYSNINGER_LEGE", DOCTOR),
    "ORIENTERING_TJENESTETILBUD": p.report("ORIENTERING_TJENESTETILBUD", SERVICE),
    "MEDISINSKE_OPPLYSNINGER": p.report("MEDISINSKE_OPPLYSNINGER", MEDICAL),
    "UTSKRIVNINGSRAPPORT": p.report("UTSKRIVNINGSRAPPORT", DISCHARGE),
    "DIALOG_FORESPORSEL": p.dialogue("DIALOG_FORESPORSEL", p.request()),
    "DIALOG_SVAR": p.dialogue("DIALOG_SVAR", p.note("9069", "5", "Ja.", after=p.request()), linked=True),
    "DIALOG_AVVIK": p.dialogue("DIALOG_AVVIK", p.note("8117", "1", "Ikke vår pasient."), linked=True),
    "DIALOG_NOTAT": p.dialogue("DIALOG_NOTAT", p.note("9155", "1", "Vi kan ta imot."), linked=True),
    "DIALOG_HELSEFAGLIG": p.dialogue(
        "DIALOG_HELSEFAGLIG",
        p.note("7322", "6", "Hei.", before="<Tema>Spørsmål</Tema>", after=p.role("24", "Kontakt hos mottaker")),
        version="1.1",
    ),
}


def findings(data: bytes) -> dict[str, profiles.Finding]:
    reading = read(data)
    found = facts.facts(reading)
    assert found is not None
    return {finding.code: finding for finding in profiles.check(found, reading.tree)}


@pytest.mark.parametrize("type_code", RIGHT)
def test_a_message_that_is_right_is_valid_and_has_no_findings(type_code):
    reading = read(RIGHT[type_code])
    assert reading.valid, reading.problems
    assert findings(RIGHT[type_code]) == {}


def fault(type_code: str, *swaps: tuple[str, str]) -> dict[str, profiles.Finding]:
    return findings(changed(RIGHT[type_code], *swaps))


_THEME = '<TemaKodet V="{}" S="' + p.OID + "{}"


@pytest.mark.parametrize(
    ("code", "type_code", "swap"),
    [
        ("HIS1143-01", "INNLEGGELSESRAPPORT", ('"AAI"', '"FA"')),
        ("HIS1143-02", "INNLEGGELSESRAPPORT", ('Overskriftskode V="8"', 'Overskriftskode V="88"')),
        ("HIS1143-03", "INNLEGGELSESRAPPORT", ("<epj1:CaveStikkord>Morfin</epj1:CaveStikkord>", "")),
        ("HIS1143-04", "INNLEGGELSESRAPPORT", ("epj3:Legemiddelinfo", "epj3:Annet")),
        ("HIS1144-01", "HELSEOPPL_SOKNAD", ('Overskriftskode V="1"', 'Overskriftskode V="2"')),
        ("HIS1144-02", "HELSEOPPL_SOKNAD", ('Overskriftskode V="2"', 'Overskriftskode V="1"')),
        ("HIS1144-03", "HELSEOPPL_SOKNAD", ('Hendelsekode V="3"', 'Hendelsekode V="1"')),
        ("HIS1144-04", "HELSEOPPL_SOKNAD", ('V="2026-11-28"', 'V="2026-11-28T12:00:00"')),
        ("HIS1144-05", "HELSEOPPL_SOKNAD", ('TypeInnhold V="1"', 'TypeInnhold V="2"')),
        ("HIS1145-01", "HELSEOPPLYSNINGER_LEGE", ('<TypeInnholdKonsultasjon V="2" DN="Statusrapport"/>', "")),
        ("HIS1145-02", "HELSEOPPLYSNINGER_LEGE", ('"PROB"', '"VU"')),
        ("HIS1145-03", "HELSEOPPLYSNINGER_LEGE", ("IverksatteTiltak", "AnbefaltVidereTiltak")),
        ("HIS1146-01", "ORIENTERING_TJENESTETILBUD", (' DN="Trygghetsalarm"', "")),
        ("HIS1146-02", "ORIENTERING_TJENESTETILBUD", ("<Startdato>2026-11-01</Startdato>", "")),
        ("HIS1146-03", "ORIENTERING_TJENESTETILBUD", ("<TjenestenLevertAv>Hjemmetjenesten</TjenestenLevertAv>", "")),
        ("HIS1146-04", "ORIENTERING_TJENESTETILBUD", ("</p:Ori", "<AssistertKommunikasjon/></p:Ori")),
        ("HIS1146-05", "ORIENTERING_TJENESTETILBUD", ("<Enhet>stk</Enhet>", "")),
        ("HIS1147-01", "MEDISINSKE_OPPLYSNINGER", ('TypeInnhold V="1"', "TypeInnhold")),
        ("HIS1147-03", "MEDISINSKE_OPPLYSNINGER", ('"PROB"', '"VU"')),
        ("HIS1147-04", "MEDISINSKE_OPPLYSNINGER", ("epj3:Legemiddelinfo", "epj3:Annet")),
        ("HIS1148-01", "UTSKRIVNINGSRAPPORT", ('"PROB"', '"VU"')),
        ("HIS1148-02", "UTSKRIVNINGSRAPPORT", ('"OP"', '"VU"')),
        ("HIS1148-03", "UTSKRIVNINGSRAPPORT", ("epj3:Legemiddelinfo", "epj3:Annet")),
        ("HIS1148-04", "UTSKRIVNINGSRAPPORT", ("<TidspunktTime>2026-12-01T10:00:00</TidspunktTime>", "")),
        ("PLO-06", "UTSKRIVNINGSRAPPORT", ("6.13.10301.0", "6.13.10302.0")),
        ("PLO-11", "UTSKRIVNINGSRAPPORT", ('"OP"', '"SYKM"')),
        ("PLO-12", "UTSKRIVNINGSRAPPORT", ('V="OP" S="' + p.OID + "9142", 'V="1" S="' + p.OID + "9145")),
        ("PLO-13", "INNLEGGELSESRAPPORT", ('V="8" S="' + p.OID + "9141", 'V="VU" S="' + p.OID + "9142")),
        ("PLO-14", "UTSKRIVNINGSRAPPORT", (p.OID + "9139", p.OID + "9138")),
        ("PLO-15", "HELSEOPPL_SOKNAD", (NOTICE_TEXTS[-60:], NOTICE_TEXTS[-60:] + "<x/>")),
        ("HITS1174-01", "UTSKRIVNINGSRAPPORT", ("tel:69860000", "")),
        ("HITS1174-02", "UTSKRIVNINGSRAPPORT", ("Sengepost 3", " ")),
        ("HITS1174-01", "DIALOG_NOTAT", ('<fk1:TeleAddress V="tel:69860000"/>', "")),
        ("HITS1174-03", "DIALOG_NOTAT", ("<FamilyName>Ansvarsen</FamilyName><GivenName>Gro</GivenName>", "")),
        ("HODE-22", "INNLEGGELSESRAPPORT", ('V="8" S="' + p.OID + "9141", 'V="11" S="' + p.OID + "9141")),
        ("HIS1151-01", "DIALOG_AVVIK", (p.OID + "8117", p.OID + "7321")),
        ("HIS1151-02", "DIALOG_AVVIK", ("<TekstNotatInnhold>Ikke vår pasient.</TekstNotatInnhold>", "")),
        ("HIS1151-03", "DIALOG_AVVIK", ("</TekstNotatInnhold>", "</TekstNotatInnhold><Merknad>m</Merknad>")),
        ("HIS1151-04", "DIALOG_AVVIK", ('TemaKodet V="1"', 'TemaKodet V="2"')),
        ("HITS1218-01", "DIALOG_AVVIK", ("ConversationRef", "Annet")),
        ("HITS1218-01", "DIALOG_SVAR", ("ConversationRef", "Annet")),
        ("HITS1218-03", "DIALOG_SVAR", (f"<RefToParent>{EARLIER}", f"<RefToParent>{MSG_ID}")),
        ("HIS1152-01", "DIALOG_FORESPORSEL", ("Foresporsel>", "Notat>")),
        ("HIS1152-03", "DIALOG_FORESPORSEL", (p.OID + "9152", p.OID + "9069")),
        ("HIS1152-06", "DIALOG_SVAR", ('TemaKodet V="5"', 'TemaKodet V="1"')),
        ("HIS1152-07", "DIALOG_SVAR", ("<TekstNotatInnhold>Ja.</TekstNotatInnhold>", "")),
        ("HIS1152-08", "DIALOG_SVAR", ("Foresporsel>", "Annet>")),
        ("HIS1152-09", "DIALOG_NOTAT", (p.OID + "9155", p.OID + "9069")),
        ("HIS1152-10", "DIALOG_NOTAT", ("<TekstNotatInnhold>Vi kan ta imot.</TekstNotatInnhold>", "")),
        ("HIS1152-11", "DIALOG_NOTAT", ('<RoleToPatient V="21"', "<Annet")),
        ("HIS1152-12", "DIALOG_NOTAT", ("HealthcareProfessional>", "Annet>")),
        ("HIS1152-13", "DIALOG_FORESPORSEL", ("</Sporsmal>", "</Sporsmal><Begrunnelse>b</Begrunnelse>")),
        ("HIS1077-01", "DIALOG_HELSEFAGLIG", (p.OID + "7322", p.OID + "7321")),
        ("HIS1077-02", "DIALOG_HELSEFAGLIG", ("<Tema>Spørsmål</Tema>", "")),
        ("HIS1077-03", "DIALOG_HELSEFAGLIG", ("<TekstNotatInnhold>Hei.</TekstNotatInnhold>", "")),
        ("HIS1077-04", "DIALOG_HELSEFAGLIG", ('RoleToPatient V="24"', 'RoleToPatient V="9"')),
        ("HIS1077-05", "DIALOG_HELSEFAGLIG", ("</TekstNotatInnhold>", "</TekstNotatInnhold><Merknad>m</Merknad>")),
    ],
)
def test_each_rule_finds_its_fault(code, type_code, swap):
    if code == "PLO-15":
        found = findings(changed(RIGHT[type_code], (NOTICE_TEXTS, "")))
    else:
        found = fault(type_code, swap)
    assert code in found, sorted(found)
    assert found[code].text
    assert found[code].advice
    assert found[code].path.startswith("/MsgHead")


def test_component_ids():
    twice = p.component("epj2:GenereltJournalnotat", "13.11009.0", PROB, own="ikke-en-guid") * 2
    content = p.kind("9138", "1") + f"<MedisinskfagligeOpplysninger>{twice}</MedisinskfagligeOpplysninger>"
    found = findings(p.report("MEDISINSKE_OPPLYSNINGER", content))
    assert found["PLO-07"].blocks_sending
    assert not found["PLO-08"].blocks_sending


def test_an_answer_copies_the_request_and_refers_to_it():
    answer = "<SvarPaaForesporsel>true</SvarPaaForesporsel>"
    data = changed(
        p.report("MEDISINSKE_OPPLYSNINGER", MEDICAL),
        ("</InformasjonOmForsendelsen>", f"{answer}</InformasjonOmForsendelsen>"),
    )
    assert {"PLO-09", "HITS1218-02", "HIS1147-02"} <= set(findings(data))
    copied = f'<Foresporsel><TypeForesp V="1" S="{p.OID}9152" DN="Helseopplysninger"/></Foresporsel>'
    assert "PLO-10" in findings(
        changed(
            p.report("MEDISINSKE_OPPLYSNINGER", MEDICAL),
            ("</InformasjonOmForsendelsen>", f"{copied}</InformasjonOmForsendelsen>"),
        )
    )


def test_a_cancellation_need_only_be_valid():
    found = findings(p.report("HELSEOPPL_SOKNAD", p.kind("9140", "2") + p.event("3", "2026-11-28"), status="C"))
    assert found == {}
    assert "PLO-04" in findings(changed(p.report("HELSEOPPL_SOKNAD", NOTICE, status="M"), ("ConversationRef", "Annet")))


def test_an_update_says_what_changed():
    updated = NOTICE.replace('TypeInnhold V="1"', 'TypeInnhold V="2"')
    found = findings(p.report("HELSEOPPL_SOKNAD", updated, status="M"))
    assert set(found) == {"HIS1144-06"}
    assert not found["HIS1144-06"].blocks_sending
    told = updated.replace("</TypeInnholdIMelding>", "<Merknad>Endring: ny dato.</Merknad></TypeInnholdIMelding>")
    assert findings(p.report("HELSEOPPL_SOKNAD", told, status="M")) == {}


def test_version_1_5_of_the_early_notice_has_rules_of_its_own():
    content = "<OpplysningerTilSoknad><EgensoknadSendt>false</EgensoknadSendt></OpplysningerTilSoknad>"
    data = p.report("HELSEOPPL_SOKNAD", content, version="1.5")
    assert read(data).valid
    assert findings(data) == {}


def test_several_questions_need_ids_and_free_text_a_question():
    found = findings(p.dialogue("DIALOG_FORESPORSEL", p.request() * 2))
    assert "HIS1152-05" in found
    assert "HIS1152-04" in findings(p.dialogue("DIALOG_FORESPORSEL", p.request("9152", "99", "")))
    assert "HIS1152-02" in findings(p.dialogue("DIALOG_NOTAT", p.note("7321", "1", "t") * 2))


PDF = base64.b64encode(b"%PDF-1.7 x").decode()
DIALOGUE = RIGHT["DIALOG_HELSEFAGLIG"]


@pytest.mark.parametrize(
    ("code", "document"),
    [
        ("HIS1036-01", p.attachment(PDF, marked="XML")),
        ("HIS1036-02", p.attachment(PDF, mime="")),
        ("HIS1036-03", p.attachment(PDF, description="")),
        ("HIS1036-04", p.attachment("ikke base64!")),
        ("HIS1036-04", p.attachment("")),
        ("HIS1036-05", p.attachment(base64.b64encode(b"\x89PNG\r\n\x1a\n").decode())),
        ("HIS1036-06", p.attachment("QUFB" * 2_700_000)),
        ("HIS1036-07", p.attachment(base64.b64encode(b"MZ\x90\x00" * 9).decode())),
        ("HIS1077-06", p.attachment(PDF, mime="application/msword")),
    ],
)
def test_attachments(code, document):
    assert code in findings(p.with_attachments(DIALOGUE, document))


def test_an_attachment_that_is_right():
    data = p.with_attachments(DIALOGUE, p.attachment(PDF), p.attachment(f"\n  {PDF[:4]}\n{PDF[4:]}\n"))
    assert findings(data) == {}


def test_markup_that_is_dropped_and_markup_we_do_not_write():
    def written(inside: str) -> bytes:
        text = f'<div xmlns="http://www.w3.org/1999/xhtml">{inside}</div>'
        return p.dialogue("DIALOG_NOTAT", p.note("7321", "1", text))

    assert findings(written("<p>Hei <b>du</b></p>")) == {}
    assert "HISD1155-02" in findings(written("<ul><li>a</li></ul>"))
    for bad in ("<script>x()</script>", '<p onclick="x()">a</p>', '<p style="color:red">a</p>', '<a href="x">a</a>'):
        assert "HISD1155-01" in findings(written(bad)), bad


RECEIPT = (
    '<AppRec xmlns="http://www.kith.no/xmlstds/apprec/2012-02-15"><MsgType V="APPREC" DN="Applikasjonskvittering"/>'
    '<Sender><Role V="PRIM" DN="Primærmottaker"/></Sender><Status V="{status}" DN="Status"/>{errors}</AppRec>'
)


@pytest.mark.parametrize(
    ("code", "status", "errors"),
    [
        ("HIS80415-01", "2", ""),
        ("HIS80415-02", "1", f'<Error V="E36" S="{p.OID}8221" DN="x"/>'),
        ("HIS80415-03", "3", ""),
        ("HIS80415-04", "2", f'<Error V="X99" S="{p.OID}8221" DN="Annen feil"/>'),
    ],
)
def test_receipts(code, status, errors):
    assert code in findings(RECEIPT.format(status=status, errors=errors).encode())


def test_a_receipt_in_order_and_one_with_the_role_of_the_other_version():
    right = RECEIPT.format(status="1", errors="")
    assert findings(right.encode()) == {}
    assert "HIS80415-05" in findings(right.replace('"PRIM"', '"SPR"').encode())
