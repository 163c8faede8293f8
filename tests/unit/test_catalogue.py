"""The catalogue of message types."""

from __future__ import annotations

import pytest

from samhandling.messages import catalogue, codes


def test_a_logistics_message() -> None:
    found = catalogue.by_code("LOG_UTSKRIVNINGSKLAR", "1.6")
    assert found is not None
    assert found.namespace == "http://www.kith.no/xmlstds/po/Pasientlogistikk/2012-04-01"
    assert (found.service, found.action) == ("S-LOG_UTSKRIVNINGSKLAR", "LOG_UTSKRIVNINGSKLAR")
    assert (found.sender_role, found.receiver_role) == ("LOG_UTSKRIVNINGSKLARsender", "LOG_UTSKRIVNINGSKLARreceiver")
    assert (found.receipt_version, found.allowed_status) == ("1.1", ("N", "C"))
    assert found.addressee == catalogue.CASE_HANDLING


@pytest.mark.parametrize(
    ("code", "version", "receipt"),
    [
        ("LOG_DOD", "1.5", "1.0"),
        ("LOG_DOD", "1.6", "1.1"),
        ("FRAVARSMELDING", "1.5", "1.0"),
        ("DIALOG_AVVIK", "1.0", "1.0"),
        ("DIALOG_HELSEFAGLIG", "1.1", "1.1"),
        ("EPIKRISE", "1.1", "1.0"),
        ("EPIKRISE", "1.2", "1.1"),
        ("HENVISNING", "1.0", "1.0"),
        ("HENVISNING", "1.1", "1.1"),
        ("HENVISNING_NYTILSTAND", "2.0", "1.1"),
        ("SVAR_LAB", "1.3", "1.0"),
        ("SVAR_LAB", "1.4", "1.1"),
    ],
)
def test_receipt_version_of_each_family(code: str, version: str, receipt: str) -> None:
    found = catalogue.by_code(code, version)
    assert found is not None
    assert found.receipt_version == receipt


def test_twelve_care_messages_of_version_15() -> None:
    assert len([t for t in catalogue.all_types() if (t.standard, t.version) == ("plo", "1.5")]) == 12


def test_the_newest_version_without_a_version() -> None:
    found = catalogue.by_code(" LOG_DOD ")
    assert found is not None
    assert found.version == "1.6"


def test_namespace_decides_the_version() -> None:
    old = catalogue.by_namespace("http://www.kith.no/xmlstds/po/Pasientlogistikk/2009-06-30", "LOG_DOD")
    assert old is not None
    assert old.version == "1.5"
    assert catalogue.by_namespace("http://www.kith.no/xmlstds/po/Pasientlogistikk/2009-06-30", "EPIKRISE") is None
    assert catalogue.by_namespace("http://example.org/other") is None


def test_a_type_alone_in_its_namespace_needs_no_code() -> None:
    found = catalogue.by_namespace("http://www.kith.no/xmlstds/po/TverrfagligEpikrise/2012-04-01")
    assert found is not None
    assert found.code == "UTSKRIVNINGSRAPPORT"
    assert catalogue.by_namespace(catalogue.LOGISTICS_16.namespace) is None


def test_logistics_by_chosen_element() -> None:
    found = catalogue.logistics_by_element("MeldingOmUtskrevetPasient", "1.6")
    assert found is not None
    assert found.code == "LOG_UTSKREVET"
    assert catalogue.logistics_by_element("MeldingOmUtskrevetPasient", "1.4") is None


def test_every_code_has_a_text_and_only_known_status() -> None:
    for message_type in catalogue.all_types():
        assert codes.known("8279", message_type.code)
        assert all(codes.known("7309", status) for status in message_type.allowed_status)
