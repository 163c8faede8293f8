"""How the versions of a standard differ while they share classes: marks, types by version, what is borrowed."""

from __future__ import annotations

from typing import Annotated

import pytest

from samhandling.messages import engine
from samhandling.messages.engine.canonical import difference
from samhandling.messages.engine.describe import describe
from samhandling.messages.engine.simple import SimpleType, String
from samhandling.messages.engine.tables import Family, Node, Scope, by_version, element, required_in, since, until
from samhandling.messages.model import (
    basismelding,
    epikrise,
    epikrise_11,
    epikrise_12,
    henvisning_10,
    henvisning_11,
    kith,
    roots,
    svarrapport,
    svarrapport_13,
    svarrapport_14,
)

OWN, OTHER = Family("a", "urn:a"), Family("b", "urn:b")
FIRST, SECOND = Scope("A 1.0", "a", "1.0"), Scope("A 2.0", "a", "2.0")
BORROWING = Scope("B 0.9", "b", "0.9", borrowed={OWN: "2.0"})


class Sample(Node):
    xml = element(OWN)
    Always: String
    Old: Annotated[String | None, until("1.0")] = None
    New: Annotated[String | None, since("2.0")] = None
    Demanded: Annotated[list[String], required_in("2.0")] = []
    Typed: Annotated[kith.CS | kith.ST | None, by_version({"1.0": kith.ST, "2.0": kith.CS})] = None


def said(scope: Scope) -> dict[str, tuple[bool, str]]:
    """Field -> whether it must be there, and its type."""
    fields = describe(Sample, scope).fields
    kinds = {
        field.name: (field.value.name.rpartition("}")[2] if isinstance(field.value, SimpleType) else "CS")
        for field in fields
    }
    return {field.name: (field.required, kinds[field.name]) for field in fields}


def test_the_marks_say_what_a_version_has() -> None:
    assert said(FIRST) == {
        "Always": (True, "string"),
        "Old": (False, "string"),
        "Demanded": (False, "string"),
        "Typed": (False, "ST"),
    }
    assert said(SECOND) == {
        "Always": (True, "string"),
        "New": (False, "string"),
        "Demanded": (True, "string"),
        "Typed": (False, "CS"),
    }


def test_what_is_borrowed_keeps_the_version_it_has_at_home() -> None:
    assert said(BORROWING) == said(SECOND)
    assert BORROWING.version_of(OTHER) == "0.9"


def test_an_element_stands_in_the_versions_it_names() -> None:
    table = element(OWN, since="1.1", until="1.3")
    assert [table.stands_in(version) for version in ("1.0", "1.1", "1.3", "1.4")] == [False, True, True, False]
    assert element(OWN).stands_in("9.9")


def names(uri: str) -> set[str]:
    return {tag.partition("}")[2] for tag in roots.elements() if tag.startswith(f"{{{uri}}}")}


def test_henvisning_11_has_the_next_of_kin_of_plo_15() -> None:
    assert "NeedTranslator" in names(henvisning_10.NAMESPACE)
    assert "NeedTranslator" not in names(henvisning_11.NAMESPACE)
    assert "ContactPerson" not in names(henvisning_10.NAMESPACE)
    from samhandling.messages.model import henvisning, po_komponent

    patient = {field.name for field in describe(henvisning.Patient, henvisning_11.SCOPE).fields}
    assert {"AssistertKommunikasjon", "ParorendeForesatt"} < patient
    kin = {field.name for field in describe(po_komponent.ParorendeForesatt, henvisning_11.SCOPE).fields}
    assert "FodselsarMindrearigParorende" not in kin


def report(cls: type[epikrise.Message], description: kith.CS | str, **event: object) -> epikrise.Message:
    party = epikrise.HCP(HCProf=epikrise.HCProf(Name="Prøve", Id="9999999", TypeId=kith.CS(V="HPR")))
    now = kith.TS(V="2026-11-21T14:05:00")
    happened = epikrise.Event(
        ReportedEvent=epikrise.ReportedEvent(StartDateTime=now),
        ServType=kith.CS(V="N"),
        Service=epikrise.Service(),
        **event,  # type: ignore[arg-type]
    )
    referral = epikrise.ServReq(
        ServType=kith.CS(V="N"),
        IssueDate=now,
        MsgDescr=description,
        Id="1",
        Diagnosis=[epikrise.Diagnosis(Concept=kith.CV(V="A01"))],
    )
    body = epikrise.ServRprt(
        ServType=kith.CS(V="N"),
        IssueDate=now,
        Status=kith.CS(V="F"),
        MsgDescr="Epikrise",
        ServReq=[referral],
        Event=[happened],
        Patient=epikrise.Patient(Name="Prøve, Ola", Address=basismelding.Address(Type=kith.CS(V="H"))),
        ServProvider=epikrise.ServProvider(HCP=party),
        Requester=epikrise.Requester(HCP=party),
    )
    return cls(Type=kith.CS(V="EPIKRISE"), MIGversion="v", GenDate=now, MsgId="x", ServRprt=body)


@pytest.mark.parametrize(
    ("document", "version"),
    [
        (report(epikrise_11.Message, "tekst", Id="1"), "1.1"),
        (report(epikrise_12.Message, kith.CS(V="HENV")), "1.2"),
    ],
)
def test_both_versions_of_epikrise_are_written_and_read(document: epikrise.Message, version: str) -> None:
    data = engine.build(document)
    reading = engine.read(data)
    assert (reading.standard, reading.version, reading.type) == ("epikrise", version, "EPIKRISE")
    assert reading.document == document
    assert difference(data, engine.build(reading.document)) == ""


@pytest.mark.parametrize(
    "document",
    [
        report(epikrise_11.Message, "tekst"),
        report(epikrise_11.Message, kith.CS(V="HENV"), Id="1"),
        report(epikrise_12.Message, "tekst"),
        report(epikrise_12.Message, kith.CS(V="HENV"), Id="1"),
        report(epikrise_11.Message, "tekst", Id="1", Event=[epikrise.Event()]),
    ],
    ids=["number missing", "code in 1.1", "text in 1.2", "number in 1.2", "sub-event in 1.1"],
)
def test_what_belongs_to_the_other_version_is_refused(document: epikrise.Message) -> None:
    with pytest.raises(engine.BuildError):
        engine.build(document)


@pytest.mark.parametrize(("version", "module"), [("1.3", svarrapport_13), ("1.4", svarrapport_14)])
def test_svarrapport_demands_a_number_only_in_14(version: str, module: object) -> None:
    cls, scope = roots.elements()[f"{{{module.NAMESPACE}}}ServReport"]  # type: ignore[attr-defined]
    assert issubclass(cls, svarrapport.ServReport)
    machine = describe(cls, scope).automaton
    described = machine.names.index("MsgDescr")
    assert (machine.next_names(described) == ("ServProvId",)) is (version == "1.4")


def test_a_root_in_a_namespace_nobody_knows_is_refused_by_name() -> None:
    reading = engine.read(b'<Message xmlns="urn:x"><Type V="EPIKRISE"/></Message>')
    assert [problem.code for problem in reading.problems] == ["root.unsupported"]
    assert (reading.standard, reading.version, reading.type) == (None, None, "EPIKRISE")
