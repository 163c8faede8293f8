"""Everything that can be registered on a stay, by the name that stands in the address."""

from __future__ import annotations

from samhandling.pages.texts import N_
from samhandling.stays.rules.values import INPATIENT, State
from samhandling.stays.web import forms
from samhandling.stays.web.forms import Registration

_IN = frozenset(INPATIENT)

REGISTRATIONS: dict[str, Registration] = {
    "vurdering": Registration(
        forms.AssessmentForm,
        title=N_("Vurder behov for kommunen"),
        button=N_("Lagre svarene"),
        done=N_("Svarene er lagret."),
        states=_IN,
    ),
    "utskrivningsklar": Registration(
        forms.ReadyForm,
        title=N_("Utskrivningsklar"),
        button=N_("Registrer utskrivningsklar"),
        done=N_("Utskrivningsklar er registrert."),
        states=frozenset({State.ACTIVE, State.READY}),
        lead=N_("Kommunen får Melding om utskrivningsklar med navnet på den som har bestemt det."),
    ),
    "ikke-klar": Registration(
        forms.NotReadyForm,
        title=N_("Ikke utskrivningsklar"),
        button=N_("Registrer"),
        done=N_("Registrert. Kommunen får beskjed."),
        states=frozenset({State.ACTIVE, State.READY}),
    ),
    "utskrevet": Registration(
        forms.DischargeForm,
        title=N_("Skrevet ut til"),
        button=N_("Registrer utskriving"),
        done=N_("Utskrivingen er registrert."),
        states=_IN,
        lead=N_("Er utskrivingen alt registrert i pasientsystemet, trenger du ikke gjøre det her."),
    ),
    "helseopplysning": Registration(
        forms.InformationForm,
        title=N_("Sendt fra journalsystemet"),
        button=N_("Registrer"),
        done=N_("Registrert."),
        states=frozenset({State.ACTIVE, State.READY, State.OUT}),
        sends=False,
    ),
    "kommune": Registration(
        forms.MunicipalityForm,
        title=N_("Rett kommunen"),
        button=N_("Lagre kommunen"),
        done=N_("Kommunen er lagret."),
        states=_IN,
    ),
    "motsetter": Registration(
        forms.ObjectionForm,
        title=N_("Pasienten motsetter seg"),
        button=N_("Lagre svaret"),
        done=N_("Svaret er lagret."),
        states=_IN,
        lead=N_(
            "Ved ja får kommunen ingen flere opplysninger, verken i melding eller på telefon, før noen har avgjort hva "
            "loven krever."
        ),
    ),
    "angre-utskriving": Registration(
        forms.UndoDischargeForm,
        title=N_("Utskrivingen var feil"),
        button=N_("Opphev utskrivingen"),
        done=N_("Utskrivingen er opphevet. Oppholdet fortsetter."),
        states=frozenset({State.OUT}),
        lead=N_("Oppholdet fortsetter. Meldingen til kommunen trekkes tilbake, og du må ringe dem."),
    ),
    "angre-dodsfall": Registration(
        forms.UndoDeathForm,
        title=N_("Dødsfallet var registrert ved feil"),
        button=N_("Angre"),
        done=N_("Registreringen av dødsfallet er opphevet."),
        states=frozenset({State.DEAD}),
        lead=N_("Er kommunen alt varslet, trekkes meldingen tilbake, og du må ringe dem med en gang."),
    ),
}
