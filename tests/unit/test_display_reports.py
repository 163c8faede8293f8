"""How care reports, dialogue messages and attachments look to a reader."""

from __future__ import annotations

import base64

from lxml import html

from samhandling.messages import display
from tests import payloads as p
from tests.documents import changed, read
from tests.unit.test_profiles_reports import ADMISSION, DIALOGUE, DISCHARGE, RIGHT


def page(data: bytes, **options) -> html.HtmlElement:
    return html.document_fromstring(display.html(read(data), **options))


def headings(data: bytes) -> list[str]:
    return [" ".join(h.text_content().split()) for h in page(data).iter("h2", "h3", "h4", "h5")]


def test_headings_of_the_report_are_headings_of_the_page():
    data = p.report("INNLEGGELSESRAPPORT", ADMISSION)
    data = changed(data, ('V="AAI" S="' + p.OID + '9142" DN="Overskrift"', 'V="AAI" S="' + p.OID + '9142"'))
    assert {"Årsak til innleggelse", "Kritisk informasjon (CAVE)", "Legemidler", "Burinex 1 mg"} <= set(headings(data))
    text = page(data).xpath("//h3[.='Årsak til innleggelse']/following-sibling::p")
    assert [t.text_content() for t in text] == ["Fall hjemme."]


def test_critical_information_stands_out_and_comes_first_in_the_gist():
    data = RIGHT["INNLEGGELSESRAPPORT"]
    (critical,) = page(data).xpath("//section[@class='message__critical']")
    assert "Morfin" in critical.text_content()
    gist = html.fragment_fromstring(display.fragment(read(data))).xpath(".//section[@class='message__gist']")[0]
    labels = [dt.text_content() for dt in gist.iter("dt")]
    assert labels.index("Kritisk informasjon") < labels.index("Sengepost 3")
    assert gist.xpath(".//strong")[0].text_content() == "Morfin"
    assert gist.xpath(".//a[@href='tel:69860000']")


def test_a_stopped_drug_says_so_in_its_heading():
    data = p.report("UTSKRIVNINGSRAPPORT", DISCHARGE)
    stopped = '<epj3:ForenkletForskrivning><epj3:StatusTilForskrivningen V="2" DN="Seponering"/>'
    data = changed(data, ("<epj3:ForenkletForskrivning>", stopped))
    assert "Burinex 1 mg – seponert" in headings(data)


def test_diagnoses_show_text_and_code():
    diagnosis = (
        "<InfoMedisinskDiagnose><MedisinskDiagnose><Hoveddiagnose>true</Hoveddiagnose>"
        f'<Diagnosekode V="I50" S="{p.OID}7110" DN="Hjertesvikt"/><DiagnoseBeskrivelse>Kjent.</DiagnoseBeskrivelse>'
        "</MedisinskDiagnose></InfoMedisinskDiagnose>"
    )
    text = display.text(read(p.report("INNLEGGELSESRAPPORT", diagnosis + ADMISSION)))
    assert "Hoveddiagnose: Hjertesvikt (ICD-10 I50) – Kjent." in text


def test_a_function_is_one_line():
    function = (
        f'<InfoKartleggingFunksjonsniva><KartlagtFunksjon><Funksjonsvariabel V="10" S="{p.OID}9111" DN="Spise"/>'
        "<Vurdering>2</Vurdering><Merknad>sent</Merknad></KartlagtFunksjon></InfoKartleggingFunksjonsniva>"
    )
    data = p.report("INNLEGGELSESRAPPORT", ADMISSION.replace("<Sykepleier", f"{function}<Sykepleier"))
    assert read(data).valid
    assert "Spise: 2 – sent" in display.text(read(data))


def test_unknown_and_withdrawn_codes_are_marked():
    unknown = changed(RIGHT["INNLEGGELSESRAPPORT"], ('V="N" DN="Ny"', 'V="Q" DN="Noe nytt"'))
    assert "Status: Noe nytt (ukjent kode)" in display.text(read(unknown))
    withdrawn = changed(
        p.report("UTSKRIVNINGSRAPPORT", DISCHARGE),
        ("<epj3:Navn>Burinex</epj3:Navn>", '<epj3:Navn>Burinex</epj3:Navn><Atc V="C03" S="' + p.OID + '9077" DN="x"/>'),
    )
    assert "(utgått kode)" in display.text(read(withdrawn))


def test_a_dialogue_message():
    text = display.text(read(RIGHT["DIALOG_SVAR"]))
    before = text.split("Tekniske opplysninger")[0]
    assert "Tema: Tema" in before
    assert "\n  Ja.\n" in before
    assert "Spørsmål: Hva nå?" in before
    assert "Rolle for pasienten: Helsefaglig kontakt" in before
    gist = html.fragment_fromstring(display.fragment(read(RIGHT["DIALOG_NOTAT"])))
    assert gist.xpath(".//section[@class='message__gist']//a[@href='tel:69860000']")


def test_attachments_are_listed_and_never_inlined():
    content = base64.b64encode(b"%PDF-1.7 " + b"x" * 1_600_000).decode()
    data = p.with_attachments(DIALOGUE, p.attachment(content), p.attachment("", description="Tomt"))
    text = display.text(read(data))
    assert "Vedlegg: Prøvesvar" in text
    assert "Format: application/pdf" in text
    assert "Størrelse: 1,6 MB" in text
    assert "vedlegget kan ikke leses" in text
    source = display.html(read(data))
    assert content[:60] not in source
    assert len(source) < 40_000
