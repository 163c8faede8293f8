"""Parse, check and bind: a small logistics message beside pydantic-xml, every family beside lxml with the schemas,
and what the tables and a document of 35 MB cost.

The peer models are made from our own tables, so all three read the same document in full; pydantic-xml checks less
(no order across choices, no counts, no attributes too many). The schemas are only a peer when SAMHANDLING_STANDARDS
names their folder; they check and bind nothing. Then the largest official example of each family is read; without it, a
document made at random from the tables with a fixed seed.
"""

from __future__ import annotations

import json
import os
import random
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from datetime import date, datetime
from pathlib import Path
from typing import Any

from benchmarks import Result
from samhandling.messages import engine
from samhandling.messages.engine import simple
from samhandling.messages.engine.describe import describe
from samhandling.messages.engine.tables import Node, Scope
from samhandling.messages.model import felleskomponent1 as fk1
from samhandling.messages.model import hodemelding as mh
from samhandling.messages.model import kith, pasientlogistikk_16, roots
from samhandling.messages.model import pasientlogistikk as pl
from samhandling.messages.model import po_komponent as po

HER = "2.16.578.1.12.4.1.1.9051"
PERSONS = "2.16.578.1.12.4.1.1.8116"


def sample() -> bytes:
    """A message that a patient was admitted, with what the profile demands: some 4 kB."""
    unit = fk1.Organisation(
        OrganisationName="Ortopedisk sengepost",
        Ident=[fk1.Ident(Id="ORT", TypeId=kith.CV(V="LAV", S=HER, DN="Lokal identifikator for avdelinger"))],
        TeleCom=[fk1.TeleCom(TypeTelecom=kith.CS(V="HP", DN="Hovedtelefon"), TeleAddress=kith.URL(V="tel:69000000"))],
    )
    nurse = fk1.HealthcareProfessional(
        TypeHealthcareProfessional=kith.CS(V="SP", DN="Sykepleier"),
        RoleToPatient=kith.CV(V="9", S="2.16.578.1.12.4.1.1.9034", DN="Primærkontakt"),
        FamilyName="Prøve",
        GivenName="Kari",
        Ident=[fk1.Ident(Id="9999999", TypeId=kith.CV(V="HPR", S=PERSONS, DN="HPR-nummer"))],
    )
    event = po.TidsfestetHendelse(
        Hendelsekode=kith.CV(V="1", S="2.16.578.1.12.4.1.1.9121", DN="Pasient innlagt"),
        BeskrivelseAvHendelse="Innlagt ved ortopedisk sengepost",
        TidspunktForHendelse=kith.TS(V="2026-11-21T10:00:00"),
        Anslag="false",
    )
    payload = pasientlogistikk_16.Pasientlogistikk(
        InformasjonOmForsendelsen=po.InformasjonOmForsendelsen(Forsendelsesstatus=kith.CS(V="N", DN="Ny")),
        TilknyttetEnhet=[po.TilknyttetEnhet(Kontaktenhet=unit)],
        AnsvarForRapport=[po.AnsvarForRapport(AnsvarligRapport=nurse)],
        MeldingInnlagtPasient=pl.MeldingInnlagtPasient(TidsfestetHendelse=event),
    )
    person = mh.Ident(Id="01815000024", TypeId=kith.CV(V="FNR", S=PERSONS, DN="Fødselsnummer"))
    info = mh.MsgInfo(
        Type=kith.CS(V="LOG_INNLAGT", DN="Melding om innlagt pasient"),
        GenDate="2026-11-21T14:05:00",
        MsgId="5f2a0c1e-5d0b-4a7e-9a52-0d6f4c1b7a11",
        Sender=mh.Sender(Organisation=_organisation("Sykehuset", "100", "Ortopedi", "101")),
        Receiver=mh.Receiver(Organisation=_organisation("Kommunen", "200", "Sykepleietjeneste", "201")),
        Patient=mh.Patient(
            FamilyName="Prøve",
            GivenName="Ola",
            DateOfBirth="1950-01-01",
            Sex=kith.CS(V="1", DN="Mann"),
            Ident=[person],
            Address=mh.Address(StreetAdr="Veien 1", PostalCode="1700", City="Sarpsborg"),
        ),
    )
    content = mh.Content(elements=[payload])
    part = mh.RefDoc(
        IssueDate=kith.TS(V="2026-11-21T14:00:00"), MsgType=kith.CS(V="XML", DN="XML-instans"), Content=content
    )
    return engine.build(mh.MsgHead(MsgInfo=info, Document=[mh.Document(RefDoc=part)]))


def _organisation(name: str, number: str, part: str, part_number: str) -> mh.Organisation:
    inner = mh.Organisation(OrganisationName=part, Ident=[_her(part_number)])
    return mh.Organisation(OrganisationName=name, Ident=[_her(number)], Organisation=inner)


def _her(number: str) -> mh.Ident:
    return mh.Ident(Id=number, TypeId=kith.CV(V="HER", S=HER, DN="HER-id"))


_PYTHON_TYPES: dict[simple.SimpleType, Any] = {simple.BOOLEAN: bool, simple.DATE: date, simple.DATE_TIME: datetime}


def peer_model(cls: type[Node], scope: Scope, depth: int = 0) -> Any:
    """The class as a pydantic-xml model; organisations inside organisations to the second level."""
    from pydantic import create_model
    from pydantic_xml import BaseXmlModel, attr, element

    fields: dict[str, Any] = {}
    for field in describe(cls, scope).fields:
        if field.kind == "attribute":
            fields[field.name] = (str | None, attr(name=field.name, default=None))
            continue
        if field.kind == "items" and cls is mh.Content:
            version = pasientlogistikk_16.SCOPE
            inner = peer_model(pasientlogistikk_16.Pasientlogistikk, version, depth)
            fields["payload"] = (
                inner,
                element(tag="Pasientlogistikk", ns="", nsmap={"": pasientlogistikk_16.NAMESPACE}),
            )
            continue
        if field.kind != "child" or depth > 12 or (field.value is cls and depth > 6) or field.name == "Signature":
            continue
        uri = field.tag(cls, scope).partition("}")[0][1:]
        if isinstance(field.value, simple.SimpleType):
            kind = _PYTHON_TYPES.get(field.value, str)
        else:
            assert field.value is not None
            kind = peer_model(field.value, scope, depth + (6 if field.value is cls else 1))
        where = {"tag": field.name, "ns": "", "nsmap": {"": uri}}
        if field.many:
            fields[field.name] = (list[kind], element(default=[], **where))  # type: ignore[valid-type]
        elif field.required and cls.xml.content is None:
            fields[field.name] = (kind, element(**where))
        else:
            fields[field.name] = (kind | None, element(default=None, **where))
    uri = scope.uri(cls.xml.family)
    options = {"tag": cls.__name__, "ns": "", "nsmap": {"": uri}}
    return create_model(cls.__name__, __base__=BaseXmlModel, __cls_kwargs__=options, **fields)


def alternately(*works: Callable[[], Any], rounds: int = 60, seconds: float = 0.04) -> list[float]:
    """The best rate of each a second of processor time, in many short turns: what else the machine does falls on all
    alike, and each meets its quiet moments."""
    best = [0.0] * len(works)
    for _ in range(rounds):
        for number, work in enumerate(works):
            work()
            calls, began = 0, time.process_time()
            while (spent := time.process_time() - began) < seconds:
                work()
                calls += 1
            best[number] = max(best[number], calls / spent)
    return best


def run() -> list[Result]:
    """Messages a second on one core (processor time), seconds and megabytes."""
    return [*_small(), *_families(), *_loading(), *_large()]


def _small() -> list[Result]:
    data = sample()
    model = peer_model(mh.MsgHead, roots.HEAD)
    bound = model.from_xml(data)
    assert bound.Document[0].RefDoc.Content.payload.MeldingInnlagtPasient.TidsfestetHendelse.Anslag is False
    document = engine.read(data).document
    assert document is not None
    ours, peer, built = alternately(
        lambda: engine.read(data), lambda: model.from_xml(data), lambda: engine.build(document)
    )
    return [
        Result(f"engine: read ({len(data)} bytes)", ours, "/s", 4000, "pydantic-xml", peer),
        Result("engine: read, times pydantic-xml", ours / peer, "times", 4),
        Result("engine: build", built, "/s"),
    ]


def _families() -> list[Result]:
    """One document of every standard: how often a second it is read, and judged by the schemas alone."""
    from lxml import etree
    from tests.fuzz.oracle import Oracle

    folder = os.environ.get("SAMHANDLING_STANDARDS")
    schema = Oracle(Path(folder) / "schemas").schema() if folder else None
    results = []
    for standard, data in _largest(Path(folder) if folder else None).items():
        assert engine.read(data).valid
        works: list[Callable[[], Any]] = [lambda data=data: engine.read(data)]  # type: ignore[misc]
        if schema is not None:
            works.append(lambda data=data: schema.validate(etree.fromstring(data)))  # type: ignore[misc]
        ours, *theirs = alternately(*works, rounds=15)
        results.append(
            Result(
                f"engine: read {standard} ({len(data)} bytes)",
                ours,
                "/s",
                1000 if standard == "plo" else None,
                "lxml+XSD" if theirs else "",
                theirs[0] if theirs else None,
                note="the schemas check and bind nothing" if theirs else "",
            )
        )
    return results


def _largest(folder: Path | None) -> dict[str, bytes]:
    """Standard -> its largest official example without large attachments; what has none is made from the tables."""
    from tests.fuzz.making import Maker, formats

    found: dict[str, bytes] = {}
    for file in sorted(folder.glob("examples/*/*.xml")) if folder else []:
        data = file.read_bytes()
        reading = engine.read(data)
        if reading.valid and reading.standard and len(data) < 100_000:
            found[reading.standard] = max(found.get(reading.standard, b""), data, key=len)
    maker = Maker(random.Random(1), [])
    for known in formats():
        if known.standard not in found:
            found[known.standard] = max((engine.build(maker.of_format(known)) for _ in range(10)), key=len)
    return found


_LOADING = """
import json, time
from samhandling.messages import catalogue, codes, engine
from samhandling.messages.engine.reading import plan_for
from samhandling.messages.model import roots
for tag in roots.elements():
    assert plan_for(tag) is not None
assert codes.known("8279", "LOG_INNLAGT")
seconds = time.process_time()
peak = [line.split()[1] for line in open("/proc/self/status") if line.startswith("VmHWM")]
print(json.dumps({"seconds": seconds, "megabytes": int(peak[0]) / 1024}))
"""


def _loading() -> list[Result]:
    """A fresh process that compiles every table at once; in use each root is compiled when it is first met."""
    runs = [_measured(_LOADING) for _ in range(5)]
    seconds, megabytes = min(run["seconds"] for run in runs), max(run["megabytes"] for run in runs)
    return [
        Result("engine: Python, all tables and codes loaded", seconds, "s", 0.5, lower_is_better=True),
        Result("engine: process with all tables and codes", megabytes, "MB", 80, lower_is_better=True),
    ]


_LARGE = """
import json, sys, time
from benchmarks.bench_engine import sample
from samhandling.messages import engine
def peak():
    return int([line.split()[1] for line in open("/proc/self/status") if line.startswith("VmHWM")][0]) * 1024
assert engine.read(sample()).valid
with open(sys.argv[1], "rb") as file:
    data = file.read()
before, began = peak(), time.process_time()
assert engine.read(data).valid
print(json.dumps({"seconds": time.process_time() - began, "times": (peak() - before) / len(data)}))
"""


def _large() -> list[Result]:
    begin = (
        b'<Document><RefDoc><MsgType V="A"/><Content><Base64Container '
        b'xmlns="http://www.kith.no/xmlstds/base64container">'
    )
    end = b"</Base64Container></Content></RefDoc></Document></MsgHead>"
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "stor.xml"
        file.write_bytes(b"".join([sample().removesuffix(b"</MsgHead>"), begin, b"QUJD" * 8_750_000, end]))
        found = _measured(_LARGE, str(file))
    return [
        Result("engine: read 35 MB", found["seconds"], "s", lower_is_better=True),
        Result("engine: extra memory for 35 MB, times the document", found["times"], "times", 4, lower_is_better=True),
    ]


def _measured(code: str, *words: str) -> dict[str, float]:
    """What a fresh process prints as JSON."""
    ran = subprocess.run([sys.executable, "-c", code, *words], capture_output=True, text=True, check=True)
    measured: dict[str, float] = json.loads(ran.stdout)
    return measured
