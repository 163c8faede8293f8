"""Texts that stand under a heading of their own (lists 9141, 9142, 9145). One that is empty is not sent."""

from __future__ import annotations

from typing import Annotated

from samhandling.messages.compose.about import About

NURSING, MEDICAL, NOTICE = "9141", "9142", "9145"

# 9145: Helseopplysninger.
PatientStatus = Annotated[
    str,
    About(
        "Pasientens status",
        "Hvorfor pasienten er innlagt og hvordan det står til.",
        required=True,
        heading=(NOTICE, "1"),
        example="Innlagt etter fall. Brudd i venstre håndledd, gipset.",
    ),
]
ExpectedCourse = Annotated[
    str,
    About(
        "Antatt forløp",
        "Behandling, forløp og forventet funksjon ved utskriving.",
        required=True,
        heading=(NOTICE, "2"),
        example="Trenger hjelp til personlig stell de første ukene.",
    ),
]

# 9142: what the doctor or the nurse tells of the medical side.
ReasonForAdmission = Annotated[str, About("Årsak til innleggelse", heading=(MEDICAL, "AAI"), example="Falt hjemme.")]
Problem = Annotated[
    str, About("Aktuell problemstilling", heading=(MEDICAL, "PROB"), example="Økende tungpust siste uke.")
]
Social = Annotated[str, About("Familie/sosialt", heading=(MEDICAL, "FA"))]
Course = Annotated[str, About("Forløp og behandling", heading=(MEDICAL, "FO"))]
Findings = Annotated[str, About("Funn og undersøkelsesresultat", heading=(MEDICAL, "FU"))]
Functioning = Annotated[str, About("Funksjonsnivå/hjelpetiltak", heading=(MEDICAL, "HJ"))]
Told = Annotated[str, About("Informasjon til pasient/pårørende", heading=(MEDICAL, "IP"))]
Plans = Annotated[str, About("Planer for videre oppfølging", heading=(MEDICAL, "OP"))]
History = Annotated[str, About("Tidligere sykdommer", heading=(MEDICAL, "TS"))]
Wanted = Annotated[str, About("Forventet/ønsket undersøkelser/behandling", heading=(MEDICAL, "UTRED"))]
Assessment = Annotated[str, About("Vurdering", heading=(MEDICAL, "VU"))]

# 9141: the nurse's documentation.
Arrival = Annotated[str, About("Innkomststatus", heading=(NURSING, "1"))]
NursingDiagnosis = Annotated[str, About("Sykepleiediagnose", heading=(NURSING, "7"))]
NursingSummary = Annotated[
    str, About("Sykepleiesammenfatning", heading=(NURSING, "8"), example="Går med rullator. Spiser selv.")
]
Leaving = Annotated[str, About("Status ved utskrivning", heading=(NURSING, "12"))]
OwnView = Annotated[str, About("Pasientens egne vurderinger", heading=(NURSING, "13"))]
Practical = Annotated[
    str, About("Praktiske opplysninger", heading=(NURSING, "14"), example="Nøkkel ligger hos naboen.")
]
Other = Annotated[str, About("Annet", heading=(NURSING, "88"))]
