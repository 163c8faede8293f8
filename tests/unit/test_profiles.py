"""Rules beyond structure: HIS 1149 and the header."""

from __future__ import annotations

from datetime import date

import pytest

from samhandling.messages import facts, profiles
from samhandling.messages.compose.logistics import compose
from tests.documents import EARLIER, MSG_ID, VALUES, between, changed, message, read


def findings(data: bytes) -> dict[str, profiles.Finding]:
    reading = read(data)
    found = facts.facts(reading)
    assert found is not None
    return {finding.code: finding for finding in profiles.check(found, reading.tree)}


def test_a_message_of_ours_has_no_findings():
    assert findings(message()) == {}
    assert profiles.check_document(compose(VALUES).document) == ()


HER = '<TypeId V="HER" S="2.16.578.1.12.4.1.1.9051" DN="HER-id"/>'


@pytest.mark.parametrize(
    ("code", "swap"),
    [
        ("HODE-01", (MSG_ID, "abc")),
        ("HODE-02", ('<Sex V="2" DN="Kvinne"/>', '<Sex DN="Kvinne"/>')),
        ("HODE-03", (' DN="Kvinne"', "")),
        ("HODE-04", (' S="2.16.578.1.12.4.1.1.9121"', "")),
        ("HODE-05", ('V="SP" DN="Sykepleier"', 'V="QQ" DN="Noe"')),
        ("HODE-05", ("1.9121", "1.9034")),
        ("HODE-06", ("<GivenName>Åse</GivenName>", "<GivenName/>")),
        ("HODE-07", ('DN="Kvinne"', 'DN="Kvinne "')),
        ("HODE-08", ("tel:69860000", "tel:69 86 00 00")),
        ("HODE-08", ("tel:69860000", "69860000")),
        ("HODE-09", ("2026-11-21T14:05:00+01:00</GenDate>", "2026-10-25T02:30:00</GenDate>")),
        ("HODE-10", ('<MsgType V="XML" DN="XML-instans"/>', '<MsgType V="A" DN="Vedlegg"/>')),
        ("HODE-12", ("LOG_INNLAGT", "LOG_DOD")),
        ("HODE-13", ('V="N" DN="Ny"', 'V="M" DN="Endring"')),
        ("HODE-15", ("</MsgId>", '</MsgId><ProcessingStatus V="T" DN="Opplæring"/>')),
        ("HODE-16", ("<Id>13116900216</Id>", "<Id>13116900217</Id>")),
        ("HODE-17", ('<Sex V="2" DN="Kvinne"/>', "")),
        ("HODE-18", ("</MsgId>", '</MsgId><Ack V="J" DN="Ja"/>')),
        ("HODE-20", ("1969-11-13", "1970-11-13")),
        ("HIS1153-01", (f"<Id>202</Id>{HER}", f"<Id>202</Id>{HER.replace('HER', 'LOK')}")),
        ("HIS1153-02", (f"<Id>2021</Id>{HER}", f"<Id>2021</Id>{HER.replace('HER', 'LOK')}")),
        ("HIS1153-03", ("Sykepleietjeneste", " ")),
        ("HITS1174-01", ("tel:69860000", "")),
        ("PLO-01", ('<fk1:TypeHealthcareProfessional V="SP" DN="Sykepleier"/>', "")),
        ("PLO-04", ('V="N" DN="Ny"', 'V="C" DN="Kansellering"')),
        ("HIS1149-01", ('V="1" S="2.16.578.1.12.4.1.1.9121" DN="Pasient innlagt"', 'V="13" DN="x"')),
        ("HIS1149-02", ('V="2026-11-20T10:30:00+01:00"', 'V="2026-11-20"')),
        ("HIS1149-09", ("<po:Anslag>false", "<po:Anslag>true")),
    ],
)
def test_each_rule_finds_its_fault(code, swap):
    found = findings(changed(message(), swap))
    assert code in found
    finding = found[code]
    assert finding.text
    assert finding.advice
    assert finding.path.startswith("/MsgHead")
    assert finding.line == 2
    assert finding.severity in ("warning", "note")


@pytest.mark.parametrize(
    ("type_code", "code", "swap"),
    [
        ("LOG_UTSKRIVNINGSKLAR", "HIS1149-03", ('<po:Hendelsekode V="3"', '<po:Hendelsekode V="4"')),
        ("LOG_AVMELDING", "HIS1149-05", ('<po:Hendelsekode V="4"', '<po:Hendelsekode V="2"')),
        ("LOG_AVMELDING", "HIS1149-11", ('<po:Hendelsekode V="3"', '<po:Hendelsekode V="2"')),
        ("LOG_UTSKREVET", "HIS1149-06", ('<po:Hendelsekode V="2"', '<po:Hendelsekode V="1"')),
        ("LOG_UTSKREVET", "HIS1149-07", ('<po:UtTil V="1"', "<po:UtTil")),
        ("LOG_DOD", "HIS1149-08", ('<po:Hendelsekode V="13"', '<po:Hendelsekode V="2"')),
        ("LOG_UTSKRIVNINGSKLAR", "HIS1149-10", ('V="2026-11-21"/>', 'V="2026-11-21T12:00:00"/>')),
        ("LOG_UTSKRIVNINGSKLAR", "HIS1149-04", ("<fk1:FamilyName>Ansvarsen</fk1:FamilyName>", "")),
    ],
)
def test_the_rules_of_each_logistics_message(type_code, code, swap):
    assert code in findings(changed(message(type=type_code), swap))


def test_a_patient_without_number_birth_date_or_sex():
    data = between(message(), "<DateOfBirth>", "</Ident>")
    assert findings(data)["HODE-11"].blocks_sending


def test_an_event_without_code_and_description():
    data = between(message(), "<po:Hendelsekode", "/>")
    assert findings(data)["PLO-05"].blocks_sending


def test_a_broken_reference():
    data = message(status="C", parent=EARLIER, conversation=EARLIER)
    data = changed(data, (f"<RefToParent>{EARLIER}", "<RefToParent>8c661668-c412-4c14-bl2e-7b096f64f6e7"))
    assert "RefToParent" in findings(data)["HODE-19"].path


def test_an_h_number_is_a_note_that_stops_nothing():
    data = changed(message(), ("<Id>13116900216</Id>", "<Id>13516900216</Id>"), ('V="FNR"', 'V="HNR"'))
    finding = findings(data)["HODE-21"]
    assert (finding.severity, finding.blocks_sending) == ("note", False)


def test_the_path_counts_siblings():
    other = "</Receiver>" + '<OtherReceiver><RoleReceiver V="COP" DN="Kopimottaker"/></OtherReceiver>' * 2
    found = findings(changed(message(), ("</Receiver>", other)))
    assert "OtherReceiver[1]" in found["HIS1153-01"].path or "OtherReceiver[2]" in found["HIS1153-01"].path


def test_notes_on_what_has_happened_do_not_stop_sending():
    """The literal "true" of HIS 1149 may be what the counterpart wants (C-11)."""
    assert compose(VALUES).sendable
    found = findings(message(literal_estimates=True))
    assert not found["HIS1149-09"].blocks_sending


def test_marked_up_text_may_have_empty_cells_and_quantities_have_no_text():
    extra = '<x xmlns="http://www.w3.org/1999/xhtml"><td/></x><Styrke V="5" U="mg"/><ApprDate V="2026-11-21"/>'
    assert findings(changed(message(), ("</MsgId>", f"</MsgId>{extra}"))) == {}


LETTER = b"""<Message xmlns="http://www.kith.no/xmlstds/epikrise/2012-02-15"><Type V="EPIKRISE"/>
<MsgId>f022ccd0-4567-11e7-9598-0800200c9a66</MsgId><ServRprt>
<ServProvider><HCP><Inst><Name>Sykehuset</Name><Id>100</Id><TypeId V="HER"/>
<Dept><Name>Kirurgi</Name><Id>101</Id><TypeId V="HER"/></Dept></Inst></HCP></ServProvider>
<Requester><HCP><Inst><Name>Legesenteret</Name><Id>200</Id><TypeId V="HER"/>
<HCPerson><Name>August September</Name><Id>201</Id><TypeId V="HER"/></HCPerson></Inst></HCP></Requester>
<Patient><Name>Roland Gundersen</Name><OffId>15076500565</OffId><TypeOffId V="FNR"/></Patient>
</ServRprt></Message>"""


def test_the_older_families_say_who_writes_to_whom_about_whom():
    assert findings(LETTER) == {}
    assert findings(changed(LETTER, ("<MsgId>f022ccd0", "<MsgId>1")))["HODE-01"].blocks_sending
    assert set(findings(changed(LETTER, ('<Id>200</Id><TypeId V="HER"/>', "")))) == {"HIS1153-01"}
    assert set(findings(changed(LETTER, ('<Id>101</Id><TypeId V="HER"/>', "")))) == {"HIS1153-02"}
    assert set(findings(changed(LETTER, ("<Name>Kirurgi</Name>", "")))) == {"HIS1153-03"}
    assert set(findings(changed(LETTER, ("<OffId>15076500565</OffId>", "")))) == {"HODE-11"}


def test_a_future_ready_day_is_no_fault():
    assert findings(message(type="LOG_UTSKRIVNINGSKLAR", ready_on=date(2027, 1, 4))) == {}
