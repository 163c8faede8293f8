"""The structured parts of care messages: medicines, CAVE, diagnoses, functional level, people to contact.

A form names those it has in `PARTS` and places them in `SECTIONS`; their names are those of the message's data.
"""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy

from samhandling.messages.compose.clinical import DiagnosisSystem
from samhandling.pages.fields import AmountField, DayField
from samhandling.writing.web.forms import Text
from samhandling.writing.web.rows import Part, Rows, Scores, Value, code_field, filled, line, tick

CAUTIONS = Rows(
    name="cautions",
    title=gettext_lazy("CAVE"),
    one=gettext_lazy("CAVE"),
    add=gettext_lazy("Legg til CAVE"),
    fields={"word": line(gettext_lazy("Stikkord")), "text": line(gettext_lazy("Utdyping"))},
    ask={"word": gettext_lazy("Skriv hva det er CAVE for.")},
)

ALLERGIES = Rows(
    name="allergies",
    title=gettext_lazy("Allergier"),
    one=gettext_lazy("Allergi"),
    add=gettext_lazy("Legg til allergi"),
    fields={
        "to": line(gettext_lazy("Allergisk mot")),
        "anaphylactic": code_field("1103", gettext_lazy("Anafylaktisk reaksjon")),
        "text": line(gettext_lazy("Utdyping")),
    },
    ask={"to": gettext_lazy("Skriv hva pasienten er allergisk mot.")},
)

INFECTIONS = Rows(
    name="infections",
    title=gettext_lazy("Smitte"),
    one=gettext_lazy("Smitte"),
    add=gettext_lazy("Legg til smitte"),
    fields={"kind": code_field("9143", gettext_lazy("Smittevei")), "text": line(gettext_lazy("Opplysninger"))},
    ask={
        "kind": gettext_lazy("Velg smittevei."),
        "text": gettext_lazy("Skriv hva slags smitte."),
    },
)

CRITICAL: tuple[Part, ...] = (CAUTIONS, ALLERGIES, INFECTIONS)
"""Critical information: what the receiver must know first."""

_SYSTEMS = [(name, name) for name in DiagnosisSystem.__args__]  # type: ignore[attr-defined]
DIAGNOSES = Rows(
    name="diagnoses",
    title=gettext_lazy("Diagnoser"),
    one=gettext_lazy("Diagnose"),
    add=gettext_lazy("Legg til diagnose"),
    fields={
        "text": line(gettext_lazy("Diagnose")),
        "code": line(gettext_lazy("Kode"), 80),
        "system": forms.ChoiceField(label=gettext_lazy("Kodeverk"), choices=_SYSTEMS, required=False),
        "main": tick(gettext_lazy("Hoveddiagnose")),
    },
    ask={"text": gettext_lazy("Skriv diagnosen.")},
    presumed={"system": "ICD-10"},
)


# Those that people at home and on a ward use; whatever else stands in the name.
_UNITS = ("mg", "mikrog", "g", "ml", "mmol", "IE", "E", "%")
_MEDICINE_FORMS = (
    "53", "32", "25", "24", "28", "27", "16", "5", "48", "50", "52", "57", "9", "208", "6", "218", "8", "58", "217",
    "112", "110", "34", "46", "60", "96", "99", "100", "74", "68", "90", "94", "80", "101", "409", "95", "123", "366",
)  # fmt: skip


class AtcField(forms.RegexField):
    """An ATC code, or the group that it begins with."""

    def __init__(self) -> None:
        super().__init__(
            r"^[A-Z]\d{2}(?:[A-Z](?:[A-Z](?:\d{2})?)?)?$",
            label=gettext_lazy("ATC-kode"),
            required=False,
            max_length=10,
            error_messages={"invalid": gettext_lazy("Skriv ATC-koden som på legemiddellisten, for eksempel C03CA02.")},
        )

    def to_python(self, value: Any) -> str:
        """In capitals, as the register has it."""
        return str(super().to_python(value)).upper()


def _medicines(help_text: Any, *more: str) -> Rows:
    fields = {
        "name": line(gettext_lazy("Legemiddel")),
        "strength": AmountField(label=gettext_lazy("Styrke"), required=False),
        "strength_unit": forms.ChoiceField(
            label=gettext_lazy("Enhet"),
            required=False,
            choices=[("", gettext_lazy("Velg")), *((unit, unit) for unit in _UNITS)],
        ),
        "medicine_form": code_field("7448", gettext_lazy("Legemiddelform"), only=_MEDICINE_FORMS),
        "atc": AtcField(),
        "dose": line(gettext_lazy("Dosering")),
        "use": code_field("9101", gettext_lazy("Bruk")),
        "indication": line(gettext_lazy("Brukes mot")),
        "stopped": tick(gettext_lazy("Seponert under oppholdet")),
        "remark": line(gettext_lazy("Merknad")),
    }
    return Rows(
        name="medicines",
        title=gettext_lazy("Legemidler i bruk"),
        one=gettext_lazy("Legemiddel"),
        add=gettext_lazy("Legg til legemiddel"),
        help=help_text,
        fields={name: each for name, each in fields.items() if name != "stopped" or name in more},
        ask={"name": gettext_lazy("Skriv navnet på legemidlet.")},
        together={
            "strength": ("strength_unit", gettext_lazy("Velg enhet for styrken.")),
            "strength_unit": ("strength", gettext_lazy("Skriv styrken, eller ta bort enheten.")),
        },
        folded=("strength", "strength_unit", "medicine_form", "atc"),
        folded_title=gettext_lazy("Styrke, form og ATC-kode hver for seg"),
        units=("strength_unit",),
    )


MEDICINES = _medicines(gettext_lazy("Navn, form og styrke som på legemiddellisten. Bare navnet må fylles ut."))
MEDICINES_OF_STAY = _medicines(
    gettext_lazy("Faste og nye legemidler, og de som er seponert under oppholdet. Bare navnet må fylles ut."), "stopped"
)

# As a nurse says it; the numbers are those of IPLOS.
_SCORES = (
    ("1", gettext_lazy("1 Klarer selv")),
    ("2", gettext_lazy("2 Klarer selv, med noe vansker")),
    ("3", gettext_lazy("3 Middels behov for hjelp")),
    ("4", gettext_lazy("4 Store behov for hjelp")),
    ("5", gettext_lazy("5 Trenger hjelp til alt")),
    ("9", gettext_lazy("9 Ikke vurdert")),
)
FUNCTIONAL_LEVEL = Scores(
    name="functional_level",
    title=gettext_lazy("Funksjonsnivå"),
    help=gettext_lazy("Velg bare for det du vet noe om. Resten sendes ikke."),
    scores=_SCORES,
    remarks_title=gettext_lazy("Merknad til den enkelte funksjonen"),
    ask_score=gettext_lazy("Velg hvor mye hjelp pasienten trenger, eller ta bort merknaden."),
    rest={
        "assessed_on": DayField(label=gettext_lazy("Vurdert dato"), required=False),
        "remark": Text(label=gettext_lazy("Merknad til funksjonsnivået"), rows=2, required=False),
    },
)

_DOCTORS = frozenset({"3", "6", "19"})
_ROLES = ("6", "19", "3", "9", "8", "21", "22", "24")


def _contact(row: dict[str, Any]) -> dict[str, Any]:
    """A contact whose profession nobody chose: a doctor by the role, else unspecified."""
    found = filled(row)
    profession = found.get("profession") or ("LE" if found.get("role") in _DOCTORS else "XX")
    return {**found, "profession": profession}


def _shown_contact(value: Value) -> dict[str, Any]:
    return {**value, "profession": "" if value.get("profession") == "XX" else value.get("profession", "")}


CONTACTS = Rows(
    name="contacts",
    title=gettext_lazy("Kontaktpersoner i helsetjenesten"),
    one=gettext_lazy("Kontaktperson"),
    add=gettext_lazy("Legg til kontaktperson"),
    help=gettext_lazy("Fastlege, koordinator, primærkontakt. Rolle og etternavn må fylles ut."),
    fields={
        "role": code_field("9034", gettext_lazy("Rolle"), only=_ROLES),
        "family_name": line(gettext_lazy("Etternavn"), 60),
        "given_name": line(gettext_lazy("Fornavn"), 60),
        "phone": line(gettext_lazy("Telefon"), 30),
        "profession": code_field("9060", gettext_lazy("Yrke")),
        "hpr_number": line(gettext_lazy("HPR-nummer"), 20),
    },
    ask={
        "role": gettext_lazy("Velg hvilken rolle kontaktpersonen har."),
        "family_name": gettext_lazy("Skriv etternavnet til kontaktpersonen."),
    },
    to_value=_contact,
    from_value=_shown_contact,
)

NEXT_OF_KIN = Rows(
    name="next_of_kin",
    title=gettext_lazy("Pårørende"),
    one=gettext_lazy("Pårørende"),
    add=gettext_lazy("Legg til pårørende"),
    help=gettext_lazy("Den nærmeste først. Bare etternavnet må fylles ut."),
    fields={
        "given_name": line(gettext_lazy("Fornavn"), 60),
        "family_name": line(gettext_lazy("Etternavn"), 60),
        "relation": code_field("9033", gettext_lazy("Slektskap")),
        "phone": line(gettext_lazy("Telefon"), 30),
        "remark": line(gettext_lazy("Merknad")),
    },
    ask={"family_name": gettext_lazy("Skriv etternavnet til den pårørende.")},
)

CHILDREN = Rows(
    name="children",
    title=gettext_lazy("Barn under 18 år"),
    one=gettext_lazy("Barn"),
    add=gettext_lazy("Legg til barn"),
    help=gettext_lazy("Barn som pasienten har omsorg for."),
    fields={
        "given_name": line(gettext_lazy("Fornavn"), 60),
        "family_name": line(gettext_lazy("Etternavn"), 60),
        "birth_year": forms.IntegerField(
            label=gettext_lazy("Fødselsår"),
            required=False,
            widget=forms.TextInput(attrs={"inputmode": "numeric"}),
            error_messages={"invalid": gettext_lazy("Skriv fødselsåret med fire sifre.")},
        ),
        "follow_up": line(gettext_lazy("Behov for oppfølging")),
    },
    ask={
        "family_name": gettext_lazy("Skriv etternavnet til barnet."),
        "birth_year": gettext_lazy("Skriv fødselsåret til barnet."),
    },
)
