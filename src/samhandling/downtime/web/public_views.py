"""The pages that need no log-in."""

from __future__ import annotations

from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse
from django.templatetags.static import static
from django.urls import reverse
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_safe

from samhandling.downtime import public, suspicion
from samhandling.organisations.services import hosted_organisations
from samhandling.pages import texts
from samhandling.store.services import now as present


def _files() -> public.Files:
    return public.Files(
        stylesheet=static("pages/samhandling.css"), status=reverse("downtime:status"),
        contacts=reverse("downtime:contacts"), feed=reverse("downtime:atom"), calendar=reverse("downtime:calendar"),
        report=reverse("downtime:report"), live=True,
    )  # fmt: skip


@require_safe
def status(request: HttpRequest) -> HttpResponse:
    """What is down, for everybody."""
    return HttpResponse(public.status_page(_files(), present()))


@require_safe
def contacts(request: HttpRequest) -> HttpResponse:
    """Whom to call about messages."""
    return HttpResponse(public.contacts_page(_files(), present()))


class ReportForm(forms.Form):
    """*Meld stans*: what somebody without a log-in tells us."""

    organisation = forms.ChoiceField(label=gettext_lazy("Hvem gjelder det?"))
    who = forms.CharField(label=gettext_lazy("Hvem er du? Navn og avdeling eller kommune"), max_length=100)
    phone = forms.CharField(label=gettext_lazy("Telefonen vi kan ringe deg på"), max_length=30)
    text = forms.CharField(
        label=gettext_lazy("Hva virker ikke, og siden når?"),
        max_length=500,
        help_text=gettext_lazy("Ingen opplysninger om pasienter."),
        widget=forms.Textarea(attrs={"rows": 4}),
    )

    def __init__(self, data: Any) -> None:
        super().__init__(data)
        field = self.fields["organisation"]
        assert isinstance(field, forms.ChoiceField)
        field.choices = [(str(each.pk), each.name) for each in hosted_organisations()]


@require_http_methods(["GET", "POST"])
def report(request: HttpRequest) -> HttpResponse:
    """*Meld stans*: anybody may tell that something is down; the message responsible gets a task."""
    now = present()
    form = ReportForm(request.POST or None)
    done = False
    if request.method == "POST" and form.is_valid():
        found = form.cleaned_data
        organisation = hosted_organisations().get(pk=found["organisation"])
        try:
            suspicion.report(
                organisation, who=found["who"], phone=found["phone"], text=found["text"], channel="page", now=now
            )
            done = True
        except suspicion.ReportRefusedError as error:
            text = texts.error(error.code)
            form.add_error(None, f"{text.what} {text.do}")
    html = public.report_page(_files(), now, form=form, done=done, request=request)
    return HttpResponse(html, status=422 if form.errors else 200)


@require_safe
def atom(request: HttpRequest) -> HttpResponse:
    """The status as a feed."""
    address = request.build_absolute_uri(reverse("downtime:status"))
    return HttpResponse(public.atom_feed(address, present()), content_type="application/atom+xml; charset=utf-8")


@require_safe
def calendar(request: HttpRequest) -> HttpResponse:
    """The status as a calendar."""
    return HttpResponse(public.calendar_file(present()), content_type="text/calendar; charset=utf-8")
