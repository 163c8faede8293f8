"""What the care messages (HIS 1143 to 1148) have in common: the head, the clinical content, the nurse's part."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Annotated, Literal

from samhandling.messages.compose import headings as head
from samhandling.messages.compose.about import About
from samhandling.messages.compose.clinical import (
    Allergy,
    Caution,
    Diagnosis,
    EarlierDisease,
    FunctionalLevel,
    Infection,
    Medicine,
    MedicineGiven,
    MedicineHandedOut,
    ProfessionReport,
)
from samhandling.messages.compose.practicalities import (
    Communication,
    InformationGiven,
    Request,
    Reservation,
)
from samhandling.messages.compose.values import Attachment, HeadValues, Professional, UnitValues

Status = Literal["N", "M", "C"]
Medicines = Annotated[tuple[Medicine, ...], About("Legemidler", "Også de som er seponert under oppholdet.")]
Reservations = Annotated[tuple[Reservation, ...], About("Reservasjoner og ønsker")]


@dataclass(frozen=True, kw_only=True, repr=False)
class CareValues(HeadValues):
    """What the care messages have before their content (HIS 80704, HITS 1174, HISD 1154)."""

    status: Annotated[
        Status, About("Status", "N ny, M endring (erstatter den forrige helt), C kansellering.", example="N")
    ] = "N"
    change: Annotated[
        str, About("Hva er endret", "Ved endring.", example="Forventet utskrivningsklar er flyttet én dag.")
    ] = ""
    cancel_reason: Annotated[
        str, About("Hvorfor meldingen trekkes tilbake", "Ved kansellering.", example="Sendt på feil pasient.")
    ] = ""
    unit: Annotated[UnitValues | None, About("Ansvarlig enhet", "Enheten som blir oppringt.")] = None
    responsible: Annotated[Professional | None, About("Ansvarlig helsepersonell")] = None
    approved_on: Annotated[date | None, About("Godkjent dato")] = None
    forwarding_reservation: Annotated[bool | None, About("Reserverer seg mot videresending")] = None
    answers: Annotated[Request | None, About("Svar på forespørsel", "Forespørselen som besvares.")] = None
    consent: Annotated[str, About("Samtykke", lists=("9064",), example="2")] = ""
    attachments: Annotated[tuple[Attachment, ...], About("Vedlegg")] = ()


@dataclass(frozen=True, kw_only=True, repr=False)
class ClinicalValues(CareValues):
    """Diagnoses, critical information and texts; what five of the six messages hold."""

    diagnoses: Annotated[tuple[Diagnosis, ...], About("Diagnoser", "Hoveddiagnosen først.")] = ()
    cautions: Annotated[tuple[Caution, ...], About("CAVE")] = ()
    allergies: Annotated[tuple[Allergy, ...], About("Allergier")] = ()
    infections: Annotated[tuple[Infection, ...], About("Smitte")] = ()
    blood_type: Annotated[str, About("Blodtype", lists=("9160",))] = ""
    rhesus: Annotated[str, About("Rhesusgruppe", lists=("9161",))] = ""
    earlier_diseases: Annotated[tuple[EarlierDisease, ...], About("Tidligere sykdommer og tilstander")] = ()

    reason_for_admission: head.ReasonForAdmission = ""
    problem: head.Problem = ""
    course: head.Course = ""
    findings: head.Findings = ""
    assessment: head.Assessment = ""
    history: head.History = ""
    functioning: head.Functioning = ""
    social: head.Social = ""
    wanted: head.Wanted = ""
    plans: head.Plans = ""
    told: head.Told = ""

    functional_level: Annotated[FunctionalLevel | None, About("Funksjonsnivå")] = None
    reports: Annotated[tuple[ProfessionReport, ...], About("Andre faggrupper")] = ()
    communication: Annotated[Communication | None, About("Hjelp til å kommunisere")] = None
    information: Annotated[tuple[InformationGiven, ...], About("Informasjon gitt")] = ()


@dataclass(frozen=True, kw_only=True, repr=False)
class NursingValues(ClinicalValues):
    """The nurse's documentation and the handling of medicines."""

    arrival: head.Arrival = ""
    nursing_diagnosis: head.NursingDiagnosis = ""
    nursing_summary: head.NursingSummary = ""
    leaving: head.Leaving = ""
    own_view: head.OwnView = ""
    practical: head.Practical = ""
    other: head.Other = ""

    given_today: Annotated[tuple[MedicineGiven, ...], About("Legemidler gitt i dag")] = ()
    handed_out: Annotated[tuple[MedicineHandedOut, ...], About("Legemidler sendt med")] = ()
    medicine_help: Annotated[bool, About("Trenger hjelp med legemidler")] = False
    medicine_help_text: Annotated[str, About("Om hjelp med legemidler", example="Multidose til 5.12.")] = ""
    dressings: Annotated[bool, About("Bandasjemateriell eller engangsutstyr")] = False
    dressings_text: Annotated[str, About("Om bandasjemateriell")] = ""
    changed_function: Annotated[str, About("Endring i funksjonsnivå")] = ""
    measures_taken: Annotated[tuple[str, ...], About("Iverksatte tiltak")] = ()
    measures_recommended: Annotated[tuple[str, ...], About("Anbefalte tiltak videre")] = ()
