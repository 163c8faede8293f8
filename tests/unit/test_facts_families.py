"""What every family tells: who answers, what is asked and answered, critical information."""

from __future__ import annotations

from pathlib import Path

from samhandling.messages import facts
from tests import payloads as p
from tests.documents import changed, read
from tests.unit.test_profiles_reports import RIGHT


def told(data: bytes) -> facts.Facts:
    found = facts.facts(read(data))
    assert found is not None
    return found


def test_a_dialogue_message_tells_who_answers_and_whom_it_wants():
    found = told(RIGHT["DIALOG_HELSEFAGLIG"])
    assert [(person.name, person.role.value, person.phones) for person in found.responsible] == [
        ("Gro Ansvarsen", "21", ("69860000",))
    ]
    assert [person.role.value for person in found.contacts] == ["24"]
    (note,) = found.notes
    assert (note.theme.value, note.subject, note.text, note.request) == ("6", "Spørsmål", "Hei.", None)


def test_a_unit_may_answer_instead_of_a_person():
    unit = (
        "<TilknyttetEnhet><Kontaktenhet><fk1:OrganisationName>Enheten</fk1:OrganisationName>"
        f'<fk1:Ident><fk1:Id>1</fk1:Id><fk1:TypeId V="HER" S="{p.OID}9051" DN="HER-id"/></fk1:Ident>'
        '<fk1:TeleCom><fk1:TeleAddress V="tel:69001122"/></fk1:TeleCom></Kontaktenhet></TilknyttetEnhet>'
    )
    data = changed(
        RIGHT["DIALOG_HELSEFAGLIG"], (f"<HealthcareProfessional>{p.PROFESSIONAL}</HealthcareProfessional>", unit)
    )
    assert read(data).valid
    assert told(data).units[0].phones == ("69001122",)


def test_requests_and_the_answers_to_them():
    asked = told(p.dialogue("DIALOG_FORESPORSEL", p.request("9152", "4", "Hvilke?", "<DokIdForesp>7</DokIdForesp>")))
    (request,) = asked.requests
    assert (request.type.value, request.question, request.document_id) == ("4", "Hvilke?", "7")
    answered = told(RIGHT["DIALOG_SVAR"])
    assert [r.question for r in answered.answered] == ["Hva nå?"]
    assert answered.requests == ()
    copied = f'<Foresporsel><TypeForesp V="1" S="{p.OID}9152" DN="Helseopplysninger"/></Foresporsel>'
    report = changed(
        RIGHT["MEDISINSKE_OPPLYSNINGER"], ("</InformasjonOmForsendelsen>", f"{copied}</InformasjonOmForsendelsen>")
    )
    assert [r.type.value for r in told(report).answered] == ["1"]


def test_formatted_text_is_told_as_lines():
    text = '<div xmlns="http://www.w3.org/1999/xhtml"><p>En</p><p>To</p><script>x</script></div>'
    (note,) = told(p.dialogue("DIALOG_NOTAT", p.note("7321", "1", text))).notes
    assert note.text == "En\nTo"


def test_the_kind_of_a_report():
    assert told(RIGHT["UTSKRIVNINGSRAPPORT"]).content_type.value == "11"
    assert told(RIGHT["HELSEOPPLYSNINGER_LEGE"]).content_type.value == "2"
    assert told(RIGHT["INNLEGGELSESRAPPORT"]).content_type == facts.Code()


def test_critical_information_in_short_lines():
    allergy = p.component(
        "epj1:Allerginotat",
        "13.11036.1",
        "<epj1:Allergi><epj1:AllergiskMot>Nøtter</epj1:AllergiskMot>"
        '<epj1:AnafylaktiskeReaksjoner V="1" DN="Ja"/></epj1:Allergi>',
    )
    infection = p.component("epj2:GenereltJournalnotat", "13.11009.0", p.heading("9143", "4", "MRSA.", "Luftsmitte"))
    data = changed(
        RIGHT["INNLEGGELSESRAPPORT"],
        ("</MedisinskfagligeOpplysninger>", f"{allergy}{infection}</MedisinskfagligeOpplysninger>"),
    )
    found = told(data)
    assert found.critical == ("Morfin", "Allergi: Nøtter (anafylaktisk reaksjon)", "Luftsmitte: MRSA.")
    assert "Morfin" not in repr(found)
    assert "Hvilke?" not in repr(told(p.dialogue("DIALOG_FORESPORSEL", p.request("9152", "4", "Hvilke?"))))


def test_attachments_tell_what_they_are():
    found = told(p.with_attachments(RIGHT["DIALOG_HELSEFAGLIG"], p.attachment("JVBERi0xLjcg"), p.attachment("???")))
    assert [(a.mime_type, a.description, a.size, a.readable, a.looks_like) for a in found.attachments] == [
        ("application/pdf", "Prøvesvar", 9, True, "application/pdf"),
        ("application/pdf", "Prøvesvar", 2, False, ""),
    ]


def test_the_families_before_the_common_head(standards: Path) -> None:
    def example(name: str) -> facts.Facts:
        return told(next(standards.glob(f"examples/*/{name}")).read_bytes())

    epikrise = example("epikrise_v1.2_n.xml")
    assert (epikrise.type, epikrise.status, epikrise.is_test) == ("EPIKRISE", "N", True)
    assert (epikrise.sender.her_id, [r.her_id for r in epikrise.receivers]) == ("94866", ["91439", "95136"])
    assert epikrise.patient is not None
    assert (epikrise.patient.family_name, epikrise.patient.given_name) == ("Danser", "Line")
    assert [(r.name, r.role.value, r.phones) for r in epikrise.responsible] == [
        ("Overlege Rita Lin", "AHP", ("+4722345678",))
    ]
    assert [c.role.value for c in epikrise.contacts] == ["HHE", "FLE"]
    assert epikrise.critical == ("Sulfa (exanthem 1999)",)
    answer = example("Svar_biokjemi_v1-4_Ny.xml")
    assert (answer.type, answer.sender.her_id, [r.her_id for r in answer.receivers]) == (
        "SVAR_LAB",
        "91126",
        ["258521"],
    )
    assert [r.phones for r in answer.responsible] == [("73112233",)]
    referral = example("Henvisning_ny_tilstand_v2-0_Ny.xml")
    assert (referral.status, referral.content_type.value) == ("N", "10")
    assert referral.responsible[0].phones == ("90550374",)
    assert referral.critical[0].startswith("Registrert 13-03-04")
