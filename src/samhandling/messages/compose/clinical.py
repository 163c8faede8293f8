"""Values of the clinical content: diagnoses, what is critical, medicines, functional level."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Annotated, Literal

from samhandling.messages.compose.about import About
from samhandling.messages.compose.parties import Professional

DiagnosisSystem = Literal["ICD-10", "ICPC-2", "ICPC-2-B"]


@dataclass(frozen=True, kw_only=True, repr=False)
class Diagnosis:
    """A diagnosis, as code with text or as text alone."""

    text: Annotated[str, About("Diagnose", required=True, form="line", example="Brudd i nedre ende av radius")] = ""
    code: Annotated[str, About("Kode", form="token", example="S525")] = ""
    system: Annotated[DiagnosisSystem, About("Kodeverk", example="ICD-10")] = "ICD-10"
    main: Annotated[bool, About("Hoveddiagnose")] = False
    remark: Annotated[str, About("Beskrivelse")] = ""


@dataclass(frozen=True, kw_only=True, repr=False)
class Caution:
    """A CAVE word and what it means."""

    word: Annotated[str, About("Stikkord", required=True, form="line", example="Morfin")] = ""
    text: Annotated[str, About("Utdyping", example="Registrert 13.03.2020.")] = ""


@dataclass(frozen=True, kw_only=True, repr=False)
class Allergy:
    """What the patient is allergic to."""

    to: Annotated[str, About("Allergisk mot", required=True, form="line", example="Penicillin")] = ""
    atc: Annotated[str, About("ATC-kode", "Når det er et virkestoff.", form="token", example="J01C")] = ""
    anaphylactic: Annotated[str, About("Anafylaktisk reaksjon", lists=("1103",), example="1")] = ""
    when_prescribing: Annotated[bool, About("Hensyn ved forskrivning")] = False
    food_or_drink: Annotated[bool, About("Hensyn ved mat og drikke")] = False
    on_contact: Annotated[bool, About("Kontaktallergi")] = False
    pollen_or_sting: Annotated[bool, About("Pollen eller insektstikk")] = False
    text: Annotated[str, About("Utdyping")] = ""


@dataclass(frozen=True, kw_only=True, repr=False)
class Infection:
    """An infection, or another danger, under its heading of list 9143."""

    kind: Annotated[str, About("Smittevei", required=True, lists=("9143",), example="1")] = ""
    text: Annotated[str, About("Opplysninger", required=True, example="MRSA. Registrert 13.02.2024.")] = ""


@dataclass(frozen=True, kw_only=True, repr=False)
class EarlierDisease:
    """A disease or condition that the receiver should know of."""

    disease: Annotated[str, About("Sykdom", required=True, example="Hjertesvikt")] = ""
    chronic: Annotated[bool, About("Funksjonshemming eller kronisk sykdom")] = False
    code: Annotated[str, About("Kode", form="token")] = ""
    system: Annotated[DiagnosisSystem, About("Kodeverk")] = "ICD-10"


@dataclass(frozen=True, kw_only=True, repr=False)
class Medicine:
    """A medicine in use, or stopped during the stay."""

    name: Annotated[str, About("Legemiddel", required=True, form="line", example="Burinex")] = ""
    dose: Annotated[str, About("Dosering", form="line", example="1 tablett kl. 8 og 14")] = ""
    use: Annotated[str, About("Bruk", lists=("9101",), example="1")] = ""
    strength: Annotated[float | None, About("Styrke", least=0, most=1e9, example=1)] = None
    strength_unit: Annotated[str, About("Enhet for styrke", lists=("9090",), example="mg")] = ""
    medicine_form: Annotated[str, About("Legemiddelform", lists=("7448",), example="53")] = ""
    substance: Annotated[str, About("Virkestoff", form="line", example="bumetanid")] = ""
    atc: Annotated[str, About("ATC-kode", form="token", example="C03CA02")] = ""
    item_number: Annotated[str, About("Varenummer", form="token")] = ""
    indication: Annotated[str, About("Brukes mot", example="Hjertesvikt")] = ""
    stopped: Annotated[bool, About("Seponert")] = False
    multidose: Annotated[bool | None, About("Multidose")] = None
    from_day: Annotated[date | None, About("Fra dato", example="2026-09-01")] = None
    to_day: Annotated[date | None, About("Til dato")] = None
    not_together: Annotated[bool, About("Skal ikke tas sammen med annet legemiddel")] = False
    prescriber: Annotated[Professional | None, About("Forskriver")] = None
    remark: Annotated[str, About("Merknad", example="Kan knuses.")] = ""


@dataclass(frozen=True, kw_only=True, repr=False)
class MedicineGiven:
    """A medicine given today, before the patient left."""

    name: Annotated[str, About("Legemiddel", required=True, form="line", example="Paracet")] = ""
    at: Annotated[datetime | None, About("Gitt", required=True, example="2026-11-21T08:00:00+01:00")] = None
    amount: Annotated[float | None, About("Mengde", least=0, most=1e9, example=500)] = None
    amount_unit: Annotated[str, About("Enhet", lists=("9090",), example="mg")] = ""
    status: Annotated[str, About("Status", lists=("9083",), example="1")] = ""
    given_by: Annotated[Professional | None, About("Gitt av")] = None


@dataclass(frozen=True, kw_only=True, repr=False)
class MedicineHandedOut:
    """Doses that the patient takes along."""

    name: Annotated[str, About("Legemiddel", required=True, form="line", example="Paracet")] = ""
    at: Annotated[datetime | None, About("Utlevert", required=True, example="2026-11-21T12:00:00+01:00")] = None
    doses: Annotated[int | None, About("Antall doser", required=True, least=0, most=100_000, example=6)] = None
    given_by: Annotated[Professional | None, About("Utlevert av")] = None


@dataclass(frozen=True, kw_only=True, repr=False)
class Function:
    """One function of IPLOS and its score."""

    function: Annotated[str, About("Funksjon", required=True, lists=("9111",), example="5")] = ""
    score: Annotated[int | None, About("Vurdering", "1 til 5, 9 ikke vurdert.", least=1, most=9, example=2)] = None
    remark: Annotated[str, About("Merknad")] = ""


@dataclass(frozen=True, kw_only=True, repr=False)
class FunctionalLevel:
    """The mapping of the functional level."""

    functions: Annotated[tuple[Function, ...], About("Funksjoner", required=True)] = ()
    assessed_on: Annotated[date | None, About("Vurdert", example="2026-11-20")] = None
    care_load: Annotated[str, About("Pleietyngde")] = ""
    remark: Annotated[str, About("Merknad")] = ""


@dataclass(frozen=True, kw_only=True, repr=False)
class ProfessionReport:
    """What another profession than nurse and doctor tells."""

    text: Annotated[str, About("Rapport", required=True, example="Fysioterapi tre ganger i uken.")] = ""
    responsible: Annotated[Professional | None, About("Ansvarlig")] = None
    from_day: Annotated[date | None, About("Behandlet fra")] = None
