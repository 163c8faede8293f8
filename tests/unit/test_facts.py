"""What documents tell, valid or not."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest

from samhandling.messages import facts
from tests.documents import CASES, EARLIER, MSG_ID, NOW, NURSING, VALUES, between, changed, message, read


def facts_of(data: bytes) -> facts.Facts:
    found = facts.facts(read(data))
    assert found is not None
    return found


def test_it_works():
    found = facts_of(message())
    assert (found.root, found.standard, found.version, found.type) == ("MsgHead", "plo", "1.6", "LOG_INNLAGT")
    assert found.type_name == "Melding om innlagt pasient"
    assert (found.msg_id, found.generated_at, found.status) == (MSG_ID, NOW, "N")
    assert (found.element, found.payload_matches) == ("MeldingInnlagtPasient", True)
    assert found.patient.name == "Åse Prøvesen"
    assert (found.patient.birth_date, found.patient.sex) == (date(1969, 11, 13), "2")
    assert [(n.kind, n.valid) for n in found.patient.numbers()] == [("FNR", True)]
    assert [(p.name, p.profession.name) for p in found.responsible] == [("Gro Ansvarsen", "Sykepleier")]
    assert [(u.name, u.phones) for u in found.units] == [("Sengepost 3", ("69860000",))]
    assert found.attachments == ()
    assert found.unknown_codes == ()
    assert found.receipt is None


@pytest.mark.parametrize(
    ("code", "reading"),
    [
        ("1", "final"),
        ("2", "final"),
        ("3", "ready"),
        ("4", "final"),
        ("5", "expected"),
        ("13", "final"),
        ("9", "unknown"),
    ],
)
@pytest.mark.parametrize("flag", ["true", "false"])
def test_the_estimate_flag_never_decides_what_an_event_means(code, reading, flag):
    """C-11: both values for every code."""
    data = changed(
        message(),
        ('<po:Hendelsekode V="1"', f'<po:Hendelsekode V="{code}"'),
        ("<po:Anslag>false</po:Anslag>", f"<po:Anslag>{flag}</po:Anslag>"),
    )
    event = facts_of(data).events[0]
    assert (event.code, event.reading, event.estimate) == (code, reading, flag == "true")


def test_copy_receivers_follow_the_main_one():
    found = facts_of(message(copies=(CASES,)))
    assert [(p.role, p.her_id) for p in found.receivers] == [("PRIM", "2021"), ("COP", "2022")]
    assert [p.her_id for p in found.copies] == ["2022"]


def test_references_and_status_of_a_cancellation():
    found = facts_of(message(status="C", parent=EARLIER, conversation=MSG_ID))
    assert (found.status, found.parent, found.conversation) == ("C", EARLIER, MSG_ID)


def test_a_type_that_does_not_fit_the_payload():
    assert facts_of(changed(message(), ("LOG_INNLAGT", "LOG_DOD"))).payload_matches is False
    assert facts_of(changed(message(), ("LOG_INNLAGT", "EPIKRISE"))).payload_matches is False
    assert facts_of(changed(message(), ('V="LOG_INNLAGT"', 'V=" LOG_INNLAGT "'))).payload_matches is True


@pytest.mark.parametrize(
    ("written", "instant", "ambiguous"),
    [
        ("2026-11-21T14:05:00", NOW, False),
        ("2026-11-21T13:05:00Z", NOW, False),
        ("2026-11-21T13:05:00.250Z", NOW.replace(microsecond=250000), False),
        ("2026-10-25T02:30:00", datetime(2026, 10, 25, 0, 30, tzinfo=UTC), True),
        ("yesterday", None, False),
    ],
)
def test_when_a_message_was_made(written, instant, ambiguous):
    found = facts_of(changed(message(), ("2026-11-21T14:05:00+01:00</GenDate>", f"{written}</GenDate>")))
    assert (found.generated.raw, found.generated_at, found.generated.ambiguous) == (written, instant, ambiguous)


def test_a_day_with_a_zone_is_the_day_it_names():
    found = facts_of(changed(message(type="LOG_DOD"), ('V="2026-11-21"/>', 'V="2026-11-21Z"/>')))
    assert (found.events[0].at.day, found.events[0].at.instant) == (date(2026, 11, 21), None)


class TestNotValid:
    def test_a_missing_sender(self):
        found = facts_of(between(message(), "<Sender>", "</Sender>"))
        assert not found.sender.readable
        assert found.receivers[0].her_id == "2021"

    def test_a_torn_document_still_tells_its_parties(self):
        data = between(message(), "</Organisation></Organisation></Sender>", "</Sender>", "</Organisation></Sender>")
        assert read(data).recovered
        found = facts_of(data)
        assert (found.msg_id, found.type, found.sender.her_id) == (MSG_ID, "LOG_INNLAGT", "1011")
        assert found.receivers[0].her_id == "2021"
        assert found.version == "1.6"

    @pytest.mark.parametrize("cut", range(0, 4000, 97))
    def test_any_truncation_is_survived(self, cut):
        data = message()[:cut]
        reading = read(data)
        found = facts.facts(reading)
        assert found is None or found.root in ("MsgHead", "AppRec", "Message")

    def test_nothing_of_ours(self):
        assert facts.facts(read(b"<Melding/>")) is None
        assert facts.facts(read(b"nonsense")) is None


class TestUnknownCodes:
    def test_a_value_its_list_does_not_have(self):
        found = facts_of(changed(message(), ('<Sex V="2"', '<Sex V="7"')))
        assert [(u.element, u.list, u.value) for u in found.unknown_codes] == [("Sex", "3101", "7")]

    def test_a_list_the_element_does_not_take(self):
        found = facts_of(changed(message(), ('V="1" S="2.16.578.1.12.4.1.1.9121"', 'V="1" S="1.2.3"')))
        assert [(u.element, u.list) for u in found.unknown_codes] == [("Hendelsekode", "1.2.3")]

    def test_a_list_with_a_version_part_is_the_list(self):
        found = facts_of(changed(message(), ("1.9121", "1.9121.2")))
        assert found.unknown_codes == ()


def test_an_attachment_with_its_size():
    attachment = (
        '<Document><RefDoc><MsgType V="A" DN="Vedlegg"/><MimeType>application/pdf</MimeType>'
        "<Description>Kart</Description><Content>"
        '<Base64Container xmlns="http://www.kith.no/xmlstds/base64container">SGVs\nbG8=</Base64Container>'
        "</Content></RefDoc></Document></MsgHead>"
    )
    found = facts_of(changed(message(), ("</MsgHead>", attachment)))
    assert [(a.mime_type, a.description, a.size) for a in found.attachments] == [("application/pdf", "Kart", 5)]
    assert found.type == "LOG_INNLAGT"


def test_identity_stays_out_of_what_is_printed():
    shown = repr(facts_of(message()).patient)
    for private in ("Prøvesen", "Åse", "13116900216", "1969"):
        assert private not in shown


def test_a_letter_of_the_older_kind():
    """Requester and provider change sides between orders and answers (HIS 1153)."""

    def letter(body: str, root: str) -> bytes:
        def hcp(name: str, first: str, second: str) -> str:
            return (
                f'<HCP><Inst><Name>{name}</Name><Id>{first}</Id><TypeId V="HER"/><Dept><Name>D</Name><Id>{second}</Id>'
                '<TypeId V="HER"/></Dept></Inst></HCP>'
            )

        return (
            f'<Message xmlns="{root}"><Type V="EPIKRISE"/><GenDate V="2026-11-21T14:05:00"/><MsgId>{MSG_ID}</MsgId>'
            f'<{body}><Patient><Name>Prøvesen, Åse</Name><OffId>13116900216</OffId><TypeOffId V="FNR"/></Patient>'
            f"<ServProvider>{hcp('Provider', '1', '11')}</ServProvider><Requester>{hcp('Asker', '2', '22')}</Requester>"
            f"<CopyDest>{hcp('Copy', '3', '33')}</CopyDest></{body}></Message>"
        ).encode()

    answer = facts_of(letter("ServRprt", "http://www.kith.no/xmlstds/epikrise/2012-02-15"))
    assert (answer.standard, answer.version, answer.sender.her_id) == ("epikrise", "1.2", "11")
    assert [(p.role, p.her_id) for p in answer.receivers] == [("PRIM", "22"), ("COP", "33")]
    assert [n.kind for n in answer.patient.numbers()] == ["FNR"]
    order = facts_of(letter("ServReq", "http://www.kith.no/xmlstds/henvisning/2012-02-15"))
    assert (order.standard, order.sender.her_id, order.receivers[0].her_id) == ("henvisning", "22", "11")


def test_of_document_is_what_the_receiver_will_see():
    from samhandling.messages.compose.logistics import compose

    composed = compose(VALUES)
    assert facts.of_document(composed.document) == composed.facts
    assert composed.facts.receivers[0].part.name == NURSING.part.name
