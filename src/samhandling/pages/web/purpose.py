"""*Hvorfor åpner du dette?*: the question before content outside the own unit is shown (P-04)."""

from __future__ import annotations

from django import forms
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from samhandling.access.purpose import give
from samhandling.access.roles import May
from samhandling.access.scope import Scope
from samhandling.errors import NotFoundError
from samhandling.pages import subjects
from samhandling.pages.frame import page
from samhandling.pages.guard import needs
from samhandling.pages.texts import N_, _
from samhandling.store.services import now as present

OTHER = "annet"
REASONS: dict[str, str] = {
    "melding": N_("Følge opp en melding eller en kvittering"),
    "svare": N_("Svare kommunen eller posten om pasienten"),
    "rette": N_("Rette opp hvem en melding gjelder"),
    "kontroll": N_("Kontroll, avvik eller innsyn"),
    OTHER: N_("Annet"),
}


class PurposeForm(forms.Form):
    """Why this person looks."""

    reason = forms.ChoiceField(
        label=gettext_lazy("Begrunnelse"), choices=list(REASONS.items()), widget=forms.RadioSelect
    )
    words = forms.CharField(
        label=gettext_lazy("Med egne ord"),
        help_text=gettext_lazy("Må fylles ut når du velger Annet. Ikke skriv navn eller fødselsnummer."),
        max_length=150,
        required=False,
    )

    def __init__(self, *args: object, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]
        self.fields["reason"].choices = [(code, _(text)) for code, text in REASONS.items()]  # type: ignore[attr-defined]

    def clean(self) -> dict[str, str]:
        """*Annet* needs words."""
        given: dict[str, str] = super().clean() or self.cleaned_data
        if given.get("reason") == OTHER and not given.get("words"):
            self.add_error("words", _("Skriv kort hva du skal bruke opplysningene til."))
        return given


@require_http_methods(["GET", "POST"])
@needs(May.SEE_PATIENTS)
def purpose(request: HttpRequest, scope: Scope) -> HttpResponse:
    """Ask, showing nothing of the patient; note the answer and go on to the page that asked."""
    now = present()
    given = request.POST if request.method == "POST" else request.GET
    subject, after = given.get("about", ""), given.get("next", "")
    if not subjects.link(subject) or not subjects.visible(scope, subject):
        raise NotFoundError("purpose")
    if not url_has_allowed_host_and_scheme(after, allowed_hosts=None):
        after = subjects.link(subject)
    form = PurposeForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        said = [REASONS[form.cleaned_data["reason"]], form.cleaned_data["words"]]
        give(scope, subject, ": ".join(filter(None, said)), now=now)
        return HttpResponseRedirect(after)
    values = {"form": form, "about": subject, "after": after}
    status = 422 if form.is_bound else 200
    return page(
        request, "pages/purpose.html", values, title=_("Hvorfor åpner du dette?"), scope=scope, now=now, status=status
    )
