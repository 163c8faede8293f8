"""Where counterparts post ebXML: outside log-in, for message servers only.

A web process has no keys. It stores what comes, then lets a worker judge and sign (`carriers.posted`). A caller that
wants its answer in the response (eb:SyncReply), or whose message cannot be read at all, is kept waiting for that as
long as the settings say; every other gets 202 as soon as its message is stored.
"""

from __future__ import annotations

import threading
import time
from datetime import datetime

import structlog
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.views.decorators.csrf import csrf_exempt

from samhandling.carriers.ebxml_http.wire import as_http, as_request, lines
from samhandling.carriers.models import Posted
from samhandling.configuration import EbxmlHttpSetting, configuration
from samhandling.ebxml import envelope, mime
from samhandling.ebxml.document import open_document
from samhandling.ebxml.mime import MOST_BYTES, MimeError
from samhandling.exchange import originals
from samhandling.jobs.services import enqueue
from samhandling.store.services import now as present

log = structlog.get_logger("samhandling.carriers.ebxml")
LOOK_SECONDS = 0.03
PIECE = 262_144
_waiting = threading.Lock()
_count = {"callers": 0}


@csrf_exempt
def receive(request: HttpRequest) -> HttpResponse:
    """POST only: 200 with a signal, 500 with a SOAP Fault, 202 stored, 413 too large, 503 come again."""
    setting = configuration().ebxml
    if setting is None or setting.http is None:
        return _plain(404)
    if request.method != "POST":
        answer = _plain(405)
        answer["Allow"] = "POST"
        return answer
    body = _body(request)
    if isinstance(body, HttpResponse):
        return body
    data = as_request(lines(request.headers.items()), body)
    waits = _asks_now(data)
    if waits and not _enter(setting.http.callers_at_once):
        return _later()
    try:
        posted = _store(data, waits, present())
        return _await(posted, setting.http) if waits else _plain(202)
    finally:
        if waits:
            _leave()


def _body(request: HttpRequest) -> bytes | HttpResponse:
    """The bytes, read piece by piece and never more than the network takes."""
    try:
        announced = int(request.headers.get("Content-Length", ""))
    except ValueError:
        return _plain(411)
    if announced > MOST_BYTES:
        return _plain(413)
    pieces, got = [], 0
    try:
        while got < announced and (piece := request.read(min(PIECE, announced - got))):
            pieces.append(piece)
            got += len(piece)
    except OSError:
        return _plain(400)
    return b"".join(pieces) if got == announced and announced > 0 else _plain(400)


def _asks_now(data: bytes) -> bool:
    """Whether the response must hold the answer. Nothing read here is believed: a worker checks it."""
    try:
        tree = open_document(mime.read(data).soap.data).tree
    except MimeError:
        return True
    if tree is None:
        return True
    read = envelope.read(tree)
    return read.header is None or read.sync_reply


@transaction.atomic
def _store(data: bytes, waits: bool, now: datetime) -> int:
    """Stored and committed before anybody is told anything."""
    content = originals.store(data, organisation=None, now=now)
    posted = Posted.objects.create(content=content, state="waiting", waits=waits, received_at=now)
    enqueue("carriers.posted", {"posted": posted.pk}, now=now)
    return posted.pk


def _await(posted_id: int, setting: EbxmlHttpSetting) -> HttpResponse:
    """The worker's answer, or 503: the message is stored, and who sends it again gets the stored answer."""
    until = time.monotonic() + setting.answer_seconds
    while time.monotonic() < until:
        state = Posted.objects.filter(pk=posted_id).values_list("state", flat=True).first()
        if state != "waiting":
            break
        time.sleep(LOOK_SECONDS)
    row = Posted.objects.select_related("answer__content").get(pk=posted_id)
    if row.state == "waiting":
        log.warning("no worker has answered in time", posted=posted_id)
    if row.state in {"waiting", "later"}:
        return _later()
    if row.answer is None:
        return _plain(400 if row.state == "aside" else 202)
    headers, body = as_http(originals.read(row.answer.content))
    response = HttpResponse(body, status=500 if row.answer.kind == "fault" else 200)
    for name, value in headers:
        response[name] = value
    return response


def _enter(most: int) -> bool:
    with _waiting:
        if _count["callers"] >= most:
            return False
        _count["callers"] += 1
        return True


def _leave() -> None:
    with _waiting:
        _count["callers"] -= 1


def _plain(status: int) -> HttpResponse:
    return HttpResponse(b"", status=status, content_type="text/plain")


def _later() -> HttpResponse:
    answer = _plain(503)
    answer["Retry-After"] = "60"
    return answer
