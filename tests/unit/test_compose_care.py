"""Care and dialogue messages from values: what stands where, what the versions differ in, what is refused."""

from __future__ import annotations

import base64
import json
from dataclasses import replace
from typing import Any

import pytest

from samhandling.messages import compose
from samhandling.messages.compose.checking import LONGEST_LINE
from samhandling.messages.compose.parties import PatientValues
from tests.samples import NAMES as NAMES_OF_SAMPLES
from tests.samples import NOW, all_samples, built, data, texts, tree, type_of

NAMES = {
    "epj2": "http://www.kith.no/xmlstds/epj/epj2/2008-02-20",
    "epj1": "http://www.kith.no/xmlstds/epj/epj1/2008-02-20",
    "epj3": "http://www.kith.no/xmlstds/epj/epj3/2008-02-20",
    "fk1": "http://www.kith.no/xmlstds/felleskomponent1",
}
FIRST = "0b7c1c62-77b5-4a50-8f3e-6a4e9a1f7c22"


def all_text(composed: compose.Composed) -> str:
    """Everything that a document says, as one text."""
    return "\n".join(
        part for element in tree(composed).iter() for part in (element.text or "", *element.attrib.values())
    )


def found(composed: compose.Composed, path: str) -> list[Any]:
    """Elements or attribute values by a path of local names."""
    steps = "/".join(
        step if step.startswith("@") or step == "" else f"*[local-name()='{step}']" for step in path.split("/")
    )
    return list(tree(composed).xpath("//" + steps, namespaces=NAMES))


def headings(composed: compose.Composed) -> dict[tuple[str, str], str]:
    """(List, code) of each heading -> its text."""
    return {
        (text[0].get("S").rpartition(".")[2], text[0].get("V")): text[1].text
        for text in found(composed, "Journaltekst")
        if len(text) > 1 and text[0].tag.endswith("Overskriftskode")
    }


def paths(composed: compose.Composed) -> list[tuple[str, str]]:
    return [(error.path, error.code) for error in composed.errors]


@pytest.mark.parametrize(("name", "version"), all_samples())
def test_every_sample_becomes_a_message_that_may_be_sent(name: str, version: str) -> None:
    composed = built(name, version)
    assert composed.errors == ()
    assert composed.sendable
    facts = composed.facts
    assert facts is not None
    given = data(name)
    assert (facts.type, facts.version, facts.payload_matches) == (type_of(name), version, True)
    assert facts.status == ("" if name.startswith("DIALOG") else given.get("status", "N"))
    assert facts.generated_at == NOW
    assert facts.parent == given.get("parent", "")
    assert facts.conversation == given.get("conversation", given.get("parent", ""))
    assert facts.sender.her_id == given["sender"]["part"]["her_id"]
    assert [party.her_id for party in facts.receivers] == [
        address["part"]["her_id"] for address in (given["receiver"], *given.get("copies", ()))
    ]
    assert facts.patient is not None
    assert [one.id for one in facts.patient.identifiers] == [given["patient"]["identifiers"][0]["number"]]
    assert facts.unknown_codes == ()


@pytest.mark.parametrize(("name", "version"), all_samples())
def test_no_text_is_lost_on_the_way(name: str, version: str) -> None:
    """Also in version 1.5, which has no place of its own for some of it."""
    values, _ = compose.from_data(type_of(name), data(name), now=NOW, version=version)
    said = all_text(built(name, version))
    wanted = list(texts(values, head_only=data(name).get("status") == "C"))
    assert len(wanted) > 8
    assert [text for text in wanted if text not in said] == []


@pytest.mark.parametrize("name", NAMES_OF_SAMPLES)
def test_values_go_to_data_and_back(name: str) -> None:
    """What a draft keeps is what the form had."""
    values, _ = compose.from_data(type_of(name), data(name), now=NOW)
    kept = json.loads(json.dumps(compose.to_data(values)))
    assert compose.from_data(type_of(name), kept, now=NOW)[0] == values


def test_the_same_values_give_the_same_bytes() -> None:
    sample = {"msg_id": "6f0a3c52-0f3e-4b8c-9d0e-2f6f0c6a1b11"}
    assert built("UTSKRIVNINGSRAPPORT", **sample).data == built("UTSKRIVNINGSRAPPORT", **sample).data


def test_the_early_notice_stands_as_the_national_examples_have_it() -> None:
    """SEND-60: 9140 code 1, expected day under code 3 as an estimate, 9145 headings in the medical note."""
    composed = built("HELSEOPPL_SOKNAD")
    facts = composed.facts
    assert facts is not None
    assert facts.content_type.value == "1"
    assert [(e.code, e.at.raw, e.estimate) for e in facts.events] == [("3", "2026-11-24", True)]
    told = headings(composed)
    assert list(told)[:3] == [("9143", "1"), ("9145", "1"), ("9145", "2")]
    assert told[("9145", "1")] == data("HELSEOPPL_SOKNAD")["patient_status"]
    medical = found(composed, "MedisinskfagligeOpplysninger/GenereltJournalnotat/Journaltekst/Overskriftskode/@S")
    assert {oid.rpartition(".")[2] for oid in medical} == {"9143", "9145"}
    nursing = found(composed, "InfoFraSykepleier/Journaltekst/Overskriftskode/@V")
    assert nursing == ["8", "14"]
    assert [p.name for p in facts.contacts] == ["Odd Overlegesen", "Lise Legesen"]
    assert [u.phones for u in facts.units] == [("69860000",)]


def test_an_empty_heading_is_not_sent() -> None:
    """SEND-08."""
    told = headings(built("HELSEOPPL_SOKNAD", practical="  \n ", nursing_summary=None))
    assert ("9141", "14") not in told
    assert ("9141", "8") not in told


def test_a_change_says_what_changed_and_refers_to_the_series() -> None:
    composed = built("HELSEOPPL_SOKNAD-endring")
    assert composed.facts is not None
    assert composed.facts.content_type.value == "2"
    remark = found(composed, "TypeInnholdIMelding/Merknad")[0].text
    assert remark == "Endring: " + data("HELSEOPPL_SOKNAD-endring")["change"]
    assert paths(built("HELSEOPPL_SOKNAD-endring", change=" ")) == [("change", "field.required")]
    assert paths(built("HELSEOPPL_SOKNAD-endring", parent=None, conversation=None)) == [("parent", "field.required")]


def test_a_cancellation_repeats_little_and_says_why() -> None:
    composed = built("HELSEOPPL_SOKNAD-kansellering")
    assert "Kansellering: Sendt på feil pasient." in all_text(composed)
    assert headings(composed) == {}
    assert paths(built("HELSEOPPL_SOKNAD-kansellering", cancel_reason=None)) == [("cancel_reason", "field.required")]
    missing_day = built("HELSEOPPL_SOKNAD-kansellering", expected_ready_on=None)
    assert paths(missing_day) == [("expected_ready_on", "field.required")]


@pytest.mark.parametrize(
    "name",
    [
        "INNLEGGELSESRAPPORT",
        "UTSKRIVNINGSRAPPORT",
        "HELSEOPPLYSNINGER_LEGE",
        "ORIENTERING_TJENESTETILBUD",
        "MEDISINSKE_OPPLYSNINGER",
    ],
)
@pytest.mark.parametrize("version", ["1.5", "1.6"])
def test_each_care_message_can_be_cancelled(name: str, version: str) -> None:
    composed = built(name, version, status="C", parent=FIRST, cancel_reason="Feil pasient.")
    assert composed.errors == ()
    assert composed.facts is not None
    assert composed.facts.status == "C"
    assert "Kansellering: Feil pasient." in all_text(composed)
    assert found(composed, "Legemiddelinfo") == []


def test_components_of_the_record_carry_their_attributes() -> None:
    """SEND-63: a fresh id each, and the object identifier of what they are."""
    composed = built("UTSKRIVNINGSRAPPORT")
    ids = found(composed, "@komponentID")
    assert len(ids) == len(set(ids)) == 9
    assert min(ids) == "00000000-0000-4000-8000-000000000001"
    kinds = {element.tag.rpartition("}")[2]: element for element in tree(composed).xpath("//*[@komponentID]")}
    meta = "{http://www.kith.no/xmlstds/epj/meta/2008-02-20}"
    assert {name: element.get(meta + "komponenttype") for name, element in kinds.items()} == {
        "Cave": "2.16.578.1.12.4.1.6.14.50001.0",
        "SakshodeCave": "2.16.578.1.12.4.1.6.13.10028.0",
        "Allerginotat": "2.16.578.1.12.4.1.6.13.11036.1",
        "GenereltJournalnotat": "2.16.578.1.12.4.1.6.13.11009.0",
        "Legemiddelinfo": "2.16.578.1.12.4.1.6.13.10301.0",
        "LegemidlerAdministrertVedOverforing": "2.16.578.1.12.4.1.6.13.10302.0",
    }


def test_medicines_are_structured() -> None:
    """SEND-06: one component each; what is stopped, in multidose, given today and sent along."""
    composed = built("UTSKRIVNINGSRAPPORT")
    assert [e.text for e in found(composed, "ForenkletForskrivning/Forskrivningsinfo/Navn")] == [
        "Burinex",
        "Paracet",
        "Voltaren",
    ]
    assert found(composed, "StatusTilForskrivningen/@V") == ["2"]
    assert found(composed, "InngaarIMultidose/@V") == ["2", "1"]
    assert found(composed, "Styrke/@V") == ["1", "500", "50"]
    assert found(composed, "AdmAvHelsepersonell/AdmStart/@V") == ["2026-11-27T08:00:00+01:00"]
    assert [e.text for e in found(composed, "AntEnkeltdoser")] == ["12"]
    assert [e.text for e in found(composed, "HjelpLegemiddeladm")] == ["true"]


def test_version_15_tells_in_words_what_it_has_no_place_for() -> None:
    early = built("HELSEOPPL_SOKNAD", "1.5")
    assert "Forventet utskrivningsklar: 24.11.2026" in all_text(early)
    assert found(early, "TypeInnholdIMelding") == []
    assert [e.text for e in found(early, "EgensoknadSendt")] == ["false"]
    assert [e.text for e in found(early, "Hoveddiagnose")] == ["true", "false"]
    admission = built("INNLEGGELSESRAPPORT", "1.5")
    assert found(admission, "FodselsarMindrearigParorende") == []
    assert "Født 2012. Bor hos faren" in all_text(admission)
    assert "Hjelp med legemidler: Legemidler er ikke sendt med." in all_text(admission)
    report = built("UTSKRIVNINGSRAPPORT", "1.5")
    assert found(report, "InformasjonOmTentativTime") == []
    assert [e.text for e in found(report, "BestiltKontrolltime")] == ["true", "false"]


def test_a_long_cave_word_is_cut_in_15_and_stands_in_full_beside() -> None:
    word = "Overfølsom for alle betennelsesdempende legemidler"
    composed = built("HELSEOPPL_SOKNAD", "1.5", cautions=[{"word": word}])
    short = found(composed, "CaveStikkord")[0].text
    assert len(short) <= 35
    assert short.endswith("…")
    assert found(composed, "StikkordCave/Journaltekst/Notat")[0].text == word
    assert found(built("HELSEOPPL_SOKNAD", cautions=[{"word": word}]), "CaveStikkord")[0].text == word


def test_an_answer_copies_the_request() -> None:
    """SEND-65, SEND-70."""
    composed = built("MEDISINSKE_OPPLYSNINGER")
    assert [e.text for e in found(composed, "SvarPaaForesporsel")] == ["true"]
    assert found(composed, "InformasjonOmForsendelsen/Foresporsel/TypeForesp/@V") == ["1"]
    answer = built("DIALOG_SVAR")
    assert answer.facts is not None
    assert answer.facts.notes[0].request is not None
    assert answer.facts.notes[0].request.question == data("DIALOG_SVAR")["request"]["question"]
    assert answer.facts.notes[0].theme.value == "5"


def test_the_municipality_answers_ready_for_discharge() -> None:
    composed = built("DIALOG_NOTAT")
    assert composed.facts is not None
    note = composed.facts.notes[0]
    assert (note.theme.oid.rpartition(".")[2], note.theme.value) == ("9155", "1")
    assert note.text.startswith("Kommunen kan ta imot pasienten fra 28.11.2026.\nKorttidsplass")
    cannot = built("DIALOG_NOTAT", ready_reply="cannot", from_day=None, text=None)
    assert cannot.facts is not None
    assert "kan ikke ta imot pasienten" in cannot.facts.notes[0].text
    assert paths(built("DIALOG_NOTAT", from_day=None)) == [("from_day", "field.required")]
    assert paths(built("DIALOG_NOTAT", parent=None)) == [("parent", "field.required")]
    assert paths(built("DIALOG_NOTAT", ready_reply=None, from_day=None, text=None)) == [
        ("theme", "field.required"),
        ("text", "field.required"),
    ]


def test_a_deviation_has_two_reasons_and_names_the_message() -> None:
    """SEND-75: never code 2."""
    technical = built("DIALOG_AVVIK", reason="technical", text="Vedlegget kan ikke åpnes.")
    assert technical.facts is not None
    note = technical.facts.notes[0]
    assert (note.theme.value, note.text) == ("9", "Teknisk feil i meldingen: Vedlegget kan ikke åpnes.")
    assert (technical.facts.parent, technical.facts.conversation) == (FIRST, FIRST)
    assert paths(built("DIALOG_AVVIK", reason="incomplete")) == [("reason", "field.code")]


def test_a_new_dialogue_names_whom_it_is_for() -> None:
    """SEND-76."""
    assert paths(built("DIALOG_HELSEFAGLIG", contact_at_receiver=None)) == [("contact_at_receiver", "field.required")]
    assert built("DIALOG_HELSEFAGLIG", contact_at_receiver=None, parent=FIRST).sendable
    assert found(built("DIALOG_HELSEFAGLIG"), "RollerRelatertNotat/RoleToPatient/@V") == ["6", "24"]


def test_attachments_are_documents_of_their_own() -> None:
    composed = built("DIALOG_HELSEFAGLIG")
    assert composed.facts is not None
    content = base64.b64decode(data("DIALOG_HELSEFAGLIG")["attachments"][0]["content"])
    assert [(a.mime_type, a.description, a.size) for a in composed.facts.attachments] == [
        ("application/pdf", "Notat fra kontroll", len(content))
    ]
    assert found(composed, "RefDoc/MsgType/@V") == ["XML", "A"]


@pytest.mark.parametrize(
    ("name", "changes", "expected"),
    [
        ("HELSEOPPL_SOKNAD", {"patient_status": "\x00 "}, ("patient_status", "field.required")),
        ("HELSEOPPL_SOKNAD", {"unit": None, "responsible": None}, ("unit.phone", "field.required")),
        ("HELSEOPPL_SOKNAD", {"civil_status": "77"}, ("civil_status", "field.code")),
        ("HELSEOPPL_SOKNAD", {"expected_ready_on": "0001-01-01"}, ("expected_ready_on", "field.range")),
        ("HELSEOPPL_SOKNAD", {"msg_id": "123"}, ("msg_id", "field.format")),
        ("HELSEOPPL_SOKNAD", {"change": "Noe"}, ("change", "field.conflict")),
        ("HELSEOPPL_SOKNAD", {"rhesus": "RH+"}, ("blood_type", "field.required")),
        ("HELSEOPPL_SOKNAD", {"service_needs": [{"text": "x"}]}, ("service_needs[0].name", "field.required")),
        ("HELSEOPPL_SOKNAD", {"cautions": [{"word": "a\nb"}]}, ("cautions[0].word", "field.format")),
        ("HELSEOPPL_SOKNAD", {"cautions": [{"word": "a" * (LONGEST_LINE + 1)}]}, ("cautions[0].word", "field.range")),
        ("INNLEGGELSESRAPPORT", {"reports": [{"text": "a"}, {"text": "b"}]}, ("reports", "field.conflict")),
        ("INNLEGGELSESRAPPORT", {"medicines": [{"dose": "2"}]}, ("medicines[0].name", "field.required")),
        ("UTSKRIVNINGSRAPPORT", {"discharged_at": "2026-11-19"}, ("discharged_at", "field.conflict")),
        ("UTSKRIVNINGSRAPPORT", {"appointments": [{}]}, ("appointments[0].at", "field.required")),
        ("ORIENTERING_TJENESTETILBUD", {"services": []}, ("services", "field.required")),
        ("MEDISINSKE_OPPLYSNINGER", {"kind": "answer", "answers": None}, ("answers", "field.required")),
        ("DIALOG_FORESPORSEL", {"request_type": "6"}, ("request_type", "field.code")),
        ("DIALOG_FORESPORSEL", {"request_type": "99", "question": None}, ("question", "field.required")),
        ("DIALOG_HELSEFAGLIG", {"subject": None}, ("subject", "field.required")),
        ("LOG_INNLAGT", {"admitted_at": None}, ("admitted_at", "HIS1149-01")),
        ("LOG_DOD", {"died_at": None}, ("died_at", "HIS1149-08")),
        ("LOG_DOD", {"cancel_reason": "Feil pasient"}, ("cancel_reason", "field.conflict")),
        ("LOG_DOD", {"remarks": {"1": "x"}}, ("remarks.1", "field.conflict")),
    ],
)
def test_what_is_missing_or_wrong_is_said_at_its_field(
    name: str, changes: dict[str, Any], expected: tuple[str, str]
) -> None:
    composed = built(name, **changes)
    assert paths(composed) == [expected]
    assert (composed.document, composed.data) == (None, b"")
    assert not composed.sendable


def test_an_attachment_is_what_it_says_and_not_too_large() -> None:
    picture = {"name": "Bilde", "mime_type": "image/png", "content": base64.b64encode(b"%PDF-1.4").decode()}
    assert paths(built("DIALOG_SVAR", attachments=[picture])) == [("attachments[0].content", "field.format")]
    large = {"name": "Stor", "mime_type": "application/pdf"}
    large["content"] = base64.b64encode(b"%PDF-1.4" + b"0" * 20_000_000).decode()
    assert paths(built("DIALOG_SVAR", attachments=[large])) == [("attachments", "field.range")]


def test_who_the_patient_is_must_be_certain() -> None:
    """SEND-09, SEND-10: the profile's finding is told at the field."""
    patient = {"family_name": "Prøvesen", "given_name": "Åse"}
    assert paths(built("DIALOG_SVAR", patient=patient)) == [("patient", "HODE-11")]
    wrong = {**patient, "identifiers": [{"kind": "FNR", "number": "12345678901"}]}
    assert ("patient.identifiers", "HODE-16") in paths(built("DIALOG_SVAR", patient=wrong))


def test_data_that_cannot_be_read_is_told_field_by_field() -> None:
    wrong = {"patient": [], "copies": {}, "status": 1, "expected_ready_on": "24.11.2026", "lives_alone": "ja", "x": 1}
    values, errors = compose.from_data("HELSEOPPL_SOKNAD", data("HELSEOPPL_SOKNAD", **wrong), now=NOW)
    assert values is None
    assert {(error.path, error.code) for error in errors} == {
        ("patient", "field.type"),
        ("copies", "field.type"),
        ("status", "field.type"),
        ("expected_ready_on", "field.type"),
        ("lives_alone", "field.type"),
        ("x", "field.unknown"),
    }
    assert compose.from_data("HELSEOPPL_SOKNAD", "text", now=NOW)[0] is None


def test_what_we_do_not_write_is_refused_by_name() -> None:
    values, _ = compose.from_data("DIALOG_SVAR", data("DIALOG_SVAR"), now=NOW)
    assert values is not None
    for code, version in (("EPIKRISE", "1.2"), ("DIALOG_SVAR", "1.1"), ("DIALOG_AVVIK", "1.0")):
        with pytest.raises(LookupError):
            compose.compose(code, version, values)
    with pytest.raises(LookupError):
        compose.schema("FRAVARSMELDING", "1.5")


def test_values_stay_out_of_the_repr() -> None:
    """P-08."""
    values, _ = compose.from_data("HELSEOPPL_SOKNAD", data("HELSEOPPL_SOKNAD"), now=NOW)
    assert values is not None
    for secret in ("Prøvesen", "Innlagt etter fall", data("HELSEOPPL_SOKNAD")["patient"]["identifiers"][0]["number"]):
        assert secret not in repr(values)


def test_plain_pairs_of_identifiers_are_checked_too() -> None:
    values, _ = compose.from_data("DIALOG_SVAR", data("DIALOG_SVAR"), now=NOW)
    assert values is not None
    patient = PatientValues(family_name="Prøvesen", given_name="Åse", identifiers=(("FNX", "1"),))
    composed = compose.compose("DIALOG_SVAR", "1.0", replace(values, patient=patient))
    assert paths(composed) == [("patient.identifiers[0].kind", "field.code")]


@pytest.mark.parametrize("version", ["1.5", "1.6"])
def test_strength_form_code_and_a_remark_to_a_function_have_their_places(version: str) -> None:
    medicine = {"name": "Burinex", "strength": 0.5, "strength_unit": "mg", "medicine_form": "53", "atc": "C03CA02"}
    level = {"functions": [{"function": "5", "score": 3, "remark": "Trapp går ikke."}]}
    composed = built("INNLEGGELSESRAPPORT", version, medicines=[medicine], functional_level=level)
    assert composed.errors == ()
    assert composed.sendable
    info = "Forskrivningsinfo"
    assert [found(composed, f"{info}/{path}") for path in ("Styrke/@V", "Styrke/@U", "Atc/@V")] == [
        ["0.5"],
        ["mg"],
        ["C03CA02"],
    ]
    assert found(composed, f"{info}/Legemiddelform/@DN") == ["Tablett"]
    assert [e.text for e in found(composed, "KartlagtFunksjon/Merknad")] == ["Trapp går ikke."]
