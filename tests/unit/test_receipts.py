"""Building an AppRec of either version, and reading it."""

from __future__ import annotations

from dataclasses import replace

import pytest

from samhandling.messages import engine, facts
from samhandling.messages.compose.logistics import Address, AddressLevel, AddressPerson
from samhandling.messages.receipts import Answer, build, error, read, version_for
from tests.documents import EARLIER, HOSPITAL, MSG_ID, NOW, between, changed, message
from tests.documents import read as read_document


def receipt_for(data: bytes, *errors, role="PRIM", receiver=0) -> facts.Facts:
    """The receipt as its receiver reads it; it must be valid."""
    found = facts.facts(read_document(data))
    answer = Answer(found.receivers[receiver], role, "2" if errors else "1", errors)
    built = engine.build(build(found, answer, receipt_id=EARLIER, generated_at=NOW))
    reading = engine.read(built)
    assert reading.valid, reading.problems
    return facts.facts(reading)


@pytest.mark.parametrize(("version", "receipt"), [("1.5", "1.0"), ("1.6", "1.1")])
def test_it_works(version, receipt):
    answer = receipt_for(message(version=version))
    told = read(answer)
    assert (answer.type, answer.version, answer.msg_id) == ("APPREC", receipt, EARLIER)
    assert answer.generated_at == NOW
    assert (told.status, told.status_text, told.errors, told.role) == ("1", "OK", (), "PRIM")
    assert (told.original_id, told.original_type.value) == (MSG_ID, "LOG_INNLAGT")
    assert told.original_issued.raw == "2026-11-21T14:05:00+01:00"


@pytest.mark.parametrize(
    ("version", "role", "expected", "to"),
    [
        ("1.5", "PRIM", "SPR", "RECEIVER"),
        ("1.5", "COP", "COP", "RECEIVER"),
        ("1.6", "PRIM", "PRIM", "AVS"),
        ("1.6", "COP", "COP", "AVS"),
    ],
)
def test_roles_of_each_version(version, role, expected, to):
    found = facts.facts(read_document(message(version=version)))
    document = build(found, Answer(found.receivers[0], role, "1"), receipt_id=EARLIER, generated_at=NOW)
    assert (expected, to) == (document.Sender.Role.V, document.Receiver.Role.V)
    assert read(facts.of_document(document)).role == role


def test_addresses_are_mirrored_whole():
    answer = receipt_for(message())
    assert (answer.sender.organisation.name, answer.sender.organisation_her_id) == ("Prøvevik kommune", "202")
    assert (answer.sender.part.name, answer.sender.her_id) == ("Sykepleietjeneste", "2021")
    back = answer.receivers[0]
    assert (back.organisation.name, back.organisation_her_id, back.her_id) == ("Sykehuset Prøve HF", "101", "1011")
    assert back.organisation_number == "999888777"


def test_her_id_comes_first_and_the_others_follow():
    document = changed(message(), ("<Id>101</Id>", "<Id>1.01</Id>"))
    found = facts.facts(read_document(document))
    sender = replace(
        found.sender,
        organisation=replace(found.sender.organisation, identifiers=found.sender.organisation.identifiers[::-1]),
    )
    built = build(
        replace(found, sender=sender), Answer(found.receivers[0], "PRIM", "1"), receipt_id=EARLIER, generated_at=NOW
    )
    institution = built.Receiver.HCP.Inst
    assert (institution.Id, institution.TypeId.V) == ("1.01", "HER")
    assert [(extra.Id, extra.Type.V) for extra in institution.AdditionalId] == [("999888777", "ENH")]


def test_a_person_is_mirrored_by_given_and_family_name():
    practice = Address(
        organisation=AddressLevel(name="Legesenteret", her_id="303"),
        part=AddressPerson(family_name="Fastlegesen", given_name="Ola", her_id="3031", hpr_number="8888888"),
    )
    found = facts.facts(read_document(message(receiver=practice)))
    built = build(found, Answer(found.receivers[0], "PRIM", "1"), receipt_id=EARLIER, generated_at=NOW)
    person = built.Sender.HCP.Inst.HCPerson[0]
    assert (person.Name, person.Id, person.TypeId.V) == ("Ola Fastlegesen", "3031", "HER")
    assert [(extra.Id, extra.Type.V) for extra in person.AdditionalId] == [("8888888", "HPR")]
    assert built.Sender.HCP.Inst.Dept == []


def test_a_copy_receiver_named_without_an_organisation():
    lone = (
        '<OtherReceiver><RoleReceiver V="COP" DN="Kopimottaker"/><HealthcareProfessional><FamilyName>Legesen'
        '</FamilyName><Ident><Id>77</Id><TypeId V="HER" DN="HER-id"/></Ident></HealthcareProfessional></OtherReceiver>'
    )
    data = changed(message(), ("</Receiver>", f"</Receiver>{lone}"))
    answer = receipt_for(data, role="COP", receiver=1)
    assert (answer.sender.part.name, answer.sender.her_id) == ("Legesen", "77")


def test_errors_carry_text_list_and_detail():
    answer = receipt_for(message(), error("E10", "MsgId er ikke en gyldig UUID."), error("E36", "Navn mangler."))
    told = read(answer)
    assert told.status == "2"
    assert [(e.code, e.text, e.detail) for e in told.errors] == [
        ("E10", "Ugyldig meldingsidentifikator", "MsgId er ikke en gyldig UUID."),
        ("E36", "Pasientopplysninger er utilstrekkelige", "Navn mangler."),
    ]
    assert {e.oid for e in told.errors} == {"2.16.578.1.12.4.1.1.8221"}


def test_ids_and_times_are_copied_exactly():
    data = changed(
        message(), (MSG_ID, MSG_ID.upper()), ("2026-11-21T14:05:00+01:00</GenDate>", "2026-11-21T13:05:00.0Z</GenDate>")
    )
    told = read(receipt_for(data))
    assert (told.original_id, told.original_issued.raw) == (MSG_ID.upper(), "2026-11-21T13:05:00.0Z")


@pytest.mark.parametrize("wrong", ["<GenDate>i går</GenDate>", ""])
def test_a_time_that_cannot_be_copied_gives_way_to_ours(wrong):
    """The receipt would be invalid else, and the sender could not read that we refused the message."""
    data = between(message(), "<GenDate>", "</GenDate>", wrong)
    told = read(receipt_for(data, error("T02")))
    assert told.original_issued.instant == NOW


def test_empty_names_and_ids_give_no_empty_elements():
    data = changed(message(), ("<OrganisationName>Prøvevik kommune</OrganisationName>", "<OrganisationName/>"))
    found = facts.facts(read_document(data))
    built = engine.build(build(found, Answer(found.receivers[0], "PRIM", "1"), receipt_id=EARLIER, generated_at=NOW))
    assert b"<Name/>" not in built


def test_an_answer_without_status_is_refused():
    found = facts.facts(read_document(message()))
    with pytest.raises(ValueError, match="never sent"):
        build(found, Answer(found.receivers[0], "PRIM", None), receipt_id=EARLIER, generated_at=NOW)


def test_version_of_an_unknown_payload_follows_the_type_code():
    data = changed(message(), ("po/Pasientlogistikk/2012-04-01", "po/Pasientlogistikk/2031-01-01"))
    assert version_for(facts.facts(read_document(data))) == "1.1"
    assert version_for(facts.facts(read_document(changed(data, ("LOG_INNLAGT", "DIALOG_NOTAT"))))) == "1.0"
    assert version_for(facts.facts(read_document(changed(data, ("LOG_INNLAGT", "NOE_NYTT"))))) == "1.1"


@pytest.mark.parametrize("role", ["REQ", "SPR", "PRIM"])
def test_every_main_role_of_others_is_read_as_main(role):
    found = facts.facts(read_document(message(version="1.5")))
    data = engine.build(build(found, Answer(found.receivers[0], "PRIM", "1"), receipt_id=EARLIER, generated_at=NOW))
    told = read(facts.facts(read_document(changed(data, ('<Role V="SPR"', f'<Role V="{role}"')))))
    assert told.role == "PRIM"


def test_another_document_is_no_receipt():
    assert read(facts.facts(read_document(message()))) is None


def test_the_hospital_is_who_gets_it():
    assert receipt_for(message()).receivers[0].her_id == HOSPITAL.part.her_id
