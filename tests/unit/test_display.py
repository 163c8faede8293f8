"""What a reader sees."""

from __future__ import annotations

import itertools
import re
from html import unescape

import pytest
from lxml import etree, html

from samhandling.messages import display, engine, facts
from samhandling.messages.display.walk import plain_text
from samhandling.messages.receipts import Answer, build, error
from tests.documents import CASES, EARLIER, MSG_ID, NOW, changed, message, read


def page(data: bytes, **options) -> html.HtmlElement:
    return html.document_fromstring(display.html(read(data), **options))


def words(element) -> str:
    return " ".join(element.text_content().split())


def test_it_works():
    shown = page(message())
    assert shown.get("lang") == "nb"
    assert words(shown.find(".//h1")) == "Melding om innlagt pasient"
    body = words(shown.find(".//article"))
    for expected in (
        "Sykehuset Prøve HF",
        "Sykepleietjeneste",
        "Prøvesen, Åse",
        "131169 00216",
        "13.11.1969",
        "Kvinne",
        "Sengepost 3",
        "69860000",
        "Ansvarsen, Gro",
        "20.11.2026 kl. 10.30",
        "21.11.2026 kl. 14.05",
    ):
        assert expected in body


def test_order_is_that_of_the_document():
    headings = [words(h) for h in page(message()).iter("h2")]
    assert headings == [
        "Om meldingen",
        "Avsender",
        "Mottaker",
        "Pasient",
        "Om dokumentet",
        "Om forsendelsen",
        "Ansvarlig enhet",
        "Ansvarlig for meldingen",
        "Pasienten er innlagt",
    ]


def test_headings_never_skip_a_level():
    levels = [int(h.tag[1]) for h in page(message(type="LOG_UTSKREVET")).iter("h1", "h2", "h3", "h4", "h5", "h6")]
    assert levels[0] == 1
    assert all(after - before <= 1 for before, after in itertools.pairwise(levels))


def test_technical_particulars_are_closed_and_hold_the_ids():
    details = page(message()).find(".//details")
    assert details.get("open") is None
    assert words(details.find("summary")) == "Tekniske opplysninger"
    for technical in (MSG_ID, "v1.2 2006-05-24", "2.16.578.1.12.4.1.1.9121", "LOG_INNLAGT"):
        assert technical in words(details)
    details.getparent().remove(details)
    rest = words(page(message()).find(".//article")).split("Tekniske opplysninger")[0]
    assert MSG_ID not in rest
    assert "2.16.578" not in rest


@pytest.mark.parametrize(
    ("lang", "heading", "sent"),
    [("nb", "Avsender", "Sendt"), ("nn", "Avsendar", "Sendt"), ("en", "Sender", "Sent")],
)
def test_languages(lang, heading, sent):
    shown = page(message(), lang=lang)
    assert shown.get("lang") == lang
    assert heading in [words(h) for h in shown.iter("h2")]
    assert sent in [words(dt) for dt in shown.iter("dt")]


def test_an_unknown_language_is_bokmal():
    assert page(message(), lang="xx").get("lang") == "nb"


class TestCodes:
    def test_the_text_of_the_document(self):
        data = changed(message(), ('DN="Pasient innlagt"', 'DN="Innlagt i dag"'))
        assert "Innlagt i dag" in display.text(read(data))

    def test_our_text_when_the_document_has_none(self):
        data = changed(message(), (' DN="Kvinne"', ""), (' DN="Ny"', ""))
        shown = display.text(read(data))
        assert "Kjønn: Kvinne" in shown
        assert "Status: Ny" in shown
        assert "Sex: Female" in display.text(read(data), lang="en")

    def test_the_code_and_its_list_when_nobody_knows(self):
        data = changed(message(), ('V="SP" DN="Sykepleier"', 'V="QQ"'))
        assert "Yrkesgruppe: QQ (9060)" in display.text(read(data))
        data = changed(message(), ('V="21" S="2.16.578.1.12.4.1.1.9034" DN="Helsefaglig kontakt"', 'V="21" S="1.2.3"'))
        assert "Rolle for pasienten: 21 (1.2.3)" in display.text(read(data))

    def test_free_text_beside_a_code(self):
        data = changed(message(), ('DN="Helsefaglig kontakt"', 'DN="Helsefaglig kontakt" OT="bare på dagtid"'))
        assert "Helsefaglig kontakt – bare på dagtid" in display.text(read(data))


class TestPeople:
    def test_an_h_number_is_said_to_be_no_real_number(self):
        data = changed(message(), ('V="FNR"', 'V="HNR"'), ("13116900216", "13516900216"))
        shown = display.text(read(data))
        assert "135169 00216 (ikke et fødselsnummer)" in shown
        assert "! Pasienten er oppgitt med H-nummer. Det er ikke et fødselsnummer." in shown

    def test_a_real_number_is_not(self):
        assert "ikke et fødselsnummer" not in display.text(read(message()))

    def test_the_telephone_is_a_link(self):
        links = page(message()).findall(".//a[@class='message__phone']")
        assert [(a.get("href"), words(a)) for a in links] == [("tel:69860000", "69860000")]

    def test_a_copy_to_us_is_evident(self):
        data = message(copies=(CASES,))
        assert "Vi er kopimottaker av denne meldingen." in display.text(read(data), own=["2022"])
        assert "Kopimottaker (oss)" in display.text(read(data), own=["20.22"])
        assert "Vi er kopimottaker" not in display.text(read(data), own=["2021"])
        assert "Kopimottaker" in display.text(read(data))


class TestEvents:
    def test_an_expected_day_is_marked(self):
        assert "Tidspunkt: 21.11.2026 (anslag)" in display.text(read(message(type="LOG_UTSKRIVNINGSKLAR")))

    def test_what_has_happened_is_not(self):
        shown = display.text(read(message(literal_estimates=True)))
        assert "kl. 10.30 (anslag)" not in shown
        assert "Anslag: Ja (har skjedd, leses som endelig)" in shown

    def test_a_cancellation_is_said_first(self):
        data = message(status="C", parent=EARLIER, conversation=EARLIER, cancel_reason="Feil pasient")
        shown = page(data)
        notice = shown.find(".//p[@class='notice notice--warn']")
        assert "kansellering" in words(notice)
        assert "Kansellering: Feil pasient" in words(shown)


HOSTILE = [
    "<script>alert(1)</script>",
    '"><img src=x onerror=alert(1)>',
    "</dd></dl><style>*{display:none}</style>",
    "javascript:alert(1)",
    "&#x3c;b&#x3e;",
    "'; DROP TABLE messages; --",
    "{{ 7*7 }}{% raw %}",
    "line one\nline two\n\n  indented",
    "‮reversed‬",
]


class TestHostile:
    @pytest.mark.parametrize("text", HOSTILE)
    def test_text_is_shown_and_never_obeyed(self, text):
        data = message(descriptions={"1": text}, cancel_reason=text)
        source = display.html(read(data))
        shown = html.document_fromstring(source)
        assert shown.xpath("//script") == []
        assert shown.xpath("//img") == []
        assert len(shown.xpath("//style")) == 1
        assert not any(str(name).startswith("on") for element in shown.iter() for name in element.attrib)
        assert " ".join(text.split()) in words(shown)

    def test_a_telephone_number_cannot_become_another_link(self):
        data = changed(message(), ("tel:69860000", "tel:javascript:alert(1)"))
        assert {a.get("href").split(":")[0] for a in page(data).iter("a")} == {"tel"}
        data = changed(message(), ("tel:69860000", "javascript:alert(1)"))
        assert page(data).xpath("//a[contains(@href, 'javascript')]") == []

    def test_attributes_of_a_code_are_escaped(self):
        data = changed(message(), ('DN="Kvinne"', 'DN="&quot;&gt;&lt;b&gt;x"'))
        assert page(data).xpath("//b") == []
        assert '"><b>x' in unescape(display.html(read(data)))

    def test_a_terminal_gets_no_control_characters(self):
        data = changed(message(), ("Sengepost 3", "Sengepost&#x9b;31m &#x202e;3"))
        assert not re.search(r"[\x00-\x08\x0b-\x1f\x7f-\x9f‮]", display.text(read(data)))


def test_line_breaks_are_kept():
    data = message(descriptions={"1": "En\nto\n\ntre"})
    assert "Beskrivelse: En\n    to\n    \n    tre\n" in display.text(read(data))
    assert "En\nto\n\ntre" in page(data).text_content()


def test_a_document_that_is_not_valid_is_shown_with_a_warning():
    data = changed(message(), ('<po:Forsendelsesstatus V="N" DN="Ny"/>', ""))
    shown = display.text(read(data))
    assert "! Meldingen følger ikke standarden." in shown
    assert "Prøvesen, Åse" in shown


def test_an_unknown_element_and_loose_text_are_shown():
    data = changed(message(), ("</MsgId>", "</MsgId>løs tekst<NoeHeltNytt>verdi</NoeHeltNytt>"))
    shown = display.text(read(data))
    assert "løs tekst" in shown
    assert "Noe helt nytt: verdi" in shown


def test_what_cannot_be_read_says_so():
    assert "! Meldingen kan ikke leses." in display.text(read(b"nonsense"))
    assert "Meldingen kan ikke leses." in display.html(read(b""))


def test_internal_document_ids_are_never_shown():
    data = changed(message(), ("</MsgId>", "</MsgId><DokIdNotat>hemmelig-1</DokIdNotat>"))
    assert "hemmelig-1" not in display.html(read(data))


def test_a_receipt():
    found = facts.facts(read(message()))
    answer = Answer(found.receivers[0], "PRIM", "2", (error("E36", "Fødselsnummer mangler."),))
    data = engine.build(build(found, answer, receipt_id=EARLIER, generated_at=NOW))
    shown = display.text(read(data))
    assert shown.startswith("Applikasjonskvittering\n")
    assert "! Meldingen ble avvist av mottakeren." in shown
    assert "Feil: E36 Pasientopplysninger er utilstrekkelige – Fødselsnummer mangler." in shown
    assert "Kvittering fra" in shown
    before, technical = shown.split("Tekniske opplysninger")
    assert EARLIER not in before
    assert EARLIER in technical
    assert MSG_ID in technical


def test_marked_up_text_becomes_lines():
    element = etree.fromstring(
        '<TekstNotatInnhold><div xmlns="http://www.w3.org/1999/xhtml"><p>En <b>to</b></p><ul><li>a</li><li>b</li></ul>'
        "<script>x</script></div></TekstNotatInnhold>"
    )
    assert plain_text(element) == "En to\na\nb"


def test_the_fragment_stands_under_the_heading_of_its_page():
    fragment = html.fragment_fromstring(display.fragment(read(message()), level=3))
    assert (fragment.tag, fragment.get("lang")) == ("article", "nb")
    assert words(fragment.find("h3")) == "Melding om innlagt pasient"
    assert fragment.find(".//h1") is None


def test_the_fragment_begins_with_the_gist():
    data = message(type="LOG_UTSKRIVNINGSKLAR")
    summary = html.fragment_fromstring(display.fragment(read(data))).find(".//section[@class='message__gist']")
    assert list(zip(map(words, summary.iter("dt")), map(words, summary.iter("dd")), strict=True)) == [
        ("Pasient", "Åse Prøvesen"),
        ("Fødselsnummer", "131169 00216"),
        ("Pasient innlagt", "20.11.2026 kl. 10.30"),
        ("Pasient utskrivningsklar", "21.11.2026 (anslag)"),
        ("Avsender", "Sykehuset Prøve HF, Somatikk plo meldingsmottak"),
        ("Sengepost 3", "69860000"),
    ]


def test_the_page_itself_is_the_document_in_its_order_alone():
    assert page(message()).find(".//section[@class='message__gist']") is None


def test_the_page_needs_nothing_from_outside():
    source = display.html(read(message()))
    shown = html.document_fromstring(source)
    assert shown.xpath("//link | //script | //img | //iframe") == []
    assert "url(" not in source
    assert "@import" not in source
    assert "default-src 'none'" in source
