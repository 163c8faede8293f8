"""*Stoppet arbeid*: what the node has given up, why, and what a person can do with it (design 3c)."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe

from samhandling.access import audit
from samhandling.access.roles import May
from samhandling.access.scope import Scope
from samhandling.errors import NotFoundError, SamhandlingError
from samhandling.pages import subjects, texts
from samhandling.pages.frame import page
from samhandling.pages.guard import needs
from samhandling.pages.texts import N_, _, moment
from samhandling.store.services import now as present
from samhandling.worklist import dead_jobs
from samhandling.worklist.dead_jobs import DeadJob

WORK: tuple[tuple[str, str], ...] = (
    ("exchange.deliver", N_("Sende en melding eller en kvittering")),
    ("exchange.watch", N_("Følge med på om en kvittering kommer")),
    ("exchange.read", N_("Lese en melding som er mottatt")),
    ("intake.", N_("Ta i bruk en melding fra pasientsystemet")),
    ("stays.timer", N_("Passe en frist")),
    ("stays.deadline", N_("Passe en frist")),
    ("stays.", N_("Vurdere hva en melding betyr for oppholdet")),
    ("writing.", N_("Legge en melding i journalen")),
    ("downtime.", N_("Varsle om nedetid")),
)
"""Beginning of a handler's name -> what it does, in words."""


@require_safe
@needs(May.SETTLE_JOBS)
def dead_job_list(request: HttpRequest, scope: Scope) -> HttpResponse:
    """All of them, the oldest first."""
    now = present()
    audit.record_reading(scope, "job.list", now=now)
    values = {
        "jobs": [_shown(scope, job) for job in dead_jobs.dead_jobs(scope.organisation)],
        "aside": dead_jobs.adt_aside(scope.organisation),
        "since": moment(now, now),
    }
    return page(request, "worklist/dead_jobs.html", values, title=_("Stoppet arbeid"), scope=scope, now=now)


@require_safe
@needs(May.SETTLE_JOBS)
def dead_job(request: HttpRequest, scope: Scope, pk: int) -> HttpResponse:
    """One of them: where a task leads."""
    return _one(request, scope, pk)


@require_POST
@needs(May.SETTLE_JOBS)
def settle(request: HttpRequest, scope: Scope, pk: int) -> HttpResponse:
    """Retry it, or skip it with a reason."""
    now = present()
    reason = request.POST.get("grunn", "").strip()
    skips = request.POST.get("gjor") == "skip"
    if skips and not reason:
        return _one(request, scope, pk, wrong=_("Skriv hvorfor det er trygt å hoppe over."))
    try:
        if skips:
            dead_jobs.skip(scope, pk, reason=reason, now=now)
        else:
            dead_jobs.retry(scope, pk, now=now)
    except NotFoundError:
        messages.warning(request, _("Noen har alt tatt seg av dette."))
    except SamhandlingError as error:
        text = texts.error(error.code)
        messages.error(request, f"{text.what} {text.do}")
    else:
        messages.success(request, _("Hoppet over. Begrunnelsen er lagret.") if skips else _("Prøves på nytt nå."))
    return HttpResponseRedirect(reverse("worklist:dead-jobs"))


def visible(scope: Scope, pk: int) -> bool:
    """Whether this scope may see that dead job: it is in its organisation, and not settled."""
    try:
        return scope.may(May.SETTLE_JOBS) and bool(dead_jobs.one(scope.organisation, pk))
    except NotFoundError:
        return False


def _one(request: HttpRequest, scope: Scope, pk: int, *, wrong: str = "") -> HttpResponse:
    now = present()
    try:
        found = dead_jobs.one(scope.organisation, pk)
    except NotFoundError:
        messages.warning(request, _("Noen har alt tatt seg av dette."))
        return HttpResponseRedirect(reverse("worklist:dead-jobs"))
    audit.record_reading(scope, "job.read", now=now, subject=f"job:{pk}")
    values = {"job": _shown(scope, found), "wrong": wrong}
    return page(request, "worklist/dead_job.html", values, title=_("Stoppet arbeid"), scope=scope, now=now)


def _shown(scope: Scope, job: DeadJob) -> dict[str, object]:
    """A job as the pages show it: words, never content."""
    now = present()
    why = texts.error(job.code)
    about = job.subject if job.subject and subjects.visible(scope, job.subject) else ""
    return {
        "pk": job.pk,
        "what": next((_(text) for start, text in WORK if job.handler.startswith(start)), job.handler),
        "why": why.what,
        "do": why.do,
        "when": moment(job.died_at, now) if job.died_at else "",
        "behind": job.behind,
        "attempts": job.attempts,
        "handler": job.handler,
        "code": job.code,
        "place": job.place,
        "about": subjects.link(about) if about else "",
    }
