"""`samhandling ebxml check|pack|unpack`: mails and envelopes of the national network, offline."""

from __future__ import annotations

import json
import re
import uuid
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from typing import Annotated, Any, NoReturn

import typer

from samhandling.clock import oslo
from samhandling.ebxml import mime, outgoing
from samhandling.ebxml.certificates import KeyFileError
from samhandling.ebxml.checklist import Checked, run
from samhandling.ebxml.cpa import CpaError
from samhandling.ebxml.encryption import decrypt, is_cms
from samhandling.ebxml.known import Known
from samhandling.ebxml.monitoring import Product
from samhandling.ebxml.packing import as_mail
from samhandling.errors import SamhandlingError
from samhandling.world.reading import WorldFileError, find, read
from samhandling.world.transport import known as known_of

app = typer.Typer(no_args_is_help=True, help="Konvolutter på helsenettet (ebXML): kontroller, pakk, pakk ut.")

FILES = typer.Argument(metavar="FIL…", help="E-poster, HTTP-meldinger eller bare konvolutter.")
WORLD = typer.Option(
    "--world",
    metavar="NAVN|FIL.toml|none",
    help="Hva som er kjent: register, avtaler, sertifikater og nøkler. none: ingenting.",
)
AT = typer.Option("--at", metavar="TID", help="Når meldingen kommer fram; nå, når det ikke er oppgitt.")
OUT = typer.Option("--out", metavar="MAPPE", help="Skriv det som pakkes ut eller lages, til denne mappen.")
AS_JSON = typer.Option("--json", help="Svar som én JSON-liste med ett objekt per fil.")

_ANSWERS = {
    "acknowledgment": "kvitteres",
    "error": "besvares med feilmelding",
    "fault": "besvares med SOAP Fault",
    "none": "besvares ikke",
}
_SHAPES = {"payload": "melding", "acknowledgment": "kvittering", "error": "feilmelding", "other": "noe annet"}
_SIGNATURES = {"valid": "gyldig", "invalid": "ugyldig", "absent": "mangler", "unchecked": "ikke kontrollert"}
_SEVERITIES = {"error": "feil", "warning": "advarsel", "note": "merknad"}


@app.command()
def check(
    files: Annotated[list[Path], FILES],
    world: Annotated[str, WORLD] = "none",
    at: Annotated[str, AT] = "",
    out: Annotated[Path | None, OUT] = None,
    as_json: Annotated[bool, AS_JSON] = False,
) -> None:
    """Kontroller e-poster og konvolutter som en mottaker ville gjort, uten nett.

    Med --out legges dokumentet i mappen når meldingen kan tas imot. Avslutter med 1 når noe er feil;
    advarsler og merknader alene gir 0.

    Eksempel: samhandling ebxml check melding.eml --world pki/world.toml --at 2026-11-24T13:00 --json
    """
    now = _instant(at)
    known = _known(world, now)
    contents = [_bytes(file) for file in files]
    results = []
    for file, data in zip(files, contents, strict=True):
        checked = run(data, known, now)
        results.append(_as_json(file, checked, _write_document(file, checked, out)))
    if as_json:
        _print(results)
    else:
        for result in results:
            _say(result)
    if any(finding["severity"] == "error" for result in results for finding in result["findings"]):
        raise typer.Exit(1)


@app.command()
def pack(
    files: Annotated[list[Path], typer.Argument(metavar="DOK…", help="Ferdige dokumenter som XML.")],
    world: Annotated[str, WORLD],
    out: Annotated[Path, OUT] = Path("."),
    at: Annotated[str, AT] = "",
    sender: Annotated[str, typer.Option("--from", metavar="HER", help="Avsender; ellers den i dokumentet.")] = "",
    receiver: Annotated[str, typer.Option("--to", metavar="HER", help="Mottaker; ellers de i dokumentet.")] = "",
    conversation: Annotated[str, typer.Option("--conversation", metavar="ID", help="ConversationId; ellers ny.")] = "",
    zip_it: Annotated[bool, typer.Option("--gzip", help="Pakk innholdet med gzip.")] = False,
    test: Annotated[bool, typer.Option("--test", help="Merk meldingen som test.")] = False,
    as_json: Annotated[bool, AS_JSON] = False,
) -> None:
    """Krypter, signer og pakk dokumenter som e-poster (.eml), én per mottaker. Ingenting sendes.

    Nøkler og sertifikater kommer fra verdenen. Avslutter med 1 når et dokument ikke kan pakkes.

    Eksempel: samhandling ebxml pack melding.xml --world pki/world.toml --out sendt
    """
    now = _instant(at)
    known = _known(world, now)
    wish = outgoing.Wish(
        now=now,
        new_id=lambda: str(uuid.uuid4()),
        sender_her=sender,
        receiver_her=receiver,
        conversation_id=conversation,
        zip=zip_it,
        test=test,
        product=Product(version=version("samhandling")),
    )
    results = [_packed(file, _bytes(file), known, wish, out) for file in files]
    if as_json:
        _print(results)
    else:
        for result in results:
            typer.echo(f"{result['file']}: " + (result["problem"] or ", ".join(e["path"] for e in result["envelopes"])))
    if any(result["problem"] for result in results):
        raise typer.Exit(1)


@app.command()
def unpack(
    file: Annotated[Path, typer.Argument(metavar="FIL", help="En e-post, HTTP-melding eller konvolutt.")],
    out: Annotated[Path, OUT] = Path("."),
    world: Annotated[str, WORLD] = "none",
    as_json: Annotated[bool, AS_JSON] = False,
) -> None:
    """Legg konvolutten og hver del av en melding i en mappe, uten å kontrollere noe.

    Kryptert innhold dekrypteres når verdenen har nøkkelen. Det som kommer ut, er ikke kontrollert: bruk ebxml check.

    Eksempel: samhandling ebxml unpack melding.eml --out deler
    """
    known = _known(world, datetime.now(UTC))
    try:
        message = mime.read(_bytes(file))
    except mime.MimeError as error:
        typer.echo(f"{file}: kan ikke pakkes ut ({error.detail})", err=True)
        raise typer.Exit(1) from error
    written = [
        {"content_id": "", "type": "text/xml", "path": _write(out, f"{file.stem}.envelope.xml", message.soap.data)}
    ]
    for number, part in enumerate(message.attachments, start=1):
        kind = part.headers.content_type.value
        suffix = "p7m" if is_cms(part.data) else "xml" if kind.endswith("/xml") else "bin"
        path = _write(out, f"{file.stem}.part-{number}.{suffix}", part.data)
        written.append({"content_id": part.headers.content_id, "type": kind, "path": path})
        opened = _opened(part.data, known)
        if opened is not None:
            path = _write(out, f"{file.stem}.part-{number}.document.xml", opened)
            written.append({"content_id": part.headers.content_id, "type": "application/xml", "path": path})
    if as_json:
        _print([{"file": str(file), "parts": written}])
    else:
        for one in written:
            typer.echo(one["path"])


def _opened(data: bytes, known: Known) -> bytes | None:
    """The document of a part, when it is encrypted for us."""
    from samhandling.ebxml.content import open_content

    if not is_cms(data) or not known.decrypters:
        return None
    try:
        return open_content(decrypt(data, known.decrypters)).data
    except SamhandlingError:
        return None


def _packed(file: Path, data: bytes, known: Known, wish: outgoing.Wish, out: Path) -> dict[str, Any]:
    try:
        sent = outgoing.pack_document(data, known, wish)
    except SamhandlingError as error:
        return {"file": str(file), "envelopes": [], "problem": error.detail or error.code}
    envelopes = []
    for one in sent:
        mail = as_mail(
            one.packed,
            sender=one.sender_address,
            receiver=one.receiver_address,
            mail_id=f"{uuid.uuid4()}@{one.sender_address.rpartition('@')[2]}",
            now=wish.now,
            subject=one.routing.action,
        )
        envelopes.append(
            {
                "path": _write(out, f"{file.stem}-{one.routing.receiver_her}.eml", mail),
                "message_id": one.routing.message_id,
                "conversation_id": one.routing.conversation_id,
                "cpa_id": one.routing.cpa_id,
                "from": one.routing.sender_her,
                "to": one.routing.receiver_her,
                "service": one.routing.service,
                "action": one.routing.action,
            }
        )
    return {"file": str(file), "envelopes": envelopes, "problem": ""}


def _as_json(file: Path, checked: Checked, document: str | None) -> dict[str, Any]:
    header = checked.envelope.header if checked.envelope is not None else None
    sender = header.sender if header is not None else None
    receiver = header.receiver if header is not None else None
    return {
        "file": str(file),
        "shape": checked.shape.value,
        "answer": checked.answer.value,
        "findings": [
            {
                "rule": finding.code,
                "hits": finding.rule.hits or None,
                "code": finding.rule.code or None,
                "severity": finding.rule.severity.value,
                "text": finding.rule.text + (f" ({finding.location})" if finding.location else ""),
            }
            for finding in checked.findings
        ],
        "signature": checked.signature,
        "message": {
            "message_id": header.message_id if header is not None else None,
            "conversation_id": header.conversation_id if header is not None else None,
            "cpa_id": header.cpa_id if header is not None else None,
            "from": next(iter(sender.hers), None) if sender is not None else None,
            "to": next(iter(receiver.hers), None) if receiver is not None else None,
            "service": header.service if header is not None else None,
            "action": header.action if header is not None else None,
        },
        "document": document,
    }


def _write_document(file: Path, checked: Checked, out: Path | None) -> str | None:
    """The first document, as the receiver would be given it; other parts beside it, numbered."""
    if out is None or not checked.documents:
        return None
    paths = [
        _write(out, f"{file.stem}{f'-{number}' if number > 1 else ''}.xml", data)
        for number, (_, data) in enumerate(checked.documents, start=1)
    ]
    return paths[0]


def _say(result: dict[str, Any]) -> None:
    typer.echo(
        f"{result['file']}: {_SHAPES[result['shape']]}, {_ANSWERS[result['answer']]}, "
        f"signaturen er {_SIGNATURES[result['signature']]}"
    )
    for finding in result["findings"]:
        hits = f" [HITS {finding['hits']}]" if finding["hits"] else ""
        typer.echo(f"  {_SEVERITIES[finding['severity']]}: {finding['text']}{hits} ({finding['rule']})")
    if result["document"]:
        typer.echo(f"  dokument: {result['document']}")


def _write(folder: Path, name: str, data: bytes) -> str:
    """A file of a name that is free; nothing is overwritten."""
    folder.mkdir(parents=True, exist_ok=True)
    path, number = folder / name, 1
    while path.exists():
        number += 1
        path = folder / f"{Path(name).stem}-{number}{Path(name).suffix}"
    path.write_bytes(data)
    return str(path)


def _known(world: str, now: datetime) -> Known:
    if world == "none":
        return Known()
    try:
        return known_of(read(world).world, find(world).parent, now)
    except (WorldFileError, KeyFileError, CpaError, OSError) as error:
        _wrong(f"--world {world}: {getattr(error, 'detail', '') or error}")


def _instant(text: str) -> datetime:
    if not text:
        return datetime.now(UTC)
    try:
        return oslo.parse_xml_time(re.sub(r"(T\d\d:\d\d)(?!:)", r"\1:00", text, count=1)).instant
    except oslo.UnreadableTimeError:
        _wrong(f"--at {text}: skriv tidspunktet som 2026-11-24T13:00")


def _bytes(file: Path) -> bytes:
    try:
        return file.read_bytes()
    except OSError as error:
        _wrong(f"{file}: {error.strerror}")


def _print(results: list[dict[str, Any]]) -> None:
    typer.echo(json.dumps(results, ensure_ascii=False, indent=1))


def _wrong(text: str) -> NoReturn:
    typer.echo(text, err=True)
    raise typer.Exit(2)
